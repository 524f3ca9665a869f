"""Writing videos and audio files: MP4 with H.264 and AAC, and the usual formats of audio files.

The same frames give the same bytes: the number of threads is fixed and nothing is written of when
and by what a file was made.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import OutputContainer
    from numpy.typing import NDArray

    #: A frame and the stereo audio heard while it is seen; no audio: None.
    Moment = tuple[VideoFrame, NDArray[Any] | None]

SAMPLE_RATE = 48_000  # samples a second, here and in what clips give
#: Keeps x264 from shortcuts that differ by processor. One of them also differs from one time to
#: the next: in 9 of 2,000 tries, a first frame of one color was written in another way.
SAME = "cpu-independent=1"
QUALITY = 20  # x264's crf: 0 is without loss, 18 looks like it, 28 is small
#: Format -> (FFmpeg's container, codec, content type, ending). Opus is in Ogg.
FORMATS = {
    "mp3": ("mp3", "libmp3lame", "audio/mpeg", "mp3"),
    "wav": ("wav", "pcm_s16le", "audio/wav", "wav"),
    "m4a": ("ipod", "aac", "audio/mp4", "m4a"),
    "ogg": ("ogg", "libopus", "audio/ogg", "ogg"),
    "flac": ("flac", "flac", "audio/flac", "flac"),
}
#: Codecs of audio that may be in an MP4 as every browser plays it.
KEPT_AUDIO = frozenset({"aac", "mp3", "mp3float", "opus", "libopus", "flac"})
LOSSLESS = ("wav", "flac")
#: Frames of more than full HD are looked ahead at less, or they would take a gigabyte.
LARGE_PIXELS = 1920 * 1088
_BT709 = 1  # AVColorSpace, AVColorPrimaries and AVColorTransferCharacteristic all call it so
_TELEVISION = 1  # AVColorRange: 16 to 235, as nearly all videos have it


def as_written(size: tuple[int, int], form: str = "yuv420p") -> Callable[[VideoFrame], VideoFrame]:
    """Return what brings frames to a size and to the colors in which videos are written.

    What it has worked out for one frame it keeps for the next. A frame that is so already comes
    out itself.
    """
    from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

    scaler = VideoReformatter()
    return partial(
        scaler.reformat,
        width=size[0],
        height=size[1],
        format=form,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        threads=1,
    )


def writing_bytes(size: tuple[int, int]) -> int:
    """Return how many bytes a pixel of a frame writing a video takes (measured)."""
    return 24 if size[0] * size[1] > LARGE_PIXELS else 60


class VideoWriter:
    """Writes an MP4, its index in front. Leaving the block without `close` gives it up."""

    def __init__(
        self,
        file: BinaryIO,
        size: tuple[int, int],
        rate: Fraction,
        audio: bool,
        stored: Iterator[Any] | None = None,
    ) -> None:
        self._rate, self._count = rate, 0
        self._flat = as_written(size)
        self._container = open_for_writing(file, "mp4", {"movflags": "+faststart"})
        options = {"crf": str(QUALITY), "preset": "veryfast", "threads": "2", "x264-params": SAME}
        if size[0] * size[1] > LARGE_PIXELS:
            # The encoder keeps every frame it looks ahead at, with several copies of each.
            options |= {"rc-lookahead": "2", "x264-params": f"{SAME}:sync-lookahead=0", "bf": "1"}
        self._stream = add_stream(self._container, "libx264", rate, options)
        codec = self._stream.codec_context
        codec.width, codec.height, codec.pix_fmt = *size, "yuv420p"
        codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
        codec.color_range = _TELEVISION
        codec.time_base = 1 / rate
        self._heard = AudioWriter(self._container, "aac", "192k") if audio else None
        self._stored = None if stored is None else _StoredAudio(self._container, stored)
        self._closed = False

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(self, *error: object) -> None:
        if not self._closed:
            abandon(self._container)

    def write(self, frame: VideoFrame, samples: NDArray[Any] | None) -> float:
        """Write the next frame and what is heard with it; returns the seconds written."""
        flat = self._flat(frame)
        if self._stored is not None:
            self._stored.write(float(self._count / self._rate))
        flat.pts, flat.time_base, flat.pict_type = self._count, 1 / self._rate, 0
        self._count += 1
        self._container.mux(self._stream.encode(flat))
        if self._heard is not None and samples is not None:
            self._heard.write(samples)
        return float(self._count / self._rate)

    def close(self) -> None:
        """Finish the file."""
        self._container.mux(self._stream.encode(None))
        if self._heard is not None:
            self._heard.close()
        if self._stored is not None:
            self._stored.write(float("inf"))
        self._container.close()
        self._closed = True


def can_keep(stream: Any) -> bool:
    """Return whether a stream of audio can be put into an MP4 as it is stored."""
    codec = stream.codec_context
    if codec is None or codec.name not in KEPT_AUDIO:
        return False
    return codec.name != "aac" or bool(codec.extradata)  # else its header is in every packet


class _StoredAudio:
    """The packets of another file, written as they are."""

    def __init__(self, container: OutputContainer, stored: Iterator[Any]) -> None:
        self._container = container
        self._packets = stored
        self._stream = container.add_stream_from_template(next(stored))
        self._next = next(stored, None)

    def write(self, until: float) -> None:
        """Write what begins before a time in seconds."""
        while (packet := self._next) is not None and packet.dts * packet.time_base < until:
            self._next = next(self._packets, None)
            packet.stream = self._stream
            self._container.mux(packet)


def write_video(
    file: BinaryIO,
    moments: Iterator[Moment],
    size: tuple[int, int],
    rate: Fraction,
    audio: bool,
    stored: Iterator[Any] | None = None,
) -> Iterator[float]:
    """Write moments as MP4; yields the seconds written after each frame.

    `stored` is audio that is put in as it is, see `Clip.stored_audio`.
    """
    with VideoWriter(file, size, rate, audio, stored) as writer:
        for frame, samples in moments:
            yield writer.write(frame, samples)
        writer.close()


def write_audio(
    file: BinaryIO, chunks: Iterator[NDArray[Any]], form: str, bitrate: str = "192k"
) -> Iterator[float]:
    """Write stereo samples in one of `FORMATS`; yields the seconds written after each piece."""
    kind, codec, _, _ = FORMATS[form]
    container = open_for_writing(file, kind, {})
    try:
        heard = AudioWriter(container, codec, None if form in LOSSLESS else bitrate)
        for chunk in chunks:
            heard.write(chunk)
            yield heard.seconds
        heard.close()
    except BaseException:
        abandon(container)
        raise
    container.close()


def abandon(container: OutputContainer) -> None:
    """Close what has not become a file; that it cannot be finished is known."""
    from av.error import FFmpegError

    with suppress(FFmpegError, OSError):
        container.close()


class AudioWriter:
    """The audio of a file that is being written: takes samples in pieces of any length."""

    def __init__(self, container: OutputContainer, codec: str, bitrate: str | None) -> None:
        import numpy as np
        from av import AudioResampler

        options = {"b": bitrate} if bitrate else {}
        self._container = container
        self._stream = add_stream(container, codec, SAMPLE_RATE, options, layout="stereo")
        self._codec = self._stream.codec_context
        self._codec.open()
        self._resampler = AudioResampler(
            format=self._codec.format, layout="stereo", rate=SAMPLE_RATE
        )
        self._size = self._codec.frame_size or 1024
        self._rest = np.zeros((2, 0), np.float32)
        self._done = 0

    @property
    def seconds(self) -> float:
        """How much is written."""
        return self._done / SAMPLE_RATE

    def write(self, samples: NDArray[Any]) -> None:
        """Write samples of the shape (2, n)."""
        import numpy as np

        self._rest = np.concatenate([self._rest, samples], axis=1)
        while self._rest.shape[1] >= self._size:
            self._encode(self._rest[:, : self._size])
            self._rest = self._rest[:, self._size :]

    def close(self) -> None:
        """Write what is left."""
        if self._rest.shape[1]:
            self._encode(self._rest)
        self._container.mux(self._stream.encode(None))

    def _encode(self, samples: NDArray[Any]) -> None:
        import numpy as np
        from av import AudioFrame

        flat = np.ascontiguousarray(np.clip(samples, -1.0, 1.0), dtype=np.float32)
        frame = AudioFrame.from_ndarray(flat, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = self._done, Fraction(1, SAMPLE_RATE)
        self._done += flat.shape[1]
        for part in self._resampler.resample(frame):
            self._container.mux(self._stream.encode(part))


def open_for_writing(file: BinaryIO, form: str, options: dict[str, str]) -> OutputContainer:
    """Open a container of FFmpeg's format `form` that writes to a file."""
    import av

    return av.open(
        file,
        "w",
        format=form,
        options={"fflags": "+bitexact", **options},
        io_open=lambda url, flags, options: _Again(file),
    )


def add_stream(
    container: OutputContainer,
    codec: str,
    rate: Fraction | int,
    options: dict[str, str],
    **more: Any,
) -> Any:
    """Add a stream of a codec; `rate` is of frames or samples a second, `options` the encoder's."""
    return container.add_stream(codec, rate=rate, options=options, **more)


class _Again(io.RawIOBase):
    """Reads a file that is being written, from a place of its own: to put the index in front."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._file.flush()
        body = os.pread(self._file.fileno(), max(size, 0), self._place)
        self._place += len(body)
        return body

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        ends = {io.SEEK_CUR: self._place, io.SEEK_END: os.fstat(self._file.fileno()).st_size}
        self._place = offset + ends.get(whence, 0)
        return self._place

    def tell(self) -> int:
        return self._place
