"""fal's utility endpoints that put images together or write on them, and what all of them need.

Fields, their defaults and what they mean are those of fal's published types; places and sizes in
percent are of the image below, and a place is that of the middle of what is laid there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import (
    IMAGE,
    UTILITIES,
    Function,
    equivalent,
    fal_file,
    given,
    utility,
)
from workflows.nodes.fal.fields import choice, number, share
from workflows.nodes.image.fields import check_size, parse_color, within
from workflows.nodes.image.fonts import font
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

#: Images of one grid or row.
MAX_IMAGES = 100
MAX_CHARACTERS = 5_000
FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}

IMAGE_URL = Input("image_url", "image", "Image", required=True, widget="asset")
FORMAT = choice("output_format", "Format", "png", *FORMATS)
_ALL = Input("image_urls", "list<image>", "Images", required=True, widget="list")


def ink(name: str, label: str, default: str) -> Input:
    """Declare a color: a name such as `white`, `transparent`, `none`, or #rrggbb."""
    return Input(name, "text", label, default=default, widget="text")


def color_of(values: JsonObject, name: str) -> tuple[int, int, int, int]:
    """Read a color as fal's callers write it. Raises NodeError."""
    text = str(values[name] or "none")
    return (0, 0, 0, 0) if text in ("transparent", "none") else parse_color(text, name)


async def fal_result(context: Context, image: Image, values: JsonObject, name: str) -> JsonObject:
    """Store an image in the requested format and return it as fal does."""
    kind = FORMATS[values["output_format"]]
    ending = values["output_format"]
    found = await context.save_image(image, name=f"{name}.{ending}", format=kind)
    return {"image": fal_file(found)}


def made_of(
    apps: tuple[str, ...], inputs: tuple[Input, ...], make: Callable[..., Image], words: str
) -> None:
    """Register an app that makes one image of those in its inputs, in a thread."""

    async def run(context: Context, arguments: JsonObject) -> JsonObject:
        values = given(inputs, arguments)
        images: dict[str, Any] = {}
        for port in inputs:
            if port.type == "image":
                images[port.name] = await _open(context, values[port.name], port.name)
            elif port.type == "list<image>":
                images[port.name] = [
                    await _open(context, one, port.name) for one in _some(values[port.name])
                ]
        made = await context.run_cpu(make, {**values, **images})
        return await fal_result(context, made, values, apps[0].rpartition("/")[2])

    run.__doc__ = words
    function: Function = run
    equivalent(*apps, inputs=inputs, outputs=IMAGE)(function)


async def _open(context: Context, value: Json, name: str) -> Image:
    return await context.load_image(value, field=name, mode="RGBA")


def _some(values: Json) -> list[Json]:
    rows = values if isinstance(values, list) else []
    if not 0 < len(rows) <= MAX_IMAGES:
        raise NodeError(
            f"There are {len(rows)} images.",
            field="image_urls",
            value=len(rows),
            expected=f"1 to {MAX_IMAGES}",
        )
    return rows


def overlay(values: dict[str, Any]) -> Image:
    """Put an image, with a border maybe, over another one."""
    from PIL import Image as Pillow

    below: Image = values["background_image_url"].copy()
    above: Image = values["overlay_image_url"]
    scale = values["scale_percent"] / 100
    size = check_size(above.width * scale, above.height * scale, "scale_percent")
    above = above.resize(size, Pillow.Resampling.LANCZOS)
    border = round(values["stroke_width"])
    if border:
        size = check_size(above.width + 2 * border, above.height + 2 * border, "stroke_width")
        framed = Pillow.new("RGBA", size, color_of(values, "stroke_color"))
        framed.paste(above, (border, border))
        above = framed
    faded = above.getchannel("A").point([round(at * values["opacity"]) for at in range(256)])
    above.putalpha(faded)
    left = round(below.width * values["x_percent"] / 100 - above.width / 2)
    top = round(below.height * values["y_percent"] / 100 - above.height / 2)
    sheet = Pillow.new("RGBA", below.size, (0, 0, 0, 0))
    sheet.paste(above, (left, top))
    below.alpha_composite(sheet)
    return below


made_of(
    utility("overlay-image"),
    (
        Input("background_image_url", "image", "Base", required=True, widget="asset"),
        Input("overlay_image_url", "image", "Layer", required=True, widget="asset"),
        share("x_percent", "X", 50),
        share("y_percent", "Y", 50),
        number("scale_percent", "Scale", 100, 25, 200),
        number("opacity", "Opacity", 1, 0, 1),
        number("stroke_width", "Border", 0, 0, 500),
        ink("stroke_color", "Border", "black"),
        FORMAT,
    ),
    overlay,
    "Composites an image over another at a position.",
)


