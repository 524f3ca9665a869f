"""Sound: a sound that is part of the workflow."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.nodes.video.sounds import AUDIO_OUT
from workflows.types import JsonObject


@node(
    "uploadAudio",
    name="Upload sound",
    category="Interface",
    description="Holds a sound that you drop or choose.",
    aliases=("audio", "music", "voice", "song", "mp3", "file", "drop", "load", "open", "import"),
    inputs=(
        Input("asset", "audio", "Sound", required=True, widget="asset", port=False,
              help="MP3, WAV, M4A, Ogg or FLAC."),
    ),
    outputs=(AUDIO_OUT,),
    cacheable=False,
    preview="audio",
    width=320,
)  # fmt: skip
async def upload_audio(context: Context, *, asset: JsonObject | None) -> JsonObject:
    """Answer the file's reference."""
    if not asset:
        raise NodeError("No sound has been chosen.", field="asset", expected="a sound")
    return {"audio": asset}
