"""ETag, If-None-Match and If-Match for things that carry a version."""

from __future__ import annotations

import re

from workflows.api.errors import BadRequest

_VERSION = re.compile(r'(?:W/)?"v(\d{1,9})"')
#: One ETag of a list, of this server or not.
_TAG = re.compile(r'(?:W/)?"[^"\s]*"')


def etag_of(version: int, role: str | None = None) -> str:
    """Return the ETag of a version, `"v17"`; who it is shared with has one for each role."""
    return f'"v{version}"' if role is None else f'"v{version}-{role}"'


def matches(header: str | None, etag: str) -> bool:
    """Return whether an If-None-Match header names this ETag (weakly)."""
    if not header:
        return False
    names = [name.strip().removeprefix("W/") for name in header.split(",")]
    return "*" in names or etag in names


def expected_versions(header: str | None) -> frozenset[int] | None:
    """Read If-Match: the versions it names, or None for no condition (absent or `*`).

    Raises BadRequest unless it is a list of ETags with one of this server among them, so that a
    typo never becomes an unconditional write.
    """
    if header is None or header.strip() == "*":
        return None
    tags = [tag.strip() for tag in header.split(",")]
    found = [match for tag in tags if (match := _VERSION.fullmatch(tag))]
    if not found or not all(_TAG.fullmatch(tag) for tag in tags):
        raise BadRequest(
            f'If-Match is {header[:80]!r}; expected an ETag of this server such as "v17".',
            field="If-Match",
            value=header[:80],
            expected='an ETag such as "v17"',
        )
    return frozenset(int(match.group(1)) for match in found)
