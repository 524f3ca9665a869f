"""Images that visitors send: safe decoding, clean encoding, thumbnails.

Pure functions over bytes that may run in any thread. Nothing is decoded before its format, size
and number of frames are known to be within `Limits`; nothing is encoded with metadata. How much
memory decoding takes is said by `decoding_bytes`; reserving it is `memory.py`'s matter.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.errors import BadImage
from workflows.media import png
from workflows.media.sniff import HEAD_BYTES, IMAGE_TYPES, describe, sniff

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "LIMITS",
    "Facts",
    "Limits",
    "convert",
    "decode",
    "decoding_bytes",
    "encode",
    "encode_to",
    "inspect",
    "limits",
    "load",
    "open_image",
    "opening",
    "sniff",
    "thumbnail",
]

#: The only parsers Pillow may use: the exotic ones are where its vulnerabilities have been.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
EXPECTED = "a PNG, JPEG, WebP, GIF or AVIF image"
MAX_THUMBNAIL_WIDTH = 2048  # px
#: Mode of a JPEG -> mode of what it is decoded to.
_JPEG_MODES = {"L": "L", "RGB": "RGB", "CMYK": "RGB"}
#: The longest side that a format has room for, px.
_LONGEST = {"WEBP": 16_383, "JPEG": 65_500, "AVIF": 65_536, "GIF": 65_535}

#: Bytes that Pillow keeps for a pixel of any image in colors; a gray one has a quarter.
PIXEL_BYTES = 4
#: Bytes a pixel that decoding takes at its peak, the image itself included (measured).
_DECODING_BYTES = {"PNG": 8, "GIF": 8, "JPEG": 12, "WEBP": 20, "AVIF": 20}
#: The same of a JPEG that is coded in one pass, and of an image with 16 bits a sample.
_BASELINE_BYTES = 8

#: What Pillow's parsers and the libraries below them raise at damaged files.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    struct.error,
)

# `warnings.catch_warnings` swaps process-wide state, so two threads must not be inside at once.
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one image may need. `decoded_bytes` counts 4 bytes a pixel, all frames."""

    pixels: int = 64_000_000
    frames: int = 200
    decoded_bytes: int = 512 * 1024 * 1024


LIMITS = Limits()


def limits() -> Limits:
    """Return the limits of this server: the setting MAX_IMAGE_MEGAPIXELS decides."""
    from django.conf import settings

    return Limits(pixels=int(settings.LIMITS["image_megapixels"]) * 1_000_000)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an image's header says; width and height are in px, as it will be shown."""

    content_type: str
    width: int
    height: int
    frames: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of an image that is about to be decoded: px, and bytes that it takes then.

    `mode` is what decoding makes of a JPEG, None for other formats; `size` is (width, height) as it
    is shown.
    """

    width: int
    height: int
    decoding_bytes: int
    mode: str | None = None
    size: tuple[int, int] = (0, 0)


def inspect(source: bytes | BinaryIO, limits: Limits = LIMITS) -> Facts:
    """Read an image's header without decoding it.

    Raises BadImage when it is not an image we open, or needs more than `limits`.
    """
    image = open_image(source, limits)
    width, height = image.size
    if _orientation(image) >= 5:  # 5 to 8 are turned by a quarter
        width, height = height, width
    content_type = f"image/{str(image.format).lower()}"
    return Facts(content_type, width, height, getattr(image, "n_frames", 1))


def decode(source: bytes | BinaryIO, limits: Limits = LIMITS, mode: str | None = None) -> Image:
    """Decode an image (of an animation the first frame), upright, as L, RGB or RGBA in sRGB.

    It is converted to `mode`, if that is given.

    Raises BadImage when it is not an image we open, is damaged or exceeds `limits`.
    """
    return load(open_image(source, limits), mode)


def decoding_bytes(image: Image) -> int:
    """Return how many bytes decoding an opened image takes at most."""
    each = _DECODING_BYTES.get(str(image.format), 20)
    if image.format == "JPEG" and not image.info.get("progressive"):
        each = _BASELINE_BYTES
    return image.width * image.height * each


def encode(image: Image, format: str = "PNG", **options: Any) -> bytes:
    """Encode an image without any metadata; `options` go to Pillow's save."""
    buffer = io.BytesIO()
    encode_to(buffer, image, format, **options)
    return buffer.getvalue()


