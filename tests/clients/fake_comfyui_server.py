"""The tests' ComfyUI server itself: its queue, its history, its socket, and what it is asked."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import heapq
import io
import json
import shutil
import struct
import tempfile
import time
import uuid
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web
from PIL import Image

from tests.clients import fake_comfyui_files as files
from tests.clients import fake_comfyui_hostile as hostile
from tests.clients.fake_comfyui_checks import check, error
from tests.clients.fake_comfyui_files import FLAGS, UPLOAD_BYTES
from tests.clients.fake_comfyui_nodes import TYPES, Blocked, Interrupted
from tests.clients.fake_comfyui_run import Run


class Comfy:
    """One server. `mode` is old (0.3.64) or new; everything public is for tests to look at."""

    def __init__(self, mode: str = "new", *, targeted_interrupt: bool = True) -> None:
        self.mode = mode
        self.targeted_interrupt = targeted_interrupt
        self.folder = Path(tempfile.mkdtemp(prefix="comfyui-test-"))
        #: Every prompt id taken, executed to some end, and interrupted; headers of every request.
        self.taken: list[str] = []
        self.executed: list[str] = []
        self.interrupted: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.calls: list[str] = []
        self.misbehaviour: dict[str, Any] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.history_pause = 0.0
        self.step_pause = 0.0
        self.previews = False
        #: Classes that are not installed, and options of `class.input` that are others.
        self.missing: set[str] = set()
        self.options: dict[str, list[str]] = {}
        self.port = 0
        self._number = 0
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._metadata: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self.queue: list[tuple[Any, ...]] = []
        self.running: tuple[Any, ...] | None = None
        self.history: dict[str, Any] = {}
        self.cache: dict[str, tuple[Any, Any]] = {}
        self.interrupt = False
        self.last_node: str | None = None
        self._more = asyncio.Event()
        for name in ("input", "output", "temp"):
            (self.folder / name).mkdir(exist_ok=True, parents=True)
        shutil.rmtree(self.folder / "temp")
        (self.folder / "temp").mkdir()

    # Life.

    async def start(self, port: int = 0) -> None:
        """Listen; after `stop` once more on the same port, with queue and history forgotten."""
        self._forget()
        app = web.Application(client_max_size=UPLOAD_BYTES, middlewares=[self._middleware])
        for method, path, handler in self._routes():
            app.router.add_route(method, path, handler)
            app.router.add_route(method, f"/api{path}", handler)
        app.router.add_get("/test/log", self._log)
        app.router.add_post("/test/do", self._do)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site: Any = web.TCPSite(self._runner, "127.0.0.1", port or self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        self._worker = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """End as a killed process does: nothing is finished, nothing kept."""
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        for socket in list(self._sockets.values()):
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        # Who does not read what was sent keeps a connection open for as long as it likes.
        served = self._runner.server
        for handler in list(served.connections) if served is not None else []:
            if handler.transport is not None:
                handler.transport.abort()
        await self._runner.cleanup()

    def gate(self, name: str = "gate") -> asyncio.Event:
        """Return the event that `Hold` nodes of this gate wait for."""
        return self.gates.setdefault(name, asyncio.Event())

    def types(self) -> dict[str, Any]:
        """Return the node types it has."""
        found = copy.deepcopy({n: row for n, row in TYPES.items() if n not in self.missing})
        for place, options in self.options.items():
            kind, name = place.split(".")
            found[kind]["input"]["required"][name][0] = options
        return found

    def lose(self, prompt_id: str) -> None:
        """Forget a waiting request, as a user does who deletes it."""
        self.queue = [item for item in self.queue if item[1] != prompt_id]
        heapq.heapify(self.queue)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def _routes(self) -> list[tuple[str, str, Any]]:
        routes = [
            ("GET", "/ws", self._ws),
            ("GET", "/prompt", self._remaining),
            ("POST", "/prompt", self._prompt),
            ("GET", "/queue", self._queue),
            ("POST", "/queue", self._change_queue),
            ("POST", "/interrupt", self._stop_running),
            ("GET", "/history", self._history),
            ("GET", "/history/{id}", self._history),
            ("POST", "/history", self._change_history),
            *((method, path, partial(handler, self)) for method, path, handler in files.ROUTES),
        ]
        if self.mode == "new":
            routes += [
                ("GET", "/jobs", self._jobs),
                ("GET", "/jobs/{id}", self._jobs),
                ("POST", "/jobs/{id}/cancel", self._cancel_job),
            ]
        return routes

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Any) -> Any:
        self.calls.append(f"{request.method} {request.path}")
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if request.path.startswith("/test/"):
            return await handler(request)
        origin = request.headers.get("Origin")
        host = request.host.partition(":")[0]
        if (
            origin
            and host in ("127.0.0.1", "localhost")
            and urlsplit(origin).netloc != request.host
        ):
            return web.Response(status=403)
        strange = await hostile.answer(self, request)
        return strange if strange is not None else await handler(request)

    # The queue.

    async def _remaining(self, request: web.Request) -> web.Response:
        return web.json_response(self._info())

    def _info(self) -> dict[str, Any]:
        waiting = len(self.queue) + (self.running is not None)
        return {"exec_info": {"queue_remaining": waiting}}

    async def _prompt(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        given = body.get("prompt_id")
        if self.mode == "new" and given is not None and not _is_uuid(given):
            return _refused(error("invalid_prompt_id", "prompt_id must be a UUID"))
        if "prompt" not in body:
            return _refused(error("no_prompt", "No prompt provided"))
        prompt = body["prompt"]
        problem, outputs, errors = check(
            prompt, body.get("partial_execution_targets"), self.mode, self.folder, self.types()
        )
        if problem is not None:
            return _refused(problem, errors)
        extra = dict(body.get("extra_data") or {})
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        if self.mode == "new":
            extra["create_time"] = round(time.time() * 1000)
        self._number += 1
        number = body.get("number", -self._number if body.get("front") else self._number)
        id = str(given or uuid.uuid4())
        heapq.heappush(self.queue, (number, id, prompt, extra, outputs))
        self.taken.append(id)
        self._more.set()
        await self._tell_all()
        lost = await hostile.after_prompt(self, request)
        if lost is not None:
            return lost
        return web.json_response({"prompt_id": id, "number": number, "node_errors": errors})

    async def _queue(self, request: web.Request) -> web.Response:
        running = [self._item(self.running)] if self.running else []
        pending = [self._item(item) for item in self.queue]
        return web.json_response({"queue_running": running, "queue_pending": pending})

    def _item(self, item: tuple[Any, ...]) -> list[Any]:
        number, id, prompt, extra, outputs = item
        return [number, id, prompt, extra, outputs]

    async def _change_queue(self, request: web.Request) -> web.Response:
        body = await request.json()
        gone = set(body.get("delete", []))
        self.queue = [] if body.get("clear") else [i for i in self.queue if i[1] not in gone]
        heapq.heapify(self.queue)
        await self._tell_all()
        return web.Response()

    async def _stop_running(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        wanted = body.get("prompt_id") if self.targeted_interrupt else None
        if self.running is not None and wanted in (None, self.running[1]):
            self.interrupt = True
        return web.Response()

    async def _cancel_job(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if self.running is not None and self.running[1] == id:
            self.interrupt = True
            return web.json_response({"cancelled": True})
        waiting = any(item[1] == id for item in self.queue)
        self.lose(id)
        await self._tell_all()
        return web.json_response({"cancelled": waiting})

    async def _jobs(self, request: web.Request) -> web.Response:
        rows = [{"id": item[1], "status": "pending", "priority": item[0]} for item in self.queue]
        if self.running is not None:
            rows.append({"id": self.running[1], "status": "in_progress"})
        for id, entry in self.history.items():
            good = entry["status"]["status_str"] == "success"
            rows.append({"id": id, "status": "completed" if good else "failed"})
        wanted = request.match_info.get("id")
        if wanted is None:
            pages = {"offset": 0, "limit": None, "total": len(rows), "has_more": False}
            return web.json_response({"jobs": rows, "pagination": pages})
        found = [row for row in rows if row["id"] == wanted]
        if not found:
            return web.json_response({"error": "Job not found"}, status=404)
        return web.json_response(found[0])

    # Execution.

    async def _work(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self.queue:
                self.running = heapq.heappop(self.queue)
                self.interrupt = False
                await self._tell_all()
                await self._execute(*self.running)

    async def _execute(
        self, number: float, id: str, prompt: dict[str, Any], extra: dict[str, Any], outputs: Any
    ) -> None:
        ui: dict[str, Any] = {}
        meta: dict[str, Any] = {}
        run = Run(self, id, prompt, extra, ui, meta)
        await run.say("execution_start", {})
        await run.say("execution_cached", {"nodes": run.cached(outputs)})
        status, kind = "success", "execution_success"
        facts: dict[str, Any] = {}
        try:
            for output in outputs:
                with contextlib.suppress(Blocked):
                    await run.node(output)
        except Interrupted:
            status, kind = "error", "execution_interrupted"
            facts = run.where()
            self.interrupted.append(id)
        except Exception as problem:
            status, kind = "error", "execution_error"
            facts = {
                **run.where(),
                "exception_message": str(problem),
                "exception_type": type(problem).__name__,
                "traceback": ["…"],
                "current_inputs": {},
                "current_outputs": [],
            }
        await run.say(kind, facts)
        await asyncio.sleep(self.history_pause)
        self.history[id] = {
            "prompt": self._item((number, id, prompt, extra, outputs)),
            "outputs": ui,
            "meta": meta,
            "status": {
                "status_str": status,
                "completed": status == "success",
                "messages": run.messages,
            },
        }
        self.history[id] = hostile.history_entry(self, self.history[id])
        if self.misbehaviour.get("history") == "forgets":
            del self.history[id]
        self.executed.append(id)
        self.running, self.last_node = None, None
        await self._tell_all()
        await self.send(run.client, "executing", {"node": None, "prompt_id": id})

    # History and files.

    async def _history(self, request: web.Request) -> web.Response:
        wanted = request.match_info.get("id")
        if wanted is None:
            return web.json_response(self.history)
        return web.json_response({id: e for id, e in self.history.items() if id == wanted})

    async def _change_history(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("clear"):
            self.history.clear()
        for id in body.get("delete", []):
            self.history.pop(id, None)
        return web.Response()

    # The socket.

    async def _ws(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client = request.query.get("clientId") or uuid.uuid4().hex
        # A second socket of the same id takes the first one's place …
        self._sockets[client] = socket
        try:
            await socket.send_json(
                {"type": "status", "data": {"status": self._info(), "sid": client}}
            )
            if self.running and self.running[3].get("client_id") == client and self.last_node:
                await socket.send_json({"type": "executing", "data": {"node": self.last_node}})
            await hostile.on_socket(self, socket)
            first = True
            async for message in socket:
                if message.type != WSMsgType.TEXT:
                    continue
                said = json.loads(message.data)
                if first and said.get("type") == "feature_flags":
                    if said["data"].get("supports_preview_metadata"):
                        self._metadata.add(client)
                    await socket.send_json({"type": "feature_flags", "data": FLAGS})
                first = False
        finally:
            # … and the end of the first one's handler cuts the second off without a word.
            self._sockets.pop(client, None)
        return socket

    async def send(self, client: str | None, type: str, data: dict[str, Any]) -> None:
        await hostile.before_event(self, client, type, data)
        for id, socket in list(self._sockets.items()):
            if client in (None, id) and not socket.closed:
                with contextlib.suppress(ConnectionError):
                    await socket.send_json({"type": type, "data": data})

    async def _tell_all(self) -> None:
        await self.send(None, "status", {"status": self._info()})

    async def show(self, client: str | None, run: Run, picture: Image.Image) -> None:
        """Send a preview, with facts about it if the client has said that it reads them."""
        socket = self._sockets.get(client or "")
        wanted = self.mode == "new" and run.extra.get("preview_method") == "auto"
        if socket is None or socket.closed or not (self.previews or wanted):
            return
        file = io.BytesIO()
        picture.save(file, "JPEG")
        frame = struct.pack(">II", 1, 1) + file.getvalue()
        if client in self._metadata:
            facts = {**run.names(), "prompt_id": run.id, "image_type": "image/jpeg"}
            head = json.dumps(facts).encode()
            frame = struct.pack(">II", 4, len(head)) + head + file.getvalue()
        with contextlib.suppress(ConnectionError):
            await socket.send_bytes(frame)

    # For tests in other processes.

    async def _log(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "taken": self.taken,
                "executed": self.executed,
                "interrupted": self.interrupted,
                "running": self.running[1] if self.running else None,
                "pending": [item[1] for item in sorted(self.queue, key=lambda item: item[:2])],
            }
        )

    async def _do(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "open" in body:
            self.gate(body["open"]).set()
        if "close" in body:
            self.gate(body["close"]).clear()
        self.misbehaviour |= body.get("misbehave", {})
        return web.json_response({})


def _refused(problem: dict[str, Any], errors: dict[str, Any] | None = None) -> web.Response:
    return web.json_response({"error": problem, "node_errors": errors or {}}, status=400)


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False
