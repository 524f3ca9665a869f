"""Trim video: a part of a video."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.nodes.context import Clip, Context
from workflows.nodes.recipes import kept, later
from workflows.nodes.registry import node
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    derive,
    even,
    rate_of,
    seconds_input,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray


@node(
    "trimVideo",
    name="Trim video",
    category=CATEGORY,
    description="Trims a video to a part of it, exact to the frame.",
    aliases=("cut", "clip", "shorten", "crop in time", "segment"),
    inputs=(
        VIDEO,
        seconds_input("start", "From", 0),
        seconds_input("end", "To", None, help="Empty: to the end, or for the Duration."),
        seconds_input(
            "length",
            "Duration",
            None,
            advanced=True,
            help="Instead of To: how long the part lasts.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def trim_video(
    context: Context,
    *,
    video: JsonObject,
    start: float,
    end: float | None,
    length: float | None,
) -> JsonObject:
    """Return the part, with its audio."""
    clip = await context.load_clip(video, field="video")
    until = part(clip, float(start), end, length)
    rate = rate_of(clip)
    made = await derive(
        context,
        later(cut, clip, rate, float(start), until),
        later(cut_audio, clip, float(start), until) if clip.has_audio else None,
        size=even(clip.width, clip.height),
        rate=rate,
        seconds=until - start,
        suffix="trimmed",
        source=video,
    )
    return {"video": made}


@kept("trim")
def cut(
    clip: Clip, rate: Fraction, start: float, until: float, first: int = 0
) -> Iterator[VideoFrame]:
    """Yield the frames of a part, from a frame of it on."""
    return clip.steady(rate, start + float(first / rate), until)


@kept("trim audio")
def cut_audio(clip: Clip, start: float, until: float, begin: float = 0.0) -> Iterator[NDArray[Any]]:
    """Yield the audio of a part, from a time of it on."""
    return clip.audio(start + begin, until)


def part(clip: Clip, start: float, end: float | None, length: float | None) -> float:
    """Return where a part ends. Raises NodeError when nothing is in it."""
    until = end if end is not None else start + length if length is not None else None
    known = clip.duration or None
    if known is not None and start >= known:
        raise NodeError(
            f"It lasts {known:.2f} seconds only.",
            field="start",
            value=start,
            expected=f"less than {known:.2f} seconds",
        )
    if until is not None and until <= start:
        field = "end" if end is not None else "length"
        raise NodeError(
            "The part would be empty.",
            field=field,
            value=end if end is not None else length,
            expected=f"more than {start if field == 'end' else 0:g} seconds",
        )
    ends = [moment for moment in (until, known) if moment is not None]
    return min(ends) if ends else 3_600.0
