"""Convert: another file format, and a file no larger than wanted."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, IMAGE_OUT, choice, parse_color
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WebP")
SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WebP": "webp"}
#: The longest side that a format has room for, px.
LONGEST = {"PNG": 2**31 - 1, "JPEG": 65_500, "WebP": 16_383}
LOWEST_QUALITY = 20


@node(
    "convertImage",
    name="Convert",
    category=CATEGORY,
    description="Converts an image to PNG, JPEG or WebP, with an optional size limit.",
    aliases=(
        "format",
        "compress",
        "export",
        "jpg",
        "jpeg",
        "webp",
        "png",
        "quality",
        "file size",
        "save as",
        "optimise",
    ),
    inputs=(
        IMAGE,
        Input("format", "text", "Format", default="WebP", widget="pills", options=FORMATS),
        Input(
            "quality",
            "number",
            "Quality",
            default=85,
            widget="slider",
            min=LOWEST_QUALITY,
            max=100,
            step=1,
            unit="%",
            help="For JPEG and WebP.",
            shown_when={"format": ("JPEG", "WebP")},
        ),
        Input(
            "targetSize",
            "number",
            "Max size",
            widget="number",
            min=0,
            max=100_000,
            step=1,
            unit="kB",
            placeholder="No limit",
            help="Lowers the quality until the file is this small.",
        ),
        Input(
            "background",
            "color",
            "Background",
            default="#ffffff",
            widget="color",
            help="JPEG has no transparency; this shows through instead.",
            advanced=True,
            shown_when={"format": ("JPEG",)},
        ),
    ),
    pixel_bytes=18,
    joins=True,
    outputs=(IMAGE_OUT, Output("file", "file", "File"), Output("size", "number", "Size in kB")),
    preview="image",
    width=320,
)
async def convert_image(
    context: Context,
    *,
    image: JsonObject,
    format: str,
    quality: float,
    targetSize: float | None,
    background: str,
) -> JsonObject:
    """Return the file, as an image and as a file, and its size in kB (1,000 bytes)."""
    choice(format, FORMATS, "format")
    paint = parse_color(background, "background")
    pixels = await context.load_image(image, field="image")
    if max(pixels.size) > LONGEST[format]:
        raise NodeError(
            f"A side of this image is too long for {format}.",
            field="format",
            value=format,
            expected=f"another format, or at most {LONGEST[format]:,} px a side",
        )
    limit = round((targetSize or 0) * 1000)
    with context.new_file() as file:
        size = await context.run_cpu(convert, pixels, file, format, round(quality), limit, paint)
        if limit and size > limit:
            raise NodeError(
                f"As {format} the image needs at least {size / 1000:.0f} kB.",
                field="targetSize",
                value=targetSize,
                expected="a higher limit, a smaller image, or the format WebP",
            )
        source = image.get("name") if isinstance(image, dict) else None
        stem = PurePosixPath(str(source or "picture")).stem[:80]
        reference = await context.save_bytes(
            file, name=f"{stem}.{SUFFIXES[format]}", content_type=f"image/{format.lower()}"
        )
    return {"image": reference, "file": reference, "size": round(size / 1000, 1)}


def convert(
    image: Image,
    file: BinaryIO,
    format: str,
    quality: int,
    limit: int,
    paint: tuple[int, int, int, int],
) -> int:
    """Encode into a file and return its size in bytes.

    With a limit in bytes it is at the best quality that keeps it, or else the lowest.
    """
    return file.write(encoded(image, format, quality, limit, paint))


def encoded(
    image: Image, format: str, quality: int, limit: int, paint: tuple[int, int, int, int]
) -> bytes:
    """Return the file that `convert` writes."""
    from PIL import Image as Pillow

    if format == "JPEG" and image.mode == "RGBA":
        ground = Pillow.new("RGBA", image.size, (*paint[:3], 255))
        ground.alpha_composite(image)
        image = ground.convert("RGB")

    def encode(at: int) -> bytes:
        buffer = io.BytesIO()
        if format == "PNG":
            image.save(buffer, "PNG", optimize=True)
        elif format == "JPEG":
            image.save(buffer, "JPEG", quality=at, optimize=True, progressive=True)
        else:
            image.save(buffer, "WEBP", quality=at, method=4)
        return buffer.getvalue()

    body = encode(quality)
    if not limit or len(body) <= limit or format == "PNG":
        return body
    low, high, best = LOWEST_QUALITY, quality, encode(LOWEST_QUALITY)
    if len(best) > limit:
        return best
    while high - low > 1:
        middle = (low + high) // 2
        tried = encode(middle)
        if len(tried) <= limit:
            low, best = middle, tried
        else:
            high = middle
    return best
