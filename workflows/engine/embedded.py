"""The engine inside the web process: one per site, by the lock of its seat.

At the start it takes up every run that an earlier process left unfinished; one that loses its lock
to another ends.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from workflows.engine import ownership, singleton
from workflows.engine.ownership import Seat
from workflows.engine.singleton import current, stop

__all__ = ["current", "start", "stop"]


def start(
    seat: Seat | None = None, on_taken: Callable[[str], object] = lambda holder: None
) -> None:
    """Start the engine of this process, unless it runs or the setting ENGINE says `none`.

    `seat` is the right to be the engine of the site, if it has been taken already. `on_taken` is
    called, with the name of the other, when another engine has got it later. Raises Taken.
    """
    if settings.ENGINE == "embedded" and current() is None:
        singleton.start(seat or ownership.take(), settings.ACTIVE_RUNS, on_taken)