def encode_to(file: Any, image: Image, format: str = "PNG", **options: Any) -> None:
    """Encode an image without any metadata into what takes bytes by `write`.

    JPEG has no transparency: what is transparent becomes white. Raises BadImage for one that is
    too long for the format.
    """
    most = _LONGEST.get(format)
    if most is not None and max(image.size) > most:
        raise BadImage(
            f"A side of this image is too long for {format}.",
            value=f"{image.width}x{image.height}",
            expected=f"at most {most:,} px a side",
        )
    if format == "PNG" and not options and image.mode in png.COLOR_TYPES:
        return png.write(file, image)
    clean = image
    if image.info:
        clean = image.copy()
        clean.info = {}
    if format == "JPEG" and clean.mode not in ("RGB", "L"):
        clean = flatten(clean)
    clean.save(file, format, **options)


def convert(image: Image, mode: str) -> Image:
    """Return an image in another mode."""
    return image.convert(mode)


def flatten(image: Image, background: str = "#ffffff") -> Image:
    """Put an image on an opaque background."""
    from PIL import Image as Pillow

    layer = image.convert("RGBA")
    base = Pillow.new("RGBA", layer.size, background)
    return Pillow.alpha_composite(base, layer).convert("RGB")


def opening(source: bytes | BinaryIO, limits: Limits = LIMITS, width: int | None = None) -> Opened:
    """Return what decoding an image takes, or making a thumbnail of a width of it.

    Raises BadImage as `decode` does.
    """
    image = open_image(source, limits)
    if width is not None:
        _reduce(image, width)
    mode = _JPEG_MODES.get(image.mode) if image.format == "JPEG" else None
    size = image.size[::-1] if _orientation(image) >= 5 else image.size
    return Opened(*image.size, decoding_bytes(image), mode, size)


def thumbnail(source: bytes | BinaryIO, width: int, limits: Limits = LIMITS) -> bytes:
    """Make a WebP preview `width` px wide (1-2048); a smaller image keeps its size.

    Raises BadImage as `decode` does, and ValueError for a width out of range.
    """
    if not 1 <= width <= MAX_THUMBNAIL_WIDTH:
        raise ValueError(f"a thumbnail's width is 1 to {MAX_THUMBNAIL_WIDTH} px, not {width}")
    image = open_image(source, limits)
    _reduce(image, width)
    return preview(load(image), width)


def small(
    source: bytes | BinaryIO, side: int, limits: Limits = LIMITS, mode: str | None = None
) -> Image:
    """Decode an image so that its longer side is at most `side` px. Raises BadImage."""
    image = open_image(source, limits)
    _reduce(image, side)
    return shrunk(load(image, mode), side)


