"""Trim audio: a part of an audio file, softly begun and ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import (
    AUDIO,
    AUDIO_OUT,
    CATEGORY,
    FORMAT,
    VOLUME,
    louder,
    save_audio,
)
from workflows.nodes.video.moments import heard
from workflows.nodes.video.trim_video import part
from workflows.nodes.video.videos import TIMEOUT_SECONDS, seconds_input
from workflows.nodes.video.writing import FORMATS, SAMPLE_RATE
from workflows.types import JsonObject

if TYPE_CHECKING:
    from numpy.typing import NDArray


@node(
    "trimAudio",
    name="Trim audio",
    category=CATEGORY,
    description="Trims an audio file, changes its volume, and fades it in and out.",
    aliases=(
        "cut",
        "fade in",
        "fade out",
        "volume",
        "gain",
        "shorten",
        "sound",
        "mute",
        "silence",
    ),
    inputs=(
        AUDIO,
        seconds_input("start", "From", 0),
        seconds_input("end", "To", None, help="Empty: to the end."),
        VOLUME,
        Input(
            "fadeIn",
            "number",
            "Fade in",
            default=0,
            widget="number",
            min=0,
            max=60,
            step=0.1,
            unit="s",
        ),
        Input(
            "fadeOut",
            "number",
            "Fade out",
            default=0,
            widget="number",
            min=0,
            max=60,
            step=0.1,
            unit="s",
        ),
        FORMAT,
    ),
    outputs=(AUDIO_OUT,),
    preview="audio",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def trim_audio(
    context: Context,
    *,
    audio: JsonObject,
    start: float,
    end: float | None,
    volume: float,
    fadeIn: float,
    fadeOut: float,
    format: str,
) -> JsonObject:
    """Return the part."""
    choice(format, tuple(FORMATS), "format")
    clip = await context.load_clip(audio, field="audio", kind="audio")
    until = part(clip, float(start), end, None)
    length = until - start
    chunks = later(
        faded, later(heard, clip, float(start), until), length, float(fadeIn), float(fadeOut)
    )
    made = await save_audio(
        context,
        later(louder, chunks, float(volume)),
        format,
        seconds=length,
        suffix="part",
        source=audio,
    )
    return {"audio": made}


def faded(
    chunks: Iterable[NDArray[Any]], length: float, rise: float, fall: float
) -> Iterator[NDArray[Any]]:
    """Let an audio file of `length` seconds rise out of silence and fall back into it."""
    import numpy as np

    place = 0
    for chunk in chunks:
        times = (place + np.arange(chunk.shape[1], dtype=np.float32)) / SAMPLE_RATE
        place += chunk.shape[1]
        share = np.ones_like(times)
        if rise:
            share = np.minimum(share, times / np.float32(rise))
        if fall:
            share = np.minimum(share, np.clip((length - times) / np.float32(fall), 0, 1))
        yield chunk * share.astype(np.float32)
