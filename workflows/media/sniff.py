"""What a file is, detected from its first bytes; names and declared types are never believed."""

from __future__ import annotations

import re

#: How many bytes of a file `sniff` wants to see.
HEAD_BYTES = 4096

#: Images that Patchbay opens; other image types are recognised only to name them in errors.
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"SIMPLE  =", "image/fits"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
)

#: ISO base media files carry a brand of four characters at byte 8 (ISO/IEC 14496-12, `ftyp`).
_BRANDS: dict[bytes, str] = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}

_RIFF: dict[bytes, str] = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}

#: Every type a file here can have.
TYPES = frozenset(
    {
        *(type for _, type in _PREFIXES),
        *_BRANDS.values(),
        *_RIFF.values(),
        "video/mp4",
        "video/webm",
        "video/x-matroska",
        "image/bmp",
        "image/svg+xml",
        "text/html",
        "text/plain",
        "application/json",
        "application/octet-stream",
    }
)

_JSON = re.compile(r"\s*(\{\s*[\"}]|\[)")
_SVG = re.compile(r"<svg[\s>]", re.IGNORECASE)
_HTML = re.compile(r"\s*(<!doctype html|<html|<head|<body|<script)", re.IGNORECASE)

#: What users call these types.
NAMES: dict[str, str] = {
    "image/png": "PNG image",
    "image/jpeg": "JPEG image",
    "image/webp": "WebP image",
    "image/gif": "GIF image",
    "image/avif": "AVIF image",
    "image/tiff": "TIFF image",
    "image/heic": "HEIC image",
    "image/bmp": "BMP image",
    "image/svg+xml": "SVG drawing",
    "image/vnd.adobe.photoshop": "Photoshop file",
    "image/fits": "FITS file",
    "image/jp2": "JPEG 2000 image",
    "application/pdf": "PDF document",
    "application/postscript": "PostScript file",
    "application/zip": "ZIP archive",
    "application/gzip": "gzip archive",
    "application/json": "JSON text",
    "text/html": "HTML page",
    "text/plain": "text file",
}


def sniff(head: bytes) -> str | None:
    """Detect the content type from a file's first bytes (`HEAD_BYTES` are enough), or None.

    Text is `application/json`, `image/svg+xml`, `text/html` or `text/plain`.
    """
    for prefix, content_type in _PREFIXES:
        if head.startswith(prefix):
            return content_type
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0:
        return "audio/mpeg"  # a bare MPEG layer III frame: eleven sync bits, then the layer
    return _text_type(head)


def describe(content_type: str | None) -> str:
    """Return a user's words for a content type, with its article."""
    name = NAMES.get(content_type or "")
    if name is None:
        name = f"{content_type} file" if content_type else "file of an unknown kind"
    vowel = name[0] in "aeioAEIO" or name.split()[0] in ("HTML", "SVG")
    return f"{'an' if vowel else 'a'} {name}"


def _text_type(head: bytes) -> str | None:
    if not head or b"\0" in head:
        return None
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The head may end inside a character; anything earlier means that this is not text.
        if error.start < len(head) - 3 or len(head) < HEAD_BYTES:
            return None
        text = head[: error.start].decode("utf-8-sig")
    if _HTML.match(text):
        return "text/html"
    if _SVG.search(text):
        return "image/svg+xml"
    return "application/json" if _JSON.match(text) else "text/plain"
