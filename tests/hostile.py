"""Files that are broken or mean harm: truncated, changed, or far larger inside than outside."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests import clips


def good() -> dict[str, bytes]:
    """Return a small file of every kind that is opened here, by its ending."""
    noise = Image.effect_noise((48, 40), 80).convert("RGB")
    found = {}
    for ending, form in (("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP"), ("avif", "AVIF")):
        body = io.BytesIO()
        noise.save(body, form)
        found[ending] = body.getvalue()
    body = io.BytesIO()
    frames = [Image.new("P", (16, 16), number) for number in range(4)]
    frames[0].save(body, "GIF", save_all=True, append_images=frames[1:])
    found["gif"] = body.getvalue()
    for ending, form in (
        ("mp4", "mp4"),
        ("mov", "mov"),
        ("mkv", "matroska"),
        ("webm", "webm"),
        ("avi", "avi"),
    ):
        found[ending] = clips.video(0.5, (32, 32), form=form)
    for ending, form in (
        ("wav", "wav"),
        ("mp3", "mp3"),
        ("ogg", "ogg"),
        ("flac", "flac"),
        ("m4a", "ipod"),
    ):
        found[ending] = clips.sound(0.3, form=form)
    return found


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield small files that claim, or are, very large ones inside."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        whole = kind + body
        return struct.pack("!I", len(body)) + whole + struct.pack("!I", zlib.crc32(whole))

    def png(width: int, height: int, data: bytes, *more: bytes) -> bytes:
        head = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))
        parts = b"".join(more)
        return b"\x89PNG\r\n\x1a\n" + head + parts + chunk(b"IDAT", data) + chunk(b"IEND", b"")

    zeros = zlib.compress(bytes(50_000_000), 9)
    yield "png", png(60_000, 60_000, zeros)
    yield "png", png(8_000, 8_000, zeros)
    yield "png", png(1, 2**31 - 1, zeros)
    yield "png", png(7_900, 8_000, zlib.compress((b"\0" + bytes(7_900 * 3)) * 8_000, 1))
    yield "png", png(4, 4, b"", chunk(b"zTXt", b"a\0\0" + zeros), chunk(b"iCCP", b"a\0\0" + zeros))
    files = good()
    # Sizes in headers, written over.
    jpeg = bytearray(files["jpg"])
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack("!HH", 65_500, 65_500)
    yield "jpg", bytes(jpeg)
    gif = bytearray(files["gif"])
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    yield "gif", bytes(gif)
    body = io.BytesIO()
    many = [Image.new("P", (60, 60), number % 7) for number in range(300)]
    many[0].save(body, "GIF", save_all=True, append_images=many[1:], optimize=False)
    yield "gif", body.getvalue()
    wav = bytearray(files["wav"])
    wav[4:8] = wav[40:44] = struct.pack("<I", 2**32 - 9)
    yield "wav", bytes(wav)
    for ending in ("mp4", "mov"):
        film = bytearray(files[ending])
        for kind in (b"mvhd", b"mdhd", b"stts", b"stsz", b"stco"):
            place = film.find(kind)
            if place > 0:
                film[place + 16 : place + 20] = b"\x7f\xff\xff\xff"
        yield ending, bytes(film)


def corpus(seed: int = 7, each: int = 30) -> Iterator[tuple[str, bytes]]:
    """Yield (ending, content) of some 500 files: cut off, changed here and there, and bombs."""
    choose = random.Random(seed)
    for ending, body in good().items():
        for number in range(each):
            if number < each // 5:
                yield ending, body[: len(body) * (number + 1) // (each // 5 + 1)]
                continue
            changed = bytearray(body)
            for _ in range(choose.choice((1, 4, 32))):
                # Headers are where it hurts most.
                most = len(changed) if choose.random() < 0.5 else min(200, len(changed))
                changed[choose.randrange(4, most)] = choose.randrange(256)
            yield ending, bytes(changed)
    yield from bombs()
