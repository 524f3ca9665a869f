"""Random numbers of a run: what a number field with `randomize` gets where it has no value.

A run draws each number once, when it is accepted, and keeps it: resumed and retried, it has the
same. The document stays as it is, so a drawn number is no edit of it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping

from workflows.graph.ports import Input
from workflows.types import JsonObject, NodeId

#: The largest number that is drawn; every program keeps it exactly.
MOST = 2**50
#: The largest where a field names none: what seeds of all models go up to.
USUAL = 2**31 - 1


class RandomNumbers:
    """The random numbers of one run, by node and field: those it has, and new ones as requested.

    `used` holds all that were requested. `below` draws a number from 0 up to, but not including,
    the one it is given.
    """

    def __init__(
        self,
        drawn: Mapping[NodeId, JsonObject] | None = None,
        below: Callable[[int], int] | None = None,
    ) -> None:
        self.used: dict[NodeId, JsonObject] = {}
        self._drawn = drawn or {}
        self._below = below or random.SystemRandom().randrange

    def number(self, node_id: NodeId, port: Input) -> int:
        """Return the number of a field, which is drawn when the run has none yet."""
        known = self._drawn.get(node_id, {}).get(port.name)
        value = draw(port, self._below) if known is None else known
        self.used.setdefault(node_id, {})[port.name] = value
        return value


def draw(port: Input, below: Callable[[int], int]) -> int:
    """Return a random whole number within a field's limits and on its steps.

    It is at most `MOST`, above and below 0, as far as the limits allow, and 0 or more where they
    allow. Limits without a whole number between them give the next whole number above the lower
    one, which the field then refuses.
    """
    step = int(port.step) if port.step and float(port.step).is_integer() and port.step > 0 else 1
    least = -MOST if port.max is None else min(-MOST, math.floor(port.max))
    low = least if port.min is None else max(math.ceil(port.min), least)
    high = (USUAL if low <= USUAL else MOST) if port.max is None else math.floor(port.max)
    high = min(high, MOST)
    if port.min is None:  # steps are counted from 0
        above = low + -low % step
        low = above if above <= high else low - low % step
    if low < 0 and low % step <= high:
        low %= step
    if low > high:
        return low
    return low + step * below((high - low) // step + 1)
