"""Many files as one ZIP that is sent while it is written; nothing of it is stored."""

from __future__ import annotations

import mimetypes
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, cast

from workflows.engine.host import writing
from workflows.errors import InvalidBody, PatchbayError
from workflows.media import storage
from workflows.models import Asset, User
from workflows.services.library.asset_list import AssetFilter, asset_rows

#: Files of one archive: its list of them is in memory until the end.
MAX_FILES = 20_000
_CHUNK_BYTES = 1024 * 1024
#: What says which files could not be read.
MISSING = "missing files.txt"


def archive_of(*, user: User, filter: AssetFilter) -> Iterator[bytes]:
    """Return the chunks of an archive of the files that a filter lets through. For a thread.

    Raises CollectionNotFound, InvalidBody for too many files, and MediaBusy while one of them is
    being written.
    """
    rows = asset_rows(user=user, filter=filter).defer("texts", "settings")
    count = rows.count()
    if count > MAX_FILES:
        raise InvalidBody(
            f"One archive has at most {MAX_FILES:,} files.",
            field="filter",
            value=count,
            expected=f"filters that let at most {MAX_FILES:,} files through",
        )
    # The database is read before the first chunk, so that no connection waits for a slow reader.
    return _chunks([writing.written(asset) for asset in rows])


def _chunks(assets: list[Asset]) -> Iterator[bytes]:
    sink, names, missing = _Sink(), set[str](), list[str]()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED) as archive:
        for asset in assets:
            name = _free_name(asset, names)
            try:
                source = storage.open_asset(asset)
            except PatchbayError as error:
                missing.append(f"{name}: {error.message}")
                continue
            made = asset.created_at
            entry = zipfile.ZipInfo(name, (max(made.year, 1980), *made.timetuple()[1:6]))
            with source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK_BYTES):
                    target.write(chunk)
                    yield sink.take()
            yield sink.take()
        if missing:
            archive.writestr(MISSING, "\n".join(missing))
    yield sink.take()


class _Sink:
    """Takes what is written until it is sent; `zipfile` never goes back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, chunk: bytes) -> int:
        self._parts.append(bytes(chunk))
        return len(chunk)

    def flush(self) -> None:
        """Keep all until `take`."""

    def take(self) -> bytes:
        """Return what has been written since the last time."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def _free_name(asset: Asset, taken: set[str]) -> str:
    """Return a name that no earlier file has, with the ending of its type if it has none."""
    name = PurePosixPath(asset.name or str(asset.pk))
    ending = name.suffix or mimetypes.guess_extension(asset.content_type) or ""
    stem, free, number = name.stem or str(asset.pk), "", 1
    while not free or free.casefold() in taken or free == MISSING:
        free = f"{stem}{ending}" if number == 1 else f"{stem} ({number}){ending}"
        number += 1
    taken.add(free.casefold())
    return free
