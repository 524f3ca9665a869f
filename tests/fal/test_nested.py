"""Runs inside runs: they never wait for their parents' places, and end when nobody waits."""

from __future__ import annotations

from typing import Any

from tests.api.client import Caller
from tests.engine import nodes as gates
from tests.engine.conftest import engine, ready
from tests.fal.contents import TEXTS, contents
from tests.waiting import wait_until
from workflows.models import Run

__all__ = ["engine", "ready"]


def nest(caller: Caller, inner: str, name: str = "outer") -> str:
    """Make a workflow that runs another one, and return its app."""
    node = {"id": "inner", "type": "run", "app": inner, "input": {}}
    body = {"name": name, "title": name, "contents": contents({"inner": node}, {"all": "$inner"})}
    assert caller.post("/v1/workflows", body).status_code == 201
    return f"workflows/alice/{name}"


def test_a_parent_holds_no_place_its_child_needs(
    ready: None, engine: None, hers: Caller, settings: Any
) -> None:
    settings.ACTIVE_RUNS = 1
    texts = {**TEXTS, "schema": {"input": {"prompt": {"type": "string", "default": "d"}}}}
    hers.post("/v1/workflows", {"name": "texts", "title": "t", "contents": texts})
    app = nest(hers, nest(hers, "workflows/alice/texts"), "outermost")
    answer = hers.post(f"/fal/run/{app}", {})
    assert answer.json() == {"all": {"all": {"text": "d & more|ünï"}}}


def test_a_child_is_cancelled_with_its_parent(engine: None, hers: Caller) -> None:
    node = {"id": "a", "type": "testWait", "position": {"x": 0, "y": 0}, "data": {"gate": "inner"}}
    slug = hers.create("slow", nodes=[node])["slug"]
    app = nest(hers, f"workflows/alice/{slug}")
    sent = hers.post(f"/fal/queue/{app}", {}).json()
    assert gates.gate("inner").arrived.wait(10)
    child = Run.objects.get(idempotency_key__startswith="nested:")
    assert hers.get(sent["status_url"]).json()["status"] == "IN_PROGRESS"
    assert hers.send("PUT", sent["cancel_url"]).status_code == 202
    assert gates.gate("inner").left.wait(10)

    def is_cancelled() -> bool:
        child.refresh_from_db()
        return child.status == "cancelled"

    wait_until(is_cancelled)


def test_a_workflow_of_somebody_else_is_not_there(engine: None, hers: Caller, his: Caller) -> None:
    his.post("/v1/workflows", {"name": "secret", "title": "s", "contents": TEXTS})
    answer = hers.post(f"/fal/run/{nest(hers, 'workflows/bob/secret')}", {})
    assert answer.status_code == 422
    assert "workflows/bob/secret" in answer.json()["message"]
    assert not Run.objects.filter(owner__username="bob").exists()
