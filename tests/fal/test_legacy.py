"""/fal/rest/workflows: create, list, read, change, delete, with the statuses its client takes."""

from __future__ import annotations

import json
from typing import Any

from tests.api.client import Caller
from tests.fal.contents import TEXTS
from tests.pure.fal_contents import BUILDER
from workflows.models import Change, Workflow

BODY = {"name": "poster", "title": "Poster", "contents": TEXTS, "is_public": False}
PLACE = "/fal/rest/workflows/alice/poster"


def patch(caller: Caller, **body: Any) -> Any:
    return caller.send("PATCH", PLACE, json.dumps(body))


def test_a_workflow_is_made_and_read_bare(hers: Caller) -> None:
    made = hers.post("/fal/rest/workflows/", BODY)
    assert made.status_code == 201
    assert made.json()["contents"] == TEXTS
    assert {"user_id", "user_nickname", "created_at"} <= made.json().keys()
    assert hers.get(PLACE).json() == made.json()
    page = hers.get("/fal/rest/workflows/?page=1&size=50").json()
    assert (page["total"], page["pages"], page["items"][0]["name"]) == (1, 1, "poster")


def test_a_change_says_201_and_touches_what_is_given_alone(hers: Caller) -> None:
    hers.post("/fal/rest/workflows/", BODY)
    changed = patch(hers, contents=BUILDER)
    assert changed.status_code == 201
    assert (changed.json()["contents"], changed.json()["title"]) == (BUILDER, "Poster")
    assert Change.objects.filter(workflow__handle="poster").exists()
    renamed = patch(hers, name="other", is_public=True, title="O" * 250).json()
    assert (renamed["name"], renamed["is_public"], renamed["title"]) == ("other", True, "O" * 250)
    assert renamed["contents"] == BUILDER
    assert hers.get(PLACE).status_code == 404


def test_a_delete_says_204(hers: Caller) -> None:
    hers.post("/fal/rest/workflows/", BODY)
    answer = hers.delete(PLACE)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Workflow.objects.exists()


def test_what_is_not_valid_is_422_with_its_place(hers: Caller) -> None:
    hers.post("/fal/rest/workflows/", BODY)
    for answer in (
        hers.post("/fal/rest/workflows/", BODY),
        hers.post("/fal/rest/workflows/", {**BODY, "name": "a b"}),
        patch(hers, name=""),
    ):
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", "name"]


def test_others_change_and_delete_nothing(hers: Caller, his: Caller) -> None:
    hers.post("/fal/rest/workflows/", {**BODY, "is_public": True})
    assert his.get(PLACE).status_code == 200
    assert patch(his, title="mine").status_code == 404
    assert his.delete(PLACE).status_code == 404
    assert Workflow.objects.get().name == "Poster"
