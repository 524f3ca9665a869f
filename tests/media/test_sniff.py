"""What a file is, told from its first bytes."""

from __future__ import annotations

import io
import wave
import zipfile

import pytest
from PIL import Image

from workflows.media.sniff import HEAD_BYTES, describe, sniff


def _picture(format: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, format)
    return buffer.getvalue()


def _sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 8)
    return buffer.getvalue()


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.txt", "a")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("format", "content_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("AVIF", "image/avif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("PDF", "application/pdf"),
        ("EPS", "application/postscript"),
    ],
)
def test_what_pillow_writes_is_recognised(format: str, content_type: str) -> None:
    assert sniff(_picture(format)[:HEAD_BYTES]) == content_type


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"\0\0\0\x20ftypisom\0\0", "video/mp4"),
        (b"\0\0\0\x20ftypM4A \0\0", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0", "video/quicktime"),
        (b"\0\0\0\x18ftypheic\0\0", "image/heic"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0\x42\x82\x88matroska", "video/x-matroska"),
        (b"ID3\x04\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"OggS\0\x02", "audio/ogg"),
        (b"fLaC\0", "audio/flac"),
        (b"\x1f\x8b\x08\0", "application/gzip"),
        (b'{"a": 1}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"\xef\xbb\xbfhello", "text/plain"),
        ("größer".encode(), "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<svg >", "image/svg+xml"),
        (b"  <!DOCTYPE HTML><p>", "text/html"),
        (b"<script>alert(1)</script>", "text/html"),
        (b"", None),
        (b"\0\x01\x02\x03", None),
        (b"MZ\x90\0\x03", None),
        (b"\xff\xfe\xfd", None),
    ],
)
def test_a_head_says_what_a_file_is(head: bytes, content_type: str | None) -> None:
    assert sniff(head) == content_type


def test_sounds_and_archives_are_recognised() -> None:
    assert sniff(_sound()) == "audio/wav"
    assert sniff(_archive()) == "application/zip"


def test_text_cut_in_the_middle_of_a_character_is_still_text() -> None:
    head = ("x" + "ü" * HEAD_BYTES).encode()[:HEAD_BYTES]
    assert sniff(head) == "text/plain"


def test_descriptions_read_as_english() -> None:
    assert describe("image/avif") == "an AVIF image"
    assert describe("image/svg+xml") == "an SVG drawing"
    assert describe("text/plain") == "a text file"
    assert describe(None) == "a file of an unknown kind"
