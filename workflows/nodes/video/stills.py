"""Images as moments of a video: shown for a while, fading into one another, slowly growing."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.nodes.recipes import paced
from workflows.nodes.video.moments import Heard, fit, from_array, opaque, samples_of
from workflows.nodes.video.writing import VideoWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from workflows.nodes.context import Clip

    Pixels = NDArray[Any]


class Stills:
    """Writes images into a video of `size`, `each` frames long, the first `fade` of them mixed.

    With `zoom` an image grows by so large a part while it is shown; below 0 it shrinks instead.
    """

    def __init__(
        self,
        writer: VideoWriter,
        audio: Heard | None,
        rate: Fraction,
        each: int,
        fade: int,
        zoom: float,
    ) -> None:
        self._writer, self._audio, self._rate = writer, audio, rate
        self._each, self._fade, self._zoom = each, min(fade, each), zoom
        self._count = 0
        self._last: Pixels | None = None

    def show(self, image: Pixels) -> Iterator[float]:
        """Write one image of the video's size; yields the seconds written so far."""
        import numpy as np

        old, shown = self._last, image
        for turn in range(self._each):
            shown = self._grown(image, turn)
            if old is not None and turn < self._fade:
                share = np.float32((turn + 1) / (self._fade + 1))
                mixed = np.round(shown * share + old * (1 - share)).astype(np.uint8)
            else:
                mixed = shown
            samples = None
            if self._audio is not None:
                samples = self._audio.take(samples_of(self._count, self._rate))
            self._count += 1
            yield self._writer.write(from_array(mixed), samples)
        self._last = shown

    def _grown(self, image: Pixels, turn: int) -> Pixels:
        import cv2
        import numpy as np

        if not self._zoom or self._each < 2:
            return image
        done = turn / (self._each - 1)
        scale = 1 + abs(self._zoom) * (done if self._zoom > 0 else 1 - done)
        high, wide = image.shape[:2]
        # Less than a pixel a frame: only an exact place between pixels makes it smooth.
        place = np.array([[scale, 0, wide / 2 * (1 - scale)], [0, scale, high / 2 * (1 - scale)]])
        return np.asarray(cv2.warpAffine(image, place, (wide, high), flags=cv2.INTER_LINEAR))


def slideshow(
    file: BinaryIO,
    clip: Clip | None,
    count: int,
    size: tuple[int, int],
    rate: Fraction,
    each: int,
    look: tuple[int, float, str, tuple[int, int, int]],
) -> Generator[float | None, Image | None, None]:
    """Write `count` images, each when it is its turn: a None that is yielded requests the next one.

    Numbers say how many seconds are written. `look` is fade, zoom, fit and ground.
    """
    fade, zoom, how, ground = look
    audio = None if clip is None else Heard(clip.audio())
    with VideoWriter(file, size, rate, audio is not None) as writer:
        stills = Stills(writer, audio, rate, each, fade, zoom)
        for _ in range(count):
            image = yield None
            assert image is not None  # what was requested
            pixels = prepared(image, size, how, ground)
            del image
            yield from paced(stills.show(pixels))
        writer.close()


def prepared(image: Image, size: tuple[int, int], how: str, ground: tuple[int, int, int]) -> Pixels:
    """Bring an image to the size of a video; returns RGB pixels."""
    import numpy as np

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    frame = opaque(from_array(np.asarray(image.convert(mode))), ground)
    return fit(frame, size, how, ground).to_ndarray(format="rgb24")
