"""Server-sent events: a run's journal as text/event-stream, resumable by event id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from uuid import UUID

from django.http import StreamingHttpResponse

from workflows.engine.events import Page, follow
from workflows.services import vigil, watchers
from workflows.services.vigil import Badge
from workflows.types import JsonObject

#: Clients and proxies give a silent stream up after 15 s and more.
KEEP_ALIVE_SECONDS = 10.0
RETRY_MS = 2_000

Reshape = Callable[[JsonObject], JsonObject]


class Last(str):
    """A text after which a stream ends, though its run may go on."""

    __slots__ = ()


#: Writes a page of events; None means that nothing has happened for a while.
Write = Callable[[Page | None], Awaitable[str]]


def event_stream(
    run_id: UUID, after: int, badge: Badge, reshape: Reshape | None = None
) -> StreamingHttpResponse:
    """Answer with the run's events behind `after`, live, until its terminal event.

    The stream breaks off when the badge stops counting.
    Raises TooManyWatchers.
    """

    async def write(page: Page | None) -> str:
        if page is None:
            return ": keep-alive\n\n"
        return "".join(_text(event, reshape) for event in page.events)

    return page_stream(run_id, after, badge, write, first=f"retry: {RETRY_MS}\n\n")


def page_stream(
    run_id: UUID,
    after: int,
    badge: Badge,
    write: Write,
    first: str = "",
    most: int | None = None,
) -> StreamingHttpResponse:
    """Answer with what `write` makes of the run's events behind `after`; see `event_stream`.

    It ends after `most` pages that had something to say.
    """
    watchers.check_room()
    return StreamingHttpResponse(
        _lines(run_id, after, badge, write, first, most),
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _lines(
    run_id: UUID, after: int, badge: Badge, write: Write, first: str, most: int | None
) -> AsyncIterator[str]:
    said = 0
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        # A loop that has closed meanwhile streams nothing any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(over.set_result, None)

    with watchers.watching(), vigil.watched(badge, end):
        if first:
            yield first
        async with aclosing(_pages(run_id, after, over)) as pages:
            spoken = loop.time()
            async for page in pages:
                text = await write(page)
                said += bool(text) and page is not None
                if not text and loop.time() - spoken >= KEEP_ALIVE_SECONDS:
                    # Much may happen that this stream does not tell.
                    text = await write(None)
                if text:
                    spoken = loop.time()
                    yield text
                if isinstance(text, Last) or (most is not None and said >= most):
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
            done, _ = await asyncio.wait(
                {waiting, over}, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
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


def _text(event: JsonObject, reshape: Reshape | None) -> str:
    data = reshape(event) if reshape else event
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return f"id: {event['seq']}\nevent: {event['type']}\ndata: {text}\n\n"
