"""The workflow that ComfyUI leaves in what it makes: JSON in the metadata of images and videos.

PNG holds it in text chunks `workflow` and `prompt` (animated ones in chunks `comf`), WebP and JPEG
in EXIF texts `workflow:{…}`, videos and audio files in the metadata of their container. Nothing is
decoded: only the places where metadata are stored are read, each up to a limit.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from workflows.errors import BadVideo, InvalidBody, TooLarge
from workflows.graph import strict_json
from workflows.media.demux import DEMUXERS, LIMITS, Source
from workflows.media.sniff import HEAD_BYTES, sniff
from workflows.types import Json

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream

#: The graph a user edits is preferred to the prompt made of it.
KEYS = ("workflow", "prompt")
_PNG = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 200_000
#: Streams of a video or audio file that are read for texts.
_MAX_STREAMS = 8
_MAX_TAGS = 1_000
#: The texts of an EXIF block that ComfyUI writes: from this tag downwards.
_FIRST_TAG, _LAST_TAG = 0x0100, 0x0110
_ASCII = 2


def workflow_in(content: bytes, max_bytes: int = 5_000_000) -> Json | None:
    """Return the ComfyUI graph that an image, video or audio file carries, or None.

    `max_bytes` bounds the JSON text, also one that is compressed. NaN and infinities are read as
    null. Raises InvalidBody for a text that is no JSON, and TooLarge for one that is too long.
    """
    found: dict[str, bytes] = {}
    for key, text in _texts(content, max_bytes):
        if key.lower() in KEYS:
            found.setdefault(key.lower(), text)
    failure: InvalidBody | TooLarge | None = None
    for key in KEYS:
        if key not in found:
            continue
        try:
            value = strict_json.loads(
                found[key].strip(b"\0 \r\n\t"), max_bytes=max_bytes, null_for_nan=True
            )
        except (InvalidBody, TooLarge) as error:
            failure = failure or error
            continue
        if isinstance(value, dict):
            return value
    if failure is not None:
        raise failure
    return None


def _texts(content: bytes, limit: int) -> Iterator[tuple[str, bytes]]:
    """Yield every named text of a file."""
    if content.startswith(_PNG):
        yield from _png(content, limit)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        yield from _exif_texts(_riff_chunk(content, b"EXIF"))
    elif content.startswith(b"\xff\xd8"):
        yield from _exif_texts(_jpeg_exif(content))
    elif sniff(content[:HEAD_BYTES]) in DEMUXERS:
        yield from _container(content)


def _png(content: bytes, limit: int) -> Iterator[tuple[str, bytes]]:
    """Yield the texts of a PNG (chunks tEXt, zTXt, iTXt of the PNG specification, and comf)."""
    at, seen = len(_PNG), set[str]()
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"comf"):
            data = content[at + 8 : at + 8 + length]
            name, found, rest = data.partition(b"\0")
            key = name.decode("latin-1")
            # Only the first of a name counts; unpacking thousands would take minutes.
            if found and key.lower() in KEYS and key.lower() not in seen:
                seen.add(key.lower())
                yield key, _text(kind, rest, limit)
        elif kind == b"IEND":
            return
        at += 12 + length


def _text(kind: bytes, rest: bytes, limit: int) -> bytes:
    """Return the text behind a chunk's keyword in UTF-8."""
    if kind == b"zTXt":
        return _utf8(_inflated(rest[1:], limit))
    if kind == b"iTXt":
        packed, method_and_more = rest[:1], rest[2:]
        text = method_and_more.split(b"\0", 2)[-1]
        return _inflated(text, limit) if packed == b"\1" else text
    return _utf8(rest)


def _inflated(data: bytes, limit: int) -> bytes:
    """Unpack at most `limit` bytes; a few thousand may claim gigabytes."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise InvalidBody(
            "The image's compressed workflow cannot be read.",
            field="file",
            value="damaged",
            expected="text packed by zlib",
        ) from error
    if len(text) > limit:
        raise TooLarge(
            f"The image's workflow has more than {limit} bytes; this server accepts no more.",
            field="file",
            value=f"over {limit}",
            expected=f"at most {limit} bytes",
        )
    return text


def _utf8(text: bytes) -> bytes:
    """Return Latin-1 text, in which many programs write UTF-8 all the same, as UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1").encode()
    return text


def _riff_chunk(content: bytes, wanted: bytes) -> bytes:
    """Return a chunk of a WebP file, or nothing."""
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(content):
            break
        kind, length = struct.unpack_from("<4sI", content, at)
        if kind == wanted:
            return content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    return b""


def _jpeg_exif(content: bytes) -> bytes:
    """Return the EXIF block of a JPEG file, or nothing."""
    at = 2
    for _ in range(_MAX_CHUNKS):
        if at + 4 > len(content) or content[at] != 0xFF:
            break
        marker, length = content[at + 1], struct.unpack_from(">H", content, at + 2)[0]
        if marker == 0xE1 and content[at + 4 : at + 10] == b"Exif\0\0":
            return content[at + 4 : at + 2 + length]
        if marker in (0xD9, 0xDA):
            break
        at += 2 + length
    return b""


def _exif_texts(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the texts `key:{json}` in the first directory of an EXIF block (TIFF 6.0)."""
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return
    (start,) = struct.unpack_from(f"{order}I", block, 4)
    if start + 2 > len(block):
        return
    (count,) = struct.unpack_from(f"{order}H", block, start)
    for index in range(min(count, _MAX_TAGS)):
        at = start + 2 + 12 * index
        if at + 12 > len(block):
            return
        tag, kind, length, offset = struct.unpack_from(f"{order}HHII", block, at)
        if kind != _ASCII or not _FIRST_TAG <= tag <= _LAST_TAG or length <= 4:
            continue
        name, found, text = block[offset : offset + length].partition(b":")
        if found and len(name) < 40:
            yield name.decode("latin-1").strip(), text


def _container(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the metadata of a video or audio file; one that cannot be opened has none."""
    try:
        with Source(io.BytesIO(content), LIMITS).opened() as container:
            # Ogg keeps them on its streams, all others on the container.
            holders: list[InputContainer | Stream] = [
                container,
                *islice(container.streams, _MAX_STREAMS),
            ]
            for holder in holders:
                yield from ((key, text.encode()) for key, text in holder.metadata.items())
    except BadVideo:
        return
