"""Contact sheet: many images on one, in rows."""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE_OUT,
    Color,
    choice,
    new_size,
    parse_color,
    save,
    within,
)
from workflows.nodes.image.fonts import font
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

FITS = ("whole", "cover")
LABELS = ("none", "names", "numbers", "texts")
MAX_IMAGES = 400
#: Of one label.
MAX_LINES = 3


@node(
    "contactSheet",
    name="Contact sheet",
    category=CATEGORY,
    description="Arranges many images in rows on one sheet.",
    aliases=(
        "grid",
        "collage",
        "montage",
        "overview",
        "mosaic",
        "gallery",
        "thumbnails",
        "storyboard",
    ),
    inputs=(
        Input("images", "image", "Images", required=True, many=True),
        Input("texts", "text", "Texts", many=True, help="For labels from texts, in order."),
        Input(
            "columns",
            "number",
            "Columns",
            widget="number",
            min=0,
            max=40,
            step=1,
            help="Empty: as many as make it about square.",
        ),
        Input(
            "cell",
            "number",
            "Cell size",
            default=320,
            widget="slider",
            min=16,
            max=2048,
            step=8,
            unit="px",
            help="The longest side of an image on the sheet.",
        ),
        Input(
            "gap", "number", "Gap", default=24, widget="slider", min=0, max=400, step=1, unit="px"
        ),
        Input(
            "fit",
            "text",
            "Fit",
            default="whole",
            widget="pills",
            options=FITS,
            help="Whole shows all of each image, cover fills its cell.",
        ),
        Input("labels", "text", "Labels", default="none", widget="select", options=LABELS),
        Input(
            "color",
            "color",
            "Text color",
            default="#3b4252",
            widget="color",
            advanced=True,
            shown_when={"labels": LABELS[1:]},
        ),
        Input("background", "color", "Background", default="#f5f3ee", widget="color"),
    ),
    version=2,  # columns are as wide as their images; long labels have several lines
    pixel_bytes=12,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def contact_sheet(
    context: Context,
    *,
    images: list[JsonObject] | None,
    texts: list[Json] | None,
    columns: float | None,
    cell: float,
    gap: float,
    fit: str,
    labels: str,
    color: str,
    background: str,
) -> JsonObject:
    """Return the sheet; images are read one after the other and kept only as large as shown."""
    choice(fit, FITS, "fit")
    choice(labels, LABELS, "labels")
    ink, ground = parse_color(color, "color"), parse_color(background, "background")
    given = images or []
    if not given:
        raise NodeError(
            "There is no image to arrange.", field="images", expected="at least one image"
        )
    if len(given) > MAX_IMAGES:
        raise NodeError(
            f"{len(given):,} images are too many for one sheet.",
            field="images",
            value=len(given),
            expected=f"at most {MAX_IMAGES}",
        )
    wide = min(round(columns or 0) or math.ceil(math.sqrt(len(given))), len(given))
    room, space = round(cell), round(gap)
    words = _labels(given, texts or [], labels)
    line = max(18, round(room * 0.11)) if labels != "none" else 0
    rows = math.ceil(len(given) / wide)
    below = line * MAX_LINES if labels == "texts" else line
    across, down = wide * room + (wide + 1) * space, rows * (room + below) + (rows + 1) * space
    await new_size(context, across, down, "cell")
    small: list[Image] = []
    for index, reference in enumerate(given):
        # No name for the large one: it is gone before the next is loaded.
        small.append(
            await context.run_cpu(
                _reduce, await context.load_image(reference, field="images"), room, fit
            )
        )
        await context.progress((index + 1) / (len(given) + 1), f"{index + 1} of {len(given)}")
    result = await context.run_cpu(arrange, small, wide, space, line, words, ink, ground)
    return {"image": await save(context, result, "contact-sheet")}


def arrange(
    small: list[Image],
    columns: int,
    gap: int,
    line: int,
    words: list[str],
    ink: Color,
    ground: Color,
) -> Image:
    """Lay the images out, each label below its image in lines of a height; 0: without labels.

    Columns are as wide as their widest image, rows as high as their tallest; a last row that is not
    full is in the middle.
    """
    from PIL import Image as Pillow
    from PIL import ImageDraw

    wide = max(image.width for image in small)
    face = font("Sans", line * 0.55) if line else None
    texts = [_lines(text, wide, face) if face else [] for text in words]
    numbers = range(len(small))
    rows = [numbers[first : first + columns] for first in range(0, len(small), columns)]
    heights = [max(small[at].height for at in row) for row in rows]
    bands = [line * max([1, *(len(texts[at]) for at in row)]) for row in rows]
    size = columns * (wide + gap) + gap, sum(heights) + sum(bands) + (len(rows) + 1) * gap
    sheet = Pillow.new("RGBA", size, ground)
    pen = ImageDraw.Draw(sheet)
    top = gap
    for row, height, band in zip(rows, heights, bands, strict=True):
        left = gap + (columns - len(row)) * (wide + gap) // 2
        for at in row:
            image = small[at]
            place = left + (wide - image.width) // 2, top + (height - image.height) // 2
            sheet.alpha_composite(image, place)
            for number, text in enumerate(texts[at]):
                middle = left + wide / 2, top + height + line * (number + 0.6)
                pen.text(middle, text, fill=ink, font=face, anchor="mm")
            left += wide + gap
        top += height + band + gap
    return sheet.convert("RGB") if ground[3] == 255 else sheet


def _lines(text: str, wide: int, face: FreeTypeFont) -> list[str]:
    """Break a text between words into at most `MAX_LINES` that fit; what is cut ends in dots."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (face.getlength(longer) <= wide or len(lines) == MAX_LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, wide, face) for line in lines]


def _cut(line: str, wide: int, face: FreeTypeFont) -> str:
    while len(line) > 1 and face.getlength(line) > wide:
        line = line[:-2] + "…"
    return line


def _reduce(image: Image, room: int, fit: str) -> Image:
    from PIL import Image as Pillow
    from PIL import ImageOps

    size = (room, room)
    layer = image.convert("RGBA")
    if fit == "cover":
        return ImageOps.fit(layer, size, Pillow.Resampling.LANCZOS)
    return layer.resize(within(layer.size, size), Pillow.Resampling.LANCZOS)


def _labels(given: list[JsonObject], texts: list[Json], kind: str) -> list[str]:
    if kind == "numbers":
        return [str(number) for number in range(1, len(given) + 1)]
    if kind == "texts":
        return [str(texts[i]) if i < len(texts) else "" for i in range(len(given))]
    if kind == "names":
        names = (entry.get("name", "") if isinstance(entry, dict) else "" for entry in given)
        return [PurePosixPath(str(name)).stem for name in names]
    return [""] * len(given)
