"""Audio: an audio file that is part of the workflow."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO_OUT
from workflows.types import JsonObject


@node(
    "uploadAudio",
    name="Audio input",
    category="Interface",
    description="Holds an audio file that you drop or choose.",
    aliases=(
        "upload audio",
        "upload sound",
        "music",
        "voice",
        "song",
        "mp3",
        "file",
        "drop",
        "load",
        "open",
        "import",
    ),
    inputs=(
        Input(
            "asset",
            "audio",
            "Audio",
            required=True,
            widget="asset",
            port=False,
            help="MP3, WAV, M4A, Ogg or FLAC.",
        ),
    ),
    outputs=(AUDIO_OUT,),
    cacheable=False,
    preview="audio",
    width=320,
)
async def upload_audio(context: Context, *, asset: JsonObject | None) -> JsonObject:
    """Return the file's reference."""
    if not asset:
        raise NodeError("No audio has been chosen.", field="asset", expected="an audio file")
    return {"audio": asset}
