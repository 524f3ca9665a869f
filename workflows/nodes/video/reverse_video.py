"""Reverse video: from its end to its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.moments import moments
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    even,
    rate_of,
    render,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from workflows.nodes.video.writing import Moment

#: Frames held at once take at most so much.
WINDOW_BYTES = 96 * 1024 * 1024
WINDOW_SECONDS = 4


@node(
    "reverseVideo",
    name="Reverse video",
    category=CATEGORY,
    description="Plays a video backwards.",
    aliases=("backwards", "rewind", "boomerang", "invert time"),
    inputs=(
        VIDEO,
        Input(
            "sound",
            "boolean",
            "Reverse the audio too",
            default=True,
            widget="toggle",
            help="Off: without audio.",
        ),
        Input(
            "boomerang",
            "boolean",
            "Boomerang",
            default=False,
            widget="toggle",
            help="Forwards first, then backwards.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def reverse_video(
    context: Context, *, video: JsonObject, sound: bool, boomerang: bool
) -> JsonObject:
    """Return the reversed video; a few seconds of it are held at a time."""
    clip = await context.load_clip(video, field="video")
    heard = bool(sound) and clip.has_audio
    rate = rate_of(clip)
    made = await render(
        context,
        later(turned, clip, rate, heard, bool(boomerang)),
        size=even(clip.width, clip.height),
        rate=rate,
        audio=heard,
        seconds=clip.duration * (2 if boomerang else 1),
        suffix="reversed",
        source=video,
    )
    return {"video": made}


def turned(clip: Clip, rate: Fraction, audio: bool, boomerang: bool) -> Iterator[Moment]:
    """Yield the moments of a clip from the last to the first."""
    if boomerang:
        yield from moments(clip, rate, audio=audio)
    each = WINDOW_BYTES // (clip.width * clip.height * 3 // 2) or 1
    each = max(1, min(each, round(WINDOW_SECONDS * rate)))
    count = _count(clip, rate)
    while count > 0:
        first = max(0, count - each)
        start, end = float(first / rate), float(count / rate)
        window = list(moments(clip, rate, start, end, audio=audio))[: count - first]
        for frame, samples in reversed(window):
            yield frame, None if samples is None else samples[:, ::-1]
        count = first


def _count(clip: Clip, rate: Fraction) -> int:
    """Return how many frames there are; audio may go on behind the last one."""
    last = 0.0
    for time, _ in clip.frames(max(0.0, clip.duration - 5), near=True):
        last = time
    return max(1, round((last + float(1 / clip.rate)) * rate))
