"""Prints what workers add: `python tests/with_postgres.py python bench/machines.py [quick]`.

Runs are accepted in this process, as web processes do, and executed by 1, 2 and 4 processes of
`manage.py work` over one PostgreSQL database. First runs whose node waits for a service, then runs
of three text nodes, of which only the engine's own time is seen. The cores of this machine are
shared by all, so the second kind shows what one machine gives, and the first what more of them do.
Last, clients run three text nodes over HTTP at one web process and at two, beside one worker; the
processor time of each says what stands in the way of more: on two cores, the cores. So the same is
measured with a fifth of a core for each web process, which stands for a machine of its own; the
kernel's control groups hold it to that (as root; elsewhere this part is left out).
"""

from __future__ import annotations

import asyncio
import http.client
import http.server
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from subprocess import Popen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(tempfile.mkdtemp(prefix="patchbay-bench-", dir=os.environ.get("BENCH_DIR")))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from tests.ports import free_port  # noqa: E402
from workflows.journal.events import follow  # noqa: E402
from workflows.models import Run, User  # noqa: E402
from workflows.models.people import Tier  # noqa: E402
from workflows.services.execution.requests import RunRequest  # noqa: E402
from workflows.services.execution.starting import run_create  # noqa: E402
from workflows.services.identity.tokens import token_create  # noqa: E402
from workflows.services.library.access import workflow_readable  # noqa: E402
from workflows.services.library.workflows import workflow_create  # noqa: E402

QUICK = "quick" in sys.argv[1:]
REPEATS = 2 if QUICK else 5
#: Runs that a worker executes at once, and how long the service takes to respond.
CONCURRENCY = 4
SERVICE_SECONDS = 0.5
#: Who runs workflows over HTTP at once, and for how long.
CLIENTS = 12
SECONDS = 2.0 if QUICK else 5.0


class Service(http.server.BaseHTTPRequestHandler):
    """Takes its time."""

    def do_GET(self) -> None:
        """Respond late."""
        threading.Event().wait(SERVICE_SECONDS)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def workers(count: int, origin: str) -> Iterator[list[Popen[bytes]]]:
    """Run so many workers for as long as the block lasts."""
    environment = {**os.environ, "FETCH_ALLOW": origin}
    command = [sys.executable, "manage.py", "work", "--concurrency", str(CONCURRENCY)]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        yield started
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)


def seconds_of(owner: User, slug: str, count: int) -> float:
    """Start so many runs and wait for all; return how long that took."""
    began = time.perf_counter()
    request = RunRequest({})
    runs = [
        run_create(user=owner, workflow=workflow_readable(user=owner, slug=slug), request=request)
        for _ in range(count)
    ]

    async def all_of_them() -> None:
        await asyncio.gather(*(ended(run) for run in runs))

    async def ended(run: Run) -> None:
        async for _ in follow(run.pk):
            pass

    asyncio.run(all_of_them())
    took = time.perf_counter() - began
    left = Run.objects.exclude(status="completed").first()
    if left is not None:
        raise SystemExit(f"a run ended as {left.status}: {left.error}")
    return took


@contextmanager
def web(count: int) -> Iterator[dict[int, Popen[bytes]]]:
    """Run so many web processes without an engine; yield them by port."""
    environment = {**os.environ, "ENGINE": "none"}
    started: dict[int, Popen[bytes]] = {}
    try:
        for _ in range(count):
            port = free_port()
            command = [sys.executable, "manage.py", "serve", "--port", str(port)]
            started[port] = Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for process in started.values():
            assert process.stdout is not None
            process.stdout.readline()
        yield started
    finally:
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        for process in started.values():
            process.wait(30)


