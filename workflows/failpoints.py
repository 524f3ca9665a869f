"""Named places where a test may kill the process; in production every one of them is a no-op.

`FAILPOINTS="journal.commit.before=3,step.ran"` ends the process with exit status 137, as SIGKILL
would, when the named place is reached for the n-th time (1 when no number is given).
"""

from __future__ import annotations

import os

from django.conf import settings

_left: dict[str, int] = {
    name: int(count or 1)
    for name, _, count in (entry.partition("=") for entry in settings.FAILPOINTS)
}


def failpoint(name: str) -> None:
    """End the process here and now if the environment asks for it."""
    if not _left or name not in _left:
        return
    _left[name] -= 1
    if _left[name] <= 0:
        os._exit(137)
