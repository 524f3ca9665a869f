"""Blend videos: one over another, their colors mixed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.filters import Filter
from workflows.nodes.video.moments import FITS, heard, steady, together
from workflows.nodes.video.moments import fit as fit_frame
from workflows.nodes.video.overlay_video import lasting, share_input
from workflows.nodes.video.videos import (
    CATEGORY,
    TIMEOUT_SECONDS,
    VIDEO_OUT,
    even,
    rate_of,
    render,
)
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame

#: What the modes are called where FFmpeg's own name is no word.
LABELS = {
    "softlight": "Soft light",
    "hardlight": "Hard light",
    "vividlight": "Vivid light",
    "pinlight": "Pin light",
    "grainextract": "Grain extract",
    "grainmerge": "Grain merge",
}
#: The modes of FFmpeg's filter `blend` that are of use for images, by its names.
MODES = (
    "normal",
    "multiply",
    "screen",
    "overlay",
    "softlight",
    "hardlight",
    "lighten",
    "darken",
    "addition",
    "subtract",
    "difference",
    "exclusion",
    "negation",
    "average",
    "dodge",
    "burn",
    "divide",
    "vividlight",
    "pinlight",
    "reflect",
    "phoenix",
    "grainextract",
    "grainmerge",
)
BLACK = (0, 0, 0)


@node(
    "blendVideos",
    name="Blend videos",
    category=CATEGORY,
    description="Blends one video over the whole of another.",
    aliases=(
        "double exposure",
        "light leak",
        "texture",
        "grain",
        "screen",
        "multiply",
        "fade",
        "mix",
    ),
    inputs=(
        Input("bottom", "video", "Base", required=True),
        Input("top", "video", "Layer", required=True),
        Input(
            "mode", "text", "Mode", default="screen", widget="select", options=MODES, labels=LABELS
        ),
        share_input("opacity", "Opacity", 100),
        Input(
            "fit",
            "text",
            "Fit",
            default="crop",
            widget="pills",
            options=FITS,
            help="How the layer is scaled to the size of the base.",
        ),
        Input(
            "shortest",
            "boolean",
            "End with the shorter one",
            default=True,
            widget="toggle",
            help="Off: the shorter one holds its last frame.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    preview="video",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def blend_videos(
    context: Context,
    *,
    bottom: JsonObject,
    top: JsonObject,
    mode: str,
    opacity: float,
    fit: str,
    shortest: bool,
) -> JsonObject:
    """Return a video of the lower one's size, with its audio, else with that of the upper one."""
    choice(mode, MODES, "mode")
    choice(fit, FITS, "fit")
    below = await context.load_clip(bottom, field="bottom")
    above = await context.load_clip(top, field="top")
    rate, size = rate_of(below), even(below.width, below.height, "bottom")
    seconds = (min if shortest else max)(below.duration, above.duration)
    count = max(1, round(seconds * rate))
    lower, upper = (
        later(_brought, later(lasting, later(steady, clip, rate), count), size, how)
        for clip, how in ((below, "stretch"), (above, fit))
    )
    frames = later(blended, lower, upper, size, rate, mode, opacity / 100)
    voice = next((clip for clip in (below, above) if clip.has_audio), None)
    row = later(together, frames, None if voice is None else later(heard, voice), rate)
    made = await render(
        context,
        row,
        size=size,
        rate=rate,
        audio=voice is not None,
        seconds=seconds,
        suffix="blend",
        source=bottom,
    )
    return {"video": made}


def _brought(frames: Iterator[VideoFrame], size: tuple[int, int], how: str) -> Iterator[VideoFrame]:
    return (fit_frame(frame, size, how, BLACK) for frame in frames)


def blended(
    lower: Iterator[VideoFrame],
    upper: Iterator[VideoFrame],
    size: tuple[int, int],
    rate: Fraction,
    mode: str,
    opacity: float,
) -> Iterator[VideoFrame]:
    """Mix two rows of frames of one size, in RGB, until one of them ends."""
    arguments = f"all_mode={mode}:all_opacity={opacity:.3f}"
    mixer = Filter("blend", arguments, "gbrp", [size, size], rate)
    for number, (above, below) in enumerate(zip(upper, lower, strict=False)):
        mixer.push(_flat(above, size, number, rate), 0)
        mixer.push(_flat(below, size, number, rate), 1)
        yield from mixer.pulled()
    mixer.push(None, 0)
    mixer.push(None, 1)
    yield from mixer.pulled()


def _flat(frame: VideoFrame, size: tuple[int, int], number: int, rate: Fraction) -> VideoFrame:
    flat = frame.reformat(*size, "rgb24", threads=1).reformat(format="gbrp", threads=1)
    flat.pts, flat.time_base = number, 1 / rate
    return flat
