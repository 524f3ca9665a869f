"""What a caller wants of a request besides its result: begin in time, or not behind many others.

The other headers that fal knows (priority, runner hint, no retry, storing of inputs and outputs,
fallbacks, life of files) are taken and change nothing: there is one queue and one kind of runner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.http import HttpRequest

from workflows.api.errors import BadRequest
from workflows.errors import TooManyRuns
from workflows.services.execution import runs

START = "x-fal-request-timeout"
QUEUE = "fal_max_queue_length"
#: Seconds; what fal takes at least, and more than any caller means.
SHORTEST = 0.1
LONGEST = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`start_seconds`: fail unless it has begun by then. `most_waiting`: refuse beyond that."""

    start_seconds: float | None = None
    most_waiting: int | None = None


NO_OPTIONS = RunOptions()


def options_of(request: HttpRequest) -> RunOptions:
    """Read the options of a request. Raises BadRequest."""
    return RunOptions(_seconds(request.headers.get(START)), _count(request.GET.get(QUEUE)))


def check_room(options: RunOptions) -> None:
    """Refuse a request that would wait behind too many others. Raises TooManyRuns."""
    if options.most_waiting is None:
        return
    waiting = runs.queue_length()
    if waiting > options.most_waiting:
        raise TooManyRuns(
            f"{waiting} requests are waiting already.", limit=options.most_waiting, current=waiting
        )


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not SHORTEST <= seconds <= LONGEST:
        raise BadRequest(
            f"{START} must be a number of seconds.",
            field=START,
            value=text[:40],
            expected=f"{SHORTEST:g} to {LONGEST:.0f}",
        )
    return seconds


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadRequest(
            f"{QUEUE} must be a number of requests.",
            field=QUEUE,
            value=text[:40],
            expected="0 or more",
        )
    return int(text)
