"""Django under ASGI, with one change of threads for a request and threads that are used again.

Django's own handler starts a thread for every request and another one that waits for its end, and
changes threads for the signals, the view and the end of the response. Here whatever is synchronous
(signals, middlewares, view, rendering) runs in one go, where Django's own code for it is as quick
as under WSGI; only asynchronous views, what streams, and what comes later, run on the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext, iscoroutinefunction
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_resolver

from workflows.api.later import Later

P = ParamSpec("P")
R = TypeVar("R")

#: Threads without a request that are kept for the next ones.
MAX_IDLE = 32


class Worker(ThreadPoolExecutor):
    """One thread; after each piece of work it gives its connection to the database back."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="patchbay-request")
        self._last: Future[Any] | None = None

    @property
    def is_free(self) -> bool:
        """Whether it is done with everything; who stops waiting does not stop the thread."""
        return self._last is None or self._last.done()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have the thread call a function."""
        future = super().submit(_tidily, fn, *args, **kwargs)
        self._last = future
        return future


def _tidily(fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return fn(*args, **kwargs)
    finally:
        close_old_connections()


class Workers:
    """Threads for requests, each for one request at a time; for use on one event loop."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []

    @contextmanager
    def one(self) -> Iterator[Worker]:
        """Have a thread to oneself."""
        worker = self._idle.pop() if self._idle else Worker()
        try:
            yield worker
        finally:
            if worker.is_free and len(self._idle) < MAX_IDLE:
                self._idle.append(worker)
            else:
                worker.shutdown(wait=False)


class _Found(BaseHandler):
    """A handler that does not look again for a view that is found already."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        return request.resolver_match or super().resolve_request(request)


class _Synchronous(_Found):
    """The middlewares and the view as under WSGI."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)


class Handler(_Found, ASGIHandler):
    """Django's ASGI application."""

    def __init__(self) -> None:
        super().__init__()
        self._synchronous = _Synchronous()
        self._workers = Workers()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Respond to one request."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        request, refusal = self.create_request(scope, body)
        if request is None:
            assert refusal is not None  # one of the two
            body.close()
            await self.send_response(refusal, send)
            refusal.close()
            return
        with self._workers.one() as worker:
            response: HttpResponseBase | None = None
            if not _is_async(request):
                request.may_wait = True  # type: ignore[attr-defined]
                respond = partial(copy_context().run, self._respond, scope, request)
                response = await asyncio.get_running_loop().run_in_executor(worker, respond)
            if response is None or response.streaming or isinstance(response, Later):
                async with ThreadSensitiveContext(executor=worker):
                    await self._listening(scope, request, response, receive, send)
                return
        await self.send_response(response, send)

    def _respond(self, scope: Any, request: HttpRequest) -> HttpResponseBase:
        """Return the response of a synchronous view; one that is whole is closed already."""
        signals.request_started.send(sender=self.__class__, scope=scope)
        response = self._synchronous.get_response(request)
        self._prepare(response)
        if not response.streaming:
            response.close()
        return response

    def _prepare(self, response: HttpResponseBase) -> None:
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size

    async def _listening(
        self,
        scope: Any,
        request: HttpRequest,
        response: HttpResponseBase | None,
        receive: Any,
        send: Any,
    ) -> None:
        """Send a response, or make and send it, until the client leaves."""

        async def respond() -> None:
            nonlocal response
            if response is None:
                signals.request_started.send(sender=self.__class__, scope=scope)
                response = await self.get_response_async(request)
                self._prepare(response)
            elif isinstance(response, Later):
                response = response.dressed(await response.make())
                self._prepare(response)
            await self.send_response(response, send)

        await _first(respond(), self.listen_for_disconnect(receive))
        if response is None:
            request.close()
            signals.request_finished.send(sender=self.__class__)
        elif response.streaming and not response.is_async:  # type: ignore[attr-defined]
            # What a thread has read may be files to close.
            await asyncio.to_thread(response.close)
        else:
            response.close()


async def _first(work: Coroutine[Any, Any, None], leaving: Coroutine[Any, Any, None]) -> None:
    """Wait for work, which is cancelled when the other one ends first."""
    tasks = [asyncio.create_task(leaving), asyncio.create_task(work)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        expected = isinstance(error, RequestAborted | asyncio.CancelledError)
        if isinstance(error, BaseException) and not expected:
            raise error


def _is_async(request: HttpRequest) -> bool:
    """Find the view of a request, and return whether it is asynchronous."""
    try:
        match = get_resolver().resolve(request.path_info)
    except Resolver404:
        return False
    request.resolver_match = match
    return _coroutines(match.func)


@cache
def _coroutines(view: Callable[..., Any]) -> bool:
    return iscoroutinefunction(view)
