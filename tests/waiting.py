"""Waiting for what another thread or process brings about."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PAUSE_SECONDS = 0.005
_never = threading.Event()


def wait_until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    """Return as soon as `holds()` is true; fails when that does not come within `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:g} s"
        _never.wait(PAUSE_SECONDS)
