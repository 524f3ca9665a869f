"""What the video nodes share: their usual ports, sizes, rates, names, and how they are written.

A video is a row of moments: each frame together with the samples heard while it is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Clip, Context
from workflows.nodes.recipes import later, slices
from workflows.nodes.video.derived import Derived, write_clip
from workflows.nodes.video.writing import write_video, writing_bytes
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray

    from workflows.nodes.video.writing import Moment

CATEGORY = "Video"
VIDEO = Input("video", "video", "Video", required=True)
VIDEO_OUT = Output("video", "video", "Video")

SIDES = (16, 4096)  # px
MAX_SECONDS = 3_600.0
MAX_RATE = 60  # frames a second
TIMEOUT_SECONDS = 3_600.0


def seconds_input(name: str, label: str, default: float | None, **more: Any) -> Input:
    """Declare a field for a time in seconds."""
    return Input(
        name,
        "number",
        label,
        default=default,
        widget="number",
        min=0,
        max=MAX_SECONDS,
        step=0.1,
        unit="s",
        **more,
    )


def rate_of(clip: Clip) -> Fraction:
    """Return the frames a second that a video made from a clip has."""
    return min(Fraction(MAX_RATE), clip.rate.limit_denominator(1001))


def even(width: float, height: float, field: str = "video") -> tuple[int, int]:
    """Return a size as H.264 takes it, in whole pairs of px. Raises NodeError when it is too large.

    Half of the lines carry no color, so both numbers are even.
    """
    size = max(2, round(width / 2) * 2), max(2, round(height / 2) * 2)
    if max(size) > SIDES[1]:
        raise NodeError(
            f"The video would be {size[0]:,} x {size[1]:,} px.",
            field=field,
            value=f"{size[0]}x{size[1]}",
            expected=f"at most {SIDES[1]:,} px a side",
        )
    return size


def check_length(seconds: float, field: str) -> float:
    """Return a length. Raises NodeError when a video would be longer than is made here."""
    if seconds > MAX_SECONDS:
        raise NodeError(
            f"The result would last {seconds:,.0f} seconds.",
            field=field,
            value=round(seconds),
            expected=f"at most {MAX_SECONDS:,.0f} seconds",
        )
    return seconds


def name_of(source: Json, suffix: str, ending: str) -> str:
    """Name a result after the file it was made from."""
    if isinstance(source, dict) and isinstance(source.get("name"), str) and source["name"]:
        return f"{PurePosixPath(source['name']).stem[:80]}-{suffix}.{ending}"
    return f"{suffix}.{ending}"


async def work(context: Context, recipe: Iterator[float], seconds: float, text: str) -> None:
    """Do long work in a media process; each step of the recipe yields how many seconds are done."""
    async with aclosing(context.run_steps(slices, recipe)) as steps:
        async for done in steps:
            await context.progress(min(1.0, done / seconds) if seconds > 0 else None, text)


async def derive(
    context: Context,
    shown: Iterator[VideoFrame],
    heard: Clip | Iterator[NDArray[Any]] | None,
    *,
    size: tuple[int, int],
    rate: Fraction,
    seconds: float,
    suffix: str,
    source: Json = None,
) -> JsonObject:
    """Return the reference of a derived video: of its recipe, or of its file where one is needed.

    `shown` and `heard` are as in `Derived`, recipes of kept functions.
    """
    clip = cast("Clip", Derived(cast(Any, shown), cast(Any, heard), *size, seconds, rate))
    name = name_of(source, suffix, "mp4")
    kept = await context.keep_clip(clip, name=name)
    if kept is not None:
        return kept
    await context.make_room(*size, field="video", pixel_bytes=writing_bytes(size))
    with context.new_file() as file:
        await work(context, later(write_clip, file, clip), seconds, "Writing")
        return await context.save_bytes(file, name=name, content_type="video/mp4")


async def render(
    context: Context,
    moments: Iterator[Moment],
    *,
    size: tuple[int, int],
    rate: Fraction,
    audio: bool,
    seconds: float,
    suffix: str,
    source: Json = None,
) -> JsonObject:
    """Write the moments of a recipe as an MP4 of about `seconds` seconds; return its reference."""
    await context.make_room(*size, field="video", pixel_bytes=writing_bytes(size))
    with context.new_file() as file:
        recipe = later(write_video, file, moments, size, rate, audio)
        await work(context, recipe, seconds, "Writing")
        name = name_of(source, suffix, "mp4")
        return await context.save_bytes(file, name=name, content_type="video/mp4")
