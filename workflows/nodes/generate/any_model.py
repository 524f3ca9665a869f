"""Any model: whatever fal or Replicate runs, with the fields that the model itself has."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.errors import ModelGone
from workflows.graph.ports import Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.models.jobs import Jobs
from workflows.nodes.models.requests import NewOfAny
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

#: Where a model says in words what it has found.
_TEXTS = ("text", "output", "caption", "description", "transcript", "result", "results")


async def any_request(context: Context, inputs: JsonObject) -> NewOfAny:
    """Return the request of the node's inputs: the model's own fields alone."""
    return NewOfAny(await calls.fields(context, inputs))


@node(
    "anyModel",
    name="Any model",
    category=CATEGORY,
    description="Runs any model of fal or Replicate, with the model's own fields.",
    aliases=(
        "model",
        "run model",
        "custom model",
        "endpoint",
        "fal",
        "replicate",
        "3d",
        "mesh",
        "lip sync",
        "lipsync",
        "avatar",
        "face swap",
        "try on",
        "virtual try-on",
        "controlnet",
        "lora",
        "depth",
        "segment",
        "sam",
        "vectorize",
        "svg",
        "video upscale",
        "video to video",
        "v2v",
        "voice clone",
        "relight",
        "colorize",
        "restore",
    ),
    inputs=(calls.model_input("any"), calls.KEY),
    outputs=(
        Output("image", "image", "Image"),
        Output("images", "list<image>", "All images"),
        Output("video", "video", "Video"),
        Output("audio", "audio", "Audio"),
        Output("text", "text", "Text"),
        Output("file", "file", "File"),
        Output("json", "json", "Everything"),
    ),
    provider=Jobs("any", any_request, "result"),
    deterministic=False,
    cacheable=False,
    dynamic="model",
    preview="any",
    width=320,
    timeout_seconds=3_600,
)
async def any_model(
    context: Context,
    *,
    model: str | None,
    provided: list[Json] | None = None,
    **inputs: Json,
) -> JsonObject:
    """Return what the model has made: the first of each kind, and its output as it is.

    `provided` is what a queue has made.
    """
    if provided is not None:
        return _outputs(provided[0]["output"], provided[1:])
    if calls.is_workflow(model):
        request = await any_request(context, {**inputs, "model": model})
        whole = await calls.by_workflow(context, model, request)
        return _outputs(whole, list(_media(whole)))
    raise ModelGone(
        "This provider publishes no schemas of its models.",
        field="model",
        value=model,
        expected="a model of fal or Replicate, or a node of the task",
    )


def _media(output: Json) -> Iterator[Json]:
    """Yield the files in a workflow's result."""
    if isinstance(output, list):
        for one in output:
            yield from _media(one)
    elif isinstance(output, dict) and isinstance(output.get("url"), str):
        yield output
    elif isinstance(output, dict):
        for one in output.values():
            yield from _media(one)


def _outputs(whole: Json, files: list[Json]) -> JsonObject:

    def of(kind: str) -> list[Json]:
        return [one for one in files if str(one.get("content_type")).startswith(f"{kind}/")]

    images = of("image")
    return {
        "image": next(iter(images), None),
        "images": images,
        "video": next(iter(of("video")), None),
        "audio": next(iter(of("audio")), None),
        "text": _text(whole),
        "file": next(iter(files), None),
        "json": whole,
    }


def _text(output: Json) -> str | None:
    """Return the words in an output: a text, the pieces of one, or a field that holds it."""
    if isinstance(output, str):
        return output
    if isinstance(output, list):
        texts = [one for one in output if isinstance(one, str)]
        return "".join(texts) if texts and len(texts) == len(output) else None
    if not isinstance(output, dict):
        return None
    found = (_text(output[name]) for name in _TEXTS if name in output)
    return next((text for text in found if text is not None), None)
