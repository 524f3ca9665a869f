"""Origins of sites as a document names them: scheme, host and perhaps a port, nothing behind it."""

from __future__ import annotations

import re

from workflows.types import Json

MAX_ORIGINS = 20
EXPECTED = f"a list of at most {MAX_ORIGINS} origins such as https://site.example"
# Nothing that means something in a Content-Security-Policy can be in it, no wildcard either.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def origins_of(value: Json) -> list[str] | None:
    """Return a list of origins; None when a value is anything else."""
    if not isinstance(value, list) or len(value) > MAX_ORIGINS:
        return None
    found = [text for text in value if isinstance(text, str) and _ORIGIN.fullmatch(text)]
    return found if len(found) == len(value) and all(len(text) < 300 for text in found) else None
