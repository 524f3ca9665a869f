"""HTTP to one runner: persistent connections through the guard, with a cap on every response.

No redirect is followed, no proxy of the environment used, no Origin sent.
"""

from __future__ import annotations

import asyncio
import json
import typing
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpcore

from workflows.errors import FetchError, FetchTimeout, FetchTooLarge, FetchUnsent
from workflows.media.guard import CONNECT_SECONDS, GuardedNetwork, Resolve
from workflows.runners.endpoint import Endpoint, ssl_context
from workflows.types import Json

#: How long a runner may take to respond.
RESPONSE_SECONDS = 30.0
#: How long nothing may come of a response that has begun.
SILENT_SECONDS = 30.0
#: The largest response that is read whole: queues hold every waiting graph, catalogues are long.
JSON_BYTES = 24 * 1024 * 1024
#: JSON of more than this is parsed in a thread.
LONG_JSON_BYTES = 256 * 1024
CONNECTIONS = 6
#: The largest piece that is unpacked at a time.
CHUNK_BYTES = 256 * 1024

Content = bytes | AsyncIterator[bytes]
Sink = Callable[[bytes], Awaitable[None]]


class Response(typing.NamedTuple):
    """A status, and the JSON that came with it; None where it was no JSON."""

    status: int
    body: Json


class Http:
    """The connections to one runner; `close` ends them."""

    def __init__(
        self,
        endpoint: Endpoint,
        network: httpcore.AsyncNetworkBackend | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.guard = GuardedNetwork(endpoint.permits, network, resolve)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context() if endpoint.is_secure else None,
            network_backend=self.guard,
            max_connections=CONNECTIONS,
            keepalive_expiry=20.0,
            retries=0,
            http2=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def json(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        seconds: float = RESPONSE_SECONDS,
        max_bytes: int = JSON_BYTES,
        packed: bool = False,
    ) -> Response:
        """Send a request, with a JSON `body` if given, and read the whole response.

        `packed` lets the runner send it in gzip; `max_bytes` bounds what comes of it.
        Raises BlockedAddress, FetchUnsent (nothing has reached the runner), FetchTimeout,
        FetchTooLarge and FetchError.
        """
        content = None if body is None else json.dumps(body).encode()
        headers = {} if content is None else {"content-type": "application/json"}
        return await self.send(
            method,
            path,
            query=query,
            content=content,
            headers=headers,
            length=None if content is None else len(content),
            seconds=seconds,
            max_bytes=max_bytes,
            packed=packed,
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: Content | None = None,
        headers: Mapping[str, str] | None = None,
        length: int | None = None,
        seconds: float = RESPONSE_SECONDS,
        max_bytes: int = JSON_BYTES,
        packed: bool = False,
    ) -> Response:
        """Send `length` bytes and read a JSON response; raises as `json` does."""
        sent = {**(headers or {}), **({"accept-encoding": "gzip"} if packed else {})}
        async with self._call(method, path, query, content, sent, length, seconds) as response:
            parts, size = list[bytes](), 0
            async for part in _unpacked(response) if packed else _body(response):
                size += len(part)
                if size > max_bytes:
                    parts.clear()  # an error that lives for a while would hold them too
                    raise FetchTooLarge(value=path, expected=f"at most {max_bytes:,} bytes")
                parts.append(part)
        text = b"".join(parts)
        del parts
        if size > LONG_JSON_BYTES:
            return Response(response.status, await asyncio.to_thread(_parse, text))
        return Response(response.status, _parse(text))

    async def download(
        self, path: str, query: Mapping[str, str], sink: Sink, seconds: float
    ) -> int:
        """Give a file to `sink` piece by piece; return the status, of which only 200 brings any.

        `sink` raises to refuse what is too much. Raises as `json` does.
        """
        async with self._call("GET", path, query, None, None, None, seconds) as response:
            if response.status == 200:
                async for part in _body(response):
                    await sink(part)
        return int(response.status)

    @asynccontextmanager
    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        content: Content | None,
        headers: Mapping[str, str] | None,
        length: int | None,
        seconds: float,
    ) -> AsyncIterator[httpcore.Response]:
        """Send a request and yield its response; whatever goes wrong is one of our errors."""
        url = self.endpoint.url
        sent = {"host": url.authority, "user-agent": "Patchbay", "accept-encoding": "identity"}
        sent |= {**self.endpoint.headers, **(headers or {})}
        if length is not None or method == "POST":
            sent["content-length"] = str(length or 0)
        request = httpcore.Request(
            method,
            httpcore.URL(
                scheme=url.scheme.encode(),
                host=url.host.encode(),
                port=url.port,
                target=self.endpoint.target(path, query).encode(),
            ),
            headers=[(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
            content=content,
            extensions={
                "timeout": {
                    "connect": CONNECT_SECONDS,
                    "read": SILENT_SECONDS,
                    "write": SILENT_SECONDS,
                    "pool": seconds,
                }
            },
        )
        where = f"{url.scheme}://{url.authority}{path}"
        try:
            async with asyncio.timeout(seconds):
                response = await self._pool.handle_async_request(request)
                try:
                    yield response
                finally:
                    await response.aclose()
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise FetchUnsent(value=where) from error
        except TimeoutError as error:
            raise FetchTimeout(value=where, expected=f"within {seconds:g} s") from error
        except httpcore.TimeoutException as error:
            raise FetchTimeout(value=where) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise FetchError("The connection was lost.", value=where) from error


async def _body(response: httpcore.Response) -> AsyncIterator[bytes]:
    for name, value in response.headers:
        if name.lower() == b"content-encoding" and value.lower() not in (b"identity", b""):
            raise FetchError("The response is compressed although that was not requested.")
    async for part in typing.cast(AsyncIterator[bytes], response.stream):
        yield part


async def _unpacked(response: httpcore.Response) -> AsyncIterator[bytes]:
    """Yield a response that may be in gzip, in pieces of which none is large."""
    encodings = {
        value.lower() for name, value in response.headers if name.lower() == b"content-encoding"
    }
    if encodings != {b"gzip"}:
        async for part in _body(response):
            yield part
        return
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    async for part in typing.cast(AsyncIterator[bytes], response.stream):
        while part:
            try:
                chunk = unpacker.decompress(part, CHUNK_BYTES)
            except zlib.error as error:
                raise FetchError("The compressed response cannot be read.") from error
            yield chunk
            part = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise FetchError("The response ended early.")


def _parse(text: bytes) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
