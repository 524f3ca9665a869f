"""Speak: a text read aloud."""

from __future__ import annotations

from contextlib import aclosing

from workflows.errors import NodeError
from workflows.graph.ports import LOCAL, Input
from workflows.nodes.audio.speaking import speak as say
from workflows.nodes.context import Context
from workflows.nodes.image.fields import choice
from workflows.nodes.local import pack
from workflows.nodes.models import calls
from workflows.nodes.models.requests import Speech
from workflows.nodes.recipes import later
from workflows.nodes.registry import node
from workflows.nodes.video.audio import AUDIO_OUT, CATEGORY, FORMAT, save_audio
from workflows.nodes.video.moments import heard
from workflows.nodes.video.writing import FORMATS
from workflows.types import Json, JsonObject

MAX_CHARACTERS = 50_000  # about an hour


@node(
    "speak",
    name="Speak",
    category=CATEGORY,
    description="Reads a text aloud.",
    aliases=(
        "voice over",
        "text to speech",
        "tts",
        "voice",
        "narrate",
        "elevenlabs",
        "voiceover",
        "narration",
        "narrator",
        "read aloud",
        "say",
        "piper",
        "speech",
        "audiobook",
    ),
    inputs=(
        Input("text", "text", "Text", required=True, widget="textarea"),
        Input(
            "model",
            "text",
            "Voice",
            default="local/piper-joe",
            widget="model",
            task="speak",
            port=False,
        ),
        Input(
            "speed",
            "number",
            "Speed",
            default=1,
            widget="slider",
            min=0.5,
            max=2,
            step=0.05,
        ),
        FORMAT,
        Input(
            "voice",
            "text",
            "Speaker",
            widget="text",
            placeholder="alloy",
            advanced=True,
            help="As the provider calls it; local voices are one speaker each.",
        ),
        Input(
            "style",
            "text",
            "Style",
            widget="text",
            placeholder="warm, a little amused",
            advanced=True,
            help="How it is said, where the model takes that.",
        ),
        calls.KEY,
    ),
    dynamic="model",
    deterministic=False,  # a voice says nothing twice in the same way
    timeout_seconds=7_200,
    outputs=(AUDIO_OUT,),
    preview="audio",
    width=320,
)
async def speak(
    context: Context,
    *,
    text: str,
    model: str,
    speed: float,
    format: str,
    voice: str | None,
    style: str | None,
    credential: str | None,
    **fields: Json,
) -> JsonObject:
    """Return the text as an audio file."""
    choice(format, tuple(FORMATS), "format")
    if not any(character.isalnum() for character in text) or len(text) > MAX_CHARACTERS:
        raise NodeError(
            f"A text of {len(text):,} characters is too long."
            if text.strip()
            else "Nothing to say.",
            field="text",
            value=len(text),
            expected=f"1 to {MAX_CHARACTERS:,} characters",
        )
    if model.startswith(f"{LOCAL}/"):
        return {"audio": await here(context, text, model, float(speed), format)}
    own = await calls.fields(context, fields)
    request = Speech(text, voice or "", float(speed), style or "", own)
    return {"audio": await elsewhere(context, request, model, format)}


async def elsewhere(context: Context, request: Speech, model: str, format: str) -> JsonObject:
    """Have a provider speak a text; return the audio's media reference."""
    chosen = await calls.choose(context, model)
    await context.progress(None, f"{chosen.client.who} is at work")
    made = await calls.paid(context, chosen, chosen.dialect.speak, request)
    _, _, content_type, ending = FORMATS[format]
    given = await context.save_bytes(
        made.body, name=f"speech.{ending}", content_type=made.content_type
    )
    if given.get("content_type") == content_type:
        return given
    clip = await context.load_clip(given, field="model", kind="audio")
    return await save_audio(
        context, later(heard, clip), format, seconds=clip.duration, suffix="speech", source=given
    )


async def here(context: Context, text: str, model: str, speed: float, format: str) -> JsonObject:
    """Speak a text with a local voice; return the audio's media reference."""
    local = pack.find(model, "speak")
    folder = await context.weights(local.id, field="model")
    _, _, content_type, ending = FORMATS[format]
    with context.new_file() as file:
        work = context.run_model(say, file, text, local.id, folder, speed, format)
        async with aclosing(work) as steps:
            async for share in steps:
                await context.progress(share, "Speaking" if share else "Loading the voice")
        return await context.save_bytes(file, name=f"speech.{ending}", content_type=content_type)
