"""Server-sent events: a run's journal as text/event-stream, resumable by event id.

A stream is written in pieces of bounded size out of the page that all readers share, each when the
one before it has found room. So a reader who does not read holds a piece of its own and no more.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, aclosing
from uuid import UUID

from django.http import StreamingHttpResponse

from workflows.journal.events import Page, follow
from workflows.media.links import Links, absolute_chunks
from workflows.services.limits import revocation, watchers
from workflows.services.limits.revocation import Principal

#: Clients and proxies give a silent stream up after 15 s and more.
KEEP_ALIVE_SECONDS = 10.0
RETRY_MS = 2_000
#: The largest piece of a stream that is made at a time.
CHUNK_BYTES = 64 * 1024
#: How the text of every event begins (`follow.line`).
_HEAD = re.compile(r'\{"seq":(\d+),"at":"[^"]*","type":"(\w+)"')


class Last(list[str]):
    """Texts after which a stream ends, though its run may go on."""


#: Writes a page of events, text by text; None means that nothing has happened for a while.
Write = Callable[[Page | None], Awaitable[Iterable[str]]]


def event_stream(
    run_id: UUID, after: int, principal: Principal, links: Links | None = None
) -> StreamingHttpResponse:
    """Respond with the run's events behind `after`, live, until its terminal event.

    The paths of our files become URLs by `links`. The stream breaks off when the principal stops
    counting. Raises TooManyWatchers.
    """

    async def write(page: Page | None) -> Iterable[str]:
        return [": keep-alive\n\n"] if page is None else _events(page, links)

    return page_stream(run_id, after, principal, write, first=f"retry: {RETRY_MS}\n\n")


def page_stream(
    run_id: UUID,
    after: int,
    principal: Principal,
    write: Write,
    first: str = "",
    most: int | None = None,
) -> StreamingHttpResponse:
    """Respond with what `write` makes of the run's events behind `after`; see `event_stream`.

    It ends after `most` pages that had something to say.
    """
    held = ExitStack()
    held.enter_context(watchers.watching(principal.user_id))
    response = StreamingHttpResponse(
        _lines(run_id, after, principal, write, first, most, held),
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
    # The place was taken above, so that no two get the last one; it is given back here if the
    # stream never begins.
    response._resource_closers.append(held.close)  # type: ignore[attr-defined]
    return response


async def _lines(
    run_id: UUID,
    after: int,
    principal: Principal,
    write: Write,
    first: str,
    most: int | None,
    held: ExitStack,
) -> AsyncIterator[bytes]:
    said = 0
    loop = asyncio.get_running_loop()
    with held, revocation.watched(principal) as over:
        if first:
            yield first.encode()
        async with aclosing(_pages(run_id, after, over)) as pages:
            spoken = loop.time()
            async for page in pages:
                texts = await write(page)
                spoke = False
                for chunk in _chunks(texts):
                    spoke = True
                    yield chunk
                    if over.done():
                        return
                if spoke:
                    said += page is not None
                    spoken = loop.time()
                elif loop.time() - spoken >= KEEP_ALIVE_SECONDS:
                    # Much may happen that this stream does not send.
                    spoken = loop.time()
                    for chunk in _chunks(await write(None)):
                        yield chunk
                if isinstance(texts, Last) or (most is not None and said >= most):
                    return


async def _pages(
    run_id: UUID, after: int, over: asyncio.Future[None]
) -> AsyncGenerator[Page | None]:
    pages = aiter(follow(run_id, after))
    waiting: asyncio.Future[Page] | None = None
    try:
        while True:
            # One task per page, not per keep-alive: cancelling the follower would lose its place.
            waiting = waiting or asyncio.ensure_future(anext(pages))
            ends: set[asyncio.Future[Page] | asyncio.Future[None]] = {waiting, over}
            done, _ = await asyncio.wait(
                ends, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if over.done():
                return
            if not done:
                yield None
                continue
            try:
                page = waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
            yield page
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.wait({waiting})
        await pages.aclose()  # type: ignore[attr-defined]  # follow is an async generator


def _events(page: Page, links: Links | None) -> Iterator[str]:
    """Write a page's events, each as it is in the page but for the URLs of files."""
    for start, end in page.spans:
        head = _HEAD.match(page.frame, start)
        assert head is not None, page.frame[start : start + 80]
        yield f"id: {head[1]}\nevent: {head[2]}\ndata: "
        for begin, until, prefix in absolute_chunks(page.frame, start, end, links):
            for at in range(begin, until, CHUNK_BYTES):
                yield page.frame[at : min(at + CHUNK_BYTES, until)]
            yield prefix
        yield "\n\n"


def _chunks(texts: Iterable[str]) -> Iterator[bytes]:
    """Join small texts and cut large ones, as they are requested."""
    held: list[str] = []
    size = 0
    for text in texts:
        if held and size + len(text) > CHUNK_BYTES:
            yield "".join(held).encode()
            held, size = [], 0
        if len(text) > CHUNK_BYTES:
            for at in range(0, len(text), CHUNK_BYTES):
                yield text[at : at + CHUNK_BYTES].encode()
        elif text:
            held.append(text)
            size += len(text)
    if held:
        yield "".join(held).encode()
