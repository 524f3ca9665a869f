"""Prints the engine's figures: `python bench/engine.py [quick]`; medians with minimum and maximum.

Everything is measured on a fresh database in a temporary folder (BENCH_DIR names its parent):
SQLite, or the PostgreSQL of DATABASE_URL (tests/with_postgres.py starts one), with every event
durable and a watcher connected. The second part starts the real server and talks HTTP to it. Nodes
are text nodes of the catalogue, so that only the engine's own time is seen.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(tempfile.mkdtemp(prefix="patchbay-bench-", dir=os.environ.get("BENCH_DIR")))
os.environ["DATA_DIR"] = str(FOLDER / "engine")
os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"

import django  # noqa: E402

django.setup()

import httpx  # noqa: E402
from asgiref.sync import sync_to_async  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from workflows.engine import embedded  # noqa: E402
from workflows.graph.planner import compile  # noqa: E402
from workflows.journal.events import follow  # noqa: E402
from workflows.models import Run, User  # noqa: E402
from workflows.models.people import Tier  # noqa: E402
from workflows.nodes import registry  # noqa: E402
from workflows.services.execution.requests import RunRequest  # noqa: E402
from workflows.services.execution.starting import run_create  # noqa: E402
from workflows.services.identity.tokens import token_create  # noqa: E402
from workflows.services.library.access import workflow_readable  # noqa: E402
from workflows.services.library.workflows import workflow_create  # noqa: E402

QUICK = "quick" in sys.argv[1:]
REPEATS = 3 if QUICK else 9
SECONDS = 1.0 if QUICK else 4.0


def node(id: str, type: str, **data: object) -> dict:
    """Write a node."""
    return {"id": id, "type": type, "position": {"x": 0, "y": 0}, "data": data}


def edge(source: str, target: str, into: str = "text") -> dict:
    """Connect a text."""
    return {
        "id": f"{source}-{target}",
        "source": source,
        "target": target,
        "sourceHandle": "text-out",
        "targetHandle": f"{into}-in",
    }


def chains(count: int, length: int) -> dict:
    """Build `count` chains of `length` text nodes."""
    nodes, edges = [], []
    for row in range(count):
        for at in range(length):
            nodes.append(node(f"c{row}-{at}", "textBox", text="hello"))
            if at:
                edges.append(edge(f"c{row}-{at - 1}", f"c{row}-{at}"))
    return {"name": f"{count} x {length}", "nodes": nodes, "edges": edges}


def wide(count: int) -> dict:
    """Build nodes that do not wait for each other; a join makes one graph of them."""
    nodes = [node(f"w{at}", "textBox", text="hello") for at in range(count)]
    edges = [edge(f"w{at}", "join", "texts") for at in range(count)]
    return {
        "name": f"wide {count}",
        "nodes": [*nodes, node("join", "joinText")],
        "edges": edges,
    }


def pictures() -> dict:
    """Build three nodes whose results are kept."""
    return {
        "name": "pictures",
        "nodes": [
            node("g", "gradient", width=16, height=16),
            node("b", "blurImage", radius=1),
            node("r", "resizeImage", width=8),
        ],
        "edges": [
            {
                "id": f"{a}{b}",
                "source": a,
                "target": b,
                "sourceHandle": "image-out",
                "targetHandle": "image-in",
            }
            for a, b in (("g", "b"), ("b", "r"))
        ],
    }


def show(name: str, values: list[float], unit: str, extra: str = "") -> float:
    """Print one line and return the median."""
    middle = statistics.median(values)
    low, high = min(values), max(values)
    print(f"{name:<46} {low:9.2f} / {middle:9.2f} / {high:9.2f} {unit}  {extra}", flush=True)
    return middle


def repeated(measure: Callable[[], float]) -> list[float]:
    """Measure once to warm up and then some times."""
    measure()
    return [measure() for _ in range(REPEATS)]


class Watched:
    """One run from submit to its last event, in milliseconds, and what a watcher received."""

    def __init__(self, owner: User, slug: str, *, force: bool = False) -> None:
        began = time.perf_counter()
        run = submitted(owner, slug, RunRequest({}, force=force))
        self.accepted = (time.perf_counter() - began) * 1e3
        self.first = self.bytes = self.events = 0.0

        async def watch() -> None:
            async for page in follow(run.id, 1):
                if not self.events:
                    self.first = (time.perf_counter() - began) * 1e3
                self.bytes += len(page.frame)
                self.events += page.last - page.first + 1

        asyncio.run(watch())
        self.total = (time.perf_counter() - began) * 1e3
        run.refresh_from_db()
        if run.status != "completed":
            raise SystemExit(f"a run ended as {run.status}: {run.error}")


def in_process() -> None:
    """Measure the engine as services use it."""
    call_command("migrate", verbosity=0)
    owner = User.objects.create_user("bench", tier=Tier.ENTERPRISE)

    def slug_of(document: dict) -> str:
        return workflow_create(user=owner, body=document).slug

    embedded.start()
    print("submit to last event, ms: min / median / max (accepting included)")
    middles: dict[int, float] = {}
    for length in (3, 10, 100, 500, 1000, 5000):
        slug = slug_of(chains(1, length))
        runs: list[Watched] = []

        def measure(slug: str = slug, runs: list[Watched] = runs) -> float:
            runs.append(Watched(owner, slug))
            return runs[-1].total

        values = repeated(measure)
        size = runs[-1].bytes / length
        accepted = statistics.median(run.accepted for run in runs)
        middles[length] = show(
            f"chain of {length}",
            values,
            "ms",
            f"{statistics.median(values) / length:.3f} ms and {size:.0f} B a node, "
            f"accepted in {accepted:.1f} ms",
        )
        if length == 3:
            show("  first event of a run", [run.first for run in runs[1:]], "ms")
    slope = (middles[1000] - middles[100]) / 900
    print(f"  t(1,000) / t(100) = {middles[1000] / middles[100]:.1f}; slope {slope:.3f} ms a node")
    for count in (100, 1000):
        slug = slug_of(wide(count))
        show(
            f"{count} independent nodes",
            repeated(partial(lambda s: Watched(owner, s).total, slug)),
            "ms",
        )
    slug = slug_of(chains(40, 50))
    show("2,000 nodes in 40 chains of 50", repeated(lambda: Watched(owner, slug).total), "ms")
    document = chains(40, 50)
    show("  planning alone", repeated(lambda: timed(compile, document)), "ms")
    show("  accepting and planning", repeated(lambda: Watched(owner, slug).accepted), "ms")
    kept = slug_of(pictures())
    forced = repeated(lambda: Watched(owner, kept, force=True).total)
    show("3 picture nodes, computed", forced, "ms")
    show("3 picture nodes, all cached", repeated(lambda: Watched(owner, kept).total), "ms")
    show("1,000 events to 100 watchers", watchers(owner, slug_of(chains(1, 500))), "ms")
    slug = slug_of(chains(1, 3))
    for submitters in (1, 8):
        values = [throughput(owner, slug, submitters) for _ in range(3)]
        show(f"3-node runs a second, {submitters} submitting", values, "/s")
    embedded.stop()
    connections.close_all()


def timed(plan: Callable, document: dict) -> float:
    """Time one planning in ms."""
    began = time.perf_counter()
    plan(document, {}, registry.node_types())
    return (time.perf_counter() - began) * 1e3


def watchers(owner: User, slug: str) -> list[float]:
    """Time from submit until all of a hundred watchers have everything, in ms."""

    async def one(run_id: UUID) -> int:
        seen = 0
        async for page in follow(run_id):
            seen = page.last
        return seen

    async def hundred(run_id: UUID) -> None:
        seen = await asyncio.gather(*(one(run_id) for _ in range(100)))
        if set(seen) != {1003}:
            raise SystemExit(f"watchers missed events: {set(seen)}")

    values = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        run = submitted(owner, slug, RunRequest({}))
        asyncio.run(hundred(run.id))
        values.append((time.perf_counter() - began) * 1e3)
    return values


def throughput(owner: User, slug: str, submitters: int) -> float:
    """Count runs a second that are submitted and awaited."""
    done = [0] * submitters
    began = time.perf_counter()

    def submit(at: int) -> None:
        async def go() -> None:
            while time.perf_counter() < began + SECONDS:
                # In a thread that keeps its connection.
                run = await sync_to_async(submitted)(owner, slug, RunRequest({}))
                async for _ in follow(run.id):
                    pass
                done[at] += 1

        asyncio.run(go())
        connections.close_all()

    threads = [threading.Thread(target=submit, args=(at,)) for at in range(submitters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def submitted(owner: User, slug: str, request: RunRequest) -> Run:
    """Find the workflow and start a run of it, as a view does."""
    workflow = workflow_readable(user=owner, slug=slug)
    return run_create(user=owner, workflow=workflow, request=request)


def over_http() -> None:
    """Measure what a client of the real server sees."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = User.objects.get(username="bench")
    _, token = token_create(owner=owner, name="bench", capabilities=["*"])
    slug = workflow_create(user=owner, body={**chains(1, 3), "name": "http"}).slug
    connections.close_all()
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, server)
        show("cold start to serving", [(time.perf_counter() - began) * 1e3], "ms")
        show("resident memory, idle", [resident_mb(server.pid)], "MB")
        headers = {"Authorization": f"Bearer {token}"}
        run: tuple[str, dict[str, object]] = (f"/api/workflows/{slug}/run", {"inputs": {}})
        create: tuple[str, dict[str, object]] = ("/api/workflows", {"name": "x"})
        for name, asked in (("3-node runs", run), ("creates", create)):
            for clients in (1, 8):
                pairs = [
                    http_throughput(url, headers, asked, clients, server.pid) for _ in range(3)
                ]
                rates, busy = map(list, zip(*pairs, strict=True))
                show(f"{name} a second over HTTP, {clients} clients", rates, "/s")
                show("  processor time of the server for each", busy, "ms")
        show("resident memory, after that", [resident_mb(server.pid)], "MB")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Return when the server answers."""
    while server.poll() is None:
        try:
            if httpx.get(f"{url}/healthz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise SystemExit("the server did not start")


def resident_mb(pid: int) -> float:
    """Read a process's resident memory in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def busy_seconds(pid: int) -> float:
    """Read how much processor time a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def http_throughput(
    url: str, headers: dict, asked: tuple[str, dict], clients: int, pid: int
) -> tuple[float, float]:
    """Return how many calls a second are answered, and the server's processor time for each in ms.

    Clients are made, and connected, before the clock runs, which stops with the last response.
    """
    path, body = asked
    done = [0] * clients
    began = busy = 0.0

    def begin() -> None:
        nonlocal began, busy
        began, busy = time.perf_counter(), busy_seconds(pid)

    ready = threading.Barrier(clients, begin)

    def call(at: int) -> None:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            client.get("/healthz").raise_for_status()
            ready.wait()
            while time.perf_counter() < began + SECONDS:
                client.post(path, json=body).raise_for_status()
                done[at] += 1

    threads = [threading.Thread(target=call, args=(at,)) for at in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count, taken = sum(done), time.perf_counter() - began
    return count / taken, (busy_seconds(pid) - busy) / count * 1e3


if __name__ == "__main__":
    try:
        in_process()
        over_http()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
