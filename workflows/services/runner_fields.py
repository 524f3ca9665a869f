"""The fields of a registered ComfyUI server, checked: its name, URL, tags, headers and status."""

from __future__ import annotations

import ipaddress
import json
import re
from urllib.parse import urlsplit

from workflows.errors import (
    FetchRefused,
    InvalidBody,
    RunnersForbidden,
)
from workflows.media import fetch
from workflows.models import Runner, RunnerStatus, User
from workflows.types import Json, JsonObject

MAX_NAME = 100
MAX_ENDPOINT = 2_000
MAX_TAGS = 10
MAX_TAG = 64
MAX_HEADERS = 20
MAX_VALUE = 8_000
#: What stands for a header's value; given back, it means the value that is kept.
MASK = "••••"

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: Headers that belong to the connection, speak for another host, or that ComfyUI judges.
_FORBIDDEN = fetch.FORBIDDEN_HEADERS | {
    "accept",
    "content-encoding",
    "content-type",
    "cookie",
    "forwarded",
    "origin",
    "referer",
    "range",
    "proxy-authenticate",
    "via",
}
_FORBIDDEN_PREFIXES = ("sec-", "x-forwarded-", "if-", "access-control-")


def headers_masked(runner: Runner) -> JsonObject:
    """Return a runner's headers by name, their values hidden."""
    return dict.fromkeys(json.loads(runner.headers), MASK)


def tags_read(text: str) -> list[str]:
    """Read a comma-separated list of tags: trimmed, empty ones dropped, each once.

    Raises InvalidBody for too many or too long ones.
    """
    return tags_of([part for part in text.split(",") if part.strip()])


def write_fields(runner: Runner, user: User, body: JsonObject) -> None:
    """Write checked values of the known keys into the row."""
    if "name" in body:
        runner.name = _name(body["name"])
    if "tags" in body:
        runner.tags = tags_of(body["tags"])
    if "status" in body:
        runner.status = _status(body["status"])
    if "shared" in body:
        runner.shared = _shared(user, body["shared"])
    before = runner.endpoint
    if "endpoint" in body:
        runner.private = user.is_staff
        runner.endpoint = _endpoint(body["endpoint"], private=runner.private)
    kept = json.loads(runner.headers)
    moved = bool(kept) and fetch.origin_of(before) != fetch.origin_of(runner.endpoint)
    if "headers" in body:
        # Whoever may change the address must not learn by it what the headers hold.
        runner.headers = json.dumps(_headers(body["headers"], {} if moved else kept))
    elif moved:
        raise InvalidBody(
            "This endpoint has another origin; its headers must be given again.",
            field="headers",
            value=sorted(kept),
            expected="every header with its value",
        )


def _name(value: Json) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidBody(
            "name cannot be empty", field="name", expected=f"1 to {MAX_NAME} characters"
        )
    if len(value.strip()) > MAX_NAME:
        raise InvalidBody(
            "name is too long",
            field="name",
            value=len(value.strip()),
            expected=f"1 to {MAX_NAME} characters",
        )
    return value.strip()


def _endpoint(value: Json, *, private: bool) -> str:
    expected = "a URL such as http://192.168.1.100:8188"
    text = value.strip() if isinstance(value, str) else ""
    try:
        origin = fetch.origin_of(text)
    except FetchRefused as error:
        raise InvalidBody(
            f"invalid endpoint URL format: {error.message}",
            field="endpoint",
            value=text[:200],
            expected=expected,
        ) from error
    parts = urlsplit(text)
    if parts.query or parts.fragment or len(text) > MAX_ENDPOINT:
        raise InvalidBody(
            "invalid endpoint URL format: an endpoint ends with its path.",
            field="endpoint",
            value=text[:200],
            expected=expected,
        )
    if not private and _is_private(parts.hostname or ""):
        raise InvalidBody(
            "Only runners of staff may have a private address.",
            field="endpoint",
            value=text[:200],
            expected="a public address",
        )
    return origin + parts.path.rstrip("/")


def _is_private(host: str) -> bool:
    """Say whether a host is a numeric address nobody in public has; names are judged when dialled.

    The driver judges what it dials as well: this only says it earlier.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return not fetch.is_public(host)


def tags_of(value: Json) -> list[str]:
    expected = f"at most {MAX_TAGS} tags of 1 to {MAX_TAG} characters, without commas"
    if not isinstance(value, list):
        raise InvalidBody("tags must be a list.", field="tags", expected=expected)
    found: list[str] = []
    for entry in value:
        tag = entry.strip() if isinstance(entry, str) else ""
        if not 0 < len(tag) <= MAX_TAG or "," in tag or not tag.isprintable():
            raise InvalidBody(
                "This is not a tag.", field="tags", value=str(entry)[:80], expected=expected
            )
        if tag not in found:
            found.append(tag)
    if len(found) > MAX_TAGS:
        raise InvalidBody(
            "These are too many tags.", field="tags", value=len(found), expected=expected
        )
    return found


def _status(value: Json) -> str:
    if value not in RunnerStatus.values:
        raise InvalidBody(
            "status must be active or disabled.",
            field="status",
            value=str(value)[:80],
            expected="active or disabled",
        )
    return str(value)


def _shared(user: User, value: Json) -> bool:
    if not isinstance(value, bool):
        raise InvalidBody("shared must be true or false.", field="shared", expected="true or false")
    if value and not user.is_staff:
        raise RunnersForbidden("Only staff may share a runner.", field="shared")
    return value


def _headers(value: Json, kept: dict[str, str]) -> dict[str, str]:
    """Check headers and put kept values where a mask stands. No value is ever repeated."""
    expected = f"at most {MAX_HEADERS} headers as {{name: value}}"
    if not isinstance(value, dict) or len(value) > MAX_HEADERS:
        raise InvalidBody("headers must be an object.", field="headers", expected=expected)
    found: dict[str, str] = {}
    for name, text in value.items():
        lower = name.lower()
        if (
            not _NAME.fullmatch(name)
            or lower in _FORBIDDEN
            or lower.startswith(_FORBIDDEN_PREFIXES)
            or lower in {other.lower() for other in found}
        ):
            raise InvalidBody(
                "This header cannot be set.",
                field="headers",
                value=name[:100],
                expected="another header, such as Authorization or X-Api-Key",
            )
        if text == MASK:
            text = kept.get(name)
        if not isinstance(text, str) or not _is_line(text):
            raise InvalidBody(
                f"The value of the header {name} cannot be sent.",
                field="headers",
                value=name,
                expected=f"one line of 1 to {MAX_VALUE} characters",
            )
        found[name] = text.strip()
    return found


def _is_line(text: str) -> bool:
    stripped = text.strip()
    printable = all(letter.isprintable() and ord(letter) < 256 for letter in stripped)
    return 0 < len(stripped) <= MAX_VALUE and printable and stripped != MASK