def shrunk(image: Image, side: int) -> Image:
    """Return an image whose longer side is at most `side` px."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, reducing_gap=2.0)


def _reduce(opened: Image, width: int) -> None:
    # A JPEG can be decoded at a half, a quarter or an eighth at a fraction of the cost; requesting
    # twice the size both ways is enough whichever way round the image will turn out to be.
    shown = max(1, min(opened.size))
    scale = 2 * width / shown
    opened.draft(None, (round(opened.width * scale) or 1, round(opened.height * scale) or 1))


def preview(image: Image, width: int) -> bytes:
    """Encode an image as WebP, at most `width` px wide, and no longer than WebP can be."""
    scale = min(1.0, width / image.width, _LONGEST["WEBP"] / image.height)
    if scale < 1:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(size, reducing_gap=3.0)
    return encode(image, "WEBP", quality=80, method=4)


def _orientation(image: Image) -> int:
    """Read the EXIF orientation, 1 to 8."""
    from PIL import Image as Pillow

    try:
        # The PNG reader's own getexif decodes the whole image to find a chunk behind it.
        found = Pillow.Image.getexif(image).get(0x0112, 1)
    except _BROKEN:
        return 1
    return found if isinstance(found, int) else 1


def open_image(source: bytes | BinaryIO, limits: Limits = LIMITS) -> Image:
    """Open an image for `load`; its size is known then, its pixels are not.

    Raises BadImage as `decode` does.
    """
    from PIL import Image as Pillow

    file = io.BytesIO(source) if isinstance(source, bytes) else source
    head = file.read(HEAD_BYTES)
    file.seek(0)
    found = sniff(head)
    if found not in IMAGE_TYPES:
        raise BadImage(
            f"This is {describe(found)}, not an image that can be opened."
            if head
            else "This file is empty.",
            value=found,
            expected=EXPECTED,
        )
    try:
        with _opening, warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            image = Pillow.open(file, formats=FORMATS)
            frames = getattr(image, "n_frames", 1)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise _too_large(None, limits) from error
    except _BROKEN as error:
        raise _damaged(found) from error
    pixels = image.width * image.height
    if pixels > limits.pixels:
        raise _too_large(image.size, limits)
    if frames > limits.frames:
        raise BadImage(
            f"This animation has {frames:,} frames.",
            value=frames,
            expected=f"at most {limits.frames} frames",
        )
    if pixels * 4 * frames > limits.decoded_bytes:
        raise BadImage(
            f"This animation needs {pixels * 4 * frames // 2**20:,} MB when it is unpacked.",
            value=frames,
            expected=f"at most {limits.decoded_bytes // 2**20} MB unpacked",
        )
    return image


def load(image: Image, mode: str | None = None) -> Image:
    """Decode an opened image as `decode` does, and convert it to `mode` if given."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        image.load()
        profile = image.info.get("icc_profile")
        ImageOps.exif_transpose(image, in_place=True)  # a copy would take as much again
        upright = _plain(image, profile)
    except (Pillow.DecompressionBombError, MemoryError) as error:
        raise _too_large(image.size, LIMITS) from error
    except _BROKEN as error:
        raise _damaged(f"image/{str(image.format).lower()}") from error
    if upright is image and image.format in ("WEBP", "AVIF", "GIF"):
        upright = image.copy()  # without the decoder, which keeps images of its own
    upright.info = {}
    return upright if mode in (None, upright.mode) else upright.convert(mode)


def _plain(image: Image, profile: Any) -> Image:
    """Convert to L, RGB or RGBA in sRGB."""
    from PIL import Image as Pillow

    if image.mode.startswith("I"):
        # Sixteen bits a sample: Pillow would clip at 255, we scale.
        import numpy as np

        samples = np.asarray(image)
        return Pillow.fromarray(np.clip(samples >> 8, 0, 255).astype(np.uint8))
    if isinstance(profile, bytes) and image.mode in ("RGB", "RGBA", "CMYK"):
        image = _to_srgb(image, profile)
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _to_srgb(image: Image, profile: bytes) -> Image:
    """Turn an image's colors into sRGB; one whose profile is unusable stays as it is."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        mode = "RGB" if image.mode == "CMYK" else image.mode
        changed = ImageCms.profileToProfile(image, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return changed or image


def _too_large(size: tuple[int, int] | None, limits: Limits) -> BadImage:
    shown = f"{size[0]:,} x {size[1]:,} px" if size else "far more than that"
    return BadImage(
        f"This image is too large to open ({shown}).",
        value=f"{size[0]}x{size[1]}" if size else None,
        expected=f"at most {limits.pixels // 1_000_000} megapixels",
    )


def _damaged(content_type: str | None) -> BadImage:
    return BadImage(
        f"This is {describe(content_type)}, but it is damaged or incomplete.",
        value=content_type,
        expected=EXPECTED,
    )
