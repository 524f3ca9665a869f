"""Processes that run an engine and get killed; and a check of what they leave behind.

Each is forked from one that has loaded Patchbay, which takes a second, and does nothing else. Its
data is in DATA_DIR or DATABASE_URL, and the ledger of everything nodes did outside in LEDGER.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.started import ROOT, copy_started

KILLED = 137
PATIENCE_SECONDS = 120


class Process:
    """One process of the lab; what it prints comes by `output` as it prints it."""

    def __init__(self, output: socket.socket, fate: socket.socket) -> None:
        for end in (output, fate):
            end.settimeout(PATIENCE_SECONDS)
        self._sockets = (output, fate)
        self.output, self._fate = output.makefile("r"), fate.makefile("r")
        self._pid = int(self._fate.readline())

    @property
    def pid(self) -> int:
        """Its number."""
        return self._pid

    def send_signal(self, number: int) -> None:
        """Send it a signal; its number stays its own until `finish`."""
        os.kill(self._pid, number)

    def finish(self) -> tuple[int, str]:
        """Wait for its end; return its exit status, negative for a signal, and what it printed."""
        output = self.output.read()
        status = int(self._fate.readline())
        for end in (self.output, self._fate, *self._sockets):
            end.close()
        return status, output


class Lab:
    """Starts and kills engine processes over one database."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.ledger = folder / "ledger"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "canvas.settings",
            "LEDGER": str(self.ledger),
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }
        if not database_url:
            copy_started(folder / "data")
        self._orders, orders = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with orders:
            self._loaded = subprocess.Popen(
                [sys.executable, "-m", "tests.engine.crashlab", str(orders.fileno())],
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[orders.fileno()],
            )

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._orders.close()
        self._loaded.wait(PATIENCE_SECONDS)

    def seed(self, kind: str, count: int = 1, number: int = 0, **more: int) -> None:
        """Create the tables and `count` queued runs; `more` are those of further kinds."""
        kinds = [f"{kind}={count}" for kind, count in {kind: count, **more}.items()]
        self._finish(self.start("seed", *kinds, str(number)))

    def work(self, **environment: str) -> int:
        """Execute runs until all have ended or the process dies; return its exit status."""
        status, output = self.start("work", **environment).finish()
        assert status in (0, KILLED), output
        return status

    def resume(self) -> None:
        """Resume every paused run, as services do, with no engine at hand."""
        self._finish(self.start("resume"))

    def statuses(self) -> list[str]:
        """Return how every run stands, the oldest first."""
        return self._finish(self.start("statuses")).split()

    def work_and_kill(self, after: int) -> bool:
        """Execute runs and SIGKILL the process after so many nodes; False when it had ended."""
        process = self.start("work")
        for _ in range(after):
            if not process.output.readline():
                break
        process.send_signal(signal.SIGKILL)
        status, _ = process.finish()
        return status == -signal.SIGKILL

    def work_and_stop(self, after: int) -> None:
        """The same with SIGTERM, which must end the process in good order."""
        process = self.start("work")
        for _ in range(after):
            process.output.readline()
        process.send_signal(signal.SIGTERM)
        self._finish(process)

    def check(self) -> str:
        """Hold every run to the promises; return the statuses, one a line."""
        return self._finish(self.start("check"))

    def cancel(self) -> None:
        """Cancel every run that has not ended, as services do, with no engine at hand."""
        self._finish(self.start("cancel"))

    def assets(self) -> list[str]:
        """Return the names of the files that runs have made."""
        return self._finish(self.start("assets")).split()

    def calls(self) -> Counter[str]:
        """Count how often each node of each run did something outside."""
        text = self.ledger.read_text("ascii") if self.ledger.exists() else ""
        return Counter(text.split("\n")[:-1])

    def ledger_lines(self) -> list[str]:
        """Return the lines of the ledger: kind, credits and dollars."""
        return self._finish(self.start("ledger")).splitlines()

    def start(self, command: str, *arguments: str, **environment: str) -> Process:
        """Start a process of the lab with this environment more."""
        output, theirs = socket.socketpair()
        fate, keeper = socket.socketpair()
        order = {"command": [command, *arguments], "environment": self.environment | environment}
        with theirs, keeper:
            ends = [theirs.fileno(), keeper.fileno()]
            socket.send_fds(self._orders, [json.dumps(order).encode()], ends)
        return Process(output, fate)

    @staticmethod
    def _finish(process: Process) -> str:
        status, output = process.finish()
        assert status == 0, output
        return output


