"""Draw text: words on an image, or on a ground of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image import typesetting
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE_OUT,
    MASK_OUT,
    Color,
    blank,
    choice,
    new_size,
    parse_color,
    save,
    size_inputs,
)
from workflows.nodes.image.fonts import FONTS
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

ALIGN = ("left", "center", "right")
ANCHOR = ("top", "middle", "bottom")
MAX_CHARACTERS = 5_000


def _percent(name: str, label: str, default: float, low: float = 0) -> Input:
    return Input(
        name,
        "number",
        label,
        default=default,
        widget="slider",
        min=low,
        max=100,
        step=1,
        unit="%",
        advanced=True,
    )


@node(
    "drawText",
    name="Text overlay",
    category=CATEGORY,
    description="Writes text on an image, wrapped and as large as its box allows.",
    aliases=(
        "draw text",
        "caption",
        "title",
        "label",
        "typography",
        "font",
        "write",
        "headline",
        "poster",
        "watermark",
    ),
    inputs=(
        Input("text", "text", "Text", required=True, widget="textarea"),
        Input(
            "image", "image", "Image", help="Without one, the text gets a background of its own."
        ),
        Input("font", "text", "Font", default="Sans Bold", widget="select", options=tuple(FONTS)),
        Input(
            "size",
            "number",
            "Size",
            widget="number",
            min=0,
            max=2000,
            step=1,
            unit="px",
            help="Empty: the largest that fits into the box.",
        ),
        Input("color", "color", "Color", default="#ffffff", widget="color"),
        Input("align", "text", "Align", default="center", widget="pills", options=ALIGN),
        Input("anchor", "text", "Position", default="middle", widget="pills", options=ANCHOR),
        Input("uppercase", "boolean", "Uppercase", default=False, widget="toggle"),
        _percent("boxX", "Box X", 5),
        _percent("boxY", "Box Y", 5),
        _percent("boxWidth", "Box width", 90, 1),
        _percent("boxHeight", "Box height", 90, 1),
        Input(
            "lineHeight",
            "number",
            "Line height",
            default=1.1,
            widget="slider",
            min=0.6,
            max=3,
            step=0.05,
            advanced=True,
        ),
        Input(
            "letterSpacing",
            "number",
            "Letter spacing",
            default=0,
            widget="slider",
            min=-10,
            max=100,
            step=1,
            unit="%",
            advanced=True,
        ),
        Input(
            "opacity",
            "number",
            "Opacity",
            default=100,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            advanced=True,
        ),
        Input(
            "stroke",
            "number",
            "Stroke",
            default=0,
            widget="slider",
            min=0,
            max=30,
            step=0.5,
            unit="%",
            help="In hundredths of the text's size.",
            advanced=True,
        ),
        Input(
            "strokeColor", "color", "Stroke color", default="#000000", widget="color", advanced=True
        ),
        Input(
            "shadow",
            "number",
            "Shadow",
            default=0,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            advanced=True,
        ),
        Input(
            "shadowColor", "color", "Shadow color", default="#000000", widget="color", advanced=True
        ),
        Input(
            "background",
            "color",
            "Background",
            default="#00000000",
            widget="color",
            help="Without an image.",
            advanced=True,
        ),
        *size_inputs(1024, 512),
    ),
    pixel_bytes=24,
    joins=True,
    outputs=(IMAGE_OUT, MASK_OUT),
    preview="image",
    width=320,
)
async def draw_text(
    context: Context,
    *,
    text: str | None,
    image: JsonObject | None,
    font: str,
    size: float | None,
    color: str,
    align: str,
    anchor: str,
    uppercase: bool,
    boxX: float,
    boxY: float,
    boxWidth: float,
    boxHeight: float,
    lineHeight: float,
    letterSpacing: float,
    opacity: float,
    stroke: float,
    strokeColor: str,
    shadow: float,
    shadowColor: str,
    background: str,
    width: float,
    height: float,
) -> JsonObject:
    """Return the image with the text on it, and the text alone as a mask."""
    words = _readable(text, uppercase)
    choice(font, tuple(FONTS), "font")
    choice(align, ALIGN, "align")
    choice(anchor, ANCHOR, "anchor")
    inks = _Inks(
        parse_color(color, "color"),
        opacity / 100,
        parse_color(strokeColor, "strokeColor"),
        parse_color(shadowColor, "shadowColor"),
        shadow / 100,
    )
    if image:
        ground = await context.load_image(image, field="image")
    else:
        paint = parse_color(background, "background")
        ground = await context.run_cpu(blank, await new_size(context, width, height), paint)
    box = (
        round(ground.width * boxX / 100),
        round(ground.height * boxY / 100),
        min(ground.width, round(ground.width * (boxX + boxWidth) / 100)),
        min(ground.height, round(ground.height * (boxY + boxHeight) / 100)),
    )
    if box[2] - box[0] < 2 or box[3] - box[1] < 2:
        raise NodeError(
            "The box for the text lies outside the image.",
            field="boxWidth" if box[2] - box[0] < 2 else "boxHeight",
            value=f"{boxX:g}% + {boxWidth:g}%, {boxY:g}% + {boxHeight:g}%",
            expected="a start and a size of at most 100 % together",
        )
    style = typesetting.Style(font, float(lineHeight), float(letterSpacing), float(stroke))
    result, mask = await context.run_cpu(
        write, ground, words, style, float(size or 0), box, align, anchor, inks
    )
    return {
        "image": await save(context, result, "text", image),
        "mask": await save(context, mask, "text-mask", image),
    }


@kept("inks")
@dataclass(frozen=True, slots=True)
class _Inks:
    """The colors of text, stroke and shadow; `opacity` and `shadow` are 0..1."""

    fill: Color
    opacity: float
    stroke: Color
    shade: Color
    shadow: float


@kept("write on image")
def write(
    ground: Image,
    words: str,
    style: typesetting.Style,
    size: float,
    box: tuple[int, int, int, int],
    align: str,
    anchor: str,
    inks: _Inks,
) -> tuple[Image, Image]:
    """Draw shadow, stroke and text over an image."""
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageFilter

    room = (box[2] - box[0], box[3] - box[1])
    if size:
        setting = typesetting.arrange(words, style, size, room[0])
    else:
        setting = typesetting.fit(words, style, room, max(room) * 2)

    def lettering(stroke: bool) -> Image:
        canvas = Pillow.new("L", ground.size, 0)
        typesetting.draw(canvas, setting, style, box, align, anchor, stroke=stroke)
        return canvas

    mask = lettering(False)
    outer = lettering(True) if style.stroke_px(setting.size) else mask
    result = ground.copy() if ground.mode == "RGBA" else ground.convert("RGB")
    if inks.shadow:
        soft = outer.filter(ImageFilter.GaussianBlur(setting.size / 16))
        drop = max(1, round(setting.size / 24))
        moved = Pillow.new("L", ground.size, 0)
        moved.paste(soft, (0, drop))
        _lay(result, moved, inks.shade, inks.shadow * inks.opacity)
    if outer is not mask:
        _lay(result, outer, inks.stroke, inks.opacity)
    _lay(result, mask, inks.fill, inks.opacity)
    return result, ImageChops.lighter(mask, outer)


def _lay(ground: Image, shape: Image, paint: Color, opacity: float) -> None:
    """Paint a shape over an image, no more of which is touched than the shape covers."""
    from PIL import Image as Pillow

    box = shape.getbbox()
    if box is None:
        return
    part, form = ground.crop(box).convert("RGBA"), shape.crop(box)
    ink = Pillow.new("RGBA", form.size, (*paint[:3], 0))
    ink.putalpha(form.point([round(level * paint[3] / 255 * opacity) for level in range(256)]))
    part.alpha_composite(ink)
    ground.paste(part.convert(ground.mode), box)


def _readable(text: str | None, uppercase: bool) -> str:
    words = str(text or "").replace("\r\n", "\n").replace("\t", " ").strip()
    words = "".join(one for one in words if one == "\n" or one.isprintable())
    if not words:
        raise NodeError("There is no text to draw.", field="text", value=text, expected="a text")
    if len(words) > MAX_CHARACTERS:
        raise NodeError(
            f"The text has {len(words):,} characters.",
            field="text",
            expected=f"at most {MAX_CHARACTERS:,} characters",
        )
    return words.upper() if uppercase else words
