"""The n-th write or allocation fails, for every n: nothing acknowledged is lost, and work goes on.

In the manner of SQLite's own tests: a story is told again and again, each time with the next write
failing, until it is told without any failure. By default some of the n are tried; all of them with
SWEEP=all.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.utils import CursorWrapper
from django.test import Client

from tests.api.client import Caller, a_node, an_edge
from tests.engine.runs import check_journal
from tests.waiting import wait_until
from workflows import fields
from workflows.engine import embedded, ownership, step
from workflows.journal import events, writer
from workflows.media import hashed
from workflows.models import Event, Run
from workflows.models.runs import UNFINISHED

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WHOLE = os.environ.get("SWEEP") == "all"
SAMPLES = 5
#: What a client may be told when the machine fails: never 500.
TOLD = {503, 507}
GRAPH = {
    "nodes": [
        a_node("g", "gradient", width=16, height=16),
        a_node("o", "blurImage"),
        a_node("p", "blurImage"),
    ],
    "edges": [an_edge("g", "o", "image", "image"), an_edge("o", "p", "image", "image")],
}


class Fault:
    """Fails the n-th call of a seam, whichever thread makes it, once."""

    def __init__(self, make: Callable[[], Exception]) -> None:
        self.make = make
        self.at = self.seen = 0
        self._lock = threading.Lock()

    def reached(self) -> None:
        with self._lock:
            if not self.at:
                return
            self.seen += 1
            if self.seen != self.at:
                return
        raise self.make()

    @contextmanager
    def armed(self, at: int) -> Iterator[None]:
        self.at, self.seen = at, 0
        try:
            yield
        finally:
            self.at = 0


def database_error(code: int, text: str) -> Callable[[], Exception]:
    def make() -> Exception:
        error = sqlite3.OperationalError(text)
        error.sqlite_errorcode = code
        return error

    return make


FAULTS: dict[str, Callable[[], Exception]] = {
    "database full": database_error(sqlite3.SQLITE_FULL, "database or disk is full"),
    "database broken": database_error(sqlite3.SQLITE_IOERR, "disk I/O error"),
    "disk full": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "disk broken": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
    "no memory": MemoryError,
}


@pytest.fixture
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Fault:
    """A fault at its real seam: a statement that writes, a file's write or sync, an encoding."""
    made = Fault(FAULTS[request.param])

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            made.reached()
            return function(*args, **kwargs)

        return called

    if request.param.startswith("database"):
        execute = getattr(CursorWrapper, "_execute")  # noqa: B009  its types do not show it

        def failing(self: CursorWrapper, sql: str, params: Any, *rest: Any) -> Any:
            if sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
                with self.db.wrap_database_errors:
                    made.reached()
            return execute(self, sql, params, *rest)

        monkeypatch.setattr(CursorWrapper, "_execute", failing)
    elif request.param.startswith("disk"):
        monkeypatch.setattr(hashed.Writer, "write", before(hashed.Writer.write))
        monkeypatch.setattr("workflows.media.hashed.os.fsync", before(os.fsync))
    else:
        encode = before(fields.encode)
        for module in (fields, events, step, writer):
            monkeypatch.setattr(module, "encode", encode)
        monkeypatch.setattr(writer, "_Part", before(writer._Part))
    return made


@pytest.fixture
def engine(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine that looks for forgotten runs at once."""
    from workflows import database
    from workflows.journal import follow

    follow.forget()
    monkeypatch.setattr(ownership.SoleSeat, "sweep_seconds", 0.2)
    embedded.start()
    yield
    embedded.stop()
    database.close()


class Story:
    """What one user does, and what was acknowledged of it."""

    def __init__(self, caller: Caller, name: str) -> None:
        self.caller, self.name, self.slug = caller, name, ""
        self.runs: list[str] = []
        self.files: list[str] = []
        self.description = ""

    def tell(self) -> None:
        made = self.ask("POST", "/api/workflows", {"name": self.name, **GRAPH})
        if made is None:
            return
        self.slug = made["slug"]
        path = f"/api/workflows/{self.slug}"
        if self.ask("PUT", path, {"description": self.name}) is not None:
            self.description = self.name
        file = SimpleUploadedFile(f"{self.name}.txt", self.name.encode())
        response = self.caller.upload(file)
        assert response.status_code == 201 or response.status_code in TOLD, response.content
        if response.status_code == 201:
            self.files.append(response.json()["url"])
        for _ in range(2):
            run = self.ask("POST", f"{path}/run?async=true", {"inputs": {}, "force": True})
            if run is not None:
                self.runs.append(run["executionId"])
        if len(self.runs) == 2:
            self.ask("POST", f"/api/executions/{self.runs[1]}/cancel", {})
        wait_until(lambda: not Run.objects.filter(UNFINISHED).exists(), 60)

    def ask(self, method: str, path: str, body: Any) -> Any:
        """Return what was acknowledged, None for what was refused for the machine's sake."""
        response = self.caller.post(path, body) if method == "POST" else self.caller.put(path, body)
        if response.status_code in TOLD:
            assert response["Retry-After"]
            return None
        assert response.status_code < 300, (path, response.status_code, response.content)
        return response.json()

    def check(self) -> None:
        if self.slug:
            kept = self.caller.get(f"/api/workflows/{self.slug}").json()
            assert len(kept["nodes"]) == 3
            assert (kept.get("description") or "") in {self.description, self.name}
            assert not self.description or kept["description"] == self.description
        for url in self.files:
            with closing(self.caller.get(url.removeprefix("http://testserver"))) as answer:
                assert answer.status_code == 200
        for run in Run.objects.filter(pk__in=self.runs):
            check_journal(run)
            assert run.status in ("completed", "failed", "cancelled")
        assert Run.objects.filter(pk__in=self.runs).count() == len(self.runs)


@pytest.mark.parametrize("fault", FAULTS, indirect=True)
def test_the_nth_failure_loses_nothing_and_the_next_run_works(
    engine: None, hers: Caller, fault: Fault
) -> None:
    with fault.armed(10**9):
        Story(hers, "rehearsal").tell()
        most = fault.seen
    assert most > 2
    wanted = (
        range(1, most + 1) if WHOLE else sorted({1 + most * at // SAMPLES for at in range(SAMPLES)})
    )
    for at in wanted:
        story = Story(hers, f"story {at}")
        with fault.armed(at):
            story.tell()
        story.check()
        after = Story(hers, f"after {at}")
        after.tell()
        after.check()
        assert after.slug
        assert len(after.runs) == 2
        assert Run.objects.get(pk=after.runs[0]).status == "completed"
        health = Client().get("/healthz")
        assert health.json() == {"status": "ok"}, at
    assert not list((settings.MEDIA_ROOT / "partial").iterdir())
    assert Event.objects.exists()
