"""Prints runs here beside a ComfyUI server's: `python bench/comfyui.py http://127.0.0.1:8188`.

The ComfyUI server runs already, on the same machine and with nothing else to do; Patchbay is
started by this program on a fresh folder. Each figure takes the two in turn, run by run, so that
what else the machine does falls on both. A client of each follows a run the way its own users do: a
ComfyUI client posts to /prompt and listens on its WebSocket, ours posts once with stream=true and
reads; "two calls" posts, and then reads the run's events. Medians with [least, most].
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(tempfile.mkdtemp(prefix="patchbay-bench-", dir=os.environ.get("BENCH_DIR")))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"

import django  # noqa: E402

django.setup()

import httpx  # noqa: E402
import websockets  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from tests.ports import free_port  # noqa: E402
from workflows.models import User  # noqa: E402
from workflows.models.people import Tier  # noqa: E402
from workflows.services.identity.tokens import token_create  # noqa: E402
from workflows.services.library.workflows import workflow_create  # noqa: E402

QUICK = "quick" in sys.argv[1:]
REPEATS = 15 if QUICK else 60
SECONDS = 1.5 if QUICK else 4.0

#: What a client saw of one run, in milliseconds: its first event, and its end.
Seen = tuple[float, float]
#: Runs once and says what it saw.
Client = Callable[[], Awaitable[Seen]]


def texts(length: int) -> tuple[dict[str, Any], Callable[[], dict[str, Any]]]:
    """Write a chain of text nodes for both; ComfyUI's has a new text in every run, or it caches."""
    ours: dict[str, Any] = {"name": f"texts {length}", "nodes": [], "edges": []}
    for at in range(length):
        ours["nodes"].append(_node(f"t{at}", "textBox", text="hello"))
        if at:
            ours["edges"].append(_edge(f"t{at - 1}", f"t{at}", "text"))

    def theirs() -> dict[str, Any]:
        prompt: dict[str, Any] = {
            "0": _comfy("StringConcatenate", string_a=uuid4().hex, string_b="", delimiter="")
        }
        for at in range(1, length - 1):
            inputs = {"string_a": [str(at - 1), 0], "string_b": "", "delimiter": ""}
            prompt[str(at)] = _comfy("StringConcatenate", **inputs)
        prompt["end"] = _comfy("PreviewAny", source=[str(length - 2), 0])
        return prompt

    return ours, theirs


def images() -> tuple[dict[str, Any], Callable[[], dict[str, Any]]]:
    """Write three image nodes for both, the same in every run, so that all are cached."""
    nodes = [
        _node("g", "gradient", width=16, height=16),
        _node("b", "blurImage", radius=1),
        _node("r", "resizeImage", width=8),
    ]
    edges = [_edge("g", "b", "image"), _edge("b", "r", "image")]
    scale = {"image": ["0", 0], "width": 8, "height": 8, "crop": "disabled"}
    prompt = {
        "0": _comfy("EmptyImage", width=16, height=16, batch_size=1, color=0),
        "1": _comfy("ImageScale", upscale_method="bilinear", **scale),
        "2": _comfy("PreviewImage", images=["1", 0]),
    }
    return {"name": "images", "nodes": nodes, "edges": edges}, lambda: prompt


def _node(id: str, type: str, **data: object) -> dict[str, Any]:
    return {"id": id, "type": type, "position": {"x": 0, "y": 0}, "data": data}


def _edge(source: str, target: str, kind: str) -> dict[str, Any]:
    ends = {"sourceHandle": f"{kind}-out", "targetHandle": f"{kind}-in"}
    return {"id": f"{source}-{target}", "source": source, "target": target, **ends}


def _comfy(class_type: str, **inputs: object) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