def _ordered(orders: socket.socket) -> list[str]:
    """Fork a process for every order, and return in that process with its command.

    Between the two stands one that tells the test the process's number and how it ended.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, ends, _, _ = socket.recv_fds(orders, 1 << 17, 2)
        if not message:
            os._exit(0)  # there is nothing to put in order
        if os.fork() == 0:
            break
        for end in ends:
            os.close(end)
    orders.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output, fate = ends
    if child := os.fork():
        os.close(output)
        _tell(child, socket.socket(fileno=fate))
    os.close(fate)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    order = json.loads(message)
    _read_again(order["environment"])
    return order["command"]


def _tell(child: int, fate: socket.socket) -> None:
    fate.sendall(b"%d\n" % child)
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
    fate.sendall(b"%d\n" % status)
    # As long as it is not waited for, no other process gets its number.
    fate.recv(1)
    os._exit(0)


def _read_again(environment: dict[str, str]) -> None:
    """Take this environment for one's own, and what was read from the one before."""
    from django.conf import settings

    from canvas import settings as written
    from workflows import failpoints

    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(written)
    settings._setup()  # type: ignore[misc]  # Django has no other way to read them again
    importlib.reload(failpoints)


def _seed(kinds: dict[str, int], number: int) -> None:
    from django.core.management import call_command

    from tests.engine import runs
    from workflows.models import Runner, User

    call_command("migrate", verbosity=0)
    owner = User.objects.create_user(username="olga")
    if "comfy" in kinds:
        endpoint = os.environ["COMFY_RUNNER"]
        Runner.objects.create(owner=owner, name="gpu", endpoint=endpoint, private=True)
    chance = random.Random(number)
    for kind, count in kinds.items():
        for _ in range(count):
            runs.create(owner, _document(kind, chance), start=False)


def _document(kind: str, chance: random.Random) -> dict:
    from tests.engine.runs import graph

    if kind == "grinding":
        count = chance.randint(3, 6)
        nodes = {f"n{at}": ("testGrind", {"seconds": 0.15}) for at in range(count)}
        return graph({**nodes, "end": "testText"}, *(f"{id} > end.more" for id in nodes))
    if kind == "poison":
        return graph({"a": ("testLedger", {"text": "x"}), "p": "testPoison"}, "a > p")
    if kind == "comfy":
        from tests.engine import comfy

        return comfy.document(comfy.HELD)
    if kind == "items":
        items = ("list", {"items": [f"t{at}" for at in range(200)]})
        list_graph: dict[str, Any] = {"list": items, "each": "testLedgerOfItems", "end": "testText"}
        return graph(list_graph, "list.items > each", "each > end.more")
    if kind == "film":
        return _film()
    if kind == "photos":
        return _photos()
    if kind == "provider":
        return graph({"a": ("testProvided", {"text": "x"}), "b": "testText"}, "a > b")
    count = chance.randint(5, 25)
    types = ["testLedger", "testLedger", "testText", "testKept"]
    names: dict[str, tuple[str, dict[str, Any]]] = {
        f"n{at}": (chance.choice(types), {"text": f"{at}"}) for at in range(count)
    }
    if chance.random() < 0.2:
        names[f"n{count - 1}"] = ("testLedger", {"fail": True})
    edges = [
        f"n{chance.randrange(at)} > n{at}.more"
        for at in range(1, count)
        for _ in range(chance.randint(1, 2))
    ]
    return graph(names, *dict.fromkeys(edges))


def _film() -> dict:
    """Return a chain of video nodes of which the last one writes for some seconds."""
    from tests import clips
    from tests.engine.runs import graph
    from workflows.media import storage
    from workflows.models import User

    film = storage.asset_create(User.objects.get(username="olga"), clips.video(40), "film.mp4")
    nodes = {
        "film": ("uploadVideo", {"asset": storage.reference(film)}),
        "cut": ("trimVideo", {"start": 1}),
        "large": ("resizeVideo", {"width": 1600}),
        "fast": ("speedVideo", {"speed": 1.25}),
        "end": "responseOutput",
    }
    edges = ("film.video > cut.video", "cut.video > large.video", "large.video > fast.video")
    return graph(nodes, *edges, "fast.video > end.result")


