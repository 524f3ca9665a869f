"""Join videos: one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice, parse_color
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.moments import FITS, fitted, moments
from workflows.nodes.video.resize_video import side_input
from workflows.nodes.video.videos import (
    CATEGORY,
    MAX_RATE,
    TIMEOUT_SECONDS,
    VIDEO_OUT,
    check_length,
    even,
    rate_of,
    render,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from workflows.nodes.video.writing import Moment

MAX_VIDEOS = 100


@node(
    "mergeVideos",
    name="Concatenate videos",
    category=CATEGORY,
    description="Joins videos one after the other, with their audio.",
    aliases=("join videos", "concat", "merge", "append", "sequence", "montage", "stitch"),
    inputs=(
        Input("videos", "video", "Videos", required=True, many=True),
        Input(
            "fit",
            "text",
            "Fit",
            default="pad",
            widget="pills",
            options=FITS,
            help="How videos of another size are scaled to that of the first.",
        ),
        Input(
            "color",
            "color",
            "Padding color",
            default="#000000",
            widget="color",
            advanced=True,
            shown_when={"fit": ("pad",)},
        ),
        side_input("width", "Width"),
        side_input("height", "Height"),
        Input(
            "rate",
            "number",
            "Frame rate",
            widget="number",
            min=1,
            max=MAX_RATE,
            step=1,
            advanced=True,
            help="Empty: as many as the first one has.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def merge_videos(
    context: Context,
    *,
    videos: list[JsonObject] | None,
    fit: str,
    color: str,
    width: float | None,
    height: float | None,
    rate: float | None,
) -> JsonObject:
    """Return one video; size and rate are those of the first if not said otherwise."""
    choice(fit, FITS, "fit")
    ground = parse_color(color, "color")[:3]
    clips = await open_all(context, videos, "videos")
    first = clips[0]
    size = even(width or first.width, height or first.height, "videos")
    if (width is None) != (height is None):
        ratio = first.width / first.height
        size = even(width or (height or 0) * ratio, height or (width or 0) / ratio, "width")
    steps = Fraction(rate).limit_denominator(1001) if rate else rate_of(first)
    audio = any(clip.has_audio for clip in clips)
    seconds = check_length(sum(clip.duration for clip in clips), "videos")
    row = later(fitted, later(joined, clips, steps, audio), size, fit, ground)
    made = await render(
        context,
        row,
        size=size,
        rate=steps,
        audio=audio,
        seconds=seconds,
        suffix="joined",
        source=next(iter(videos or ()), None),
    )
    return {"video": made}


async def open_all(context: Context, videos: list[JsonObject] | None, field: str) -> list[Clip]:
    """Open several videos. Raises NodeError when there is none, or more than can be worked on."""
    given = videos or []
    if not given:
        raise NodeError("There is no video to join.", field=field, expected="at least one video")
    if len(given) > MAX_VIDEOS:
        raise NodeError(
            f"{len(given):,} videos are too many for one.",
            field=field,
            value=len(given),
            expected=f"at most {MAX_VIDEOS}",
        )
    return [await context.load_clip(video, field=field) for video in given]


def joined(clips: list[Clip], rate: Fraction, audio: bool) -> Iterator[Moment]:
    """Yield the moments of one clip after the other."""
    for clip in clips:
        yield from moments(clip, rate, audio=audio)
