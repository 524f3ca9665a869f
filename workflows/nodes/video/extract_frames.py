"""Extract frames: many images out of a video."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import choice, save
from workflows.nodes.recipes import each, later
from workflows.nodes.registry import node
from workflows.nodes.video.videos import CATEGORY, TIMEOUT_SECONDS, VIDEO
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

HOW = ("every", "count", "per second")
MAX_FRAMES = 500


@node(
    "extractFrames",
    name="Extract frames",
    category=CATEGORY,
    description="Extracts many frames of a video, evenly spread or every nth.",
    aliases=("frames", "split video", "video to images", "thumbnails", "every nth", "storyboard"),
    inputs=(
        VIDEO,
        Input(
            "how",
            "text",
            "Mode",
            default="count",
            widget="pills",
            options=HOW,
            help="Count spreads them over the whole video.",
        ),
        Input(
            "count",
            "number",
            "Count",
            default=9,
            widget="number",
            min=1,
            max=MAX_FRAMES,
            step=1,
            shown_when={"how": ("count",)},
        ),
        Input(
            "every",
            "number",
            "Every nth",
            default=12,
            widget="number",
            min=1,
            max=10_000,
            step=1,
            shown_when={"how": ("every",)},
        ),
        Input(
            "perSecond",
            "number",
            "Per second",
            default=1,
            widget="number",
            min=0.01,
            max=60,
            step=0.1,
            shown_when={"how": ("per second",)},
        ),
        Input(
            "most",
            "number",
            "Max frames",
            default=100,
            widget="number",
            min=1,
            max=MAX_FRAMES,
            step=1,
            advanced=True,
        ),
    ),
    outputs=(Output("images", "list<image>", "Images"), Output("count", "number", "Count")),
    preview="images",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def extract_frames(
    context: Context,
    *,
    video: JsonObject,
    how: str,
    count: float,
    every: float,
    perSecond: float,
    most: float,
) -> JsonObject:
    """Return the frames as PNG, in order."""
    choice(how, HOW, "how")
    clip = await context.load_clip(video, field="video")
    top = round(most)
    row = later(nth, clip, round(every))
    if how != "every" and clip.duration:
        gap = clip.duration / round(count) if how == "count" else 1 / perSecond
        top = min(top, round(count)) if how == "count" else top
        row = later(spread, clip, gap, gap / 2 if how == "count" else 0.0)
    images: list[JsonObject] = []
    async with aclosing(context.run_steps(each, row)) as frames:
        async for image in frames:
            images.append(await save(context, image, f"frame-{len(images) + 1}", video))
            await context.progress(None, f"{len(images)} images")
            if len(images) == top:
                break
    return {"images": images, "count": len(images)}


def nth(clip: Clip, every: int) -> Iterator[Image]:
    """Yield the first of each `every` frames."""
    for number, (_, frame) in enumerate(clip.frames()):
        if number % every == 0:
            yield clip.frame_image(frame)


def spread(clip: Clip, gap: float, first: float) -> Iterator[Image]:
    """Yield what is seen at `first` seconds and then every `gap` seconds."""
    held, number = None, 0
    for time, frame in clip.frames():
        while held is not None and first + number * gap < time:
            yield clip.frame_image(held)
            number += 1
        held = frame
    while held is not None and (number == 0 or first + number * gap < clip.duration):
        yield clip.frame_image(held)
        number += 1
