"""The fields of a registered ComfyUI server, checked: its name, URL, tags, headers and status."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Annotated
from urllib.parse import urlsplit

from workflows.bodies import SECRET, UNSET, Body, Meta, UnsetType, name_of
from workflows.errors import (
    FetchRefused,
    InvalidBody,
    RunnersForbidden,
)
from workflows.media import fetch
from workflows.models import Runner, RunnerStatus, User
from workflows.types import JsonObject

MAX_NAME = 100
MAX_ENDPOINT = 2_000
MAX_TAGS = 10
MAX_TAG = 64
MAX_HEADERS = 20
MAX_VALUE = 8_000
#: What masks a header's value; given back, it means the value that is stored.
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

_ENDPOINT = "a URL such as http://192.168.1.100:8188"
_TAGS = f"at most {MAX_TAGS} tags of 1 to {MAX_TAG} characters, without commas"
_HEADERS = f"at most {MAX_HEADERS} headers as {{name: value}}"
_Name = Annotated[str, name_of(MAX_NAME)]
_Endpoint = Annotated[str, Meta(max_length=MAX_ENDPOINT, extra={"expected": _ENDPOINT})]
_Headers = Annotated[
    dict[str, str],
    Meta(
        max_length=MAX_HEADERS,
        description=f"`{MASK}` as a value keeps the one that is stored.",
        extra={**SECRET, "expected": _HEADERS},
    ),
]
Tags = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=MAX_TAG)]],
    Meta(max_length=MAX_TAGS, extra={"expected": _TAGS}),
]


class RunnerFields(Body):
    """What is to be changed of a runner."""

    name: _Name | UnsetType = UNSET
    endpoint: _Endpoint | UnsetType = UNSET
    headers: _Headers | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    status: RunnerStatus | UnsetType = UNSET


class NewRunner(RunnerFields, kw_only=True):
    """A ComfyUI server to register."""

    name: _Name
    endpoint: _Endpoint


class RunnerTrial(Body):
    """A server to probe; `id` names an own runner, whose masked headers are used."""

    endpoint: _Endpoint
    headers: _Headers = {}
    id: str | None = None


def headers_masked(runner: Runner) -> JsonObject:
    """Return a runner's headers by name, their values hidden."""
    return dict.fromkeys(json.loads(runner.headers), MASK)


def tags_read(text: str) -> list[str]:
    """Read a comma-separated list of tags: trimmed, empty ones dropped, each once.

    Raises InvalidBody for too many or too long ones.
    """
    return tags_of([part for part in text.split(",") if part.strip()])


def write_fields(runner: Runner, user: User, fields: RunnerFields) -> None:
    """Check what is given further and write it into the row."""
    if fields.name is not UNSET:
        runner.name = fields.name.strip()
    if fields.tags is not UNSET:
        runner.tags = tags_of(fields.tags)
    if fields.status is not UNSET:
        runner.status = fields.status
    if fields.shared is not UNSET:
        if fields.shared and not user.is_staff:
            raise RunnersForbidden("Only staff may share a runner.", field="shared")
        runner.shared = fields.shared
    before = runner.endpoint
    if fields.endpoint is not UNSET:
        runner.private = user.is_staff
        runner.endpoint = _endpoint(fields.endpoint.strip(), private=runner.private)
    stored = json.loads(runner.headers)
    moved = bool(stored) and fetch.origin_of(before) != fetch.origin_of(runner.endpoint)
    if fields.headers is not UNSET:
        # A user who may change the URL must not learn by it what the headers hold.
        runner.headers = json.dumps(_headers(fields.headers, {} if moved else stored))
    elif moved:
        raise InvalidBody(
            "This endpoint has another origin; its headers must be given again.",
            field="headers",
            value=sorted(stored),
            expected="every header with its value",
        )


def _endpoint(text: str, *, private: bool) -> str:
    try:
        origin = fetch.origin_of(text)
    except FetchRefused as error:
        raise InvalidBody(
            f"invalid endpoint URL format: {error.message}",
            field="endpoint",
            value=text[:200],
            expected=_ENDPOINT,
        ) from error
    parts = urlsplit(text)
    if parts.query or parts.fragment:
        raise InvalidBody(
            "invalid endpoint URL format: an endpoint ends with its path.",
            field="endpoint",
            value=text[:200],
            expected=_ENDPOINT,
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
    """Say whether a host is a numeric address that is not public; names are judged when dialled.

    The driver judges what it dials as well: this only says it earlier.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return not fetch.is_public(host)


def tags_of(given: list[str]) -> list[str]:
    """Return tags trimmed and each once. Raises InvalidBody."""
    found = list(dict.fromkeys(tag.strip() for tag in given))
    for tag in found:
        if not 0 < len(tag) <= MAX_TAG or "," in tag or not tag.isprintable():
            raise InvalidBody("This is not a tag.", field="tags", value=tag[:80], expected=_TAGS)
    if len(found) > MAX_TAGS:
        raise InvalidBody(
            "These are too many tags.", field="tags", value=len(found), expected=_TAGS
        )
    return found


def _headers(given: dict[str, str], stored: dict[str, str]) -> dict[str, str]:
    """Check headers and put stored values where a mask is. No value is ever repeated."""
    found: dict[str, str] = {}
    for name, text in given.items():
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
            text = stored.get(name, "")
        if not _is_line(text):
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
    printable = all(character.isprintable() and ord(character) < 256 for character in stripped)
    return 0 < len(stripped) <= MAX_VALUE and printable and stripped != MASK
