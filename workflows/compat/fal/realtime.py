"""The two kinds of sockets: realtime (a msgpack map in, one out) and HTTP by WebSocket.

Realtime drops the oldest input when more wait than the client allows: it is for inputs that the
next one makes old. HTTP by WebSocket responds to every JSON text with a frame `start`, the parts of
the body and a frame `end`, as fal's documentation describes it.
"""

from __future__ import annotations

import json
import time
from uuid import uuid4

import msgpack
from django.http import HttpRequest, HttpResponse

from workflows import database
from workflows.api.parsers import read_object
from workflows.compat.fal import shapes
from workflows.compat.fal.apps import MAX_BODY, launch
from workflows.compat.fal.errors import REQUEST_ID, error_type, running, status_of
from workflows.compat.fal.links import outward
from workflows.compat.fal.sockets import AppSocket
from workflows.errors import InvalidBody, PatchbayError, TooManyRuns
from workflows.graph.strict_json import dumps
from workflows.journal.events import follow
from workflows.models import Run, RunStatus
from workflows.types import Json, JsonObject

_REALTIME = "/realtime"
_STREAM = "/stream"
#: The largest whole numbers msgpack has a form for.
_LOW, _HIGH = -(2**63), 2**64


class RealtimeSocket(AppSocket):
    """One run for each msgpack map; its output, as one, is the reply."""

    def app_of(self, path: str) -> str:
        """Leave out the path that says that it is realtime."""
        return path.strip("/").removesuffix(_REALTIME)

    def read(self, message: str | bytes) -> JsonObject:
        """Read a msgpack map; JSON is understood as well."""
        if isinstance(message, str):
            return read_object(message.encode(), MAX_BODY)
        try:
            text = dumps(msgpack.unpackb(message, raw=False))
        except (ValueError, TypeError, RecursionError, msgpack.exceptions.ExtraData) as error:
            raise InvalidBody(
                "The message cannot be read.", field="message", expected="a msgpack map as of JSON"
            ) from error
        return read_object(text.encode(), MAX_BODY)

    def make_room(self) -> None:
        """Drop the oldest input."""
        self.waiting.popleft()

    async def respond(self, arguments: JsonObject) -> None:
        """Run the app; reply with its output, or say what went wrong."""
        run = await self.ended(await database.call(launch, self.caller, self.app, arguments))
        if run.status == RunStatus.COMPLETED:
            output = outward(run.output, self.origin, run.owner_id)
            await self.send(bytes_data=msgpack.packb(_packable(output)))
            return
        wrong = await database.call(shapes.failed, run)
        await self._say(wrong.type, wrong.message, str(run.pk))

    async def respond_error(self, error: PatchbayError) -> None:
        """Return why an input has not been run."""
        await self._say(error_type(status_of(error)), error.message, None)

    async def _say(self, kind: str, reason: str, request_id: str | None) -> None:
        body = {"type": "x-fal-error", "error": kind, "reason": reason}
        more = {"request_id": request_id} if request_id else {}
        await self.send(text_data=json.dumps({**body, **more}))


class HttpSocket(AppSocket):
    """One HTTP request for each JSON text; `/stream` behind the app streams its events."""

    def app_of(self, path: str) -> str:
        """Notice whether the events are wanted."""
        path = path.strip("/")
        self.streams = path.endswith(_STREAM)
        return path.removesuffix(_STREAM)

    def read(self, message: str | bytes) -> JsonObject:
        """Read a JSON object."""
        body = message.encode() if isinstance(message, str) else message
        return read_object(body, MAX_BODY)

    def make_room(self) -> None:
        """Refuse: every request gets a response, so none may be dropped."""
        raise TooManyRuns("Too many requests wait on this socket.", limit=self.room)

    async def respond(self, arguments: JsonObject) -> None:
        """Run the app and send its response in frames."""
        began = time.monotonic()
        run = await database.call(launch, self.caller, self.app, arguments)
        if self.streams:
            await self._stream(run, began)
            return
        response = await database.call(shapes.result, await self.ended(run), self.origin)
        await self._response(response, str(run.pk), began)

    async def respond_error(self, error: PatchbayError) -> None:
        """Respond as HTTP does."""
        request = HttpRequest()
        request_id = request.id = str(uuid4())  # type: ignore[attr-defined]
        await self._response(running(request, error), request_id, time.monotonic())

    async def _response(self, response: HttpResponse, request_id: str, began: float) -> None:
        status = response.status_code
        await self._start(request_id, status, str(response["Content-Type"]))
        first = time.monotonic() - began
        await self.send(bytes_data=response.content)
        await self._finish(request_id, status, first)

    async def _stream(self, run: Run, began: float) -> None:
        events = await database.call(shapes.Events, run, self.origin)
        request_id = str(run.pk)
        await self._start(request_id, 200, "text/event-stream")
        first: float | None = None
        async for page in follow(run.pk):
            for line in (line for event in page.events for line in events.of(event)):
                first = first if first is not None else time.monotonic() - began
                # Bytes, so that no event is taken for a frame about the request.
                await self.send(bytes_data=shapes.frame(line).encode())
        await self._finish(request_id, 200, first or 0.0)

    async def _start(self, request_id: str, status: int, content_type: str) -> None:
        headers = {"content-type": content_type, REQUEST_ID: request_id}
        body = {"type": "start", "request_id": request_id, "status": status, "headers": headers}
        await self.send(text_data=json.dumps(body))

    async def _finish(self, request_id: str, status: int, first: float) -> None:
        body = {
            "type": "end",
            "request_id": request_id,
            "status": status,
            "time_to_first_byte_seconds": round(first, 6),
        }
        await self.send(text_data=json.dumps(body))


def _packable(value: Json) -> Json:
    """Return a value with whole numbers that msgpack has no form for as texts."""
    if isinstance(value, list):
        return [_packable(item) for item in value]
    if isinstance(value, dict):
        return {key: _packable(item) for key, item in value.items()}
    if isinstance(value, int) and not _LOW <= value < _HIGH:
        return str(value)
    return value
