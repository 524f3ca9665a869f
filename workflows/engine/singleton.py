"""The one engine of this process: started, found by those that call it, and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from workflows.engine.engine import Engine
from workflows.engine.ownership import Seat

_lock = threading.Lock()
_engine: Engine | None = None


def start(
    seat: Seat, capacity: int, on_taken: Callable[[str], object] = lambda holder: None
) -> None:
    """Start the engine of this process, which executes so many runs at once, unless it runs.

    `on_taken` is called, with the name of the other, when another engine has got the seat.
    """
    global _engine
    with _lock:
        if _engine is None:
            _engine = Engine(seat, capacity, on_taken)


def stop() -> None:
    """Hand the running runs back as queued and end the engine; takes seconds at most."""
    global _engine
    with _lock:
        engine, _engine = _engine, None
    if engine is not None:
        engine.stop()


def current() -> Engine | None:
    """Return the engine of this process, None when there is none."""
    return _engine
