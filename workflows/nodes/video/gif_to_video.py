"""GIF to video: an animated image as an MP4."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import parse_color
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.moments import opaque, together
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO_OUT,
    check_length,
    even,
    rate_of,
    render,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import VideoFrame


@node(
    "gifToVideo",
    name="GIF to video",
    category=CATEGORY,
    description="Creates a video from an animated GIF.",
    aliases=("animated gif", "convert gif", "mp4"),
    inputs=(
        Input("image", "image", "GIF", required=True),
        Input(
            "repeat",
            "number",
            "Repeat",
            default=1,
            widget="number",
            min=1,
            max=100,
            step=1,
            help="How many times it is played.",
        ),
        Input(
            "color",
            "color",
            "Background",
            default="#ffffff",
            widget="color",
            help="Behind transparent parts: a video has no transparency.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def gif_to_video(
    context: Context, *, image: JsonObject, repeat: float, color: str
) -> JsonObject:
    """Return the video."""
    ground = parse_color(color, "color")[:3]
    clip = await context.load_clip(image, field="image")
    times = round(repeat)
    seconds = check_length(clip.duration * times, "repeat")
    rate = rate_of(clip)
    row = later(together, later(_repeated, clip, rate, times, ground), None, rate)
    made = await render(
        context,
        row,
        size=even(clip.width, clip.height, "image"),
        rate=rate,
        audio=False,
        seconds=seconds,
        suffix="video",
        source=image,
    )
    return {"video": made}


def _repeated(
    clip: Clip, rate: Fraction, times: int, ground: tuple[int, int, int]
) -> Iterator[VideoFrame]:
    for _ in range(times):
        for frame in clip.steady(rate):
            yield opaque(frame, ground)
