"""Contact sheet: many images on one, in rows."""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fonts import font
from workflows.nodes.image.pictures import (
    CATEGORY,
    IMAGE_OUT,
    Colour,
    choice,
    colour,
    new_size,
    save,
)
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

FITS = ("whole", "cover")
LABELS = ("none", "names", "numbers", "texts")
MAX_PICTURES = 400


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
            default=0,
            widget="number",
            min=0,
            max=40,
            step=1,
            help="0 chooses a number of columns.",
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
            help="Width and height of one cell.",
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
        Input("color", "color", "Text color", default="#3b4252", widget="color", advanced=True),
        Input("background", "color", "Background", default="#f5f3ee", widget="color"),
    ),
    pixel_bytes=12,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def contact_sheet(
    context: Context,
    *,
    images: list[JsonObject] | None,
    texts: list[Json] | None,
    columns: float,
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
    ink, ground = colour(color, "color"), colour(background, "background")
    given = images or []
    if not given:
        raise NodeError(
            "There is no image to arrange.", field="images", expected="at least one image"
        )
    if len(given) > MAX_PICTURES:
        raise NodeError(
            f"{len(given):,} images are too many for one sheet.",
            field="images",
            value=len(given),
            expected=f"at most {MAX_PICTURES}",
        )
    wide = min(round(columns) or math.ceil(math.sqrt(len(given))), len(given))
    room, space = round(cell), round(gap)
    words = _labels(given, texts or [], labels)
    band = max(18, round(room * 0.11)) if labels != "none" else 0
    rows = math.ceil(len(given) / wide)
    across, down = wide * room + (wide + 1) * space, rows * (room + band) + (rows + 1) * space
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
    result = await context.run_cpu(arrange, small, wide, room, space, band, words, ink, ground)
    return {"image": await save(context, result, "contact-sheet")}


def arrange(
    small: list[Image],
    columns: int,
    room: int,
    gap: int,
    band: int,
    words: list[str],
    ink: Colour,
    ground: Colour,
) -> Image:
    """Lay the images out: rows as high as their tallest, a last row not full in the middle."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    rows = [small[first : first + columns] for first in range(0, len(small), columns)]
    heights = [max(picture.height for picture in row) for row in rows]
    size = columns * (room + gap) + gap, sum(heights) + len(rows) * (band + gap) + gap
    sheet = Pillow.new("RGBA", size, ground)
    pen = ImageDraw.Draw(sheet)
    letters = font("Sans", band * 0.55) if band else None
    top = gap
    labels = iter(words)
    for row, height in zip(rows, heights, strict=True):
        left = gap + (columns - len(row)) * (room + gap) // 2
        for picture in row:
            at = left + (room - picture.width) // 2, top + (height - picture.height) // 2
            sheet.alpha_composite(picture, at)
            line = next(labels)
            if letters and line:
                while len(line) > 1 and letters.getlength(line) > room:
                    line = line[:-2] + "…"
                middle = left + room / 2, top + height + band * 0.6
                pen.text(middle, line, fill=ink, font=letters, anchor="mm")
            left += room + gap
        top += height + band + gap
    return sheet.convert("RGB") if ground[3] == 255 else sheet


def _reduce(picture: Image, room: int, fit: str) -> Image:
    from PIL import Image as Pillow
    from PIL import ImageOps

    size = (room, room)
    layer = picture.convert("RGBA")
    if fit == "cover":
        return ImageOps.fit(layer, size, Pillow.Resampling.LANCZOS)
    return ImageOps.contain(layer, size, Pillow.Resampling.LANCZOS)


def _labels(given: list[JsonObject], texts: list[Json], kind: str) -> list[str]:
    if kind == "numbers":
        return [str(number) for number in range(1, len(given) + 1)]
    if kind == "texts":
        return [str(texts[i]) if i < len(texts) else "" for i in range(len(given))]
    if kind == "names":
        names = (entry.get("name", "") if isinstance(entry, dict) else "" for entry in given)
        return [PurePosixPath(str(name)).stem for name in names]
    return [""] * len(given)
