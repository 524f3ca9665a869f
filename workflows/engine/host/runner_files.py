"""Files on their way between our storage and a runner, chunk by chunk and within limits.

What a runner calls a file is only ever sent back to it, and shown; in our storage a file is under
the hash of its content, and what it is follows from that content.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import mimetypes
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.conf import settings

from workflows import database
from workflows.engine.host import files
from workflows.errors import BadImage, FetchError, NodeError, PatchbayError
from workflows.media import hashed, images, storage
from workflows.media.files import CHUNK_BYTES
from workflows.media.origin import Origin
from workflows.media.processes import lanes
from workflows.media.sniff import HEAD_BYTES, sniff
from workflows.models import Asset
from workflows.runners.client import Client
from workflows.runners.shapes import File
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun

logger = logging.getLogger(__name__)

#: Bytes of a file that are gathered before a thread writes them.
WRITE_BYTES = 1024 * 1024
#: How long a file may be on its way, and how often it may begin again when the connection is lost.
COPY_SECONDS = 1800.0
COPY_TRIES = 3
PREVIEW_WIDTH = 256  # px
PREVIEW_PIXELS = 4_000_000  # of what a runner shows while it works; decoded beside the budget
PREVIEW_BYTES = 64 * 1024

_MEDIA = ("image", "video", "audio")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to go to a runner: `name` follows from its content."""

    name: str
    size: int
    chunks: AsyncIterator[bytes]


@asynccontextmanager
async def open_upload(run: ActiveRun, value: Json, field: str) -> AsyncIterator[Upload]:
    """Open a media value to be sent. Raises NodeError naming `field`."""
    threads = run.host.threads
    found = await files.find(run, value, field)
    file = found.file

    async def chunks() -> AsyncIterator[bytes]:
        while chunk := await threads.run(file.read, CHUNK_BYTES):
            yield chunk

    try:
        size, sha256, head = await threads.run(_measure, file)
        yield Upload(f"{sha256[:40]}{_ending(value, head)}", size, chunks())
    finally:
        file.close()


async def fetch(run: ActiveRun, client: Client, file: File, origin: Origin) -> JsonObject:
    """Copy a file of a runner for the run's owner and return its media reference.

    Begins again when the connection is lost. Raises FetchError when it does not come, NodeError
    when it is too large or is not what its name says.
    """
    deadline = time.monotonic() + COPY_SECONDS
    for tried in range(1, COPY_TRIES + 1):
        try:
            stored = await _download(run, client, file, deadline - time.monotonic())
        except FetchError as error:
            if time.monotonic() >= deadline:
                # One that has been so slow will not be faster the next time.
                error.transient = False
            if tried == COPY_TRIES or not error.transient:
                raise
            logger.info("run %s: %s comes again: %s", run.run_id, file.filename[:200], error)
        except PatchbayError as error:
            raise files.as_node_error(error, None) from error
        else:
            break
    name = PurePosixPath(file.filename.replace("\\", "/")).name
    return await _adopt(run, stored, name, origin)


async def preview(run: ActiveRun, image: bytes) -> JsonObject | None:
    """Make a runner's preview small enough to go along with an event; None when it is none."""
    try:
        limits = images.Limits(pixels=PREVIEW_PIXELS)
        body = await lanes.short().begin(images.thumbnail, image, PREVIEW_WIDTH, limits).result()
    except PatchbayError:
        return None
    if len(body) > PREVIEW_BYTES:
        return None
    url = f"data:image/webp;base64,{base64.b64encode(body).decode()}"
    return {"url": url, "content_type": "image/webp", "size": len(body), "name": "preview"}


async def _download(run: ActiveRun, client: Client, file: File, seconds: float) -> hashed.Stored:
    threads, gathered = run.host.threads, bytearray()
    with hashed.Writer(settings.LIMITS["runner_file_bytes"]) as writer:

        async def sink(chunk: bytes) -> None:
            gathered.extend(chunk)
            if len(gathered) >= WRITE_BYTES:
                await threads.run(writer.write, bytes(gathered))
                gathered.clear()

        status = await client.view(file, sink, seconds)
        if status != 200:
            raise NodeError(
                f"The runner does not return a file that it has named: {status}.",
                value=file.filename[:200],
                expected="a file",
            )
        await threads.run(writer.write, bytes(gathered))
        return await threads.run(writer.commit)


async def _adopt(run: ActiveRun, stored: hashed.Stored, name: str, origin: Origin) -> JsonObject:
    known = await database.read(_known, run.run_id, stored.sha256, storage.clean_name(name))
    if known is not None:
        return known
    try:
        reference = await files.adopt(run, stored, name, origin=origin)
    except NodeError as error:
        if error.code == BadImage.code:
            raise _not_as_named(name, "a file that cannot be opened") from error
        raise
    guessed = (mimetypes.guess_type(name)[0] or "").partition("/")[0]
    content_type: str = reference["content_type"]
    declared = content_type.partition("/")[0]
    if guessed in _MEDIA and declared not in _MEDIA and content_type != storage.UNKNOWN_TYPE:
        raise _not_as_named(name, content_type)
    return reference


def _known(run_id: UUID, sha256: str, name: str) -> JsonObject | None:
    """Find the same file of the same run: a process that has died had copied it already."""
    found = Asset.objects.filter(run_id=run_id, sha256=sha256, name=name).first()
    return storage.reference(found) if found is not None else None


def _not_as_named(name: str, what: str) -> NodeError:
    return NodeError(
        f"The runner sent {storage.clean_name(name)}, which is not what its name says.",
        value=what,
        expected="an image, video or audio file",
    )


def _measure(file: BinaryIO) -> tuple[int, str, bytes]:
    """Return size, SHA-256 and beginning of a file, and go back to its start."""
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        head = head or chunk[:HEAD_BYTES]
    file.seek(0)
    return size, digest.hexdigest(), head


def _ending(value: Json, head: bytes) -> str:
    """Return the ending from which ComfyUI's loaders know what a file is."""
    sniffed = sniff(head)
    found = mimetypes.guess_extension(sniffed) if sniffed else None
    if found and sniffed not in ("text/plain", "text/html"):
        return found
    name = value.get("name") if isinstance(value, dict) else None
    ending = PurePosixPath(name).suffix if isinstance(name, str) else ""
    return ending.lower() if ending[1:].isascii() and ending[1:].isalnum() else ""
