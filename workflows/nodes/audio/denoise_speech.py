"""Denoise speech: a voice without the noise around it."""

from __future__ import annotations

from contextlib import aclosing

from workflows.graph.ports import Input
from workflows.nodes.audio.denoising import denoise
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.local import pack
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO_OUT, CATEGORY, FORMAT
from workflows.nodes.video.videos import name_of
from workflows.nodes.video.writing import FORMATS
from workflows.types import JsonObject


@node(
    "denoiseSpeech",
    name="Denoise speech",
    category=CATEGORY,
    description="Takes noise out of a recorded voice: hiss, hum, wind, traffic.",
    aliases=(
        "noise reduction",
        "noise removal",
        "remove noise",
        "noise cancelling",
        "clean audio",
        "voice isolation",
        "isolate voice",
        "enhance speech",
        "deepfilternet",
        "podcast",
        "background noise",
    ),
    inputs=(
        Input("audio", "file", "Audio or video", required=True),
        Input(
            "model",
            "text",
            "Model",
            default="local/deepfilternet",
            widget="model",
            task="denoise",
            port=False,
        ),
        Input(
            "strength",
            "number",
            "At most",
            default=100,
            widget="slider",
            min=3,
            max=100,
            step=1,
            unit="dB",
            help="How much quieter noise becomes; a little noise keeps a voice natural.",
        ),
        FORMAT,
    ),
    timeout_seconds=7_200,
    outputs=(AUDIO_OUT,),
    preview="audio",
    width=320,
)
async def denoise_speech(
    context: Context, *, audio: JsonObject, model: str, strength: float, format: str
) -> JsonObject:
    """Return the voice."""
    choice(format, tuple(FORMATS), "format")
    return {"audio": await here(context, audio, model, float(strength), format)}


async def here(
    context: Context, audio: JsonObject, model: str, strength: float, format: str
) -> JsonObject:
    """Take noise out of an audio file with a local model; return the new one's media reference."""
    local = pack.find(model, "denoise")
    await context.weights(local.id, field="model")
    clip = await context.load_clip(audio, field="audio", kind="audio")
    _, _, content_type, ending = FORMATS[format]
    with context.new_file() as file:
        work = context.run_model(denoise, file, clip, strength, format)
        async with aclosing(work) as steps:
            async for done in steps:
                share = min(1.0, done / clip.duration) if clip.duration else None
                await context.progress(share, "Listening")
        name = name_of(audio, "clean", ending)
        return await context.save_bytes(file, name=name, content_type=content_type)
