"""What is on disk of each local model: which files are there, whole, and what their checksum is.

A model's files are in `DATA_DIR/models/<id>`, downloaded or put there by hand. A file is
hashed when it is first seen, and again when its size or its time has changed; the result is stored
beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from django.conf import settings

from workflows.errors import LibraryMissing, WeightsMissing, WeightsWrong
from workflows.graph.ports import LOCAL
from workflows.nodes.local import pack
from workflows.nodes.local.model import File, Local
from workflows.types import Json, JsonObject

State = Literal["ready", "missing", "fetching", "failed", "noLibrary"]

PARTIAL = ".partial"
_SEEN, _REQUEST, _LOCK = ".seen.json", ".wish.json", ".lock"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a model here; `fetched` are bytes, `message` says what is to be done."""

    state: State
    fetched: int
    message: str = ""


def folder(model: Local) -> Path:
    """Return the folder of a model's files."""
    return Path(settings.DATA_DIR) / "models" / model.id


def folder_of(id: str, field: str = "model") -> str:
    """Return the folder of a model's files, once it can be used; "" where its library has them.

    Raises LibraryMissing, WeightsMissing.
    """
    model = pack.by_id()[id]
    library = model.library
    if not library.is_here:
        raise LibraryMissing(
            lacks_library(model),
            field=field,
            value=f"{LOCAL}/{model.id}",
            expected=f"the package {library.module}",
        )
    found = status(model) if model.files else None
    if found is not None and found.state != "ready":
        raise WeightsMissing(
            found.message
            if found.state == "failed"
            else f"{model.name} ({pack.size(model.bytes)}) is not on this server yet. "
            "Fetch it on the page Models.",
            field=field,
            value=f"{LOCAL}/{model.id}",
            expected="a model whose weights are here",
        )
    return str(folder(model)) if model.files else ""


def lacks_library(model: Local) -> str:
    """Say which library a model needs, and how it is installed."""
    library = model.library
    how = f"make run {library.variable}" if library.variable else "make run"
    return f"{model.name} needs {library.name}, which is not installed: `{how}` installs it."


def status(model: Local) -> Status:
    """Return the status of a model."""
    if not model.library.is_here:
        return Status("noLibrary", 0, lacks_library(model))
    place = folder(model)
    if not model.files:
        return Status("ready", 0)
    proofs = [proved(place, file) for file in model.files]
    if all(proofs):
        return Status("ready", model.bytes)
    fetched = fetched_bytes(model)
    if is_locked(place):
        return Status("fetching", fetched)
    for file, proof in zip(model.files, proofs, strict=True):
        if proof is False:
            return Status("failed", fetched, wrong(file.name))
    request = read_request(place)
    if request == "":
        message = "The server ended during the download. Fetch again: it goes on where it was."
        return Status("missing", fetched, message)
    if request:
        return Status("failed", fetched, request)
    if not model.can_be_fetched:
        names = ", ".join(file.name for file in model.files)
        return Status(
            "missing", fetched, f"Put there by hand: {names} in DATA_DIR/models/{model.id}."
        )
    return Status("missing", fetched)


def wrong(name: str) -> str:
    """Say that a file is not the right one."""
    return f"{name} is not the file of its publisher: its checksum is another one."


def fetched_bytes(model: Local) -> int:
    """Return how many of a model's bytes are here."""
    place = folder(model)
    if model.archive is not None:
        return length(place / model.archive.name) or length(
            place / f"{model.archive.name}{PARTIAL}"
        )
    names = [file.name for file in model.files]
    return sum(length(place / name) or length(place / f"{name}{PARTIAL}") for name in names)


def proved(place: Path, file: File) -> bool | None:
    """Return whether a file is the right one; None: it is not there."""
    try:
        facts = (place / file.name).stat()
    except OSError:
        return None
    mark: Json = [facts.st_size, facts.st_mtime_ns]
    seen = _read(place / _SEEN)
    known = seen.get(file.name)
    if not isinstance(known, dict) or known.get("mark") != mark:
        if file.digest and facts.st_size != file.bytes:
            return False  # not worth reading
        known = {"mark": mark, "digest": digest(place / file.name, file.digest)}
        _write(place / _SEEN, {**seen, file.name: known})
    return not file.digest or known["digest"] == file.digest


def check(path: Path, file: File) -> None:
    """Raise WeightsWrong unless this file is at a path."""
    if path.stat().st_size != file.bytes or digest(path, file.digest) != file.digest:
        raise WeightsWrong(wrong(file.name), value=file.name, expected=file.digest)


def digest(path: Path, like: str) -> str:
    """Return the checksum of a file, of the kind that `like` is of; SHA-256 where it is empty."""
    kind = like.partition(":")[0] or "sha256"
    found = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            found.update(chunk)
    return f"{kind}:{found.hexdigest()}"


def lock(place: Path, *, shared: bool = False) -> IO[str] | None:
    """Take a model's download for this process, until what is returned is closed; None: taken.

    Checks of whether it is taken are `shared`: they do not exclude each other.
    """
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = open(place / _LOCK, "a")  # noqa: SIM115 - closing it lets go
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def is_locked(place: Path) -> bool:
    """Return whether a model is being fetched, by this process or another."""
    if not (place / _LOCK).exists():
        return False
    held = lock(place, shared=True)
    if held is None:
        return True
    held.close()
    return False


def read_request(place: Path) -> str | None:
    """Return None where no download is requested, "" where one is, else why it has failed."""
    failure = _read(place / _REQUEST).get("failure")
    return failure if isinstance(failure, str) else None


def write_request(place: Path, failure: str | None) -> None:
    """Store that a download is requested (""), why it has failed, or that it is over (None)."""
    if failure is None:
        (place / _REQUEST).unlink(missing_ok=True)
    else:
        _write(place / _REQUEST, {"failure": failure})


def length(path: Path) -> int:
    """Return how many bytes a file has; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read(path: Path) -> JsonObject:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def _write(path: Path, value: JsonObject) -> None:
    """Replace a small file; one that cannot be written is only missed."""
    with suppress(OSError):
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.write_text(json.dumps(value), encoding="utf-8")
        os.replace(partial, path)
