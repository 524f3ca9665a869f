"""Media info: how long, how large and of what kind a video or an audio file is."""

from __future__ import annotations

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.nodes.video.videos import CATEGORY
from workflows.types import JsonObject


@node(
    "mediaInfo",
    name="Media info",
    category=CATEGORY,
    description="Returns the duration and the size of a video or an audio file.",
    aliases=("metadata", "duration", "length", "resolution", "size", "fps", "probe"),
    inputs=(Input("media", "file", "Video or audio", required=True),),
    outputs=(
        Output("info", "json", "Metadata"),
        Output("duration", "number", "Seconds"),
        Output("width", "number", "Width"),
        Output("height", "number", "Height"),
        Output("fps", "number", "Frame rate"),
    ),
)
async def media_info(context: Context, *, media: JsonObject) -> JsonObject:
    """Return the facts; width, height and frames are 0 for an audio file."""
    clip = await context.load_clip(media, field="media", kind="any")
    facts: JsonObject = {
        "duration": round(clip.duration, 3),
        "width": clip.width,
        "height": clip.height,
        "fps": round(float(clip.rate), 3) if clip.width else 0,
        "hasAudio": clip.has_audio,
    }
    if isinstance(media, dict):
        facts |= {key: media[key] for key in ("content_type", "size", "name") if key in media}
    return {"info": facts, **{key: facts[key] for key in ("duration", "width", "height", "fps")}}
