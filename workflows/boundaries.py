"""Where any exception ends: code of others, and tasks in the background.

Requests have the third boundary, `workflows.api.errors.responding`. Everywhere else what is caught
has a name; `tests/pure/test_boundaries.py` has the list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def background(logger: logging.Logger, message: str, *values: object) -> Iterator[None]:
    """Log whatever fails inside, with its traceback, and go on after it.

    For what no one waits for and what is tried again later: other work must not end with it.
    """
    try:
        yield
    except Exception:
        logger.exception(message, *values, stacklevel=3)


@contextmanager
def foreign(translated: Callable[[Exception], Exception]) -> Iterator[None]:
    """Raise `translated(error)` for whatever fails inside: code of others may raise anything."""
    try:
        yield
    except Exception as error:
        raise translated(error) from error
