"""Work given to a provider's queue is submitted once, whatever happens to us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from tests.engine.crashlab import KILLED, Lab
from tests.engine.provider import Service, service
from tests.engine.runs import cancel, check_journal, create, execute, finish, graph, of
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.journal.events import Started, Submit
from workflows.models import Event, Run, User

DOCUMENT = graph({"a": ("testProvided", {"text": "x"}), "b": "testText"}, "a > b")


@pytest.fixture
def queue() -> Iterator[Service]:
    """A provider that answers as soon as it is ready."""
    with service() as server:
        yield server


def test_the_request_id_is_in_the_journal_before_the_wait(
    engine: None, owner: User, queue: Service
) -> None:
    queue.ready.set()
    run, events = execute(owner, DOCUMENT)
    assert run.output == {"text": "R1"}
    assert [event["request_id"] for event in of(events, "submit")] == [None, "r1", None]
    assert queue.submitted == [f"{run.id}:a:None:0:0"]
    assert [step.provider for step in run.steps.order_by("node_id")] == ["test", ""]
    check_journal(run)


def test_a_list_hands_in_one_request_per_item_and_keeps_to_the_slots(
    engine: None, owner: User, queue: Service
) -> None:
    queue.ready.set()
    document = graph({"l": ("testNumbers", {"count": 5}), "a": "testProvided"}, "l.items > a")
    run, events = execute(owner, document)
    assert len(queue.submitted) == 5
    items = [e["item"] for e in of(events, "submit") if e["request_id"]]
    assert sorted(items) == [0, 1, 2, 3, 4]
    check_journal(run)


def test_a_call_that_the_provider_does_not_take_is_the_function_s_own(
    engine: None, owner: User, queue: Service
) -> None:
    document = graph({"a": ("testProvided", {"text": "mine"})})
    run, _ = execute(owner, document)
    assert run.output == {"text": "nobody asked"}
    assert queue.submitted == []
    assert [step.provider for step in run.steps.all()] == [""]
    check_journal(run)


def test_a_request_that_failed_for_a_passing_reason_is_followed_by_another(
    engine: None, owner: User, queue: Service
) -> None:
    queue.answers["r1"] = "WORN OUT"
    queue.ready.set()
    run, events = execute(owner, DOCUMENT)
    assert run.output == {"text": "R2"}
    assert queue.submitted == [f"{run.id}:a:None:0:0", f"{run.id}:a:None:0:1"]
    assert [event["request_id"] for event in of(events, "submit")] == [None, "r1", "r2", None]
    check_journal(run)


def test_a_cancelled_run_cancels_its_request(engine: None, owner: User, queue: Service) -> None:
    run = create(owner, DOCUMENT)
    assert queue.polled.wait(10)
    cancel(run)
    wait_until(lambda: queue.cancelled == ["r1"])
    check_journal(run)


def test_a_stopped_engine_leaves_the_request_open_and_the_next_one_asks_for_it(
    engine: None, owner: User, queue: Service
) -> None:
    run = create(owner, DOCUMENT)
    assert queue.polled.wait(10)
    embedded.stop()
    run.refresh_from_db()
    assert run.status == "queued"
    queue.ready.set()
    embedded.start()
    finish(run)
    run.refresh_from_db()
    assert run.output == {"text": "R1"}
    assert len(queue.submitted) == 1
    assert queue.cancelled == []
    check_journal(run)


def test_after_a_death_one_item_goes_first_and_then_as_many_as_ever(
    engine: None, owner: User, queue: Service
) -> None:
    document = graph({"l": ("testNumbers", {"count": 5}), "a": "testProvided"}, "l.items > a")
    embedded.stop()
    run = create(owner, document, start=False)
    # A process has died over it when `a` had begun.
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(status="running", attempt=1, last_seq=3)
        for seq, line in ((2, Started(1, "dead", ["l", "a"])), (3, Submit("a", "testProvided"))):
            insert = {"type": line.type, "data": json.loads(line.line()), "at": timezone.now()}
            Event.objects.create(run=run, seq=seq, **insert)
    queue.ready.set()
    queue.due["r2"] = queue.due["r3"] = float("inf")
    embedded.start()
    # Two is what the provider takes at once.
    wait_until(lambda: len(queue.submitted) == 3)

    def deaths() -> list[int]:
        return [row.data["deaths"] for row in Event.objects.filter(run=run, type="suspected")]

    # What is submitted next need not wait until that is on disk.
    wait_until(lambda: deaths()[-1] == 0)
    assert deaths()[0] == 1
    queue.due["r2"] = queue.due["r3"] = 0.0
    finish(run)
    run.refresh_from_db()
    assert run.status == "completed"
    check_journal(run)


@pytest.mark.slow
def test_a_process_killed_after_the_submit_is_followed_by_one_that_asks_again(
    queue: Service, tmp_path: Path
) -> None:
    with Lab(tmp_path) as lab:
        lab.seed("provider")
        assert lab.work(FAILPOINTS="step.request_recorded") == KILLED
        queue.ready.set()
        assert lab.work() == 0
        assert lab.check().split() == ["completed"]
    assert len(queue.submitted) == 1


@pytest.mark.slow
def test_a_process_killed_before_it_knew_the_request_hands_in_under_the_same_key(
    queue: Service, tmp_path: Path
) -> None:
    with Lab(tmp_path) as lab:
        lab.seed("provider")
        queue.ready.set()
        assert lab.work(FAILPOINTS="step.request_sent") == KILLED
        assert lab.work() == 0
        assert lab.check().split() == ["completed"]
    assert len(queue.submitted) == 2
    assert len(set(queue.submitted)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("place", ["step.charged", "step.completed"])
def test_a_request_is_paid_once_however_often_its_result_is_fetched(
    queue: Service, tmp_path: Path, place: str
) -> None:
    with Lab(tmp_path) as lab:
        lab.seed("provider")
        queue.ready.set()
        assert lab.work(FAILPOINTS=place) == KILLED
        paid = ["grant 250.000 None", "call 0.000 0.05"]
        assert lab.ledger_lines() == paid
        assert lab.work() == 0
        assert lab.check().split() == ["completed"]
        assert lab.ledger_lines() == [*paid, "charge -2.000 None"]
    assert len(queue.submitted) == 1
