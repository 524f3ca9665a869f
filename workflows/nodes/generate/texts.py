"""Embed text and Moderate: models that measure texts and judge them."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

MAX_TEXTS = 500


@node(
    "embedText",
    name="Embed text",
    category=CATEGORY,
    description="Turns texts into vectors, to be compared or searched.",
    aliases=("embedding", "embeddings", "vector", "vectors", "semantic", "similarity", "rag"),
    inputs=(
        Input("texts", "list<text>", "Texts", required=True, many=True),
        calls.model_input("embed"),
        calls.KEY,
    ),
    outputs=(Output("vectors", "json", "Vectors"), Output("dimensions", "number", "Dimensions")),
    deterministic=False,
    cacheable=False,
    timeout_seconds=300,
)
async def embed_text(
    context: Context, *, texts: list[Json] | None, model: str | None, credential: str | None
) -> JsonObject:
    """Return a list of numbers for each text."""
    given = [str(text) for text in texts or []]
    if not given or len(given) > MAX_TEXTS or not all(text.strip() for text in given):
        raise NodeError(
            "There is nothing to embed." if not given else "These texts cannot be embedded.",
            field="texts",
            value=len(given),
            expected=f"1 to {MAX_TEXTS} texts, none of them empty",
        )
    chosen = await calls.choose(context, model)
    vectors = await calls.paid(context, chosen, chosen.dialect.embed, given)
    rows: list[Json] = [[float(number) for number in row] for row in vectors]
    return {"vectors": rows, "dimensions": len(vectors[0]) if vectors else 0}


@node(
    "moderate",
    name="Moderate",
    category=CATEGORY,
    description="Judges whether a text or an image is harmful.",
    aliases=("moderation", "safety", "nsfw", "filter", "toxic", "content policy", "guard"),
    inputs=(
        Input("text", "text", "Text", widget="textarea"),
        Input("image", "image", "Image"),
        calls.model_input("moderate"),
        calls.KEY,
    ),
    outputs=(
        Output("flagged", "boolean", "Flagged"),
        Output("categories", "json", "Categories"),
        Output("scores", "json", "Scores"),
    ),
    deterministic=False,
    cacheable=False,
    timeout_seconds=300,
)
async def moderate(
    context: Context,
    *,
    text: str | None,
    image: JsonObject | None,
    model: str | None,
    credential: str | None,
) -> JsonObject:
    """Return whether anything is wrong, what, and how sure the model is of each kind."""
    if not (text or "").strip() and image is None:
        raise NodeError(
            "There is nothing to judge.", field="text", expected="a text, an image, or both"
        )
    chosen = await calls.choose(context, model)
    seen = [] if image is None else [await calls.image(context, image, "image")]
    verdict = await calls.paid(context, chosen, chosen.dialect.moderate, text or "", seen)
    return {
        "flagged": verdict.flagged,
        "categories": verdict.categories,
        "scores": verdict.scores,
    }
