"""Prints what workers add: `python tests/with_postgres.py python bench/machines.py [quick]`.

Runs are accepted in this process, as web processes do, and executed by 1, 2 and 4 processes of
`manage.py work` over one PostgreSQL database. First runs whose node waits for a service, then runs
of three text nodes, of which only the engine's own time is seen. The cores of this machine are
shared by all, so the second kind shows what one machine gives, and the first what more of them do.
"""

from __future__ import annotations

import asyncio
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
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(tempfile.mkdtemp(prefix="patchbay-bench-", dir=os.environ.get("BENCH_DIR")))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from workflows.journal.events import follow  # noqa: E402
from workflows.models import Run, User  # noqa: E402
from workflows.models.people import Tier  # noqa: E402
from workflows.services.execution.runs import RunRequest, run_create  # noqa: E402
from workflows.services.library.access import workflow_readable  # noqa: E402
from workflows.services.library.workflows import workflow_create  # noqa: E402

QUICK = "quick" in sys.argv[1:]
REPEATS = 2 if QUICK else 5
#: Runs that a worker executes at once, and how long the service takes to respond.
CONCURRENCY = 4
SERVICE_SECONDS = 0.5


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
def workers(count: int, origin: str) -> Iterator[None]:
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
        yield
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
    server.shutdown()
    connections.close_all()


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
