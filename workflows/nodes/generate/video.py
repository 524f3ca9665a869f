"""Generate video: a model makes a video from a prompt, and from its first or last frame."""

from __future__ import annotations

from workflows.errors import ModelGone
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.models.jobs import Jobs
from workflows.nodes.models.requests import Media, NewVideo
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
#: What a frame is sent with at most, px of the longer side.
FRAME = 1920


async def video_request(context: Context, inputs: JsonObject) -> NewVideo:
    """Return the request of the node's inputs."""
    seed = inputs.get("seed")

    async def frame(name: str) -> Media | None:
        value = inputs.get(name)
        if not value:
            return None
        if calls.is_workflow(inputs.get("model")):
            return calls.kept(value)
        return await calls.image(context, value, name, side=FRAME)

    return NewVideo(
        str(inputs.get("prompt") or ""),
        await frame("first"),
        await frame("last"),
        inputs.get("seconds"),
        str(inputs.get("ratio") or RATIOS[0]),
        str(inputs.get("resolution") or ""),
        None if seed is None else round(seed),
        await calls.fields(context, inputs),
    )


@node(
    "generateVideo",
    name="Generate video",
    category=CATEGORY,
    description="Makes a video from a prompt, or from an image that it begins with.",
    aliases=(
        "video",
        "text to video",
        "t2v",
        "image to video",
        "i2v",
        "img2vid",
        "animate",
        "sora",
        "veo",
        "kling",
        "runway",
        "luma",
        "wan",
        "clip",
        "movie",
    ),
    inputs=(
        Input("prompt", "text", "Prompt", required=True, widget="textarea"),
        calls.model_input("video"),
        Input("first", "image", "First frame"),
        Input("last", "image", "Last frame", help="Where the model can."),
        Input("ratio", "text", "Ratio", default="16:9", widget="ratio", options=RATIOS),
        Input(
            "seconds",
            "number",
            "Duration",
            widget="number",
            min=1,
            max=60,
            step=1,
            unit="s",
            help="Empty leaves it to the model.",
        ),
        Input(
            "resolution",
            "text",
            "Resolution",
            widget="text",
            advanced=True,
            placeholder="720p",
            help="As the model words it; empty leaves it to the model.",
        ),
        Input(
            "seed",
            "number",
            "Seed",
            widget="number",
            min=0,
            max=2**31 - 1,
            step=1,
            advanced=True,
        ),
        calls.KEY,
    ),
    outputs=(Output("video", "video", "Video"),),
    provider=Jobs("video", video_request, "video"),
    deterministic=False,
    cacheable=False,
    dynamic="model",
    preview="video",
    width=320,
    timeout_seconds=3_600,
)
async def generate_video(
    context: Context,
    *,
    model: str | None,
    provided: list[Json] | None = None,
    **inputs: Json,
) -> JsonObject:
    """Return the video, which is stored here; `provided` is what a queue has made."""
    if provided is not None:
        return {"video": provided[0]}
    if calls.is_workflow(model):
        request = await video_request(context, {**inputs, "model": model})
        return {"video": (await calls.files_of_workflow(context, model, "video", request))[0]}
    raise ModelGone(
        "This provider makes no videos.",
        field="model",
        value=model,
        expected="a model of fal, Replicate, Google, OpenRouter, xAI or Together",
    )
