"""Find faces: where they are in an image, as boxes, a mask and images of their own."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, MASK_OUT, save
from workflows.nodes.local import pack
from workflows.nodes.local.facing import find
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

#: More faces get no images of their own.
MAX_IMAGES = 100


@node(
    "findFaces",
    name="Find faces",
    category=CATEGORY,
    description="Finds the faces in an image: boxes, a mask, and an image of each.",
    aliases=(
        "face",
        "faces",
        "face detection",
        "detect faces",
        "face detector",
        "portrait",
        "people",
        "crop faces",
        "blur faces",
        "anonymize",
        "yunet",
        "retinaface",
    ),
    inputs=(
        IMAGE,
        Input(
            "model",
            "text",
            "Model",
            default="local/yunet",
            widget="model",
            task="faces",
            port=False,
        ),
        Input(
            "margin",
            "number",
            "Margin",
            default=25,
            widget="slider",
            min=0,
            max=200,
            step=5,
            unit="%",
            help="How much around a face its image and the mask take in.",
        ),
        Input(
            "sure",
            "number",
            "Least certainty",
            default=70,
            widget="slider",
            min=10,
            max=99,
            step=1,
            unit="%",
            advanced=True,
        ),
    ),
    timeout_seconds=600,
    joins=True,
    outputs=(
        Output("images", "list<image>", "Faces"),
        MASK_OUT,
        Output("count", "number", "Count"),
        Output("faces", "json", "Boxes"),
    ),
    preview="mask",
    width=320,
)
async def find_faces(
    context: Context, *, image: JsonObject, model: str, margin: float, sure: float
) -> JsonObject:
    """Return the faces, the largest first: images, a mask that is white there, and their boxes."""
    local = pack.find(model, "faces")
    folder = await context.weights(local.id, field="model")
    pixels = await context.load_image(image, field="image")
    faces: list[JsonObject] = []
    work = context.run_model(find, pixels, folder, float(sure) / 100)
    async with aclosing(work) as steps:
        async for step in steps:
            if isinstance(step, tuple):
                await context.progress(*step)
            else:
                faces = step
    boxes = [box_of(face, float(margin) / 100, pixels.size) for face in faces]
    mask = await context.run_cpu(masked, pixels.size, boxes)
    images: list[Json] = []
    for number, box in enumerate(boxes[:MAX_IMAGES], 1):
        part = await context.run_cpu(cropped, pixels, box)
        images.append(await save(context, part, f"face-{number}", image))
    if len(boxes) > MAX_IMAGES:
        context.warn(f"Only the {MAX_IMAGES} largest of {len(boxes)} faces have images.")
    return {
        "images": images,
        "mask": await save(context, mask, "faces", image),
        "count": len(faces),
        "faces": faces,
    }


Box = tuple[int, int, int, int]


def box_of(face: JsonObject, margin: float, size: tuple[int, int]) -> Box:
    """Return a face's square with a margin, inside the image: left, top, right, bottom in px."""
    middle_x, middle_y = face["x"] + face["width"] / 2, face["y"] + face["height"] / 2
    half = max(face["width"], face["height"]) * (1 + margin) / 2
    half = min(half, size[0] / 2, size[1] / 2)
    left = min(max(middle_x - half, 0), size[0] - 2 * half)
    top = min(max(middle_y - half, 0), size[1] - 2 * half)
    return round(left), round(top), round(left + 2 * half), round(top + 2 * half)


def masked(size: tuple[int, int], boxes: list[Box]) -> Image:
    """Draw an ellipse in each box. In a media process."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    mask = Pillow.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for left, top, right, bottom in boxes:
        pen.ellipse((left, top, max(left, right - 1), max(top, bottom - 1)), fill=255)
    return mask


def cropped(image: Image, box: Box) -> Image:
    """Return a part of an image. In a media process."""
    return image.crop(box)
