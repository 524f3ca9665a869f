"""Calls for one thing that come while one is under way are made together, as one.

The first call goes at once and waits for no others: a group is what has come meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Argument = TypeVar("Argument")
Done = TypeVar("Done")

#: Calls of one group; the others make the next one.
MOST = 64


@dataclass(slots=True, eq=False)
class _Place(Generic[Argument, Done]):
    """One call. When it is woken without a result it works itself, for a group if it `leads`."""

    argument: Argument
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    result: Done | None = None


class Grouped(Generic[Argument, Done]):
    """Calls of `work`, which gets a key and their arguments, and returns a result for each.

    Where it raises for several, each is made again alone: one must not fail for another's reason.
    """

    def __init__(self, work: Callable[[str, Sequence[Argument]], Sequence[Done]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        #: Who waits, by key; a key is here while a group of it is under way.
        self._waiting: dict[str, list[_Place[Argument, Done]]] = {}

    def call(self, key: str, argument: Argument) -> Done:
        """Return the result of what is requested. Raises what `work` raises for it."""
        place = _Place[Argument, Done](argument)
        with self._lock:
            waiting = self._waiting.get(key)
            if waiting is None:
                self._waiting[key] = []
                place.leads = True
            else:
                waiting.append(place)
        if not place.leads:
            place.woken.wait()
        if place.leads:
            self._lead(key, place)
        if place.result is None:
            (place.result,) = self._work(key, [argument])
        return place.result

    def _lead(self, key: str, first: _Place[Argument, Done]) -> None:
        """Work for all who have come, and wake the next to lead."""
        with self._lock:
            waiting = self._waiting[key]
            group, self._waiting[key] = [first, *waiting[: MOST - 1]], waiting[MOST - 1 :]
        try:
            results = self._work(key, [place.argument for place in group])
            for place, result in zip(group, results, strict=True):
                place.result = result
        except Exception:
            # Nothing is lost: a call without a result is made alone and gets its error.
            if len(group) == 1:
                raise
        finally:
            with self._lock:
                woken, waiting = group[1:], self._waiting[key]
                if waiting:
                    waiting[0].leads = True
                    woken.append(waiting.pop(0))
                else:
                    del self._waiting[key]
            for place in woken:
                place.woken.set()
