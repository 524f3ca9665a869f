"""Resize video: another size, with or without keeping the proportions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice, parse_color
from workflows.nodes.recipes import kept, later
from workflows.nodes.registry import node
from workflows.nodes.video.moments import fit, new_scaler
from workflows.nodes.video.videos import (
    CATEGORY,
    SIDES,
    TIMEOUT_SECONDS,
    VIDEO,
    VIDEO_OUT,
    derive,
    even,
    rate_of,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame

MODES = ("fit", "pad", "crop", "stretch")


def side_input(name: str, label: str) -> Input:
    """Declare a field for the width or the height of a video; empty: as the other one says."""
    return Input(
        name,
        "number",
        label,
        widget="number",
        min=SIDES[0],
        max=SIDES[1],
        step=2,
        unit="px",
        help="Empty: keeps the aspect ratio.",
    )


@node(
    "resizeVideo",
    name="Resize video",
    category=CATEGORY,
    description="Resizes a video, or changes its aspect ratio, for example to 9:16.",
    aliases=(
        "scale",
        "size",
        "crop",
        "letterbox",
        "vertical",
        "square",
        "aspect ratio",
        "720p",
        "1080p",
        "reframe",
    ),
    inputs=(
        VIDEO,
        side_input("width", "Width"),
        side_input("height", "Height"),
        Input(
            "mode",
            "text",
            "Mode",
            default="fit",
            widget="pills",
            options=MODES,
            help="Fit keeps all of it inside the size, pad adds bars, crop cuts the rest.",
        ),
        Input(
            "color",
            "color",
            "Padding color",
            default="#000000",
            widget="color",
            help="For pad.",
            shown_when={"mode": ("pad",)},
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def resize_video(
    context: Context,
    *,
    video: JsonObject,
    width: float | None,
    height: float | None,
    mode: str,
    color: str,
) -> JsonObject:
    """Return the video at the new size, with its audio."""
    choice(mode, MODES, "mode")
    ground = parse_color(color, "color")[:3]
    clip = await context.load_clip(video, field="video")
    size = target((clip.width, clip.height), width, height, mode)
    rate = rate_of(clip)
    how = "stretch" if mode == "fit" else mode
    made = await derive(
        context,
        later(fitted, clip, rate, size, how, ground),
        clip if clip.has_audio else None,
        size=size,
        rate=rate,
        seconds=clip.duration,
        suffix="resized",
        source=video,
    )
    return {"video": made}


@kept("fit")
def fitted(
    clip: Clip,
    rate: Fraction,
    size: tuple[int, int],
    how: str,
    ground: tuple[int, int, int],
    first: int = 0,
) -> Iterator[VideoFrame]:
    """Yield the frames of a clip in another size, from a frame on."""
    scaler = new_scaler()
    for frame in clip.steady(rate, float(first / rate)):
        yield fit(frame, size, how, ground, scaler)


def target(
    given: tuple[int, int], width: float | None, height: float | None, mode: str
) -> tuple[int, int]:
    """Return the new size; one side alone decides both. Raises NodeError without any."""
    if width is None and height is None:
        raise NodeError(
            "No size is given.", field="width", expected="a width, a height or both, in px"
        )
    ratio = given[0] / given[1]
    if width is None or height is None:
        wide = width if width is not None else (height or 0) * ratio
        return even(wide, wide / ratio, "width" if width is not None else "height")
    if mode == "fit":
        scale = min(width / given[0], height / given[1])
        return even(given[0] * scale, given[1] * scale, "width")
    return even(width, height, "width")
