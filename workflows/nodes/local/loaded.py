"""The model a media process has loaded: one at a time, kept until another is wanted.

Everything here runs in a media process.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from workflows.boundaries import foreign
from workflows.errors import NodeError

M = TypeVar("M")

_name: tuple[str, str, object] | None = None
_model: Any = None
#: What libraries say when they were refused memory; none of them raises MemoryError for it.
_NO_MEMORY = ("bad_alloc", "bad alloc", "failed to allocate", "out of memory", "cannot allocate")


def loaded(name: str, folder: str, load: Callable[[], M]) -> M:
    """Return a model, loading it unless it was the last one; the one before it goes first.

    Raises NodeError for weights that cannot be loaded, and MemoryError.
    """
    global _name, _model
    wanted = (name, folder, _state(folder))
    if wanted != _name:
        _name = _model = None
        gc.collect()
        with working(name):
            _model = load()
        _name = wanted
    found: M = _model
    return found


def working(name: str) -> AbstractContextManager[None]:
    """Give what a library raises inside as the trouble of the model it works with."""
    return foreign(partial(trouble, name=name))


def trouble(error: Exception, name: str) -> Exception:
    """Return what to raise when a library fails: for want of memory, or because of its weights."""
    said = str(error)
    if isinstance(error, MemoryError) or any(word in said.lower() for word in _NO_MEMORY):
        return MemoryError()
    if isinstance(error, NodeError):
        return error
    return NodeError(
        f"The model {name} does not work: {said[:300] or type(error).__name__}",
        field="model",
        value=name,
        expected="weights that are whole: remove the model and fetch it again",
    )


def threads() -> int:
    """Return how many threads a library may use."""
    count = os.environ.get("OMP_NUM_THREADS", "1")
    return int(count) if count.isdigit() and int(count) else 1


def _state(folder: str) -> object:
    """Return what distinguishes the files of a folder from others that take their place."""
    if not folder:
        return None
    files = sorted(path for path in Path(folder).iterdir() if not path.name.startswith("."))
    return [(path.name, path.stat().st_mtime_ns) for path in files]
