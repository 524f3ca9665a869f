"""The queue of runs: seen, paused, resumed, ordered and cancelled, by its owner and by staff."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from workflows.compat.fal.shapes import status
from workflows.journal import transitions
from workflows.models import Run, Snapshot, User, Workflow

pytestmark = pytest.mark.django_db


def _run(owner: User, name: str = "Waits", **more: Any) -> str:
    snapshot = Snapshot.objects.create(sha256=uuid.uuid4().hex, nodes=[], edges=[])
    run = Run(owner=owner, snapshot=snapshot, name=name, **more)
    transitions.open_run(run)
    return str(run.pk)


def _listed(caller: Caller, query: str = "") -> list[tuple[str, str, int | None]]:
    rows = caller.get(f"/api/queue{query}").json()["runs"]
    return [(row["executionId"], row["state"], row["position"]) for row in rows]


def test_an_empty_queue_has_no_run(hers: Caller) -> None:
    assert hers.get("/api/queue").json() == {
        "runs": [],
        "running": 0,
        "waiting": 0,
        "paused": 0,
        "mayShowAll": False,
    }


def test_waiting_runs_have_places_and_paused_ones_none(hers: Caller, alice: User) -> None:
    first, second, third = (_run(alice) for _ in range(3))
    paused = hers.post(f"/api/executions/{second}/pause").json()
    assert (paused["state"], paused["status"], paused["pausing"]) == ("paused", "processing", False)
    assert _listed(hers) == [
        (first, "queued", 1),
        (third, "queued", 2),
        (second, "paused", None),
    ]
    hers.post(f"/api/executions/{second}/resume")
    # It is where it was.
    assert [row[0] for row in _listed(hers)] == [first, second, third]
    assert hers.get("/api/queue?skip=1&limit=1").json()["waiting"] == 3
    assert _listed(hers, "?skip=1&limit=1") == [(second, "queued", 2)]


def test_many_are_changed_by_one_call_each_by_itself(hers: Caller, alice: User) -> None:
    ids = [_run(alice) for _ in range(3)]
    unknown = str(uuid.uuid4())
    body = {"executionIds": [*ids, unknown, "x", ids[0]]}
    found = hers.post("/api/queue/pause", body).json()
    assert found["changed"] == ids
    assert [(row["executionId"], row["code"]) for row in found["refused"]] == [
        (unknown, "EXECUTION_NOT_FOUND"),
        ("x", "EXECUTION_NOT_FOUND"),
    ]
    assert hers.post("/api/queue/cancel", {"executionIds": ids[:2]}).json()["changed"] == ids[:2]
    resumed = hers.post("/api/queue/resume", {"executionIds": ids}).json()
    assert resumed["changed"] == ids[2:]
    assert {row["code"] for row in resumed["refused"]} == {"NOT_PAUSABLE"}
    assert _listed(hers) == [(ids[2], "queued", 1)]
    assert hers.post("/api/queue/pause", {"executionIds": []}).json()["field"] == "executionIds"
    many = {"executionIds": [unknown] * 1001}
    assert hers.post("/api/queue/pause", many).status_code == 400


def test_waiting_runs_are_put_in_another_order(hers: Caller, alice: User) -> None:
    ids = [_run(alice) for _ in range(4)]

    def order() -> list[int]:
        return [ids.index(row[0]) for row in _listed(hers)]

    move = {"executionIds": [ids[3], ids[1]], "after": None}
    assert hers.post("/api/queue/move", move).status_code == 204
    assert order() == [3, 1, 0, 2]
    assert (
        hers.post("/api/queue/move", {"executionIds": [ids[3]], "after": ids[2]}).status_code == 204
    )
    assert order() == [1, 0, 2, 3]
    itself = hers.post("/api/queue/move", {"executionIds": [ids[3]], "after": ids[3]})
    assert (itself.status_code, itself.json()["field"]) == (400, "after")
    Run.objects.filter(pk=ids[0]).update(status="running")
    begun = hers.post("/api/queue/move", {"executionIds": [ids[0]], "after": None})
    assert (begun.status_code, begun.json()["field"]) == (400, "executionIds")


def test_runs_of_others_are_not_there(hers: Caller, his: Caller, alice: User) -> None:
    hers_id, mine = _run(alice), _run(User.objects.get(username="bob"))
    assert his.post(f"/api/executions/{hers_id}/pause").status_code == 404
    assert his.post(f"/api/executions/{hers_id}/resume").status_code == 404
    for verb in ("pause", "resume", "cancel"):
        found = his.post(f"/api/queue/{verb}", {"executionIds": [hers_id]}).json()
        assert [row["code"] for row in found["refused"]] == ["EXECUTION_NOT_FOUND"]
    move = {"executionIds": [mine], "after": hers_id}
    assert his.post("/api/queue/move", move).status_code == 404
    assert [row[0] for row in _listed(his)] == [mine]
    assert his.get("/api/queue?all=true").status_code == 403
    assert Run.objects.get(pk=hers_id).status == "queued"


def test_staff_sees_pauses_and_cancels_the_runs_of_all(
    her_browser: Caller, his: Caller, alice: User, bob: User
) -> None:
    workflow = Workflow.objects.get(slug=his.create("Secret", nodes=[], edges=[])["slug"])
    his_id = _run(bob, "Secret", workflow=workflow, inputs={"text": "private"})
    alice.is_staff = True
    alice.save()
    assert her_browser.get("/api/queue").json()["mayShowAll"]
    assert _listed(her_browser) == []
    (row,) = her_browser.get("/api/queue?all=true").json()["runs"]
    assert (row["account"], row["mine"], row["name"]) == ("bob", False, "Secret")
    # What is in it stays bob's.
    assert (row["workflowSlug"], row["keyName"]) == (None, None)
    assert her_browser.get(f"/api/executions/{his_id}").status_code == 404
    assert her_browser.post(f"/api/executions/{his_id}/pause").status_code == 404
    for verb, state in (("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled")):
        body = {"executionIds": [his_id]}
        assert her_browser.post(f"/api/queue/{verb}", body).json()["changed"] == [his_id]
        assert Run.objects.get(pk=his_id).status == state


def test_a_key_of_staff_reaches_others_only_with_every_right(
    alice: User, bob: User, token: TokenCaller
) -> None:
    alice.is_staff = True
    alice.save()
    his_id = _run(bob)
    narrow = token(alice, "execution:read", "execution:cancel")
    assert narrow.get("/api/queue?all=true").status_code == 403
    found = narrow.post("/api/queue/cancel", {"executionIds": [his_id]}).json()
    assert found["changed"] == []
    wide = token(alice, "*")
    assert wide.post("/api/queue/cancel", {"executionIds": [his_id]}).json()["changed"] == [his_id]


def test_an_ended_run_is_not_paused(hers: Caller, alice: User) -> None:
    run = _run(alice)
    hers.post(f"/api/executions/{run}/cancel")
    for verb in ("pause", "resume"):
        refused = hers.post(f"/api/executions/{run}/{verb}")
        assert (refused.status_code, refused.json()["code"]) == (409, "NOT_PAUSABLE")


def test_a_client_of_fal_sees_a_paused_run_in_the_queue(hers: Caller, alice: User) -> None:
    run = Run.objects.get(pk=_run(alice))

    hers.post(f"/api/executions/{run.pk}/pause")
    run.refresh_from_db()
    assert status(run, "http://x", "workflows/alice/echo", None)["status"] == "IN_QUEUE"
