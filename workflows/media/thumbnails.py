"""Thumbnails of stored images and posters of stored videos, stored beside them.

A thumbnail follows from the image's hash and the width alone, so it never has to be made again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from workflows.errors import AssetNotFound
from workflows.media import clips, demux, files, hashed, images, memory
from workflows.media.images import MAX_THUMBNAIL_WIDTH
from workflows.media.processes import lanes
from workflows.media.sniff import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_THUMBNAIL_WIDTH", "thumbnail"]

#: Widths that are stored: multiples of this, so that no caller fills the disk with every width.
STORED_STEP = 16  # px


def thumbnail(sha256: str, width: int, make: Callable[[str, int], bytes] | None = None) -> bytes:
    """Return a WebP preview of a stored image or video, `width` px wide (1-2048).

    `make` makes it of something that is no file.

    Raises AssetNotFound without the file, BadImage or BadVideo when it cannot be opened as what
    it begins as, or has nothing to be seen; MediaBusy and MediaTooLarge when there is no memory.
    """
    is_stored = width % STORED_STEP == 0
    if is_stored:
        with suppress(AssetNotFound):
            return b"".join(files.store().read(_key(sha256, width)))
    body = (make or _make)(sha256, width)
    if is_stored:
        _keep(_key(sha256, width), body)
    return body


def _make(sha256: str, width: int) -> bytes:
    if not 1 <= width <= MAX_THUMBNAIL_WIDTH:
        raise ValueError(f"a thumbnail's width is 1 to {MAX_THUMBNAIL_WIDTH} px, not {width}")
    call = lanes.pages().call
    pixels = memory.image_cache().get((sha256, None))
    if pixels is not None:
        return call(images.preview, cast("Image", pixels), width)
    with memory.budget().holding("thumbnails") as held, hashed.open_file(sha256) as file:
        if (sniff(file.read(HEAD_BYTES)) or "").startswith("video/"):
            limits = demux.Limits(clips.limits().pixels, float("inf"), clips.limits().frames)
            facts = call(clips.find, file, "video", limits)
            held.have_soon(clips.decoding_bytes(facts))
            return call(clips.poster, file, width, limits)
        opened = call(images.opening, file, images.limits(), width)
        held.have_soon(opened.decoding_bytes)
        return call(images.thumbnail, file, width, images.limits())


def _key(sha256: str, width: int) -> str:
    return f"thumbnails/{sha256[:2]}/{Path(hashed.key(sha256)).name}-{width}.webp"


def _keep(key: str, body: bytes) -> None:
    partial = files.local_folder("partial") / secrets.token_hex(16)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
        files.store().put(key, partial, durable=False)
    finally:
        partial.unlink(missing_ok=True)
