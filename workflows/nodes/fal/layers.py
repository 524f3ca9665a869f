"""fal's utility endpoints that lay videos over one another, in the words of our node types.

Fields and defaults are those of fal's published types.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Clip, Context
from workflows.nodes.fal.equivalents import (
    UTILITIES,
    Call,
    equivalent,
    fal_file,
    given,
    renamed,
)
from workflows.nodes.fal.fields import choice, number, switch
from workflows.nodes.fal.videos import URLS, VIDEO, video_of
from workflows.nodes.recipes import later
from workflows.nodes.video.blend_videos import MODES
from workflows.nodes.video.merge_videos import open_all
from workflows.nodes.video.moments import fit, together
from workflows.nodes.video.videos import even, rate_of, render
from workflows.types import JsonObject

if TYPE_CHECKING:
    from av import VideoFrame


def _layer(name: str, label: str) -> Input:
    return Input(name, "video", label, required=True, widget="asset")


_BLEND = (
    _layer("top_video_url", "Layer"),
    _layer("bottom_video_url", "Base"),
    choice("blend_mode", "Mode", "overlay", *MODES),
    number("opacity", "Opacity", 1, 0, 1),
    switch("shortest", "End with the shorter one", True),
)


@equivalent(f"{UTILITIES}/blend-video", inputs=_BLEND, outputs=VIDEO)
async def blend_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Lays one video over another and mixes their colors."""
    values = given(_BLEND, arguments)
    call = Call(
        "blendVideos",
        {
            "top_video_url": "top",
            "bottom_video_url": "bottom",
            "blend_mode": "mode",
            "opacity": "opacity",
            "shortest": "shortest",
        },
        {"fit": "stretch"},
    )
    return await video_of(context, call, {**values, "opacity": values["opacity"] * 100})


_OVERLAY = (
    _layer("main_video_url", "Base"),
    _layer("overlay_video_url", "Layer"),
    number("x_percent", "X", 14, 0, 100),
    number("y_percent", "Y", 13, 0, 100),
    number("scale_percent", "Width", 35, 10, 200),
    number("opacity", "Opacity", 1, 0, 1),
    choice("blend_mode", "Mode", "normal", "normal"),
    switch("shortest", "End with the shorter one", True),
    choice("audio_source", "Audio", "", "", "main", "overlay", "both"),
    switch("include_overlay_audio", "Its audio too, if no audio is chosen", False),
)


@equivalent(f"{UTILITIES}/overlay-video", inputs=_OVERLAY, outputs=VIDEO)
async def overlay_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Lays a video on another one, at a place."""
    values = given(_OVERLAY, arguments)
    below, above = [
        await context.load_clip(values[name], field=name)
        for name in ("main_video_url", "overlay_video_url")
    ]
    scale = values["scale_percent"] / 100
    wide, high = above.width * scale, above.height * scale
    chosen = values["audio_source"] or ("both" if values["include_overlay_audio"] else "main")
    call = Call(
        "overlayVideo",
        {"main_video_url": "video", "overlay_video_url": "top", "opacity": "opacity"},
        {
            "scale": 100 * wide / below.width,
            "x": _share_of_room(below.width, wide, values["x_percent"]),
            "y": _share_of_room(below.height, high, values["y_percent"]),
            "length": "shortest" if values["shortest"] else "longest",
            "sound": {"main": "below", "overlay": "above", "both": "both"}[chosen],
        },
    )
    return await video_of(context, call, {**values, "opacity": values["opacity"] * 100})


def _share_of_room(length: int, own: float, middle: float) -> float:
    """Say in percent of the room left where something begins whose middle is at `middle` %."""
    room = length - own
    return 100 * (length * middle / 100 - own / 2) / room if room else 50.0


@equivalent(f"{UTILITIES}/interleave-video", inputs=(URLS,), outputs=VIDEO)
async def interleave_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Shows a frame of each video in turn, at the size and rate of the first."""
    values = given((URLS,), arguments)
    with renamed({"videos": "video_urls"}):
        clips = await open_all(context, values["video_urls"], "videos")
    rate, size = rate_of(clips[0]), even(clips[0].width, clips[0].height)
    made = await render(
        context,
        later(together, later(_turns, clips, rate, size), None, rate),
        size=size,
        rate=rate,
        audio=False,
        seconds=min(clip.duration for clip in clips) * len(clips),
        suffix="interleaved",
        source=values["video_urls"][0],
    )
    return {"video": fal_file(made)}


def _turns(clips: list[Clip], rate: Fraction, size: tuple[int, int]) -> Iterator[VideoFrame]:
    """Yield the first frame of each clip, the second of each, until one of them ends."""
    for row in zip(*(clip.steady(rate) for clip in clips), strict=False):
        for frame in row:
            yield fit(frame, size, "pad", (0, 0, 0))
