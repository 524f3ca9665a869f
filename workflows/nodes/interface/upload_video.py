"""Video: a video that is part of the workflow."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.nodes.video.videos import VIDEO_OUT
from workflows.types import JsonObject


@node(
    "uploadVideo",
    name="Video input",
    category="Interface",
    description="Holds a video that you drop or choose.",
    aliases=(
        "upload video",
        "film",
        "clip",
        "movie",
        "mp4",
        "file",
        "drop",
        "load",
        "open",
        "import",
    ),
    inputs=(
        Input(
            "asset",
            "video",
            "Video",
            required=True,
            widget="asset",
            port=False,
            help="MP4, WebM, MOV, MKV or AVI.",
        ),
    ),
    outputs=(VIDEO_OUT,),
    cacheable=False,
    preview="video",
    width=320,
)
async def upload_video(context: Context, *, asset: JsonObject | None) -> JsonObject:
    """Return the file's reference."""
    if not asset:
        raise NodeError("No video has been chosen.", field="asset", expected="a video")
    return {"video": asset}
