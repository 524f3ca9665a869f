"""Moments of videos: reading them, fitting them into a size, audio in step with frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workflows.nodes.context import Clip
from workflows.nodes.video.writing import SAMPLE_RATE

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.reformatter import VideoReformatter
    from numpy.typing import NDArray

    from workflows.nodes.video.writing import Moment

FITS = ("pad", "crop", "stretch")


class Heard:
    """Sound that is taken a few samples at a time; where there is no more, it is silent."""

    def __init__(self, chunks: Iterable[NDArray[Any]]) -> None:
        import numpy as np

        self._chunks = iter(chunks)
        self._rest = np.zeros((2, 0), np.float32)
        self._ended = False

    def take(self, count: int) -> NDArray[Any]:
        """Return the next `count` samples, of the shape (2, count)."""
        import numpy as np

        parts, have = [self._rest], self._rest.shape[1]
        while have < count and not self._ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
                break
            parts.append(chunk)
            have += chunk.shape[1]
        if have < count:
            parts.append(np.zeros((2, count - have), np.float32))
        joined = np.concatenate(parts, axis=1)
        self._rest = joined[:, count:]
        return joined[:, :count]


def together(
    frames: Iterable[VideoFrame], audio: Iterable[NDArray[Any]] | None, rate: Fraction
) -> Iterator[Moment]:
    """Put frames and audio side by side, so that neither runs away from the other."""
    voice = None if audio is None else Heard(audio)
    for number, frame in enumerate(frames):
        yield frame, None if voice is None else voice.take(samples_of(number, rate))


def samples_of(number: int, rate: Fraction) -> int:
    """Return how many samples are heard during a frame; over many frames none is lost."""
    return round((number + 1) * SAMPLE_RATE / rate) - round(number * SAMPLE_RATE / rate)


def steady(
    clip: Clip, rate: Fraction, start: float = 0.0, end: float | None = None
) -> Iterator[VideoFrame]:
    """Yield the frames of a clip as a video of `rate` frames a second has them."""
    return clip.steady(rate, start, end)


def heard(clip: Clip, start: float = 0.0, end: float | None = None) -> Iterator[NDArray[Any]]:
    """Yield the audio of a clip."""
    return clip.audio(start, end)


def moments(
    clip: Clip, rate: Fraction, start: float = 0.0, end: float | None = None, *, audio: bool = True
) -> Iterator[Moment]:
    """Read a clip from `start` to `end` seconds at `rate` frames a second.

    With `audio` a clip without any is silent; else its audio is left out.
    """
    voice: Iterable[NDArray[Any]] | None = None
    if audio:
        voice = clip.audio(start, end) if clip.has_audio else ()
    return together(clip.steady(rate, start, end), voice, rate)


def fitted(
    row: Iterable[Moment], size: tuple[int, int], how: str, ground: tuple[int, int, int]
) -> Iterator[Moment]:
    """Bring every frame to a size: with bars of a color, cut, or stretched."""
    scaler = new_scaler()
    for frame, samples in row:
        yield fit(frame, size, how, ground, scaler), samples


def changed(row: Iterable[Moment], change: Callable[[VideoFrame], VideoFrame]) -> Iterator[Moment]:
    """Change every frame."""
    for frame, samples in row:
        yield change(frame), samples


def new_scaler() -> VideoReformatter:
    """Return what changes size and format of frames; what it has worked out it keeps for the next.

    Half of the time of scaling a frame alone is spent on that.
    """
    from av.video.reformatter import VideoReformatter

    return VideoReformatter()


def fit(
    frame: VideoFrame,
    size: tuple[int, int],
    how: str,
    ground: tuple[int, int, int],
    scaler: VideoReformatter | None = None,
) -> VideoFrame:
    """Bring a frame to a size: `pad` shows all of it, `crop` fills the size, `stretch` distorts."""
    import numpy as np

    if (frame.width, frame.height) == size:
        return frame
    scaler = scaler or new_scaler()
    scales = size[0] / frame.width, size[1] / frame.height
    scale = min(scales) if how == "pad" else max(scales)
    wide, high = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    if how == "stretch" or (abs(wide - size[0]) < 2 and abs(high - size[1]) < 2):
        return scaler.reformat(frame, *size, interpolation="BICUBIC", threads=1)
    flat = scaler.reformat(
        frame, wide, high, "rgb24", interpolation="BICUBIC", threads=1
    ).to_ndarray()
    if how == "crop":
        left, top = (wide - size[0]) // 2, (high - size[1]) // 2
        return from_array(flat[top : top + size[1], left : left + size[0]])
    sheet = np.empty((size[1], size[0], 3), np.uint8)
    sheet[:] = ground
    left, top = (size[0] - wide) // 2, (size[1] - high) // 2
    sheet[top : top + high, left : left + wide] = flat
    return from_array(sheet)


def from_array(pixels: NDArray[Any]) -> VideoFrame:
    """Return a frame of RGB or RGBA pixels, of the shape (height, width, 3 or 4)."""
    import numpy as np
    from av import VideoFrame

    form = "rgba" if pixels.shape[2] == 4 else "rgb24"
    return VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format=form)


def opaque(frame: VideoFrame, ground: tuple[int, int, int]) -> VideoFrame:
    """Put a transparent frame on a color."""
    import numpy as np

    if not any(component.is_alpha for component in frame.format.components):
        return frame
    pixels = frame.to_ndarray(format="rgba").astype(np.uint16)
    alpha = pixels[..., 3:]
    mixed = (pixels[..., :3] * alpha + np.array(ground, np.uint16) * (255 - alpha) + 127) // 255
    return from_array(mixed.astype(np.uint8))
