"""Generate video: a model makes a video from a prompt, and from its first or last frame."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.models.requests import NewVideo
from workflows.nodes.provider import Answer, Failed, Pending, Provider
from workflows.nodes.registry import node
from workflows.types import JsonObject

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
#: Seconds between two looks at a video that is made.
LOOK_SECONDS = 3.0
#: What a frame is sent with at most, px of the longer side.
FRAME = 1920


class Videos(Provider):
    """The queues of all providers that make videos: the model says whose."""

    name = "models"
    slots = 64

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> str:
        """Hand a video in. What is refused is no request; what has arrived is not sent again."""
        chosen = await calls.choose(context, inputs.get("model"))
        first, last = inputs.get("first"), inputs.get("last")
        seconds, seed = inputs.get("seconds"), inputs.get("seed")
        asked = NewVideo(
            str(inputs.get("prompt") or ""),
            await calls.picture(context, first, "first", side=FRAME) if first else None,
            await calls.picture(context, last, "last", side=FRAME) if last else None,
            seconds,
            str(inputs.get("ratio") or RATIOS[0]),
            str(inputs.get("resolution") or ""),
            None if seed is None else round(seed),
        )
        return await chosen.dialect.begin_video(chosen.door, chosen.name, asked)

    async def poll(self, context: Context, request_id: str) -> Answer | Pending | Failed:
        """Ask how the video stands; a finished one is stored here at once."""
        chosen = await calls.choose(context, context.data.get("model"))
        try:
            job = await chosen.dialect.look(chosen.door, chosen.name, request_id)
        except NodeError as error:
            if error.transient:
                return Pending(LOOK_SECONDS, None, error.message[:200])
            return Failed(error)
        if job.done is None:
            return Pending(LOOK_SECONDS, job.fraction, job.text, state="running")
        made = job.done
        video = await context.save_bytes(
            made.body, name="generated.mp4", content_type=made.content_type
        )
        return Answer(video)

    async def cancel(self, context: Context, request_id: str) -> None:
        """Say that nobody wants the video, where the provider can be told."""
        chosen = await calls.choose(context, context.data.get("model"))
        await chosen.dialect.drop(chosen.door, chosen.name, request_id)


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
        Input("ratio", "text", "Ratio", default="16:9", widget="pills", options=RATIOS),
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
    provider=Videos(),
    deterministic=False,
    cacheable=False,
    preview="video",
    width=320,
    timeout_seconds=3_600,
)
async def generate_video(
    context: Context,
    *,
    prompt: str,
    model: str | None,
    first: JsonObject | None,
    last: JsonObject | None,
    ratio: str | None,
    seconds: float | None,
    resolution: str | None,
    seed: float | None,
    credential: str | None,
    answer: JsonObject,
) -> JsonObject:
    """Return the video, which is stored here."""
    return {"video": answer}