@contextmanager
def share_of_a_core(pids: list[int], share: float) -> Iterator[None]:
    """Let each process have at most this share of one core; OSError where one may not say so.

    https://docs.kernel.org/scheduler/sched-bwc.html; a short period keeps the pauses short.
    """
    root = Path("/sys/fs/cgroup")
    one = (root / "cgroup.controllers").exists()
    period = 10_000
    groups = [root / ("" if one else "cpu") / f"patchbay-bench-{pid}" for pid in pids]
    try:
        for pid, group in zip(pids, groups, strict=True):
            group.mkdir()
            if one:
                (group / "cpu.max").write_text(f"{int(period * share)} {period}")
            else:
                (group / "cpu.cfs_period_us").write_text(str(period))
                (group / "cpu.cfs_quota_us").write_text(str(int(period * share)))
            (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        for pid, group in zip(pids, groups, strict=True):
            if group.exists():
                (group.parent / "cgroup.procs").write_text(str(pid))
                group.rmdir()


def busy_seconds(pid: int) -> float:
    """Read how much processor time a process has had, with its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def postmaster() -> int:
    """Find the parent of the processes of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


def database_seconds(parent: int) -> float:
    """Read how much processor time the processes of the database have had."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    total = busy_seconds(parent)
    for child in children:
        with suppress(FileNotFoundError):
            total += busy_seconds(int(child))
    return total


def idle_seconds() -> float:
    """Read how long the cores of this machine have had nothing to do."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


def http_runs(ports: list[int], slug: str, token: str, seconds: float) -> float:
    """Return how many runs a second clients get that start one and wait for it, in turn by port."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    path, done = f"/api/workflows/{slug}/run", [0] * CLIENTS
    end = time.perf_counter() + seconds

    def one(at: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", ports[at % len(ports)])
        while time.perf_counter() < end:
            connection.request("POST", path, b'{"inputs": {}}', headers)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise SystemExit(f"a run was answered {response.status}: {body[:200]!r}")
            done[at] += 1

    threads = [threading.Thread(target=one, args=(at,)) for at in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def over_http(slug: str, token: str, origin: str, counts: tuple[int, ...], share: float) -> None:
    """Print what one web process gives, and what more do; each has a share of a core, 0 for all."""
    first, parent = 0.0, postmaster()
    for count in counts:
        with workers(1, origin) as working, web(count) as serving:
            pids = [each.pid for each in serving.values()]
            http_runs(list(serving), slug, token, 1.0)

            def spent(pids: list[int], worker: int) -> list[float]:
                processes = [*pids, worker, os.getpid()]
                return [*map(busy_seconds, processes), database_seconds(parent), idle_seconds()]

            with share_of_a_core(pids, share) if share else nullcontext():
                busy = spent(pids, working[0].pid)
                values = [http_runs(list(serving), slug, token, SECONDS) for _ in range(REPEATS)]
                after = spent(pids, working[0].pid)
            runs = sum(values) * SECONDS
            took = [(now - before) / runs * 1e3 for now, before in zip(after, busy, strict=True)]
            middle = statistics.median(values)
            first = first or middle
            label = f"over HTTP, {count} web process{'es' if count > 1 else ''}"
            *each_web, worker, clients, database, idle = took
            shares = ", ".join(f"{each:.1f}" for each in each_web)
            print(
                f"{label:<40} {min(values):8.1f} / {middle:8.1f} / {max(values):8.1f}  "
                f"x {middle / first:.2f}; processor ms a run: web {shares}, worker {worker:.1f}, "
                f"database {database:.1f}, clients {clients:.1f}; idle {idle:.1f}"
            )


def main() -> None:
    """Measure."""
    if connection.vendor != "postgresql":
        raise SystemExit("Workers need PostgreSQL: run this by tests/with_postgres.py.")
    # This process takes part as a web process does.
    from workflows.engine import members
    from workflows.engine.heartbeat import Membership

    call_command("migrate", verbosity=0)
    owner = User.objects.create_user("bench", tier=Tier.ENTERPRISE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    place = {"position": {"x": 0, "y": 0}}
    waiting = {"id": "h", "type": "httpRequest", **place, "data": {"url": f"{origin}/"}}
    texts = [{"id": f"t{at}", "type": "textBox", **place, "data": {"text": "x"}} for at in range(3)]
    ends = {"sourceHandle": "text-out", "targetHandle": "text-in"}
    edges = [{"id": f"e{at}", "source": f"t{at}", "target": f"t{at + 1}", **ends} for at in (0, 1)]
    kinds = {"waits for a service": ([waiting], []), "three text nodes": (texts, edges)}
    slugs = {
        name: workflow_create(user=owner, body={"name": name, "nodes": nodes, "edges": edges}).slug
        for name, (nodes, edges) in kinds.items()
    }
    members.join(Membership())
    rates: dict[tuple[str, int], float] = {}
    print(f"runs a second, min / median / max; {CONCURRENCY} at once a worker")
    for count in (1, 2, 4):
        with workers(count, origin):
            for name, slug in slugs.items():
                runs = (
                    (32 if "waits" in name else 100) if QUICK else (64 if "waits" in name else 300)
                )
                seconds_of(owner, slug, 8)
                values = [runs / seconds_of(owner, slug, runs) for _ in range(REPEATS)]
                rates[name, count] = statistics.median(values)
                gain = rates[name, count] / rates[name, 1]
                label = f"{name}, {count} worker{'s' if count > 1 else ''}"
                low, high = min(values), max(values)
                middle = rates[name, count]
                print(f"{label:<40} {low:8.1f} / {middle:8.1f} / {high:8.1f}  x {gain:.2f}")
    members.leave()
    _, token = token_create(owner=owner, name="bench", capabilities=["workflow:run"])
    connections.close_all()
    slug = slugs["three text nodes"]
    print(f"the same over HTTP, {CLIENTS} clients, one worker")
    over_http(slug, token, origin, (1, 2), share=0)
    print("the same, a fifth of a core for each web process")
    try:
        over_http(slug, token, origin, (1, 2, 3), share=0.2)
    except OSError as error:
        print(f"not measured, as control groups cannot be made here: {error}")
    server.shutdown()
    connections.close_all()


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
