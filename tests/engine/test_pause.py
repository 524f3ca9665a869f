"""Pausing: steps under way are finished, nothing further is called, and nothing is called twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from tests.engine import nodes
from tests.engine.provider import service
from tests.engine.runs import cancel, chain, check_journal, create, finish, graph, ids
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.errors import NotPausable
from workflows.journal import transitions
from workflows.models import Event, Run, Step, User
from workflows.services.execution import waiting

TWO = graph({"a": ("testWait", {"gate": "g"}), "b": "testEffect"}, "a > b")


def pause(run: Run) -> Run:
    return waiting.run_pause(user=run.owner, run_id=run.pk)


def resume(run: Run) -> Run:
    return waiting.run_resume(user=run.owner, run_id=run.pk)


def types(run: Run) -> list[str]:
    rows = Event.objects.filter(run=run).exclude(type="progress").order_by("seq")
    return list(rows.values_list("type", flat=True))


def status(run: Run) -> str:
    run.refresh_from_db()
    return str(run.status)


def is_left(run: Run) -> bool:
    engine = embedded.current()
    return engine is not None and run.pk not in engine._tasks


def test_a_run_that_waits_is_paused_at_once_and_not_begun(ready: None, owner: User) -> None:
    run = create(owner, chain(2))
    assert pause(run).status == "paused"
    assert pause(run).status == "paused"
    embedded.start()
    other = create(owner, chain(1))
    finish(other)
    assert (status(run), run.attempt) == ("paused", 0)
    assert types(run) == ["queued", "paused"]
    assert resume(run).status == "queued"
    finish(run)
    assert types(run)[:4] == ["queued", "paused", "resumed", "started"]
    check_journal(run)


def test_steps_under_way_are_finished_first(engine: None, owner: User) -> None:
    run = create(owner, TWO)
    assert nodes.gate("g").arrived.wait(10)
    paused = pause(run)
    assert (paused.status, paused.pausing) == ("running", True)
    wait_until(lambda: "pausing" in types(run))
    nodes.gate("g").open()
    wait_until(lambda: status(run) == "paused" and is_left(run))
    assert nodes.calls["b"] == 0
    assert (run.pausing, run.runner, run.finished_at) == (False, "", None)
    assert types(run)[-3:] == ["pausing", "completion", "paused"]
    resume(run)
    events = finish(run)
    assert ids(events, "completion") == ["a", "b"]
    assert nodes.calls["a"] == nodes.calls["b"] == 1
    check_journal(run)


def test_what_the_engine_has_read_before_does_not_undo_a_pause(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create(owner, TWO)
    assert nodes.gate("g").arrived.wait(10)
    reads, may_return = Counter[str](), threading.Event()
    read = transitions.pausing_of

    def slow(run_ids: Collection[UUID]) -> set[UUID]:
        pausing = read(run_ids)
        reads["all"] += 1
        may_return.wait(10)
        return pausing

    monkeypatch.setattr(transitions, "pausing_of", slow)
    executing = embedded.current()
    assert executing is not None
    executing._call(executing._sweep_due.set)
    wait_until(lambda: reads["all"] == 1)
    pause(run)
    wait_until(lambda: "pausing" in types(run))
    may_return.set()
    wait_until(lambda: reads["all"] > 1)
    nodes.gate("g").open()
    wait_until(lambda: status(run) == "paused")
    assert types(run)[-3:] == ["pausing", "completion", "paused"]


def test_a_run_resumed_before_it_has_paused_goes_on(engine: None, owner: User) -> None:
    run = create(owner, TWO)
    assert nodes.gate("g").arrived.wait(10)
    pause(run)
    wait_until(lambda: "pausing" in types(run))
    assert resume(run).pausing is False
    nodes.gate("g").open()
    events = finish(run)
    assert "paused" not in types(run)
    assert types(run).index("pausing") < types(run).index("resumed")
    assert ids(events, "completion") == ["a", "b"]
    assert status(run) == "completed"
    assert run.attempt == 1
    check_journal(run)


def test_a_run_resumed_at_the_last_moment_is_not_lost(engine: None, owner: User) -> None:
    """Whatever comes first, the pause or its end, the run completes and calls nothing twice."""
    for _ in range(20):
        nodes.calls.clear()
        slow: dict[str, Any] = {"a": "testEffect", "b": "testEffect", "c": "testEffect"}
        run = create(owner, graph(slow, "a > b", "b > c"))
        for _ in range(4):
            if status(run) in ("completed", "failed"):
                break
            try:
                pause(run)
                resume(run)
            except NotPausable:
                break
        finish(run, 60)
        assert status(run) == "completed"
        assert max(nodes.calls.values()) == 1
        check_journal(run)


def test_of_a_list_the_items_under_way_are_finished_and_none_is_begun(
    engine: None, owner: User
) -> None:
    items: dict[str, Any] = {
        "list": ("list", {"items": [f"t{at}" for at in range(40)]}),
        "each": ("testWait", {"gate": "g"}),
        "end": "testText",
    }
    run = create(owner, graph(items, "list.items > each", "each > end.more"))
    assert nodes.gate("g").arrived.wait(10)
    pause(run)
    wait_until(lambda: "pausing" in types(run))
    nodes.gate("g").open()
    wait_until(lambda: status(run) == "paused")
    called = nodes.calls["each"]
    assert 0 < called < 40
    # Its step is not under way while the run is paused.
    assert waiting.queue_of(owner).rows[0].done == 1
    resume(run)
    finish(run)
    assert status(run) == "completed"
    assert nodes.calls["each"] == 40
    check_journal(run)


def test_what_a_provider_has_is_waited_for_and_kept(engine: None, owner: User) -> None:
    with service() as provider:
        run = create(owner, graph({"a": ("testProvided", {"text": "x"}), "b": "testText"}, "a > b"))
        assert provider.polled.wait(20)
        pause(run)
        wait_until(lambda: "pausing" in types(run))
        assert status(run) == "running"
        provider.ready.set()
        wait_until(lambda: status(run) == "paused")
        assert Step.objects.get(run=run, node_id="a").status == "completed"
        resume(run)
        finish(run)
        assert len(provider.submitted) == 1
        assert provider.cancelled == []


def test_what_waits_for_a_slot_of_a_provider_is_not_called(engine: None, owner: User) -> None:
    with service() as provider:
        first = [create(owner, graph({"a": ("testProvided", {"text": "x"})})) for _ in range(2)]
        wait_until(lambda: len(provider.submitted) == 2)
        third = create(owner, graph({"a": ("testProvided", {"text": "x"})}))
        wait_until(lambda: "submit" in types(third))
        pause(third)
        wait_until(lambda: status(third) == "paused")
        provider.ready.set()
        for run in first:
            finish(run)
        assert len(provider.submitted) == 2
        resume(third)
        finish(third)
        assert len(provider.submitted) == 3


def test_a_run_that_completes_with_its_last_step_is_not_paused(engine: None, owner: User) -> None:
    run = create(owner, graph({"a": ("testWait", {"gate": "g"})}))
    assert nodes.gate("g").arrived.wait(10)
    pause(run)
    nodes.gate("g").open()
    finish(run)
    assert status(run) == "completed"
    check_journal(run)


def test_a_paused_run_can_be_cancelled(engine: None, owner: User) -> None:
    run = create(owner, TWO)
    assert nodes.gate("g").arrived.wait(10)
    pause(run)
    nodes.gate("g").open()
    wait_until(lambda: status(run) == "paused")
    assert cancel(run)
    assert finish(run)[-1]["type"] == "cancelled"
    check_journal(run)


def test_a_stop_while_a_run_is_pausing_leaves_it_paused(engine: None, owner: User) -> None:
    run = create(owner, TWO)
    assert nodes.gate("g").arrived.wait(10)
    pause(run)
    embedded.stop()
    assert (status(run), run.pausing) == ("queued", True)
    embedded.start()
    wait_until(lambda: status(run) == "paused")
    assert types(run)[-1] == "paused"
    assert nodes.calls["b"] == 0
    resume(run)
    wait_until(lambda: nodes.calls["a"] == 2)
    cancel(run)
    check_journal(run)


def test_the_time_to_begin_by_stands_still(ready: None, owner: User) -> None:
    by = time.time() + 60
    run = create(owner, chain(1), startBy=by)
    pause(run)
    paused = Event.objects.get(run=run, type="paused")
    Event.objects.filter(run=run, seq=paused.seq).update(at=timezone.now() - timedelta(hours=1))
    transitions.expire_overdue()
    assert resume(run).options["startBy"] > by + 3590
    transitions.expire_overdue()
    assert status(run) == "queued"


def test_waiting_runs_are_begun_in_their_order(ready: None, owner: User) -> None:
    made = [create(owner, chain(1)) for _ in range(5)]

    def order() -> list[int]:
        rows = waiting.queue_of(owner).rows
        return [[run.pk for run in made].index(row.run.pk) for row in rows]

    def move(numbers: list[int], after: int | None) -> None:
        ids = [str(made[number].pk) for number in numbers]
        waiting.runs_move(
            user=owner, run_ids=ids, after=None if after is None else str(made[after].pk)
        )

    move([4], None)
    assert order() == [4, 0, 1, 2, 3]
    move([0, 4], 2)
    assert order() == [1, 2, 0, 4, 3]
    move([1], 3)
    assert order() == [2, 0, 4, 3, 1]
    for _ in range(80):  # no room between two is left at some time
        move([4], 2)
        move([0], 2)
    assert order() == [2, 0, 4, 3, 1]
    embedded.start()
    for run in made:
        finish(run)
    begun = sorted(made, key=lambda run: Event.objects.get(run=run, type="started").at)
    started = {run.pk: Event.objects.get(run=run, type="started").at for run in made}
    assert started[made[2].pk] <= started[made[1].pk], begun


def test_ten_thousand_runs_of_one_account_do_not_delay_another(ready: None, owner: User) -> None:
    first = create(owner, chain(1))
    rows = [
        Run(owner=owner, snapshot=first.snapshot, status="queued", last_seq=1) for _ in range(9_999)
    ]
    Run.objects.bulk_create(rows, 500)
    events = [Event(run=run, seq=1, type="queued", data={}, at=timezone.now()) for run in rows]
    Event.objects.bulk_create(events, 500)
    embedded.start()
    wait_until(lambda: Run.objects.filter(status="completed").count() > 20, 60)
    other = User.objects.create_user(username="otto")
    waits, before = [], []
    for _ in range(5):
        run = create(other, chain(1))
        finish(run)
        run.refresh_from_db()
        assert run.started_at is not None
        waits.append(round((run.started_at - run.created_at).total_seconds(), 3))
        begun = Run.objects.filter(
            owner=owner, started_at__gt=run.created_at, started_at__lt=run.started_at
        )
        before.append(begun.count())
    left = Run.objects.filter(status="queued").count()
    print(f"{left} wait; the other account waited {waits} s behind {before} runs")
    assert left > 1_000
    # Those that were executed when it came.
    assert max(before) <= 2 * 16
    Run.objects.filter(status="queued").update(status="cancelled", finished_at=timezone.now())
