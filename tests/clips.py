"""Small videos and sounds, made by PyAV for the tests that need some."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import av
import numpy as np

#: What a frame of each number looks like, so that a test can tell which one it sees.
PALETTE = [(220, 20, 20), (20, 200, 20), (30, 30, 220), (220, 220, 20), (200, 30, 200)]

CODECS = {
    "mp4": ("libx264", "aac", "yuv420p"),
    "mov": ("libx264", "aac", "yuv420p"),
    "matroska": ("libx264", "aac", "yuv420p"),
    "webm": ("libvpx", "libopus", "yuv420p"),
    "avi": ("mpeg4", "libmp3lame", "yuv420p"),
    "gif": ("gif", "", "rgb8"),
}


def video(
    seconds: float = 1.0,
    size: tuple[int, int] = (64, 48),
    rate: int = 10,
    form: str = "mp4",
    tone: float | None = 440.0,
    turn: int = 0,
    colours: Iterable[tuple[int, int, int]] = PALETTE,
) -> bytes:
    """Make a video whose color changes every second, with a tone of `tone` Hz if it may have one.

    `turn` writes into the file that it is to be shown turned by so many degrees.
    """
    codec, sound_codec, pixels = CODECS[form]
    buffer, palette = io.BytesIO(), list(colours)
    with av.open(buffer, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if turn:
            stream.set_display_rotation(turn)
        heard = (
            container.add_stream(sound_codec, rate=48_000, layout="stereo")
            if (sound_codec and tone)
            else None
        )
        for number in range(round(seconds * rate)):
            colour = palette[int(number / rate) % len(palette)]
            flat = np.full((size[1], size[0], 3), colour, np.uint8)
            frame = av.VideoFrame.from_ndarray(flat, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if heard is not None and tone:
            write_tone(container, heard, seconds, tone)
    return buffer.getvalue()


def sound(seconds: float = 1.0, tone: float = 440.0, form: str = "wav") -> bytes:
    """Make a sound: a tone of `tone` Hz."""
    codec = {
        "wav": "pcm_s16le",
        "mp3": "libmp3lame",
        "ogg": "libopus",
        "flac": "flac",
        "ipod": "aac",
        "webm": "libopus",
    }[form]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as container:
        stream = container.add_stream(codec, rate=48_000, layout="stereo")
        write_tone(container, stream, seconds, tone)
    return buffer.getvalue()


def loudest(samples: np.ndarray, rate: int = 48_000) -> float:
    """Return the frequency in Hz that is loudest in a sound of the shape (channels, n)."""
    spectrum = np.abs(np.fft.rfft(samples[0]))
    return float(np.argmax(spectrum) * rate / samples.shape[1])


def write_tone(container: Any, stream: Any, seconds: float, tone: float) -> None:
    """Write a tone of `tone` Hz into a stream of a container that is being written."""
    steps = np.arange(round(seconds * 48_000)) / 48_000
    wave = (0.5 * np.sin(2 * np.pi * tone * steps)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
    frame.rate = 48_000
    context = stream.codec_context
    resampler = av.AudioResampler(
        format=context.format, layout="stereo", rate=48_000, frame_size=context.frame_size or 1024
    )
    for part in (*resampler.resample(frame), *resampler.resample(None)):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))
