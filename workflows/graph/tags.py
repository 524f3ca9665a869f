"""Tags: what a runner or a worker has, and what a run asks for."""

from __future__ import annotations

from collections.abc import Collection


def fits(has: Collection[str], wanted: Collection[str]) -> bool:
    """Return whether what has tags may take what asks for some: all of them, or it has none."""
    return not has or set(wanted) <= set(has)
