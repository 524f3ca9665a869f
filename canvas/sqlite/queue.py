"""The queue of a database's writers: one at a time, first come, first served."""

from __future__ import annotations

import threading
import time
from collections import deque


class WriteQueue:
    """A lock that is handed to the one that has waited longest.

    A waiter's patience is for a database that does not move, not for a long queue: the clock
    starts again with every writer that ends. Else the last of a thousand writers would be refused
    however well the others get on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False
        self._moved = 0.0

    def acquire(self, patience: float) -> bool:
        """Wait for the turn; False when no one has got on for `patience` seconds."""
        with self._lock:
            came = time.monotonic()
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        while not turn.wait(max(self._moved, came) + patience - time.monotonic()):
            with self._lock:
                # Since the wait ended the turn may have come, or another may have got on.
                if not turn.is_set() and max(self._moved, came) + patience <= time.monotonic():
                    self._waiting.remove(turn)
                    return False
        return True

    def release(self, *, moved: bool = True) -> None:
        """Hand the turn to the next; `moved` is False when SQLite itself let no one in."""
        with self._lock:
            if moved:
                self._moved = time.monotonic()
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
