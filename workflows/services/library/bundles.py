"""A workflow with its files as one ZIP, to take elsewhere: writing it, and reading one back.

It holds `workflow.json` (the file of Patchbay's own format), the files as `media/<sha256>.<ending>`
and `media.json`, which says by what id the document names each and what it is called. Whatever else
is in an archive, or twice in it, is refused; sizes are added up before anything is read.
"""

from __future__ import annotations

import json
import mimetypes
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import IO
from uuid import UUID

from django.conf import settings

from workflows.engine.host import writing
from workflows.errors import InvalidBody, TooLarge, trouble
from workflows.graph import formats, strict_json
from workflows.graph.formats import Imported
from workflows.media import storage
from workflows.media.references import asset_ids
from workflows.models import Asset, User
from workflows.services.library import imports
from workflows.services.library.access import workflow_readable
from workflows.services.library.assets import asset_upload, assets_rename
from workflows.services.library.documents import document_of
from workflows.services.library.imports import Exported
from workflows.types import Json, JsonObject

WORKFLOW, MEDIA = "workflow.json", "media.json"
_FILE = re.compile(r"media/([0-9a-f]{64})(?:\.[a-z0-9]{1,10})?")
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
#: Files in one bundle, and bytes of its list of files; Python reads that list whole.
MAX_FILES, MAX_LIST_BYTES = 2_000, 512 * 1024
_END, _END_BYTES, _END64 = b"PK\x05\x06", 22, b"PK\x06\x07"
_CHUNK_BYTES = 256 * 1024
#: What a bundle held in memory may have; larger ones are written to the disk.
_MEMORY_BYTES = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)


def is_bundle(head: bytes) -> bool:
    """Return whether a file that begins so is an archive."""
    return head.startswith(_MAGIC)


def bundle_write(*, user: User, slug: str) -> tuple[Exported, IO[bytes]]:
    """Return the file of a workflow the user may read, and the bundle it is in.

    Raises WorkflowNotFound, and TooLarge for more than can be imported again.
    """
    document = document_of(workflow_readable(user=user, slug=slug))
    exported = imports.workflow_export(user=user, slug=slug, format=formats.PATCHBAY)
    files = _files_of(user, document)
    body = json.dumps(exported.content, ensure_ascii=False, allow_nan=False, indent=2).encode(
        errors="surrogatepass"
    )
    sizes = {asset.sha256: asset.size for asset in files}
    _check_size(len(body) + sum(sizes.values()), len(sizes))
    written = tempfile.SpooledTemporaryFile(  # noqa: SIM115  (the sender closes it)
        _MEMORY_BYTES, dir=str(settings.FILE_UPLOAD_TEMP_DIR)
    )
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(WORKFLOW, body, zipfile.ZIP_DEFLATED)
        rows = {str(asset.pk): {"file": _path(asset), "name": asset.name} for asset in files}
        archive.writestr(MEDIA, json.dumps(rows, indent=2), zipfile.ZIP_DEFLATED)
        for asset in {asset.sha256: asset for asset in files}.values():
            with storage.open_asset(asset) as source, archive.open(_path(asset), "w") as target:
                while chunk := source.read(_CHUNK_BYTES):
                    target.write(chunk)
    written.seek(0)
    return exported, written


def bundle_read(*, user: User, file: IO[bytes], name: str) -> Imported:
    """Read a bundle: its files become the user's own, and the document names them as those.

    Raises InvalidBody for an archive that is no bundle or is damaged, TooLarge, QuotaExceeded and
    BadImage; then nothing stays.
    """
    made: list[Asset] = []
    try:
        _check_end(file)
        with zipfile.ZipFile(file) as archive:
            members = _members(archive)
            limit = settings.LIMITS["document_bytes"]
            found = formats.read(_json(archive, members, WORKFLOW, limit), name)
            named = asset_ids({**found.document})
            rows = _rows(_json(archive, members, MEDIA, limit), members)
            ids: dict[str, str] = {}
            for id, path, called in rows:
                if id in named:
                    ids[id] = str(_take(user, archive, members[path], path, called, made).pk)
        document = assets_rename(found.document, ids)
        return imports.checked(user=user, found=replace(found, document=document))
    except _DAMAGED as error:
        _drop(made)
        if trouble(error) is not None:
            raise
        raise _refused("is damaged or uses features no bundle has") from error
    except BaseException:
        _drop(made)
        raise


