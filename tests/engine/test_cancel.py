"""Cancelling: final in one transaction, whoever is at work."""

from __future__ import annotations

from tests.engine import nodes
from tests.engine.runs import (
    cancel,
    chain,
    check_journal,
    create,
    execute,
    finish,
    graph,
    of,
    retry,
)
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.models import Asset, Event, Step, User


def test_a_cancelled_run_is_final_before_its_node_has_stopped(engine: None, owner: User) -> None:
    run = create(owner, graph({"a": ("testWait", {"gate": "g"})}))
    assert nodes.gate("g").arrived.wait(10)
    assert cancel(run)
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert run.finished_at is not None
    assert nodes.gate("g").left.wait(10)
    check_journal(run)
    assert Step.objects.get(run=run).status == "skipped"


def test_a_run_can_be_cancelled_with_no_engine_alive(ready: None, owner: User) -> None:
    run = create(owner, chain(2))
    assert cancel(run)
    events = finish(run)
    assert [event["type"] for event in events] == ["queued", "cancelled"]
    embedded.start()
    other, _ = execute(owner, chain(1))
    assert other.status == "completed"
    run.refresh_from_db()
    assert (run.status, run.last_seq) == ("cancelled", 2)


def test_an_engine_that_hears_nothing_stops_at_its_next_line(engine: None, owner: User) -> None:
    from django.db import transaction

    from workflows.journal import transitions

    run = create(owner, graph({"a": ("testWait", {"gate": "g"}), "b": "testEffect"}, "a > b"))
    assert nodes.gate("g").arrived.wait(10)
    with transaction.atomic():
        transitions.cancel(run.id)
    nodes.gate("g").open()
    wait_until(lambda: run.id not in embedded.current()._tasks)
    assert nodes.calls["b"] == 0
    check_journal(run)
    assert Event.objects.filter(run=run).last().type == "cancelled"


def test_what_a_thread_computes_after_the_cancel_is_dropped(engine: None, owner: User) -> None:
    run = create(owner, graph({"a": ("testThread", {"gate": "g"})}))
    assert nodes.gate("g").arrived.wait(10)
    cancel(run)
    wait_until(lambda: run.id not in embedded.current()._tasks)
    nodes.gate("g").open()
    assert nodes.gate("g").left.wait(10)
    other, _ = execute(owner, chain(1))
    assert other.status == "completed"
    check_journal(run)
    assert not of(finish(run), "completion")


def test_cancelling_an_ended_run_changes_nothing(engine: None, owner: User) -> None:
    run, events = execute(owner, chain(1))
    assert not cancel(run)
    run.refresh_from_db()
    assert (run.status, run.last_seq) == ("completed", len(events))


def test_a_cancelled_run_can_be_retried_at_once(engine: None, owner: User) -> None:
    run = create(owner, graph({"a": ("testWait", {"gate": "g", "text": "x"})}))
    assert nodes.gate("g").arrived.wait(10)
    nodes.gates.pop("g")
    nodes.gate("g").open()
    cancel(run)
    retry(run)
    finish(run)
    check_journal(run)
    assert run.status == "completed"


def test_a_cancelled_run_stores_no_more_files(engine: None, owner: User) -> None:
    run = create(
        owner,
        graph({"w": ("testWait", {"gate": "g"}), "p": "testPicture"}, "w > p.color"),
    )
    assert nodes.gate("g").arrived.wait(10)
    cancel(run)
    nodes.gate("g").open()
    wait_until(lambda: run.id not in embedded.current()._tasks)
    assert not Asset.objects.exists()
