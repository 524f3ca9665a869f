"""What the log lines of a request or a run are about, wherever their work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_facts: ContextVar[Mapping[str, str] | None] = ContextVar("log_facts", default=None)


def log_facts() -> Mapping[str, str]:
    """Return what is done at the moment belongs to: `request_id`, `run_id`."""
    return _facts.get() or {}


@contextmanager
def logging_about(**facts: str) -> Iterator[None]:
    """Let log lines of this block, and of tasks that begin in it, have these facts and no others.

    A run is not about the request that has started it, in whose context its task may begin.
    """
    token = _facts.set(facts)
    try:
        yield
    finally:
        _facts.reset(token)


def with_log_facts(call: Callable[P, R]) -> Callable[P, R]:
    """Return a call for a thread whose log lines have the facts of the caller."""
    facts = _facts.get()
    if facts is None:
        return call

    def about(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _facts.set(facts)
        try:
            return call(*args, **kwargs)
        finally:
            _facts.reset(token)

    return about
