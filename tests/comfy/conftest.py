"""Callers as the tests of the API have them, and runs in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.api.conftest import TokenCaller, engine, her_browser, hers, his, nobody, token
from tests.comfy.graphs import SIMPLE
from workflows import database
from workflows.graph.comfy_format import document_of
from workflows.journal import follow
from workflows.models import Run, Runner, Snapshot, Step, User
from workflows.services.limits import rates

__all__ = ["TokenCaller", "engine", "her_browser", "hers", "his", "nobody", "token"]

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def no_calls_counted() -> Iterator[None]:
    """Every test begins with a fresh allowance of calls."""
    rates.forget()
    yield
    rates.forget()


@pytest.fixture
def followers(transactional_db: None) -> Iterator[None]:
    """The threads that read journals, over a database that they share, and their end."""
    follow.forget()
    yield
    database.close()


@pytest.fixture
def runner(alice: User) -> Runner:
    """A runner of alice's that nobody calls."""
    return Runner.objects.create(
        owner=alice, name="attic", endpoint="http://127.0.0.1:9", private=True, tags=["gpu"]
    )


@pytest.fixture
def a_run(alice: User, runner: Runner) -> MakeRun:
    """Make a run's rows: `a_run("queued")` stands so, as the engine and a runner leave it."""

    def make(state: str, owner: User = alice, name: str = "cup", **changes: Any) -> Run:
        document = document_of(SIMPLE, [], [])
        snapshot = Snapshot.objects.create(sha256=uuid4().hex * 2, **document)
        ended = state in ("completed", "failed", "cancelled", "invalid")
        status = {"invalid": "failed"}.get(state, state if ended else "running")
        run = Run.objects.create(
            owner=owner,
            snapshot=snapshot,
            source="comfy",
            name=name,
            tags=["gpu"],
            status=status,
            options={"only": None},
            **changes,
        )
        if ended:
            Run.objects.filter(pk=run.pk).update(finished_at=run.created_at)
        if state != "accepted":
            Step.objects.create(
                run=run,
                node_id="comfy",
                status="failed" if ended else "running",
                state="" if ended and state != "invalid" else state,
                request_id=f"{runner.pk}/{uuid4()}",
                position=3 if state == "queued" else None,
            )
        run.refresh_from_db()
        return run

    return make