def _files_of(user: User, document: JsonObject) -> list[Asset]:
    """List the files a document names that the user may read and that stay."""
    keys = {key for text in asset_ids(document) if (key := _uuid(text)) is not None}
    rows = Asset.objects.readable(user.pk).filter(pk__in=keys, discard=False)
    return [writing.written(asset) for asset in rows.order_by("pk")]


def _path(asset: Asset) -> str:
    ending = mimetypes.guess_extension(asset.content_type) or ""
    return f"media/{asset.sha256}{ending}"


def _check_size(size: int, files: int) -> None:
    limit = settings.LIMITS["upload_bytes"]
    if size > limit or files > MAX_FILES:
        raise TooLarge(
            "The workflow and its files are too large for one bundle.",
            value=size,
            expected=f"at most {limit:,} bytes in {MAX_FILES} files",
        )


def _check_end(file: IO[bytes]) -> None:
    """Refuse an archive whose list of files is too long to be read, before it is."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - 20))
    tail = file.read(_END_BYTES + 20)
    end = tail[-_END_BYTES:]
    if end[:4] != _END or end[20:22] != b"\0\0" or tail[:4] == _END64:
        raise _refused("is no archive that can be read")
    if int.from_bytes(end[12:16], "little") > MAX_LIST_BYTES:
        raise _refused("lists too many files")


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by their paths, if there is nothing but what belongs there."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        path = member.filename
        if path == "media/":
            continue
        if path not in (WORKFLOW, MEDIA) and not _FILE.fullmatch(path):
            raise _refused(f"holds {path[:80]!r}, which is no part of a bundle")
        if path in found:
            raise _refused(f"holds {path[:80]} twice")
        if member.flag_bits & 1:
            raise _refused("is encrypted")
        found[path] = member
    if WORKFLOW not in found:
        raise _refused(f"holds no {WORKFLOW}")
    _check_size(sum(member.file_size for member in found.values()), len(found))
    return found


def _json(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], path: str, limit: int
) -> Json:
    if path not in members:
        return {}
    if members[path].file_size > limit:
        raise TooLarge(value=members[path].file_size, expected=f"at most {limit:,} bytes")
    return strict_json.loads(archive.read(members[path]), max_bytes=limit)


def _rows(value: Json, members: dict[str, zipfile.ZipInfo]) -> Iterator[tuple[str, str, str]]:
    """Yield id, path and name of each file in the list of a bundle."""
    for id, row in (value if isinstance(value, dict) else {}).items():
        path = row.get("file") if isinstance(row, dict) else None
        if not isinstance(path, str) or path not in members or not _FILE.fullmatch(path):
            raise _refused(f"names a file for {id[:80]} that is not in it")
        yield id, path, str(row.get("name") or "")


def _take(
    user: User,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: str,
    name: str,
    made: list[Asset],
) -> Asset:
    """Return the user's own file with this content, stored now unless they have it."""
    wanted = path[len("media/") :][:64]
    own = Asset.objects.filter(owner=user, sha256=wanted, discard=False, expires_at=None).first()
    if own is not None:
        return own
    with archive.open(member) as source:
        chunks = iter(lambda: source.read(_CHUNK_BYTES), b"")
        asset = asset_upload(user=user, chunks=chunks, name=name)
    made.append(asset)
    if asset.sha256 != wanted:
        raise _refused(f"holds another file than {path[:80]} promises")
    return asset


def _drop(made: list[Asset]) -> None:
    for asset in made:
        storage.asset_delete(asset)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _refused(why: str) -> InvalidBody:
    return InvalidBody(
        f"The archive {why}; expected a workflow with its media, as Patchbay exports it.",
        field="file",
        expected="a workflow with its media, as Patchbay exports it",
    )
