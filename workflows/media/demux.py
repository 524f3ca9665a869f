"""FFmpeg on a short lead: opening a visitor's video or audio file, and reading what it is.

FFmpeg is given the format and never guesses it, may use the decoders listed here alone, and can
open nothing besides the one file. Everything here blocks and belongs in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.errors import BadVideo
from workflows.media.draft_file import again
from workflows.media.sniff import HEAD_BYTES, describe, sniff

if TYPE_CHECKING:
    from av.container import InputContainer

#: Content type -> the one FFmpeg demuxer that may read it. Those that follow URLs (HLS, DASH,
#: concat, SDP) are not among them.
DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "image/gif": "gif",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
}
#: The decoders that may run: what cameras, browsers and generators write.
DECODERS = frozenset(
    {
        "h264",
        "hevc",
        "vp8",
        "libvpx",
        "vp9",
        "libvpx-vp9",
        "av1",
        "libdav1d",
        "mpeg4",
        "mpeg2video",
        "mjpeg",
        "png",
        "gif",
        "prores",
        "theora",
        "rawvideo",
        "aac",
        "mp3",
        "mp3float",
        "opus",
        "libopus",
        "vorbis",
        "flac",
        "alac",
        "ac3",
        "eac3",
        "pcm_u8",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_s24le",
        "pcm_s24be",
        "pcm_s32le",
        "pcm_f32le",
        "pcm_f64le",
        "pcm_alaw",
        "pcm_mulaw",
    }
)
EXPECTED = {
    "video": "a video such as MP4, WebM, MOV or GIF",
    "audio": "an audio file such as MP3, WAV, M4A, Ogg or FLAC, or a video that has one",
}
#: What FFmpeg calls the cover in the file of a song (AV_DISPOSITION_ATTACHED_PIC): no video.
_COVER = 0x0400
USUAL_RATE = Fraction(25)  # frames a second where a file does not say
_MAX_RATE = 240
#: Frames up to full HD are decoded two at a time.
_AHEAD_PIXELS = 1920 * 1088
#: So many packets are looked at for a length that the header does not say.
_ALL_PACKETS = 2_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one video or audio file may need. `pixels` is of one frame."""

    pixels: int = 16_777_216
    seconds: float = 3_600.0
    frames: int = 250_000
    streams: int = 32


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself: px as shown (0: no video), seconds, frames a second.

    `turn` says by how many degrees, counter-clockwise, its frames have to be turned to be upright.
    """

    content_type: str
    width: int = 0
    height: int = 0
    duration: float | None = None
    rate: Fraction = USUAL_RATE
    has_audio: bool = False
    turn: int = 0

    @property
    def has_video(self) -> bool:
        """Whether there are images in it."""
        return self.width > 0


class Source:
    """One file as FFmpeg may see it, opened again for every reading.

    All that goes wrong while it is read names `field`, if there is one.
    """

    def __init__(self, file: BinaryIO, limits: Limits, field: str | None = None) -> None:
        self._field = field
        self._file = file
        self._limits = limits
        with again(file) as opened:
            head = opened.read(HEAD_BYTES)
        self._content_type = sniff(head) or ""
        if self._content_type not in DEMUXERS:
            raise BadVideo(
                f"This is {describe(sniff(head))}, not a video or audio file that can be opened."
                if head
                else "This file is empty.",
                value=self._content_type or None,
                expected=EXPECTED["video"],
            )

    @contextmanager
    def opened(self) -> Iterator[InputContainer]:
        """Open the container; what goes wrong inside the block is raised as BadVideo."""
        import av

        try:
            with again(self._file) as file:
                container = av.open(
                    file,
                    "r",
                    format=DEMUXERS[self._content_type],
                    metadata_errors="replace",
                    io_open=_refuse,
                    options={
                        "protocol_whitelist": "none",
                        "codec_whitelist": ",".join(sorted(DECODERS)),
                        "max_streams": str(self._limits.streams),
                        "max_pixels": str(self._limits.pixels),
                        "threads": "1",
                    },
                )
                try:
                    yield container
                finally:
                    container.close()
        except av.error.FFmpegError as error:
            raise self._named(self.damaged()) from error
        except BadVideo as error:
            raise self._named(error) from error.__cause__

    def decoded(
        self, container: InputContainer, kind: str, *, ahead: bool = False
    ) -> Iterator[Any]:
        """Yield every frame of the video or the audio; what is damaged in between is left out.

        With `ahead` the next frame is decoded while one is worked on, unless frames are large.
        """
        import av

        stream = stream_of(container, kind)
        if stream is None or stream.codec_context is None:
            raise self.damaged()
        codec = stream.codec_context
        if codec.codec.name not in DECODERS:
            raise BadVideo(
                f"It is written in {codec.codec.name}, which is not read here.",
                value=codec.codec.name,
                expected=EXPECTED[kind],
            )
        # One thread: several large frames at once would need as many times the memory.
        ahead = ahead and 0 < codec.width * codec.height <= _AHEAD_PIXELS
        codec.thread_count = 2 if ahead else 1
        codec.thread_type = "FRAME" if ahead else "SLICE"
        if kind == "video":
            self._check_size(codec.width, codec.height)
            codec.options = {"max_pixels": str(self._limits.pixels)}
        for packet in container.demux(stream):
            frames: list[Any] = []
            with suppress(av.error.InvalidDataError, av.error.EOFError):
                frames = list(packet.decode())
            for frame in frames:
                if kind == "video":
                    self._check_size(frame.width, frame.height)
                yield frame

    def facts(self) -> Facts:
        """Read the header and the first frame."""
        with self.opened() as container:
            video, audio = stream_of(container, "video"), stream_of(container, "audio")
            if video is None and audio is None:
                raise self.damaged()
            facts = Facts(
                content_type=self._type(video is not None),
                duration=_seconds(container.duration) or self._last(),
                has_audio=audio is not None,
            )
            if video is None:
                return facts
            rate = video.average_rate or video.guessed_rate or USUAL_RATE
            facts = replace(facts, rate=rate if 1 <= rate <= _MAX_RATE else USUAL_RATE)
            frame = next(self.decoded(container, "video"), None)
            # A stream is read while its file is open: closing it frees what the stream points at.
            aspect = video.sample_aspect_ratio or Fraction(1)
        if frame is None:
            raise self.damaged()
        turn = round(frame.rotation / 90) * 90 % 360
        if not Fraction(1, 4) <= aspect <= 4:
            aspect = Fraction(1)
        size = round(frame.width * aspect), frame.height
        width, height = size[::-1] if turn in (90, 270) else size
        return replace(facts, width=max(1, width), height=height, turn=turn)

    def damaged(self) -> BadVideo:
        """Return the error of a file that is not what it begins as."""
        return BadVideo(
            f"This is {describe(self._content_type)}, but it is damaged, incomplete or empty.",
            value=self._content_type,
            expected=EXPECTED["video"],
        )

    def _named(self, error: BadVideo) -> BadVideo:
        if self._field is not None:
            error.context.setdefault("field", self._field)
        return error

    def _last(self) -> float | None:
        """Return where the last packet ends, in seconds: the length where the header has none."""
        end = 0.0
        with self.opened() as container:
            for count, packet in enumerate(container.demux()):
                if count > _ALL_PACKETS:
                    return None
                if packet.pts is not None and packet.time_base is not None:
                    last = (packet.pts + (packet.duration or 0)) * packet.time_base
                    end = max(end, float(last) - zero_of(container))
        return end or None

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            raise BadVideo(
                f"This video is too large to open ({width:,} x {height:,} px).",
                value=f"{width}x{height}",
                expected=f"at most {self._limits.pixels / 1_000_000:.0f} megapixels a frame",
            )

    def _type(self, has_video: bool) -> str:
        """Return the content type; containers for both are what they hold."""
        kind, _, form = self._content_type.partition("/")
        if kind == "image" or form in ("quicktime", "x-matroska", "x-msvideo"):
            return self._content_type
        return f"{'video' if has_video else 'audio'}/{form}"


def stream_of(container: InputContainer, kind: str) -> Any:
    """Return the first stream of a kind, or None; the cover of a song is no video."""
    for stream in container.streams:
        if stream.type == kind and not (kind == "video" and int(stream.disposition) & _COVER):
            return stream
    return None


def zero_of(container: InputContainer) -> float:
    """Return the time that counts as the beginning, in seconds."""
    return (container.start_time or 0) / 1_000_000


def _seconds(microseconds: int | None) -> float | None:
    return microseconds / 1_000_000 if microseconds and microseconds > 0 else None


def _refuse(url: str, flags: int, options: dict[str, Any]) -> BinaryIO:
    raise PermissionError("a file may open no other")
