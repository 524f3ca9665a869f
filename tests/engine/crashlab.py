"""Processes that run an engine and get killed; and a check of what they leave behind.

Run as a program it is such a process: `crashlab.py seed|work|check`, with its data in DATA_DIR or
DATABASE_URL, and the ledger of everything nodes did outside in LEDGER.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KILLED = 137


class Lab:
    """Starts and kills engine processes over one database."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.ledger = folder / "ledger"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database_url,
            "LEDGER": str(self.ledger),
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }

    def seed(self, kind: str, count: int = 1, number: int = 0, **more: int) -> None:
        """Create the tables and `count` queued runs; `more` are those of further kinds."""
        kinds = [f"{kind}={count}" for kind, count in {kind: count, **more}.items()]
        self._finish(self.start("seed", *kinds, str(number)))

    def work(self, **environment: str) -> int:
        """Execute runs until all have ended or the process dies; return its exit status."""
        process = self.start("work", **environment)
        output = process.communicate(timeout=120)[0]
        assert process.returncode in (0, KILLED), output
        return process.returncode

    def work_and_kill(self, after: int) -> bool:
        """Execute runs and SIGKILL the process after so many nodes; False when it had ended."""
        process = self.start("work")
        for _ in range(after):
            if not process.stdout.readline():
                break
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        return process.returncode == -signal.SIGKILL

    def work_and_stop(self, after: int) -> None:
        """The same with SIGTERM, which must end the process in good order."""
        process = self.start("work")
        for _ in range(after):
            process.stdout.readline()
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

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a process of the lab."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.engine.crashlab", *arguments],
            env={**self.environment, **environment},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @staticmethod
    def _finish(process: subprocess.Popen[str]) -> str:
        output = process.communicate(timeout=120)[0]
        assert process.returncode == 0, output
        return output


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
    if kind == "provider":
        return graph({"a": ("testProvided", {"text": "x"}), "b": "testText"}, "a > b")
    count = chance.randint(5, 25)
    types = ["testLedger", "testLedger", "testText", "testKept"]
    names = {f"n{at}": (chance.choice(types), {"text": f"{at}"}) for at in range(count)}
    if chance.random() < 0.2:
        names[f"n{count - 1}"] = ("testLedger", {"fail": True})
    wires = [
        f"n{chance.randrange(at)} > n{at}.more"
        for at in range(1, count)
        for _ in range(chance.randint(1, 2))
    ]
    return graph(names, *dict.fromkeys(wires))


def _work() -> None:
    from threading import Event as Signal

    from django.db import connection

    from workflows.engine import embedded
    from workflows.models import Run
    from workflows.models.runs import ACTIVE

    asked = Signal()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    embedded.start()
    # The engine knows nobody to tell when it has nothing to do, so its work is looked at.
    while not asked.wait(0.02) and Run.objects.filter(status__in=ACTIVE).exists():
        pass
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


def _cancel() -> None:
    from django.db import transaction

    from workflows.journal import journal
    from workflows.models import Run
    from workflows.models.runs import UNFINISHED

    for run in Run.objects.filter(UNFINISHED):
        with transaction.atomic():
            journal.cancel(run.pk)


def _check() -> None:
    from tests.engine.runs import check_journal
    from workflows.models import Run

    for run in Run.objects.order_by("created_at"):
        check_journal(run)
        print(run.status, (run.error or {}).get("code", ""))


def _assets() -> None:
    from workflows.models import Asset

    for asset in Asset.objects.order_by("created_at"):
        print(asset.name)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"
    import django

    django.setup()
    from tests.engine import nodes, provider  # noqa: F401

    command, *rest = sys.argv[1:]
    if command == "seed":
        *kinds, number = rest
        counts = (kind.split("=") for kind in kinds)
        _seed({kind: int(count) for kind, count in counts}, int(number))
    elif command == "work":
        _work()
    elif command == "idle":
        _idle()
    elif command == "cancel":
        _cancel()
    elif command == "assets":
        _assets()
    else:
        _check()
