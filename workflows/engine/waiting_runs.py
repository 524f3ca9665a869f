"""Which run may begin next: accounts take turns; a run that waits for a provider takes no room."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from uuid import UUID

#: Runs that may wait for providers at the same time, besides those that have work here.
MOST_WAITING = 1_000
#: Runs of one account that may begin however many wait, so that one account's do not stop others'.
FEW_WAITING = 16


class WaitingRuns:
    """The runs that wait in an engine that executes `capacity` at once; for its loop."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        #: By owner; the first owner is next, and then goes to the end.
        self._runs: dict[int, deque[UUID]] = {}

    def __bool__(self) -> bool:
        """Return whether any run waits."""
        return bool(self._runs)

    def add(self, run_id: UUID, owner_id: int) -> None:
        """Add a run as the last one of its owner."""
        self._runs.setdefault(owner_id, deque()).append(run_id)

    def remove(self, run_id: UUID, owner_id: int) -> None:
        """Remove a run, if it is among them."""
        runs = self._runs.get(owner_id)
        if runs is not None and run_id in runs:
            runs.remove(run_id)
            if not runs:
                del self._runs[owner_id]

    def clear(self) -> None:
        """Remove all of them."""
        self._runs.clear()

    def sort(self, owner_id: int, order: Mapping[UUID, int]) -> None:
        """Put the runs of an owner into an order; those that are not in it come last."""
        if (runs := self._runs.get(owner_id)) is not None:
            self._runs[owner_id] = deque(sorted(runs, key=lambda id: order.get(id, len(order))))

    def take(self, executing: Counter[int], resting: int) -> tuple[UUID, int] | None:
        """Take the run that may begin next, with its owner; None: none may.

        `executing` counts the runs under way by owner; `resting` of them wait for a provider.
        """
        owner_id = self._whose_turn(executing, resting)
        if owner_id is None:
            return None
        runs = self._runs.pop(owner_id)
        run_id = runs.popleft()
        if runs:
            self._runs[owner_id] = runs
        return run_id, owner_id

    def _whose_turn(self, executing: Counter[int], resting: int) -> int | None:
        """Return the account of which a run may begin; one that has none is let in before it is
        full, and another one's waiting runs do not keep it out."""
        # Runs that wait for a provider's queue take no room from those that have work here.
        working = executing.total() - resting
        crowded = executing.total() >= self._capacity + MOST_WAITING
        if working >= 2 * self._capacity:
            return None
        for owner_id in self._runs:
            has = executing[owner_id]
            if (working < self._capacity or not has) and (not crowded or has < FEW_WAITING):
                return owner_id
        return None
