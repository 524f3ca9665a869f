"""Extract audio: the audio of a video."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO_OUT, CATEGORY, FORMAT, save_audio
from workflows.nodes.video.moments import heard
from workflows.nodes.video.videos import TIMEOUT_SECONDS
from workflows.nodes.video.writing import FORMATS, LOSSLESS
from workflows.types import JsonObject

BITRATES = ("96k", "128k", "192k", "256k", "320k")


@node(
    "extractAudio",
    name="Extract audio",
    category=CATEGORY,
    description="Extracts the audio of a video, or converts an audio file to another format.",
    aliases=("sound", "mp3", "wav", "convert audio", "rip", "music", "voice"),
    inputs=(
        Input("video", "file", "Video or audio", required=True),
        FORMAT,
        Input(
            "bitrate",
            "text",
            "Bit rate",
            default="192k",
            widget="pills",
            options=BITRATES,
            advanced=True,
            help="For formats with loss: higher is better and larger.",
            shown_when={"format": tuple(form for form in FORMATS if form not in LOSSLESS)},
        ),
    ),
    outputs=(AUDIO_OUT,),
    preview="audio",
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
    joins=True,
)
async def extract_audio(
    context: Context, *, video: JsonObject, format: str, bitrate: str
) -> JsonObject:
    """Return the audio, stereo, 48,000 samples a second."""
    choice(format, tuple(FORMATS), "format")
    choice(bitrate, BITRATES, "bitrate")
    clip = await context.load_clip(video, field="video", kind="audio")
    made = await save_audio(
        context,
        later(heard, clip),
        format,
        seconds=clip.duration,
        suffix="sound",
        source=video,
        bitrate=bitrate,
    )
    return {"audio": made}
