"""Reading the query string: each parameter once, of its type, or a 400 that says what was expected.

A parameter that is given twice is refused rather than read in one of two ways.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest
from rest_framework.request import Request

from workflows.api.errors import BadRequest

_FLAGS = {"true": True, "1": True, "false": False, "0": False}
MAX_TEXT = 200
#: Names of parameters by which lists are paged, here and elsewhere.
PAGING = (
    "page",
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "offset",
    "skip",
    "cursor",
    "before",
)


def one(request: HttpRequest | Request, name: str) -> str | None:
    """Return the one value of a parameter, or None when it is absent. Raises BadRequest."""
    values = request.GET.getlist(name)
    if len(values) > 1:
        raise BadRequest(
            f"{name} is given {len(values)} times.", field=name, value=len(values), expected="once"
        )
    return values[0] if values else None


def paged_by(request: HttpRequest | Request, *known: str) -> None:
    """Refuse the parameters by which other servers page, rather than return the first page again.

    `known` are those of this list. Raises BadRequest.
    """
    for name in PAGING:
        if name in request.GET and name not in known:
            expected = " and ".join(known)
            raise BadRequest(
                f"There is no {name} here; this list is paged by {expected}.",
                field=name,
                value=request.GET[name][:80],
                expected=expected,
            )


def text(request: HttpRequest | Request, name: str) -> str | None:
    """Return a text of 1 to 200 characters. Raises BadRequest."""
    value = one(request, name)
    if value is not None and not 0 < len(value) <= MAX_TEXT:
        raise wrong(name, value, f"1 to {MAX_TEXT} characters")
    return value


def flag(request: HttpRequest | Request, name: str) -> bool | None:
    """Read `true` or `false`. Raises BadRequest."""
    value = one(request, name)
    if value is None:
        return None
    if value.lower() not in _FLAGS:
        raise wrong(name, value, "true or false")
    return _FLAGS[value.lower()]


def choice(request: HttpRequest | Request, name: str, choices: tuple[str, ...]) -> str | None:
    """Read one of a few words. Raises BadRequest."""
    value = one(request, name)
    if value is not None and value not in choices:
        raise wrong(name, value, "one of " + ", ".join(choices))
    return value


def number(
    request: HttpRequest | Request, name: str, *, default: int, low: int = 0, high: int = 10**9
) -> int:
    """Read a whole number within bounds. Raises BadRequest."""
    value = one(request, name)
    if value is None:
        return default
    if value.isascii() and value.isdigit() and len(value) <= 10 and low <= int(value) <= high:
        return int(value)
    raise wrong(name, value, f"a whole number from {low} to {high}")


def identifier(request: HttpRequest | Request, name: str) -> int | None:
    """Read the id of a row that is a number. Raises BadRequest."""
    value = one(request, name)
    if value is None:
        return None
    if value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    raise wrong(name, value, "an id, as returned by the API")


def uuid(request: HttpRequest | Request, name: str) -> UUID | None:
    """Read the id of a run. Raises BadRequest."""
    value = one(request, name)
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise wrong(name, str(value), "an id, as returned by the API") from None


def time(request: HttpRequest | Request, name: str) -> datetime | None:
    """Read a time in ISO 8601; without an offset it is UTC. Raises BadRequest."""
    value = one(request, name)
    if value is None:
        return None
    try:
        # A plus sign in a URL that was not encoded arrives as a space.
        at = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong(name, value, "a time in ISO 8601 such as 2026-01-31T12:00:00Z") from None


def wrong(name: str, value: str, expected: str) -> BadRequest:
    """Return the error of a parameter that has another value than expected."""
    return BadRequest(
        f"{name} must be {expected}.", field=name, value=value[:80], expected=expected
    )
