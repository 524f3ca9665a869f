"""The thread that commits, when the database is locked, lost, or does not say how it went."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from tests.engine import nodes
from tests.engine.runs import chain, check_journal, create, execute, finish, graph
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.errors import Superseded
from workflows.journal import writer as writing
from workflows.journal.events import Output, Progress
from workflows.journal.journal import Ending
from workflows.journal.records import StepRow
from workflows.journal.writer import Writer
from workflows.models import Event, Run, RunStatus, Step, User


@pytest.fixture
def writer(ready: None) -> Iterator[Any]:
    """A journal thread."""
    thread = Writer()
    yield thread
    thread.close()


class Unreliable:
    """Stands for `django.db.transaction`: fails before the commit, or after it without telling."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)

    @contextmanager
    def atomic(self) -> Iterator[Any]:
        fault = self.faults.pop(0) if self.faults else None
        with transaction.atomic():
            yield
            if fault == "before":
                raise OperationalError("database is locked")
        if fault == "after":
            raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.parametrize("faults", [("before",), ("after",), ("before", "after", "after")])
def test_no_line_is_lost_or_written_twice(
    writer: Writer, owner: User, monkeypatch: pytest.MonkeyPatch, faults: tuple[str, ...]
) -> None:
    run = create(owner, chain(1), start=False)

    async def write() -> None:
        claim = await writer.claim(run.id, "me", ["n0"])
        monkeypatch.setattr(writing, "transaction", Unreliable(*faults))
        for number in range(50):
            claim.journal.append(Progress("n0", number / 50))
        claim.journal.end(Output({}), Ending(RunStatus.COMPLETED, output={}))
        await claim.journal.flush()

    asyncio.run(write())
    check_journal(run)
    assert Event.objects.filter(run=run).count() == 53


