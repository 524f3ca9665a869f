"""Videos and audio files, opened: their frames and samples one after the other, and their posters.

An hour needs no more memory than a second. Everything here blocks and belongs in
a media process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.errors import BadVideo
from workflows.media import images
from workflows.media.demux import EXPECTED, LIMITS, Facts, Limits, Source, stream_of, zero_of
from workflows.media.sniff import describe

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = [
    "LIMITS",
    "SAMPLE_RATE",
    "Clip",
    "Facts",
    "Limits",
    "inspect",
    "limits",
    "open_clip",
    "poster",
]

SAMPLE_RATE = 48_000  # samples a second of what `audio` gives
#: Bytes a pixel of a frame that reading a video takes, for frames that others are made from are
#: kept (measured); and what reading audio takes.
FRAME_BYTES = 24
AUDIO_BYTES = 4 * 1024 * 1024
#: A poster is what is seen a little after the beginning, which is often black.
POSTER_SECONDS = 1.0
_HD_LINES = 720  # from here on colors are taken to be those of BT.709 where a file does not say
_GAP = 0.1  # seconds that times of audio may be off before it is put right


def limits() -> Limits:
    """Return the limits of this server: the setting MAX_VIDEO_MINUTES decides."""
    from django.conf import settings

    return Limits(seconds=float(settings.LIMITS["video_minutes"]) * 60)


def inspect(file: BinaryIO, limits: Limits = LIMITS) -> Facts | None:
    """Read what a file is, or None when it is no video or audio that can be opened here.

    One that is longer than the limit has facts too: it can be stored, though not worked on.
    """
    try:
        return Source(file, limits).facts()
    except BadVideo:
        return None


def open_clip(
    file: BinaryIO,
    kind: str,
    limits: Limits = LIMITS,
    field: str | None = None,
) -> Clip:
    """Open a file that must hold a `kind`: video, audio, or any of the two. Raises BadVideo.

    `field` is what errors name, also those that show when it is read.
    """
    return Clip(Source(file, limits, field), find(file, kind, limits, field), limits)


def find(file: BinaryIO, kind: str, limits: Limits, field: str | None = None) -> Facts:
    """Return the facts of a file that can be opened so. Raises BadVideo."""
    facts = Source(file, limits, field).facts()
    if not {"video": facts.has_video, "audio": facts.has_audio}.get(kind, True):
        raise without(kind, facts.content_type)
    if facts.duration is not None and facts.duration > limits.seconds:
        raise too_long(facts.duration, limits)
    return facts


def without(kind: str, content_type: str) -> BadVideo:
    """Return the error of a file that has no images or no audio."""
    return BadVideo(
        f"This is {describe(content_type)} without {'images' if kind == 'video' else 'audio'}.",
        value=content_type,
        expected=EXPECTED[kind],
    )


def too_long(seconds: float, limits: Limits) -> BadVideo:
    """Return the error of a video or audio that goes on for longer than is worked on here."""
    return BadVideo(
        f"This takes {seconds:,.0f} seconds.",
        value=round(seconds),
        expected=f"at most {limits.seconds:,.0f} seconds",
    )


def poster(file: BinaryIO, width: int, limits: Limits = LIMITS) -> bytes:
    """Make a WebP image of a video, at most `width` px wide. Raises BadVideo."""
    return poster_of(open_clip(file, "video", limits), width)


def poster_of(clip: Any, width: int) -> bytes:
    """Make a WebP image of an opened video, or of one that is derived. Raises BadVideo."""
    at = min(POSTER_SECONDS, clip.duration / 3)
    for _, frame in clip.frames(at, near=True):
        return images.preview(clip.frame_image(frame), width)
    raise BadVideo("This video has no image track.", expected=EXPECTED["video"])


@dataclass(frozen=True, slots=True)
class FoundClip:
    """A video or audio as the server knows it: an open file and its facts. Processes read it.

    `sha256` is of the file's content, if it is one of this server.
    """

    file: BinaryIO
    facts: Facts
    limits: Limits
    field: str | None
    sha256: str | None = None

    @property
    def width(self) -> int:
        """Px as shown; 0 without images."""
        return self.facts.width

    @property
    def height(self) -> int:
        """Px as shown; 0 without images."""
        return self.facts.height

    @property
    def duration(self) -> float:
        """Seconds; 0 when the file does not say."""
        return self.facts.duration or 0.0

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return self.facts.rate

    @property
    def has_audio(self) -> bool:
        """Whether there is audio in it."""
        return self.facts.has_audio

    @property
    def decoding_bytes(self) -> int:
        """How many bytes reading it takes at most."""
        return decoding_bytes(self.facts)


def decoding_bytes(facts: Facts) -> int:
    """Return how many bytes reading a video or audio takes at most."""
    return facts.width * facts.height * FRAME_BYTES + AUDIO_BYTES


class Clip:
    """A video or audio file. Every iterator reads the file by itself, so that several may run."""

    def __init__(self, source: Source, facts: Facts, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.facts = facts
        #: As it is shown, px; 0 without images.
        self.width, self.height = facts.width, facts.height
        #: Seconds; 0 when the file does not say.
        self.duration = facts.duration or 0.0
        #: Frames a second; the average where they come irregularly.
        self.rate = facts.rate
        self.has_audio = facts.has_audio

    def frames(
        self, start: float = 0.0, end: float | None = None, *, near: bool = False
    ) -> Iterator[tuple[float, VideoFrame]]:
        """Yield each frame, upright, with its time, from the one that is seen at `start` on.

        Times are seconds from the beginning of the clip; frames from `end` on are left out. With
        `near` it may begin a little earlier, which is much faster in a long video.
        """
        length = float(1 / self.rate)
        with self._source.opened() as container:
            zero = zero_of(container)
            _seek(container, start, zero)
            held: tuple[float, VideoFrame] | None = None
            time = -length
            for count, frame in enumerate(self._source.decoded(container, "video", ahead=not near)):
                if count >= self._limits.frames:
                    raise BadVideo(
                        f"This video has more than {self._limits.frames:,} frames.",
                        expected=f"at most {self._limits.frames:,} frames",
                    )
                time = frame.time - zero if frame.pts is not None else time + length
                if end is not None and time >= end:
                    break
                if time > self._limits.seconds:  # whatever its header says
                    raise too_long(time, self._limits)
                if time <= start and not near:
                    held = time, frame
                    continue
                if held is not None:
                    yield held[0], self._upright(held[1])
                    held = None
                yield time, self._upright(frame)
            if held is not None:
                yield held[0], self._upright(held[1])

    def steady(
        self, rate: Fraction, start: float = 0.0, end: float | None = None
    ) -> Iterator[VideoFrame]:
        """Yield the frames as a video of `rate` frames a second has them, from `start` to `end`.

        Each is the one seen in the middle of its time; those too many are left out, those missing
        are repeated.
        """
        step, number = float(1 / rate), 0
        held: VideoFrame | None = None
        last, length = start, float(1 / self.rate)
        for time, frame in self.frames(start, end):
            while held is not None and start + (number + 0.5) * step < time:
                yield held
                number += 1
            held, last = frame, time
            if frame.duration and frame.time_base:
                length = min(float(frame.duration * frame.time_base), 10.0)
        stop = last + length if end is None else min(last + length, end)
        while held is not None and (number == 0 or start + (number + 0.5) * step < stop):
            yield held
            number += 1

    def audio(self, start: float = 0.0, end: float | None = None) -> Iterator[NDArray[Any]]:
        """Yield the audio as stereo: float32 arrays of the shape (2, n), `SAMPLE_RATE` a second.

        It begins at `start` seconds and has no gaps: where the file has nothing, it is silent.
        """
        import numpy as np

        until = self._limits.seconds if end is None else min(end, self._limits.seconds)
        most = max(0, round((until - start) * SAMPLE_RATE))
        done = 0
        for at, chunk in self._chunks(start):
            late = at - done
            while late > 0 and done < most:
                silence = np.zeros((2, min(late, SAMPLE_RATE, most - done)), np.float32)
                done, late = done + silence.shape[1], late - silence.shape[1]
                yield silence
            kept = chunk[:, max(0, -late) :][:, : most - done]
            if kept.shape[1]:
                done += kept.shape[1]
                yield kept
            if done >= most:
                return

    def stored_audio(self) -> Iterator[Any]:
        """Yield the stream of its audio, then its packets as they are stored, from zero on."""
        with self._source.opened() as container:
            stream = stream_of(container, "audio")
            if stream is None:
                return
            zero = round(zero_of(container) / stream.time_base)
            yield stream
            for packet in container.demux(stream):
                if packet.dts is None:  # the end
                    return
                packet.dts -= zero
                packet.pts = packet.dts if packet.pts is None else packet.pts - zero
                yield packet

    def frame_image(self, frame: VideoFrame) -> Image:
        """Return a frame as an image: RGB, or RGBA where it can be seen through."""
        from PIL import Image as Pillow

        form = "rgba" if _is_clear(frame) else "rgb24"
        return Pillow.fromarray(frame.to_ndarray(format=form))

    def _chunks(self, start: float) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield the decoded audio, each piece with its place in samples from `start`."""
        from av.audio.resampler import AudioResampler

        resampler = AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        place: int | None = None
        with self._source.opened() as container:
            zero = zero_of(container)
            _seek(container, start, zero)
            for frame in self._source.decoded(container, "audio"):
                if frame.pts is not None:
                    true = round((frame.time - zero - start) * SAMPLE_RATE)
                    if place is None or abs(true - place) > _GAP * SAMPLE_RATE:
                        place = true
                place = place or 0
                for part in resampler.resample(frame):
                    yield place, part.to_ndarray()
                    place += part.samples
            for part in resampler.resample(None):
                yield place or 0, part.to_ndarray()

    def _upright(self, frame: VideoFrame) -> VideoFrame:
        """Return a frame as it is to be seen: turned, with square pixels, of the clip's size."""
        import numpy as np
        from av import VideoFrame as Frame

        if frame.colorspace == _UNSAID and not frame.format.is_rgb:
            frame.colorspace = _BT709 if frame.height >= _HD_LINES else _BT601
        turn = self.facts.turn
        size = (self.width, self.height)
        if turn == 0:
            return frame if (frame.width, frame.height) == size else frame.reformat(*size)
        flat = frame.to_ndarray(format="rgb24")
        turned = Frame.from_ndarray(
            np.ascontiguousarray(np.rot90(flat, turn // 90), np.uint8), format="rgb24"
        )
        turned.pts, turned.time_base = frame.pts, frame.time_base
        turned.duration = frame.duration
        return turned if (turned.width, turned.height) == size else turned.reformat(*size)


_UNSAID, _BT709, _BT601 = 2, 1, 5  # FFmpeg's numbers of color spaces (AVColorSpace)


def _is_clear(frame: VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components)


def _seek(container: InputContainer, start: float, zero: float) -> None:
    """Go to the last place before `start` from which frames can be decoded."""
    import av

    if start > 0:
        # One that cannot be sought in is read from its beginning.
        with suppress(av.error.FFmpegError):
            container.seek(round((start + zero) * 1_000_000))
