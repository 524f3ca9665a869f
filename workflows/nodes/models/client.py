"""The way to a provider's server: one guarded call, with JSON, files or a stream of events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from workflows.errors import ModelFailed
from workflows.nodes.models import refusals
from workflows.nodes.models.bill import Bill, facts_of
from workflows.nodes.models.requests import Media
from workflows.types import Json, JsonObject

#: Of a stream only its beginning is kept, to say what went wrong.
_KEPT = 64 * 1024
#: A single event of a stream; more is no event of a chat.
_LONGEST_LINE = 4 * 1024 * 1024

#: Takes the events of a stream one after another.
Listener = Callable[[JsonObject], Awaitable[None]]
Part = tuple[str, str | Media]


class Fetched(Protocol):
    """A response, as the guarded fetch gives it."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


Fetch = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Client:
    """A provider's URL, the key's header, and the guarded fetch to call it with.

    `provider` is the provider's id and `who` its name, for sentences.
    """

    provider: str
    who: str
    base: str
    fetch: Fetch
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What the responses say of what they have cost; the same for every way made of this one.
    bill: Bill = field(default_factory=Bill)

    def named(self, who: str) -> Client:
        """Return the same way under another name in sentences."""
        return replace(self, who=who)

    def at(self, base: str) -> Client:
        """Return the same client for another URL of the provider."""
        return replace(self, base=base.rstrip("/"))

    def anonymous(self) -> Client:
        """Return the same way without a key."""
        return replace(self, headers={})

    async def call(
        self,
        path: str,
        *,
        method: str = "",
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        parts: Iterable[Part] | None = None,
        headers: Mapping[str, str] | None = None,
        listen: Listener | None = None,
        timeout_seconds: float = 300.0,
        max_bytes: int = 100 * 1024 * 1024,
        model: str = "",
    ) -> Fetched:
        """Call `path` below the provider's URL; with a body or parts it is a POST.

        `listen` gets the events of a stream as they come. `model` is whom an error is about.
        Raises NodeError in the provider's words for every status that is no success.
        """
        url = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = {**self.headers, **(headers or {})}
        content: bytes | None = None
        if parts is not None:
            content, sent["content-type"] = form(parts)
        elif body is not None:
            content, sent["content-type"] = json.dumps(body).encode(), "application/json"
        stream = _Events(listen) if listen is not None else None
        response = await self.fetch(
            url,
            method=method or ("POST" if content is not None else "GET"),
            headers=sent,
            body=content,
            timeout_seconds=timeout_seconds,
            max_bytes=max_bytes,
            **({"sink": stream.take} if stream is not None else {}),
        )
        said = bytes(stream.kept) if stream is not None else response.body
        if not 200 <= response.status < 300:
            raise refusals.refused(self.who, self.provider, model, response, said)
        self.bill.read_headers(response.headers)
        if stream is not None:
            await stream.end()
            self.bill.read({"usage": stream.usage})
        return response  # type: ignore[no-any-return]

    async def json(self, path: str, *, model: str = "", **call: Any) -> JsonObject:
        """Call and return the JSON object of the response. Raises NodeError as `call` does."""
        response = await self.call(path, model=model, **call)
        found = self.read(response.body, model)
        self.bill.read(found)
        return found

    def read(self, body: bytes, model: str = "") -> JsonObject:
        """Return a response's JSON object; a list comes as `{"data": […]}`.

        Raises NodeError when it is something else, or an error under a status of success.
        """
        found = _parse(body)
        if isinstance(found, list):
            found = {"data": found}
        if not isinstance(found, dict):
            raise ModelFailed(
                f"{self.who} gave a response that is no JSON.",
                field="model",
                value=body[:200].decode("utf-8", "replace"),
                expected="a JSON object",
                status=502,
            )
        self.check(found, model)
        return found

    def check(self, body: JsonObject, model: str = "") -> None:
        """Raise the NodeError that a body holds although its status was a success."""
        if body.get("error"):
            raise refusals.said(self.who, self.provider, model, body)


class _Events:
    """Reads server-sent events, and lines of JSON, out of the pieces of a response."""

    def __init__(self, listen: Listener) -> None:
        self._listen = listen
        self._line = bytearray()
        self.kept = bytearray()
        self.usage: JsonObject = {}

    async def take(self, chunk: bytes) -> None:
        if len(self.kept) < _KEPT:
            self.kept += chunk[: _KEPT - len(self.kept)]
        self._line += chunk
        *lines, rest = bytes(self._line).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise ModelFailed(
                "An event of the stream is too long.",
                field="model",
                expected=f"at most {_LONGEST_LINE:,} bytes",
                status=502,
            )
        self._line = bytearray(rest)
        for line in lines:
            await self._hear(line)

    async def end(self) -> None:
        await self._hear(bytes(self._line))

    async def _hear(self, line: bytes) -> None:
        text = line.strip().removeprefix(b"data:").strip()
        if text.startswith(b"{"):
            event = _parse(text)
            if isinstance(event, dict):
                self.usage |= facts_of(event)
                await self._listen(event)


def step(name: str) -> str:
    """Return a name as one step of a path: it comes from a document, and leads nowhere else.

    Raises ModelFailed for one that would lead back.
    """
    if name in (".", ".."):
        raise ModelFailed("This is no name.", field="model", value=name, expected="a name")
    return quote(name, safe="")


def form(parts: Iterable[Part]) -> tuple[bytes, str]:
    """Return multipart/form-data of fields and files, and its content type (RFC 7578)."""
    boundary = uuid.uuid4().hex
    chunks: list[bytes] = []
    for name, value in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, Media):
            safe = value.name.replace('"', "").replace("\r", "").replace("\n", "")
            head += f'; filename="{safe}"\r\nContent-Type: {value.content_type}'
        content = value.body if isinstance(value, Media) else value.encode()
        chunks += [head.encode(), b"\r\n\r\n", content, b"\r\n"]
    chunks.append(f"--{boundary}--\r\n".encode())
    return b"".join(chunks), f"multipart/form-data; boundary={boundary}"


def _parse(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