def test_a_short_run_that_was_created_as_ours_is_committed_once(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As long as it takes: who waits for the end of a run hurries the writer.
    monkeypatch.setattr(writing, "GATHER_SECONDS", 3600.0)
    commits, commit = [], Writer._commit

    def counted(self: Writer, parts: Any, requests: Any) -> None:
        commits.append((len(parts), len(requests)))
        commit(self, parts, requests)

    monkeypatch.setattr(Writer, "_commit", counted)

    def committed() -> bool:
        commits.clear()
        run = create(owner, chain(3))
        # On PostgreSQL an engine that is busy elsewhere for a moment is given no run.
        is_ours = (run.status, run.attempt, run.last_seq) == (RunStatus.RUNNING, 1, 2)
        finish(run)
        check_journal(run)
        return is_ours

    wait_until(committed)
    assert commits == [(1, 0)]


def test_a_run_that_is_just_about_to_begin_is_not_taken_for_a_stray(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    executing = embedded.current()
    assert executing is not None
    strays, begin = executing._seat.strays, executing.begin
    reads: list[set[UUID]] = []
    late: list[UUID] = []

    def read() -> list[tuple[UUID, int]]:
        found = strays()
        reads.append({run_id for run_id, _ in found})
        return found

    def has_been_read(run_id: UUID, times: int) -> bool:
        return sum(run_id in found for found in reads) >= times

    def begin_late(run_id: UUID, *arguments: Any) -> None:
        # The second read comes when what the first one has found is dealt with.
        for times in (1, 2):
            executing._call(executing._sweep_due.set)
            wait_until(partial(has_been_read, run_id, times))
        late.append(run_id)
        begin(run_id, *arguments)

    monkeypatch.setattr(executing._seat, "strays", read)
    monkeypatch.setattr(executing, "begin", begin_late)

    def begun() -> bool:
        run = create(owner, chain(3))
        finish(run)
        check_journal(run)
        assert run.attempt == 1
        # On PostgreSQL an engine that is busy elsewhere for a moment is given no run.
        return bool(late)

    wait_until(begun)


def test_a_run_that_finds_no_room_is_claimed_when_there_is(
    ready: None, owner: User, settings: Any
) -> None:
    settings.ACTIVE_RUNS = 1
    embedded.start()
    first = create(owner, graph({"n": ("testWait", {"gate": "first"})}))
    assert nodes.gate("first").arrived.wait(60)
    second = create(owner, chain(3))
    assert (second.status, second.attempt, second.last_seq) == (RunStatus.QUEUED, 0, 1)
    nodes.gate("first").open()
    for run in (first, second):
        finish(run)
        check_journal(run)
        assert (run.status, run.attempt) == (RunStatus.COMPLETED, 1)


def test_a_run_whose_creation_is_taken_back_does_not_begin(engine: None, owner: User) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        create(owner, chain(3))
        raise LookupError
    assert not Run.objects.exists()
    finish(create(owner, chain(3)))
    assert nodes.calls == {"n0": 1, "n1": 1, "n2": 1}


def test_a_claim_whose_outcome_was_unknown_is_made_again(
    writer: Writer, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create(owner, chain(1), start=False)
    monkeypatch.setattr(writing, "transaction", Unreliable("after"))
    claim = asyncio.run(writer.claim(run.id, "me", ["n0"]))
    assert claim.journal.attempt == 2
    assert claim.journal.seq == Run.objects.get(pk=run.pk).last_seq == 3


def test_a_locked_file_delays_the_run_and_nothing_else(engine: None, owner: User) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite locks the whole database")
    name = settings.DATABASES["default"]["NAME"]
    other = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
    run = create(owner, chain(3), start=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        found = embedded.current()
        assert found is not None
        found.submit(run.id, owner.pk)
        threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
        from tests.engine.runs import finish

        finish(run)
    finally:
        other.close()
    check_journal(run)
    assert run.status == "completed"


def test_lines_of_all_runs_share_commits(
    writer: Writer, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [create(owner, chain(1), start=False) for _ in range(20)]
    commits: list[int] = []
    write = writing._write

    def counted(parts: Any) -> Any:
        commits.append(len(parts))
        return write(parts)

    monkeypatch.setattr(writing, "_write", counted)

    async def write_all() -> None:
        claims = await asyncio.gather(*(writer.claim(run.id, "me", []) for run in runs))
        for number in range(100):
            for claim in claims:
                claim.journal.append(Progress("n0", number / 100))
        await asyncio.gather(*(claim.journal.flush() for claim in claims))

    asyncio.run(write_all())
    assert Event.objects.filter(type="progress").count() == 2000
    assert len([parts for parts in commits if parts]) < 400


def test_a_line_the_database_refuses_ends_its_own_run_only(writer: Writer, owner: User) -> None:
    bad, good = (create(owner, chain(1), start=False) for _ in range(2))

    async def write() -> None:
        wrong = await writer.claim(bad.id, "me", [])
        right = await writer.claim(good.id, "me", [])
        wrong.journal.append(Progress("n0", 0.1), step=StepRow("n0", "no such status"))
        right.journal.append(Progress("n0", 0.1), step=StepRow("n0"))
        await right.journal.flush()
        with pytest.raises(Exception, match="step_status_known"):
            await wrong.journal.flush()

    asyncio.run(write())
    assert Step.objects.get().run_id == good.id


def test_a_deleted_run_is_nobodys(writer: Writer, owner: User) -> None:
    run = create(owner, chain(1), start=False)

    async def write() -> None:
        claim = await writer.claim(run.id, "me", [])
        await asyncio.to_thread(_delete, run)
        claim.journal.append(Progress("n0", 0.1))
        with pytest.raises(Superseded):
            await claim.journal.flush()

    asyncio.run(write())


def _delete(run: Run) -> None:
    Event.objects.filter(run=run).delete()
    Run.objects.filter(pk=run.pk).delete()
    connection.close()


def test_a_run_deleted_while_it_waits_stops_quietly(
    engine: None, owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.engine import nodes
    from tests.engine.runs import graph
    from workflows.engine import embedded

    run = create(owner, graph({"a": ("testWait", {"gate": "g"})}))
    assert nodes.gate("g").arrived.wait(10)
    Run.objects.filter(pk=run.pk).delete()
    nodes.gate("g").open()
    wait_until(lambda: not embedded.current()._tasks)
    assert not caplog.records
    assert execute(owner, chain(1))[0].status == "completed"
