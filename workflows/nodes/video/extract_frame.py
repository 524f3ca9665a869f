"""Extract frame: one image out of a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Clip, Context
from workflows.nodes.image.fields import IMAGE_OUT, choice, save
from workflows.nodes.registry import node
from workflows.nodes.video.videos import CATEGORY, VIDEO, seconds_input
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

WHICH = ("first", "middle", "last", "time")
#: The last frame is looked for among those of so many seconds.
TAIL_SECONDS = 2.0


@node(
    "extractFrame",
    name="Extract frame",
    category=CATEGORY,
    description="Extracts one frame of a video: the first, the last or the one at a time.",
    aliases=("still", "screenshot", "first frame", "last frame", "poster", "snapshot", "grab"),
    inputs=(
        VIDEO,
        Input("which", "text", "Frame", default="first", widget="pills", options=WHICH),
        seconds_input(
            "time",
            "Time",
            0,
            help="For time: seconds from the beginning.",
            shown_when={"which": ("time",)},
        ),
    ),
    outputs=(IMAGE_OUT, Output("seconds", "number", "Timestamp")),
    preview="image",
    width=320,
    joins=True,
)
async def extract_frame(
    context: Context, *, video: JsonObject, which: str, time: float
) -> JsonObject:
    """Return the frame as PNG, and its time in seconds."""
    choice(which, WHICH, "which")
    clip = await context.load_clip(video, field="video")
    if which == "time" and clip.duration and time > clip.duration:
        raise NodeError(
            f"The video lasts {clip.duration:.2f} seconds only.",
            field="time",
            value=time,
            expected=f"at most {clip.duration:.2f} seconds",
        )
    seconds, image = await context.run_cpu(take, clip, which, float(time))
    return {"image": await save(context, image, "frame", video), "seconds": round(seconds, 3)}


def take(clip: Clip, which: str, time: float) -> tuple[float, Image]:
    """Return the wanted frame and its time."""
    if which == "last":
        row = clip.frames(max(0.0, clip.duration - TAIL_SECONDS), near=True)
        *_, (seconds, frame) = row
    else:
        start = {"first": 0.0, "middle": clip.duration / 2}.get(which, time)
        seconds, frame = next(clip.frames(start))
    return seconds, clip.frame_image(frame)
