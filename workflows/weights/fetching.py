"""Fetching weights: in a thread of its own, from where it stopped, verified before it counts.

One thread of one process fetches a model, which it holds locked. The request and its outcome are
stored in a file beside the weights, which every process and every page can read.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

from workflows.errors import (
    FetchError,
    FetchTooLarge,
    LocalModelUnfetchable,
    PatchbayError,
    StorageFull,
    trouble,
)
from workflows.media.fetch import fetch
from workflows.nodes.local import pack
from workflows.nodes.local.model import File, Local
from workflows.weights import store
from workflows.weights.store import PARTIAL

#: A download is looked after this often, and given up when nothing has come for so long.
POLL_SECONDS = 0.5
STALL_SECONDS = 60.0
#: A check of whether a download is under way holds its lock for a moment.
LOCK_SECONDS = 1.0
#: How often it is tried again without a byte coming, each time after twice the pause.
TRIES = 5
PAUSE_SECONDS = 1.0
_DAY = 86_400.0
_CHUNK = 1024 * 1024
#: What stays free on the disk beside the weights.
_SPARE_BYTES = 64 * 1024 * 1024


class _Stopped(Exception):
    """The download is no longer requested."""


def begin(model: Local) -> None:
    """Have a model fetched, unless it is being fetched or there. Raises LocalModelUnfetchable."""
    status = store.status(model)
    if status.state in ("ready", "fetching"):
        return
    place = store.folder(model)
    if not model.can_be_fetched:
        raise LocalModelUnfetchable(status.message)
    held = _locked(place, LOCK_SECONDS)
    if held is None:
        return
    store.write_request(place, "")
    name = f"patchbay-weights-{model.id}"
    threading.Thread(target=_work, args=(model, held), name=name, daemon=True).start()


def stop(model: Local) -> None:
    """Give a download up; what has arrived stays on the disk."""
    store.write_request(store.folder(model), None)


def remove(model: Local) -> None:
    """Remove all of a model's files; a download that is under way ends first."""
    place = store.folder(model)
    if not place.exists():
        return
    stop(model)
    held = _locked(place, STALL_SECONDS)
    shutil.rmtree(place, ignore_errors=True)
    if held is not None:
        held.close()


def _locked(place: Path, seconds: float) -> IO[str] | None:
    """Take a model's download for this process, waiting for the process that holds or checks it."""
    until = time.monotonic() + seconds
    while (held := store.lock(place)) is None and time.monotonic() < until:
        time.sleep(0.02)
    return held


def _work(model: Local, held: IO[str]) -> None:
    place = store.folder(model)
    failure: str | None = None
    try:
        asyncio.run(_fetch(model, place))
    except _Stopped:
        return
    except PatchbayError as error:
        failure = error.message
        if isinstance(error, FetchError) and "status" not in error.context:
            failure = f"{failure} Fetch again: it goes on where it was."
    except OSError as error:
        said = trouble(error)
        failure = said.message if said else f"The weights cannot be written: {error.strerror}."
    except BaseException:
        failure = "The download has failed for a reason of our own; the server's log has it."
        raise
    finally:
        if store.read_request(place) is not None or failure is None:
            store.write_request(place, failure)
        held.close()


async def _fetch(model: Local, place: Path) -> None:
    _check_room(model, place)
    if model.archive is not None:
        _unpack(await _download(model.archive, place), model, place)
        return
    for file in model.files:
        if not store.proved(place, file):
            await _download(file, place)
            store.proved(place, file)


def _check_room(model: Local, place: Path) -> None:
    needed = model.bytes - store.fetched_bytes(model)
    if model.archive is not None:
        needed += sum(file.bytes for file in model.files)
    free = shutil.disk_usage(place).free
    if free < needed + _SPARE_BYTES:
        raise StorageFull(
            f"The disk has {pack.size(free)} left; {model.name} needs {pack.size(needed)}."
        )


async def _download(file: File, place: Path) -> Path:
    """Fetch one file into its place, going on where it stopped."""
    partial = place / f"{file.name}{PARTIAL}"
    left, pause = TRIES, PAUSE_SECONDS
    while True:
        had = store.length(partial)
        if had > file.bytes:
            had = 0
        if had == file.bytes:
            break
        try:
            await _while_requested(place, partial, _go_on(file, partial, had))
        except FetchError as error:
            if isinstance(error.__cause__, OSError) and (said := trouble(error.__cause__)):
                raise said from error
            came = store.length(partial) > had
            left, pause = (TRIES, PAUSE_SECONDS) if came else (left - 1, pause * 2)
            if left == 0 or "status" in error.context:
                raise
            await _while_requested(place, partial, asyncio.sleep(pause))
    _settle(partial, file)
    return place / file.name


async def _go_on(file: File, partial: Path, had: int) -> None:
    """Request the rest of a file and write it to the disk as it arrives."""
    with _append(partial, file.bytes) as out:

        def begins(status: int, headers: Mapping[str, str]) -> None:
            if status == 206 and headers.get("content-range", "").startswith(f"bytes {had}-"):
                return
            if status in (200, 206):
                out.truncate(0)  # all of it comes again, or a part that was not requested
            if status != 200:
                raise FetchError(
                    f"The source of {file.name} returns {status}.",
                    value=file.url,
                    expected="the file",
                    status=status,
                )

        async def sink(chunk: bytes) -> None:
            out.write(chunk)
            out.flush()  # pages read the progress from the disk
            if out.tell() > file.bytes:
                raise FetchTooLarge(
                    f"The source of {file.name} sends more than the {file.bytes:,} bytes it has.",
                    status=200,
                )

        await fetch(
            file.url,
            headers={"range": f"bytes={had}-"},
            timeout_seconds=_DAY,
            max_bytes=file.bytes + 1,
            begin=begins,
            sink=sink,
        )
        out.flush()
        os.fsync(out.fileno())
    if store.length(partial) < file.bytes:
        raise FetchError(f"The source of {file.name} ended before its end.", value=file.url)


async def _while_requested(place: Path, partial: Path, work: Coroutine[Any, Any, None]) -> None:
    """Do something as long as it is requested and bytes arrive."""
    task = asyncio.ensure_future(work)
    size, since = -1, time.monotonic()
    try:
        while not task.done():
            await asyncio.wait([task], timeout=POLL_SECONDS)
            if store.read_request(place) is None:
                raise _Stopped
            now = store.length(partial)
            if now != size:
                size, since = now, time.monotonic()
            elif time.monotonic() - since > STALL_SECONDS:
                raise FetchError(f"Nothing came for {STALL_SECONDS:g} s.")
        task.result()
    finally:
        task.cancel()
        await asyncio.wait([task])


def _append(partial: Path, most: int) -> BinaryIO:
    """Open a file to go on writing it; what cannot be a part of it goes first."""
    if store.length(partial) > most:
        partial.unlink()
    return partial.open("ab")


def _settle(partial: Path, file: File) -> None:
    """Give a file its name if it is the right one, else remove it."""
    try:
        store.check(partial, file)
    except PatchbayError:
        partial.unlink()
        raise
    os.replace(partial, partial.with_name(file.name))


def _unpack(archive: Path, model: Local, place: Path) -> None:
    """Take a model's files out of its archive, whose checksum was right."""
    with zipfile.ZipFile(archive) as opened:
        for file in model.files:
            partial = place / f"{file.name}{PARTIAL}"
            with opened.open(file.member) as source, partial.open("wb") as out:
                shutil.copyfileobj(source, out, _CHUNK)
                out.flush()
                os.fsync(out.fileno())
            _settle(partial, file)
            store.proved(place, file)
    archive.unlink()