def grid(values: dict[str, Any]) -> Image:
    """Arrange images in columns, each in a cell of its own."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    images: list[Image] = values["image_urls"]
    columns, gap = min(int(values["columns"]), len(images)), round(values["spacing"])
    cell = check_size(
        values["cell_width"] or images[0].width,
        values["cell_height"] or images[0].height,
        "cell_width",
    )
    rows = -(-len(images) // columns)
    size = check_size(columns * (cell[0] + gap) - gap, rows * (cell[1] + gap) - gap, "cell_width")
    sheet = Pillow.new("RGBA", size, color_of(values, "background_color"))
    best = Pillow.Resampling.LANCZOS
    for at, image in enumerate(images):
        if values["fit_mode"] == "cover":
            small = ImageOps.fit(image, cell, best)
        elif values["fit_mode"] == "contain":
            small = image.resize(within(image.size, cell), best)
        else:
            small = image.resize(cell, best)
        left = at % columns * (cell[0] + gap) + (cell[0] - small.width) // 2
        top = at // columns * (cell[1] + gap) + (cell[1] - small.height) // 2
        sheet.alpha_composite(small, (left, top))
    return sheet


made_of(
    utility("image-grid"),
    (
        _ALL,
        number("columns", "Columns", 2, 1, MAX_IMAGES),
        number("cell_width", "Cell width", None, 1, 16_384),
        number("cell_height", "Cell height", None, 1, 16_384),
        choice("fit_mode", "Fit", "cover", "cover", "contain", "stretch"),
        number("spacing", "Spacing", 0, 0, 1_000),
        ink("background_color", "Background", "white"),
        FORMAT,
    ),
    grid,
    "Arranges images in a grid.",
)


def concat(values: dict[str, Any]) -> Image:
    """Put images beside or below each other, as large as they are."""
    from PIL import Image as Pillow

    images: list[Image] = values["image_urls"]
    across, gap = values["direction"] == "horizontal", round(values["spacing"])
    lengths = [image.width if across else image.height for image in images]
    depths = [image.height if across else image.width for image in images]
    long, deep = sum(lengths) + gap * (len(images) - 1), max(depths)
    wide, high = (long, deep) if across else (deep, long)
    size = check_size(wide, high, "image_urls")
    sheet = Pillow.new("RGBA", size, color_of(values, "background_color"))
    along = 0
    part = {"start": 0.0, "center": 0.5, "end": 1.0}[values["alignment"]]
    for image, length, depth in zip(images, lengths, depths, strict=True):
        aside = round((deep - depth) * part)
        sheet.alpha_composite(image, (along, aside) if across else (aside, along))
        along += length + gap
    return sheet


made_of(
    (f"{UTILITIES}/concat-image",),
    (
        _ALL,
        choice("direction", "Direction", "horizontal", "horizontal", "vertical"),
        choice("alignment", "Align", "center", "start", "center", "end"),
        number("spacing", "Spacing", 0, 0, 1_000),
        ink("background_color", "Background", "white"),
        FORMAT,
    ),
    concat,
    "Places images side by side or one below the other.",
)


def add_text(values: dict[str, Any]) -> Image:
    """Write a text on an image, on a ground of its own maybe."""
    from PIL import ImageDraw

    image: Image = values["image_url"].copy()
    if len(values["text"]) > MAX_CHARACTERS:
        raise NodeError(
            f"The text has {len(values['text']):,} characters.",
            field="text",
            expected=f"at most {MAX_CHARACTERS:,}",
        )
    pen = ImageDraw.Draw(image)
    at = image.width * values["x_percent"] / 100, image.height * values["y_percent"] / 100
    how: dict[str, Any] = {
        "font": font("Sans Bold", float(values["font_size"])),
        "anchor": {"left": "lm", "center": "mm", "right": "rm"}[values["anchor"]],
        "align": values["anchor"],
        "stroke_width": round(values["stroke_width"]),
    }
    ground = color_of(values, "background_color")
    if ground[3]:
        pad = round(values["background_padding"])
        left, top, right, bottom = pen.textbbox(at, values["text"], **how)
        pen.rectangle((left - pad, top - pad, right + pad, bottom + pad), ground)
    pen.text(
        at,
        values["text"],
        color_of(values, "font_color"),
        stroke_fill=color_of(values, "stroke_color"),
        **how,
    )
    return image


made_of(
    utility("add-text-to-image"),
    (
        IMAGE_URL,
        Input("text", "text", "Text", required=True, widget="textarea"),
        share("x_percent", "X", 50),
        share("y_percent", "Y", 50),
        choice("anchor", "Anchor", "center", "left", "center", "right"),
        number("font_size", "Size", 40, 1, 2_000),
        ink("font_color", "Color", "white"),
        number("stroke_width", "Stroke", 0, 0, 100),
        ink("stroke_color", "Stroke", "black"),
        ink("background_color", "Background", "none"),
        number("background_padding", "Padding", 10, 0, 1_000),
        FORMAT,
    ),
    add_text,
    "Draws a text on an image.",
)
