"""A number that is new for each run: drawn when the run is accepted, kept, shown, never an edit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller, a_node, an_edge
from tests.api.test_executions import events, started
from tests.api.test_results import outdated, planned, ran
from workflows.models import Run

pytestmark = pytest.mark.django_db(transaction=True)

SEED = {"name": "seed", "type": "number", "required": True, "randomize": True}
#: A seed, and beside it as text what the seed was.
LUCK: dict[str, Any] = {
    "nodes": [
        a_node("in", "requestInput", fields=[SEED], values={}),
        a_node("say", "template", text="{n}"),
        a_node("end", "responseOutput"),
    ],
    "edges": [an_edge("in", "say", "seed", "n"), an_edge("say", "end", "text", "result")],
}
#: An image that follows from a seed.
PICTURE: dict[str, Any] = {
    "nodes": [
        a_node("in", "requestInput", fields=[SEED], values={}),
        a_node("t", "pattern", kind="noise", width=16, height=16),
        a_node("p", "preview"),
    ],
    "edges": [an_edge("in", "t", "seed", "seed"), an_edge("t", "p", "image", "value")],
}


@pytest.fixture
def slug(hers: Caller) -> str:
    return hers.create("Luck", **LUCK)["slug"]


def drawn(caller: Caller, id: str) -> dict[str, Any]:
    return caller.get(f"/api/executions/{id}").json()["randomized"]


def test_each_run_has_a_number_of_its_own_and_says_which(
    engine: None, hers: Caller, slug: str
) -> None:
    said = []
    for _ in range(2):
        answer = hers.post(f"/api/workflows/{slug}/run", {"inputs": {}}).json()
        said.append(answer["result"]["text"])
        numbers = {"in": {"seed": int(said[-1])}}
        assert drawn(hers, answer["executionId"]) == numbers
        assert events(hers, answer["executionId"])[0]["randomized"] == numbers
    assert said[0] != said[1]


def test_the_number_of_a_run_given_to_another_repeats_it(
    engine: None, hers: Caller, slug: str
) -> None:
    first = hers.post(f"/api/workflows/{slug}/run", {"inputs": {}}).json()
    inputs = drawn(hers, first["executionId"])["in"]
    again = hers.post(f"/api/workflows/{slug}/run", {"inputs": inputs}).json()
    assert again["result"] == first["result"]
    assert drawn(hers, again["executionId"]) == {}


def test_a_run_that_is_cancelled_and_taken_up_again_keeps_its_number(
    hers: Caller, slug: str, request: pytest.FixtureRequest
) -> None:
    id = started(hers, slug)
    numbers = drawn(hers, id)
    assert hers.post(f"/api/executions/{id}/cancel").status_code == 200
    assert hers.post(f"/api/executions/{id}/retry").status_code in (200, 202)
    request.getfixturevalue("engine")
    found = events(hers, id)
    assert found[-1]["output"] == {"text": str(numbers["in"]["seed"])}
    queued = [event.get("randomized") for event in found if event["type"] == "queued"]
    assert queued == [numbers, None]
    assert drawn(hers, id) == numbers


def test_a_request_that_is_repeated_under_its_key_has_one_number(hers: Caller, slug: str) -> None:
    for _ in range(2):
        started_once = hers.post(
            f"/api/workflows/{slug}/run?async=true", {"inputs": {}}, Idempotency_Key="order-1"
        )
        assert started_once.status_code == 202
    assert Run.objects.count() == 1


def test_the_schema_asks_nobody_for_the_number(hers: Caller, slug: str) -> None:
    schema = hers.get(f"/api/workflows/{slug}/schema").json()
    assert schema["fields"] == [SEED]
    assert schema["values"] == {"seed": None}


def test_a_new_number_is_no_edit_but_makes_a_new_picture(engine: None, her_browser: Caller) -> None:
    slug = her_browser.create("Picture", **PICTURE)["slug"]
    runs = [ran(her_browser, slug) for _ in range(2)]
    assert outdated(her_browser, slug) == {"in": False, "t": False, "p": False}
    assert "t" in planned(her_browser, slug)["run"]
    rows = [her_browser.get(f"/api/executions/{id}").json()["nodes"] for id in runs]
    made = [row for nodes in rows for row in nodes if row["id"] == "t"]
    assert [row["cached"] for row in made] == [False, False]
    hashes = {row["outputs"]["image"]["sha256"] for row in made}
    assert len(hashes) == 2
