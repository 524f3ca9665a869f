"""Generate audio: a model makes an effect, an atmosphere or a piece of music from a prompt."""

from __future__ import annotations

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.models.jobs import Jobs
from workflows.nodes.models.requests import NewAudio
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

KINDS = ("effect", "music")


async def audio_request(context: Context, inputs: JsonObject) -> NewAudio:
    """Return the request of the node's inputs."""
    prompt = str(inputs.get("prompt") or "")
    fields = await calls.fields(context, inputs)
    return NewAudio(prompt, inputs.get("kind") == "music", inputs.get("seconds"), fields)


@node(
    "generateAudio",
    name="Generate audio",
    category=CATEGORY,
    description="Makes an effect, an atmosphere or music from a prompt.",
    aliases=(
        "music",
        "sound",
        "sfx",
        "sound effect",
        "song",
        "soundtrack",
        "jingle",
        "ambience",
        "text to sound",
        "text to music",
        "audio generation",
        "suno",
        "elevenlabs",
    ),
    inputs=(
        Input("prompt", "text", "Prompt", required=True, widget="textarea"),
        calls.model_input("sound"),
        Input("kind", "text", "Kind", default="effect", widget="pills", options=KINDS),
        Input(
            "seconds",
            "number",
            "Duration",
            widget="number",
            min=0.5,
            max=600,
            step=0.5,
            unit="s",
            help="Empty leaves it to the model.",
        ),
        calls.KEY,
    ),
    outputs=(Output("audio", "audio", "Audio"),),
    provider=Jobs("sound", audio_request, "audio"),
    deterministic=False,
    cacheable=False,
    dynamic="model",
    preview="audio",
    timeout_seconds=900,
)
async def generate_audio(
    context: Context,
    *,
    model: str | None,
    provided: list[Json] | None = None,
    **inputs: Json,
) -> JsonObject:
    """Return the audio; `provided` is what a queue has made."""
    if provided is not None:
        return {"audio": provided[0]}
    request = await audio_request(context, {**inputs, "model": model})
    if calls.is_workflow(model):
        return {"audio": (await calls.files_of_workflow(context, model, "sound", request))[0]}
    chosen = await calls.choose(context, model)
    await context.progress(None, f"{chosen.client.who} is at work")
    made = await calls.paid(context, chosen, chosen.dialect.sound, request)
    audio = await context.save_bytes(made.body, name=made.name, content_type=made.content_type)
    return {"audio": audio}
