"""Generate image and Edit image: a model makes images from a prompt, or changes some."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.errors import ModelFailed, NodeError
from workflows.graph.ports import WORKFLOW, Input, Output
from workflows.nodes.context import Context
from workflows.nodes.generate.chat import CATEGORY
from workflows.nodes.models import calls
from workflows.nodes.models.jobs import Jobs
from workflows.nodes.models.requests import Media, NewImages
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

RATIOS = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16")
MAX_COUNT = 8
MAX_REFERENCES = 14
#: Whose models can be shown where to change an image.
_MASKS = ("openai", "fal", "replicate", WORKFLOW)

_PROMPT = Input("prompt", "text", "Prompt", required=True, widget="textarea")
_COUNT = Input(
    "count",
    "number",
    "Count",
    default=1,
    widget="number",
    min=1,
    max=MAX_COUNT,
    step=1,
    help="How many images; each is paid for.",
    advanced=True,
)
_RATIO = Input("ratio", "text", "Ratio", default="1:1", widget="ratio", options=RATIOS)
_SEED = Input(
    "seed",
    "number",
    "Seed",
    widget="number",
    min=0,
    max=2**31 - 1,
    step=1,
    help="The same seed gives a like image, where the model knows seeds.",
    advanced=True,
)
_OUTPUTS = (Output("image", "image", "Image"), Output("images", "list<image>", "All images"))


async def image_request(context: Context, inputs: JsonObject) -> NewImages:
    """Return the request of the inputs of Generate image."""
    return NewImages(
        str(inputs.get("prompt") or ""),
        ratio=_known(inputs.get("ratio")),
        count=round(inputs.get("count") or 1),
        seed=_whole(inputs.get("seed")),
        negative=str(inputs.get("negative") or ""),
        transparent=bool(inputs.get("transparent")),
        fields=await calls.fields(context, inputs),
    )


async def edit_request(context: Context, inputs: JsonObject) -> NewImages:
    """Return the request of the inputs of Edit image. Raises NodeError for what does not fit."""
    further, mask = inputs.get("references") or [], inputs.get("mask")
    if len(further) > MAX_REFERENCES:
        raise NodeError(
            f"{len(further)} references are too many.",
            field="references",
            value=len(further),
            expected=f"at most {MAX_REFERENCES}",
        )
    provider, _ = calls.split(inputs.get("model"))
    if mask is not None and provider not in _MASKS:
        raise NodeError(
            "This model takes no mask.",
            field="mask",
            value=inputs.get("model"),
            expected="a model of OpenAI, fal or Replicate, or a prompt that says where",
        )
    if provider == WORKFLOW:
        return replace(
            await image_request(context, inputs),
            images=tuple(calls.kept(one) for one in (inputs.get("image"), *further)),
            mask=None if mask is None else calls.kept(mask),
        )
    first = await context.load_image(inputs.get("image"), field="image")
    body, kind = await context.run_cpu(calls.encoded, first, calls.SENT)
    sent = [Media(body, kind, "image.png" if "png" in kind else "image.jpg")]
    hole = None
    if mask is not None:
        shape = await context.load_image(mask, field="mask", mode="L")
        drawn = punched if provider == "openai" else whitened
        hole = Media(
            await context.run_cpu(drawn, first, shape, calls.SENT), "image/png", "mask.png"
        )
    for one in further:
        sent.append(await calls.image(context, one, "references", side=calls.SENT))
    return NewImages(
        str(inputs.get("prompt") or ""),
        tuple(sent),
        hole,
        _known(inputs.get("ratio")),
        count=round(inputs.get("count") or 1),
        seed=_whole(inputs.get("seed")),
        fields=await calls.fields(context, inputs),
    )


@node(
    "generateImage",
    name="Generate image",
    category=CATEGORY,
    description="Makes images from a prompt with a model of your choice.",
    aliases=(
        "image",
        "generate",
        "text to image",
        "txt2img",
        "t2i",
        "imagen",
        "image generation",
        "create image",
        "picture",
        "photo",
        "illustration",
        "art",
        "gpt image",
        "dall-e",
        "dalle",
        "flux",
        "stable diffusion",
        "sdxl",
        "midjourney",
        "nano banana",
        "ai image",
        "draw",
        "ideogram",
        "recraft",
        "seedream",
        "qwen image",
    ),
    inputs=(
        _PROMPT,
        calls.model_input("image"),
        _RATIO,
        Input(
            "transparent",
            "boolean",
            "Transparent background",
            default=False,
            widget="toggle",
            advanced=True,
            help="Where the model can: OpenAI's can.",
        ),
        Input(
            "negative",
            "text",
            "Negative prompt",
            widget="text",
            advanced=True,
            help="What should not be seen, where the model knows negative prompts.",
        ),
        _COUNT,
        _SEED,
        calls.KEY,
    ),
    outputs=_OUTPUTS,
    provider=Jobs("image", image_request, "generated"),
    deterministic=False,
    cacheable=False,
    dynamic="model",
    preview="image",
    width=320,
    timeout_seconds=900,
)
async def generate_image(
    context: Context,
    *,
    model: str | None,
    provided: list[Json] | None = None,
    **inputs: Json,
) -> JsonObject:
    """Return the first image, and all of them; `provided` is what a queue has made."""
    if provided is not None:
        return _outputs(provided)
    request = await image_request(context, {**inputs, "model": model})
    if calls.is_workflow(model):
        return _outputs(await calls.files_of_workflow(context, model, "image", request))
    return await _make(context, model, request, "generated")


@node(
    "editImage",
    name="Edit image",
    category=CATEGORY,
    description="Changes an image by a prompt: all of it, or where a mask is white.",
    aliases=(
        "image to image",
        "img2img",
        "i2i",
        "inpaint",
        "inpainting",
        "outpaint",
        "retouch",
        "replace",
        "remove object",
        "restyle",
        "style transfer",
        "reference",
        "kontext",
        "generative fill",
    ),
    inputs=(
        Input("image", "image", "Image", required=True),
        _PROMPT,
        calls.model_input("edit"),
        Input(
            "mask",
            "mask",
            "Mask",
            widget="mask",
            help="White is changed, black stays; models of OpenAI, fal and Replicate can take it.",
        ),
        Input(
            "references",
            "list<image>",
            "References",
            many=True,
            help="Further images: a face, a product, a style.",
        ),
        _RATIO,
        _COUNT,
        _SEED,
        calls.KEY,
    ),
    outputs=_OUTPUTS,
    provider=Jobs("edit", edit_request, "edited"),
    deterministic=False,
    cacheable=False,
    dynamic="model",
    preview="image",
    width=320,
    timeout_seconds=900,
)
async def edit_image(
    context: Context,
    *,
    model: str | None,
    provided: list[Json] | None = None,
    **inputs: Json,
) -> JsonObject:
    """Return the first changed image, and all of them; `provided` is what a queue has made."""
    if provided is not None:
        return _outputs(provided)
    request = await edit_request(context, {**inputs, "model": model})
    if calls.is_workflow(model):
        return _outputs(await calls.files_of_workflow(context, model, "edit", request))
    return await _make(context, model, request, "edited")


def _outputs(images: list[Json]) -> JsonObject:
    return {"image": images[0], "images": images}


async def _make(context: Context, model: str | None, request: NewImages, name: str) -> JsonObject:
    chosen = await calls.choose(context, model)
    await context.progress(None, f"{chosen.client.who} is at work")
    made = await calls.paid(context, chosen, chosen.dialect.images, request)
    if not made:
        raise ModelFailed(
            f"{chosen.client.who} has made no image.",
            field="model",
            value=model,
            expected="at least one image",
            status=502,
        )
    images: list[Json] = [
        await context.save_bytes(
            one.body, name=f"{name}-{number}.png", content_type=one.content_type
        )
        for number, one in enumerate(made, 1)
    ]
    return _outputs(images)


def punched(image: Image, mask: Image, side: int) -> bytes:
    """Return a PNG of an image's size as sent, transparent where the mask is white (OpenAI's way).

    In a media process.
    """
    import io

    from PIL import Image as Pillow
    from PIL import ImageOps

    small = image.copy()
    small.thumbnail((side, side))
    hole = Pillow.new("RGBA", small.size, (0, 0, 0, 255))
    hole.putalpha(ImageOps.invert(mask.convert("L").resize(small.size)))
    target = io.BytesIO()
    hole.save(target, "PNG")
    return target.getvalue()


def whitened(image: Image, mask: Image, side: int) -> bytes:
    """Return a PNG of an image's size as sent, white where the mask is (everybody else's way).

    In a media process.
    """
    import io

    small = image.copy()
    small.thumbnail((side, side))
    target = io.BytesIO()
    mask.convert("L").resize(small.size).save(target, "PNG")
    return target.getvalue()


def _whole(number: Json) -> int | None:
    return None if number is None else round(number)


def _known(ratio: Json) -> str:
    if ratio and ratio not in RATIOS:
        raise NodeError(
            "This ratio is not known.", field="ratio", value=ratio, expected=", ".join(RATIOS)
        )
    return str(ratio or "1:1")
