"""Describe image: a model that sees says what is in an image."""

from __future__ import annotations

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.models.requests import Chat
from workflows.nodes.registry import node
from workflows.types import JsonObject

QUESTION = "Describe this image in one or two sentences for a reader who cannot see it."


@node(
    "describeImage",
    name="Describe image",
    category=CATEGORY,
    description="Asks a model that sees what is in an image: a caption, an alt text, tags.",
    aliases=(
        "caption",
        "alt text",
        "vision",
        "image to text",
        "img2txt",
        "tag",
        "recognize",
        "vqa",
        "interrogate",
        "blip",
        "florence",
    ),
    inputs=(
        Input("image", "image", "Image", required=True),
        calls.model_input("describe"),
        Input("question", "text", "Question", default=QUESTION, widget="textarea"),
        calls.KEY,
    ),
    outputs=(Output("text", "text", "Text"),),
    deterministic=False,
    cacheable=False,
    preview="text",
    timeout_seconds=600,
)
async def describe_image(
    context: Context,
    *,
    image: JsonObject,
    model: str | None,
    question: str | None,
    credential: str | None,
) -> JsonObject:
    """Return what the model says of the image."""
    chosen = await calls.choose(context, model)
    request = Chat(question or QUESTION, images=(await calls.image(context, image, "image"),))
    reply = await calls.paid(context, chosen, chosen.dialect.chat, request, calls.showing(context))
    return {"text": reply.text.strip()}
