"""URLs of our own files: relative inside, whole for clients that have no page of ours.

With a signature such a URL opens without a key, for a while and as one user may see the file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from workflows.media import signed
from workflows.types import Json

MEDIA = "/media/"
#: The rest of a text in JSON that turns out to be a key.
_KEY = re.compile(r'(?:[^"\\]++|\\.)*+":')
_FILE = re.compile(rf"{MEDIA}(?P<id>[0-9a-f-]{{36}})(?P<more>\?)?")


@dataclass(frozen=True, slots=True)
class Links:
    """How one caller is shown our files: `origin` before their paths and, with `user_id`, a
    signature behind that is valid until `expires` (Unix seconds)."""

    origin: str
    user_id: int | None = None
    expires: int | None = None

    def url(self, path: str) -> str:
        """Return the URL for our own path of a file."""
        match = _FILE.match(path)
        tail = self.signature(match, path) if match else ""
        at = match.end() if match and tail else 0
        head = path[:at].removesuffix("?")
        return f"{self.origin}{head}{tail}{path[at:]}"

    def signature(self, match: re.Match[str], text: str) -> str:
        """Return what replaces the end of a matched path; nothing: it stays as it is."""
        if self.user_id is None or text.startswith(f"{signed.PARAMETER}=", match.end()):
            return ""  # one that is signed has its own end
        grant = signed.Grant(UUID(match["id"]), self.user_id, self.expires)
        mark = "&" if match["more"] else ""
        return f"?{signed.PARAMETER}={quote(signed.sign(*grant), safe='')}{mark}"


def signed_links(origin: str, user_id: int) -> Links:
    """Return links that open without a key for SIGNED_URL_SECONDS, as a user may see the files."""
    return Links(origin, user_id, int(time.time()) + settings.SIGNED_URL_SECONDS)


def absolute(value: Json, links: Links) -> Json:
    """Return a JSON value with whole URLs for the paths of our files."""
    if isinstance(value, str):
        return links.url(value) if value.startswith(MEDIA) else value
    if isinstance(value, list):
        return [absolute(item, links) for item in value]
    if isinstance(value, dict):
        return {key: absolute(item, links) for key, item in value.items()}
    return value


def absolute_chunks(
    text: str, start: int, end: int, links: Links | None
) -> Iterator[tuple[int, int, str]]:
    """Do the same with a part of a text of JSON that is too large to be built again.

    Yields pieces as begin, end and what is to be put behind them, at last nothing.
    """
    at = start
    while links and (at := text.find(f'"{MEDIA}', at, end) + 1):
        # JSON as `fields.encode` writes it: a quote inside a text has a backslash before it.
        if text[at - 2] in ":,[" and not _KEY.match(text, at, end):
            yield start, at, links.origin
            start = at
            match = _FILE.match(text, at, end)
            tail = links.signature(match, text) if match else ""
            if match and tail:
                yield start, match.end("id"), tail
                start = match.end()
    yield start, end, ""