class Patchbay:
    """Our server, and clients of it."""

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        call_command("migrate", verbosity=0)
        owner = User.objects.create_user("bench", tier=Tier.ENTERPRISE)
        _, token = token_create(owner=owner, name="bench", capabilities=["*"])
        self.slugs = [workflow_create(user=owner, body=document).slug for document in documents]
        connections.close_all()
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.headers = {"Authorization": f"Bearer {token}"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not self._serves():
            if self.process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.02)

    def _serves(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """End the server."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def streaming(self, http: httpx.AsyncClient, at: int) -> Client:
        """Return a client that makes one call."""

        async def run() -> Seen:
            began = time.perf_counter()
            path = f"/api/workflows/{self.slugs[at]}/run?stream=true"
            async with http.stream("POST", path, json={"inputs": {}}) as response:
                return await _read(response, began)

        return run

    def two_calls(self, http: httpx.AsyncClient, at: int) -> Client:
        """Return a client that starts a run, and then reads its events."""

        async def run() -> Seen:
            began = time.perf_counter()
            path = f"/api/workflows/{self.slugs[at]}/run?async=true"
            made = (await http.post(path, json={"inputs": {}})).raise_for_status().json()
            events = f"/api/executions/{made['executionId']}/events"
            async with http.stream("GET", events) as response:
                return await _read(response, began)

        return run


async def _read(response: httpx.Response, began: float) -> Seen:
    """Read a run's events to the last."""
    response.raise_for_status()
    first, last, text = 0.0, 0.0, ""
    async for chunk in response.aiter_text():
        last = (time.perf_counter() - began) * 1e3
        first = first or last
        text += chunk
    if "event: output" not in text:
        raise SystemExit(f"a run did not complete: {text[-500:]}")
    return first, last


def comfyui(
    http: httpx.AsyncClient, socket: websockets.ClientConnection, id: str, prompt: Callable
) -> Client:
    """Return a client of ComfyUI."""
    last = "none"

    async def run() -> Seen:
        nonlocal last
        body = {"prompt": prompt(), "client_id": id}
        began = time.perf_counter()
        posted = asyncio.create_task(http.post("/prompt", json=body))
        first = 0.0
        while True:
            message = await socket.recv()
            # Of the queue, previews, and what is still said of the run before this one.
            if isinstance(message, bytes) or '"prompt_id"' not in message or last in message:
                continue
            first = first or (time.perf_counter() - began) * 1e3
            if '"execution_error"' in message:
                raise SystemExit(message)
            if '"execution_success"' in message:
                break
        last = (await posted).raise_for_status().json()["prompt_id"]
        return first, (time.perf_counter() - began) * 1e3

    return run


async def compare(patchbay: Patchbay, url: str, prompts: list[Callable]) -> None:
    """Print every figure."""
    id = uuid4().hex
    async with (
        httpx.AsyncClient(base_url=patchbay.url, headers=patchbay.headers, timeout=30) as ours,
        httpx.AsyncClient(base_url=url, timeout=30) as theirs,
        websockets.connect(_socket_url(url, id)) as socket,
    ):
        names = ("three texts", "ten texts", "three images, all cached")
        for at, name in enumerate(names):
            them = comfyui(theirs, socket, id, prompts[at])
            clients = [patchbay.streaming(ours, at), patchbay.two_calls(ours, at), them]
            seen = await _in_turn(clients)
            for which, moment in enumerate(("first event", "end")):
                print(f"{name}, {moment}")
                values = [[one[which] for one in each] for each in seen]
                base = statistics.median(values[2])
                for who, each in zip(("one call", "two calls", "ComfyUI"), values, strict=True):
                    middle = statistics.median(each)
                    times = f"{middle / base:.2f}x"
                    print(
                        f"  {who:<12} {middle:8.2f} ms [{min(each):.2f}, {max(each):.2f}] {times}"
                    )


async def _in_turn(clients: list[Client]) -> list[list[Seen]]:
    """Let each run once, and again; the first three of each warm up."""
    seen: list[list[Seen]] = [[] for _ in clients]
    for turn in range(REPEATS + 3):
        for at, client in enumerate(clients):
            one = await client()
            if turn >= 3:
                seen[at].append(one)
    return seen


async def rates(patchbay: Patchbay, url: str, prompt: Callable) -> None:
    """Print runs of three texts a second, by one client and by eight."""
    for count in (1, 8):
        async with AsyncExitStack() as stack:
            ours = [await patchbay_client(stack, patchbay) for _ in range(count)]
            theirs = [await comfyui_client(stack, url, prompt) for _ in range(count)]
            pairs = [(await _rate(ours), await _rate(theirs)) for _ in range(3)]
        each = ", ".join(f"{a:.0f} beside {b:.0f}" for a, b in pairs)
        times = statistics.median(a / b for a, b in pairs)
        print(f"runs of three texts a second, {count} clients: {times:.2f}x ({each})")


async def patchbay_client(stack: AsyncExitStack, patchbay: Patchbay) -> Callable:
    """Connect a client that runs the first workflow and waits for its result."""
    http = await stack.enter_async_context(
        httpx.AsyncClient(base_url=patchbay.url, headers=patchbay.headers, timeout=30, verify=False)
    )

    async def run() -> None:
        path = f"/api/workflows/{patchbay.slugs[0]}/run"
        (await http.post(path, json={"inputs": {}})).raise_for_status()

    return run


async def comfyui_client(stack: AsyncExitStack, url: str, prompt: Callable) -> Callable:
    """Connect a client of ComfyUI."""
    id = uuid4().hex
    http = await stack.enter_async_context(
        httpx.AsyncClient(base_url=url, timeout=30, verify=False)
    )
    socket = await stack.enter_async_context(websockets.connect(_socket_url(url, id)))
    return comfyui(http, socket, id, prompt)


async def _rate(clients: list[Callable]) -> float:
    """Return how many runs a second the clients complete together."""
    done = 0
    began = time.perf_counter()

    async def go(run: Callable) -> None:
        nonlocal done
        while time.perf_counter() < began + SECONDS:
            await run()
            done += 1

    await asyncio.gather(*(go(run) for run in clients))
    return done / (time.perf_counter() - began)


def _socket_url(url: str, id: str) -> str:
    return f"{url.replace('http', 'ws', 1)}/ws?clientId={id}"


def shapes() -> Iterator[tuple[dict[str, Any], Callable]]:
    """Return what is run: ours, and the same for ComfyUI."""
    yield texts(3)
    yield texts(10)
    yield images()


def main() -> None:
    """Measure and print."""
    url = sys.argv[1]
    documents, prompts = map(list, zip(*shapes(), strict=True))
    patchbay = Patchbay(documents)
    try:
        asyncio.run(compare(patchbay, url, prompts))
        asyncio.run(rates(patchbay, url, prompts[0]))
    finally:
        patchbay.stop()


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