def _photos() -> dict:
    """Return three photos through three steps, the first two of which are recipes."""
    from io import BytesIO

    from PIL import Image

    from tests.engine.runs import graph
    from workflows.media import storage
    from workflows.models import User

    owner = User.objects.get(username="olga")
    nodes: dict[str, Any] = {}
    for number in range(3):
        body = BytesIO()
        Image.effect_noise((900, 600), 40 + number).convert("RGB").save(body, "PNG")
        photo = storage.asset_create(owner, body.getvalue(), f"photo-{number}.png")
        nodes[f"u{number}"] = ("upload", {"asset": storage.reference(photo)})
    nodes |= {
        "all": "list",
        "small": ("resizeImage", {"mode": "exact", "width": 300, "height": 200}),
        "turned": ("rotateImage", {"angle": 90}),
        "soft": ("blurImage", {"radius": 3}),
        "end": "responseOutput",
    }
    edges = [f"u{number}.image > all.items" for number in range(3)]
    edges += ["all.items > small.image", "small.image > turned.image"]
    return graph(nodes, *edges, "turned.image > soft.image", "soft.image > end.result")


def _work() -> None:
    from threading import Event as Signal

    from django.db import connection

    from workflows.engine import embedded
    from workflows.models import Run
    from workflows.models.runs import DUE

    asked, pause = Signal(), Signal()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    signal.signal(signal.SIGUSR1, lambda *_: pause.set())
    embedded.start()
    # The engine knows nobody to tell when it has nothing to do, so its work is looked at.
    while not asked.wait(0.02) and Run.objects.filter(DUE).exists():
        if pause.is_set():
            pause.clear()
            _pause()
    embedded.stop()
    connection.close()


def _idle() -> None:
    from threading import Event as Signal

    from workflows.engine import embedded

    asked = Signal()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    embedded.start()
    asked.wait()
    embedded.stop()


def _pause() -> None:
    """Pause every run that has not ended."""
    from contextlib import suppress

    from workflows.errors import NotPausable
    from workflows.models import Run
    from workflows.models.runs import DUE
    from workflows.services.execution import waiting

    for run in Run.objects.filter(DUE).select_related("owner"):
        with suppress(NotPausable):
            waiting.run_pause(user=run.owner, run_id=run.pk)


def _resume() -> None:
    from workflows.models import Run
    from workflows.models.runs import UNFINISHED
    from workflows.services.execution import waiting

    for run in Run.objects.filter(UNFINISHED).select_related("owner"):
        waiting.run_resume(user=run.owner, run_id=run.pk)


def _statuses() -> None:
    from workflows.models import Run

    for run in Run.objects.order_by("created_at"):
        print(run.status)


def _pausing() -> None:
    from workflows.models import Run

    print(Run.objects.filter(pausing=True).count())


def _cancel() -> None:
    from django.db import transaction

    from workflows.journal import transitions
    from workflows.models import Run
    from workflows.models.runs import UNFINISHED

    for run in Run.objects.filter(UNFINISHED):
        with transaction.atomic():
            transitions.cancel(run.pk)


def _check() -> None:
    from tests.engine.runs import check_journal
    from workflows.models import Run

    for run in Run.objects.order_by("created_at"):
        check_journal(run)
        print(run.status, (run.error or {}).get("code", ""))


def _assets() -> None:
    from workflows.models import Asset

    for asset in Asset.objects.filter(owner__username="olga").order_by("created_at"):
        print(asset.name)


def _ledger() -> None:
    from workflows.models import CreditEntry

    for line in CreditEntry.objects.order_by("pk"):
        print(line.kind, f"{line.amount:f}", line.usd and f"{line.usd:.2f}")


def _manage(*arguments: str) -> None:
    """Do a command of `manage.py` with the tests' node types."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *arguments])


COMMANDS: dict[str, Callable[[], None]] = {
    "work": _work,
    "idle": _idle,
    "pause": _pause,
    "resume": _resume,
    "statuses": _statuses,
    "pausing": _pausing,
    "cancel": _cancel,
    "assets": _assets,
    "ledger": _ledger,
    "check": _check,
}

if __name__ == "__main__":
    import django

    django.setup()
    from tests.engine import nodes, provider, runs  # noqa: F401
    from workflows.engine import embedded  # noqa: F401
    from workflows.nodes import registry

    command, *rest = _ordered(socket.socket(fileno=int(sys.argv[1])))
    # As in a process of the version before.
    for name in os.environ.get("WITHOUT_NODES", "").split():
        del registry._registered[name]
    if command == "seed":
        *kinds, number = rest
        counts = (kind.split("=") for kind in kinds)
        _seed({kind: int(count) for kind, count in counts}, int(number))
    elif command == "manage":
        _manage(*rest)
    else:
        COMMANDS[command]()
