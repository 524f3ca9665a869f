"""Images from visitors: bombs, lies, damage, orientation, metadata, thumbnails."""

from __future__ import annotations

import io
import resource
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from workflows.errors import BadImage
from workflows.media import images
from workflows.media.images import Limits, decode, encode, inspect, thumbnail


def _png(width: int, height: int, data: bytes = b"", *chunks: tuple[bytes, bytes]) -> bytes:
    """Write a PNG by hand, so that it may say what it likes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *(chunk(*each) for each in chunks)]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IDAT", data), chunk(b"IEND", b"")])


def _bytes(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize("side", [8_001, 9_500, 13_300, 14_000, 30_000, 1_000_000])
def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(side: int) -> None:
    bomb = _png(side, side, zlib.compress(b"\0" * 1_000_000))
    before = _peak_mb()
    for look in (inspect, decode, lambda body: thumbnail(body, 64)):
        with pytest.raises(BadImage) as caught:
            look(bomb)
        assert "too large" in caught.value.message
        assert caught.value.context["expected"] == "at most 64 megapixels"
    assert _peak_mb() - before < 20


def test_a_picture_just_within_the_limit_is_welcome() -> None:
    facts = inspect(_png(8_000, 8_000))
    assert (facts.width, facts.height) == (8_000, 8_000)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"just some words", "a text file"),
        (b"<svg onload='alert(1)'/>", "an SVG drawing"),
        (b"<!doctype html><p>", "an HTML page"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04\0\0", "a ZIP archive"),
        (b"II*\0\x08\0\0\0", "a TIFF image"),
        (b"8BPS\0\x01", "a Photoshop file"),
        (b"SIMPLE  =", "a FITS file"),
        (b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 image"),
        (b"%!PS-Adobe-3.0 EPSF", "a PostScript file"),
        (b"\x00\x01\x02\x03", "a file of an unknown kind"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(body: bytes, words: str) -> None:
    with pytest.raises(BadImage) as caught:
        decode(body)
    assert words in caught.value.message
    assert "PNG, JPEG, WebP, GIF or AVIF" in caught.value.context["expected"]


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(BadImage, match="empty"):
        decode(b"")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_picture_cut_off_is_called_damaged(format: str, share: float) -> None:
    body = _bytes(Image.effect_noise((80, 60), 90).convert("RGB"), format)
    with pytest.raises(BadImage, match="damaged or incomplete"):
        decode(body[: int(len(body) * share)])


def test_random_bytes_after_a_good_beginning_are_never_a_crash() -> None:
    import random

    generator = random.Random(3)
    for format in ("PNG", "JPEG", "WEBP", "GIF", "AVIF"):
        good = _bytes(Image.effect_noise((32, 32), 90).convert("RGB"), format)
        for _ in range(40):
            body = bytearray(good)
            for _ in range(6):
                body[generator.randrange(len(body))] = generator.randrange(256)
            try:
                assert decode(bytes(body)).mode in ("L", "RGB", "RGBA")
            except BadImage as error:
                assert error.context["expected"]


def test_too_many_frames_and_too_much_unpacked_are_refused() -> None:
    frames = [Image.new("L", (8, 8), level) for level in range(0, 250)]
    body = _bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(BadImage) as caught:
        decode(body)
    assert caught.value.context["value"] == 250
    few = _bytes(frames[0], "GIF", save_all=True, append_images=frames[1:20])
    assert inspect(few).frames == 20
    with pytest.raises(BadImage, match="unpacked"):
        inspect(few, Limits(decoded_bytes=5_000))


def test_of_an_animation_the_first_frame_is_taken() -> None:
    body = _bytes(
        Image.new("RGB", (8, 8), "red"),
        "WEBP",
        save_all=True,
        lossless=True,
        append_images=[Image.new("RGB", (8, 8), "blue")],
    )
    assert decode(body).getpixel((4, 4))[:3] == (255, 0, 0)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_in_a_text_or_profile_chunk_does_no_harm(kind: bytes) -> None:
    packed = zlib.compress(b"\0" * 80_000_000, 9)
    body = {
        b"zTXt": b"Comment\0\0" + packed,
        b"iTXt": b"Comment\0\x01\0\0\0" + packed,
        b"iCCP": b"icc\0\0" + packed,
    }[kind]
    rows = zlib.compress(b"\0" * 9 * 8)
    before = _peak_mb()
    try:
        assert decode(_png(8, 8, rows, (kind, body))).size == (8, 8)
    except BadImage as error:
        assert "damaged" in error.message
    assert _peak_mb() - before < 40


def test_pictures_are_turned_upright() -> None:
    picture = Image.new("RGB", (40, 20), "blue")
    picture.paste("red", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees clockwise
    body = _bytes(picture, "JPEG", exif=exif, quality=95, subsampling=0)
    facts = inspect(body)
    assert (facts.width, facts.height) == (20, 40)
    upright = decode(body)
    assert upright.size == (20, 40)
    assert upright.getpixel((17, 3))[0] > 200
    assert Image.open(io.BytesIO(thumbnail(body, 10))).size == (10, 20)


def test_nothing_but_pixels_survives_decoding_and_encoding() -> None:
    secret = "canary-7f3a"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", secret)
    exif = Image.Exif()
    exif[0x010E] = secret
    source = _bytes(Image.new("RGB", (8, 8), "red"), "PNG", pnginfo=text, exif=exif)
    assert secret.encode() in source
    for format in ("PNG", "JPEG", "WEBP"):
        for image in (decode(source), Image.open(io.BytesIO(source))):
            assert secret.encode() not in encode(image, format)
    assert secret.encode() not in thumbnail(source, 8)


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("1", "L"),
        ("L", "L"),
        ("LA", "RGBA"),
        ("P", "RGB"),
        ("RGB", "RGB"),
        ("RGBA", "RGBA"),
        ("I;16", "L"),
    ],
)
def test_every_kind_of_png_becomes_grey_or_colour(mode: str, wanted: str) -> None:
    assert decode(_bytes(Image.new(mode, (6, 6)))).mode == wanted


def test_a_colour_profile_is_applied_and_dropped() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = _bytes(Image.new("RGB", (8, 8), (200, 100, 50)), icc_profile=profile)
    decoded = decode(source)
    pixel: Any = decoded.getpixel((4, 4))
    assert all(abs(a - b) <= 1 for a, b in zip(pixel, (200, 100, 50), strict=True))
    assert "icc_profile" not in decoded.info
    broken = _bytes(Image.new("RGB", (8, 8), (200, 100, 50)), icc_profile=b"nonsense" * 20)
    assert decode(broken).getpixel((4, 4)) == (200, 100, 50)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    picture = Image.new("I;16", (2, 1))
    picture.putpixel((0, 0), 0x8000)
    picture.putpixel((1, 0), 0x1000)
    decoded = decode(_bytes(picture))
    assert [decoded.getpixel((0, 0)), decoded.getpixel((1, 0))] == [0x80, 0x10]


def test_cmyk_jpegs_become_rgb() -> None:
    assert decode(_bytes(Image.new("CMYK", (8, 8)), "JPEG")).mode == "RGB"


def test_jpeg_has_white_where_a_picture_was_clear() -> None:
    body = encode(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "JPEG")
    assert decode(body).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(("width", "size"), [(50, (50, 25)), (1, (1, 1)), (2048, (400, 200))])
def test_thumbnails_keep_the_shape_and_never_grow(width: int, size: tuple) -> None:
    for format in ("PNG", "JPEG"):
        made = Image.open(
            io.BytesIO(thumbnail(_bytes(Image.new("RGB", (400, 200)), format), width))
        )
        assert (made.format, made.size) == ("WEBP", size)


def test_an_image_longer_than_a_format_allows_has_a_thumbnail_and_a_sentence() -> None:
    long = Image.new("RGB", (40, 20_000), "#336699")
    shown = Image.open(io.BytesIO(images.thumbnail(images.encode(long), 320)))
    assert shown.height == 16_383 and shown.width == 33
    with pytest.raises(BadImage, match="too long for WEBP"):
        images.encode(long, "WEBP")


@pytest.mark.parametrize("width", [0, -1, 2049])
def test_a_thumbnails_width_has_a_range(width: int) -> None:
    with pytest.raises(ValueError, match="1 to 2048"):
        thumbnail(_bytes(Image.new("RGB", (4, 4))), width)


def test_pictures_decode_in_many_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    good, bomb = _bytes(Image.new("RGB", (64, 64), "red")), _png(30_000, 30_000)

    def look(number: int) -> str:
        try:
            return decode(bomb if number % 2 else good).mode
        except BadImage:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(look, range(80))) == ["RGB", "refused"] * 40


def test_the_servers_limit_follows_its_setting(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "image_megapixels": 1}
    with pytest.raises(BadImage):
        inspect(_png(1_001, 1_000), images.limits())
