"""Calls for one thing that come while one is under way are made together, as one.

Whoever comes first goes at once and waits for no others: a group is what has come meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Done = TypeVar("Done")

#: Calls of one group; the others make the next one.
MOST = 64


@dataclass(slots=True, eq=False)
class _Place(Generic[Asked, Done]):
    """One call. When it is woken without a result it works itself, for a group if it `leads`."""

    asked: Asked
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    result: Done | None = None


class Grouped(Generic[Asked, Done]):
    """Calls of `work`, which gets a key and what was asked, and returns a result for each.

    Where it raises for several, each is made again alone: one must not fail for another's reason.
    """

    def __init__(self, work: Callable[[str, Sequence[Asked]], Sequence[Done]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        #: Who waits, by key; a key is here while a group of it is under way.
        self._waiting: dict[str, list[_Place[Asked, Done]]] = {}

    def call(self, key: str, asked: Asked) -> Done:
        """Return the result of what is asked. Raises what `work` raises for it."""
        place = _Place[Asked, Done](asked)
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
            (place.result,) = self._work(key, [asked])
        return place.result

    def _lead(self, key: str, first: _Place[Asked, Done]) -> None:
        """Work for all who have come, and wake the next to lead."""
        with self._lock:
            waiting = self._waiting[key]
            group, self._waiting[key] = [first, *waiting[: MOST - 1]], waiting[MOST - 1 :]
        try:
            results = self._work(key, [place.asked for place in group])
            for place, result in zip(group, results, strict=True):
                place.result = result
        except Exception:
            # Nothing is lost: whoever has no result makes the call alone and gets its error.
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
