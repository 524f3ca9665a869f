"""Two owners of one run: the older one writes nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.engine.runs import chain, check_journal, create
from workflows.errors import Superseded
from workflows.journal.events import Output, Progress
from workflows.journal.journal import Ending
from workflows.journal.writer import Writer
from workflows.models import Event, RunStatus, User


@pytest.fixture
def writers(ready: None) -> Iterator[Any]:
    """Two processes' worth of journal threads."""
    pair = (Writer(), Writer())
    yield pair
    for writer in pair:
        writer.close()


def test_the_older_owner_is_superseded_and_its_lines_are_nowhere(
    writers: tuple[Writer, Writer], owner: User
) -> None:
    run = create(owner, chain(1), start=False)

    async def both() -> None:
        old = await writers[0].claim(run.id, "old", ["n0"])
        old.journal.append(Progress("n0", 0.1))
        await old.journal.flush()
        new = await writers[1].claim(run.id, "new", ["n0"])
        assert new.journal.attempt == 2
        old.journal.append(Progress("n0", 0.9))
        with pytest.raises(Superseded):
            await old.journal.flush()
        with pytest.raises(Superseded):
            old.journal.append(Progress("n0", 1.0))
        new.journal.end(Output({}), Ending(RunStatus.COMPLETED, output={}))
        await new.journal.flush()

    asyncio.run(both())
    check_journal(run)
    assert [e.data.get("fraction") for e in Event.objects.filter(run=run, type="progress")] == [0.1]


def test_one_runs_lost_owner_takes_nobody_else_with_it(
    writers: tuple[Writer, Writer], owner: User
) -> None:
    lost, kept = (create(owner, chain(1), start=False) for _ in range(2))

    async def both() -> None:
        old = await writers[0].claim(lost.id, "old", [])
        good = await writers[0].claim(kept.id, "old", [])
        await writers[1].claim(lost.id, "new", [])
        old.journal.append(Progress("n0", 0.5))
        good.journal.append(Progress("n0", 0.5))
        await good.journal.flush()
        with pytest.raises(Superseded):
            await old.journal.flush()

    asyncio.run(both())
    assert Event.objects.filter(run=kept, type="progress").count() == 1
    assert Event.objects.filter(run=lost, type="progress").count() == 0


def test_nothing_can_be_written_after_the_last_event(
    writers: tuple[Writer, Writer], owner: User
) -> None:
    run = create(owner, chain(1), start=False)

    async def write() -> None:
        claim = await writers[0].claim(run.id, "me", [])
        claim.journal.end(Output(1), Ending(RunStatus.COMPLETED, output=1))
        with pytest.raises(Superseded):
            claim.journal.append(Progress("n0", 1.0))
        await claim.journal.flush()

    asyncio.run(write())
    check_journal(run)


def test_a_run_that_has_ended_or_does_not_exist_cannot_be_claimed(
    writers: tuple[Writer, Writer], owner: User
) -> None:
    run = create(owner, chain(1), start=False)

    async def write() -> None:
        claim = await writers[0].claim(run.id, "me", [])
        claim.journal.end(Output(1), Ending(RunStatus.COMPLETED, output=1))
        await claim.journal.flush()
        for run_id in (run.id, uuid4()):
            with pytest.raises(Superseded):
                await writers[1].claim(run_id, "me", [])

    asyncio.run(write())
