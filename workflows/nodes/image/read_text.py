"""Read text: the words in an image, and where they are."""

from __future__ import annotations

from contextlib import aclosing

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE
from workflows.nodes.local import pack
from workflows.nodes.local.reading import lines_of, read
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "readText",
    name="Read text",
    category=CATEGORY,
    description="Reads the text in an image: a photo of a page, a screenshot, a sign.",
    aliases=(
        "ocr",
        "image to text",
        "text recognition",
        "extract text",
        "recognize text",
        "scan",
        "screenshot",
        "receipt",
        "tesseract",
        "paddleocr",
        "transcribe image",
    ),
    inputs=(
        IMAGE,
        Input(
            "model",
            "text",
            "Model",
            default="local/ppocr",
            widget="model",
            task="readText",
            port=False,
        ),
        Input(
            "sure",
            "number",
            "Least certainty",
            default=50,
            widget="slider",
            min=0,
            max=100,
            step=5,
            unit="%",
            help="What the model is less sure of is left out.",
            advanced=True,
        ),
    ),
    timeout_seconds=3_600,
    joins=True,
    outputs=(Output("text", "text", "Text"), Output("lines", "json", "Lines")),
    preview="text",
)
async def read_text(context: Context, *, image: JsonObject, model: str, sure: float) -> JsonObject:
    """Return the text, and each line with its pieces: their text, certainty and corners in px."""
    chunks = [chunk for chunk in await here(context, image, model) if chunk["score"] * 100 >= sure]
    lines = [
        {"text": " ".join(chunk["text"] for chunk in line), "pieces": line}
        for line in lines_of(chunks)
    ]
    return {"text": "\n".join(str(line["text"]) for line in lines), "lines": lines}


async def here(context: Context, image: JsonObject, model: str) -> list[JsonObject]:
    """Read an image with a local model; return the pieces of text."""
    local = pack.find(model, "readText")
    await context.weights(local.id, field="model")
    pixels = await context.load_image(image, field="image")
    found: list[JsonObject] = []
    async with aclosing(context.run_model(read, pixels)) as steps:
        async for step in steps:
            if isinstance(step, tuple):
                await context.progress(*step)
            else:
                found = step
    return found
