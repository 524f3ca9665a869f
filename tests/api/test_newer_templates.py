"""Copies of templates: which version they come from, what is newer, and taking it over."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.api.client import Caller, a_node
from workflows.engine import retention
from workflows.models import Version, Workflow

pytestmark = pytest.mark.django_db


def published(hers: Caller, *nodes: dict[str, Any]) -> str:
    """Make a template and publish it; return its slug."""
    slug: str = hers.create("Sticker", nodes=list(nodes), isTemplate=True)["slug"]
    publish(hers, slug)
    return slug


def publish(hers: Caller, slug: str, notes: str = "") -> None:
    answer = hers.post(f"/api/workflows/{slug}/versions", {"publish": True, "notes": notes})
    assert answer.status_code == 201


def copied(his: Caller, slug: str) -> str:
    copy: str = his.post(f"/api/workflows/{slug}/duplicate").json()["slug"]
    return copy


def original(caller: Caller, slug: str) -> Any:
    """Return the template of a copy, which the list, the copy and its versions say alike."""
    rows = {row["slug"]: row["copiedFrom"] for row in caller.get("/api/workflows").json()}
    assert caller.get(f"/api/workflows/{slug}").json()["copiedFrom"] == rows[slug]
    assert caller.get(f"/api/workflows/{slug}/versions").json()["copiedFrom"] == rows[slug]
    return rows[slug]


def texts(caller: Caller, slug: str) -> dict[str, Any]:
    nodes = caller.get(f"/api/workflows/{slug}").json()["nodes"]
    return {node["id"]: node["data"].get("text") for node in nodes}


def test_a_copy_knows_its_template_and_hears_of_a_newer_published_version(
    hers: Caller, his: Caller
) -> None:
    slug = published(hers, a_node("a", text="one"))
    copy = copied(his, slug)
    assert original(his, copy) == {"slug": slug, "name": "Sticker", "number": 1, "newer": None}
    hers.put(f"/api/workflows/{slug}", {"nodes": [a_node("a", text="two")]})
    assert original(his, copy)["newer"] is None
    assert his.get(f"/api/workflows/{copy}/template").status_code == 404
    publish(hers, slug, "More of it")
    assert original(his, copy)["newer"] == 2
    newer = his.get(f"/api/workflows/{copy}/template").json()
    assert (newer["version"]["number"], newer["version"]["notes"]) == (2, "More of it")
    [row] = newer["comparison"]["changed"]
    assert (row["node"], row["field"], row["before"], row["after"]) == ("a", "text", "one", "two")


def test_the_newer_version_is_taken_over_as_one_change_that_can_be_undone(
    hers: Caller, his: Caller
) -> None:
    slug = published(hers, a_node("a", text="one"), a_node("b", text="one"))
    copy = copied(his, slug)
    mine = [a_node("a", text="mine"), a_node("b", text="one"), a_node("own", text="own")]
    his.put(f"/api/workflows/{copy}", {"nodes": mine})
    theirs = [a_node("a", text="two"), a_node("b", text="two"), a_node("c", text="new")]
    hers.put(f"/api/workflows/{slug}", {"nodes": theirs})
    publish(hers, slug)
    taken = his.post(f"/api/workflows/{copy}/template", {"number": 2, "take": True})
    assert (taken.status_code, taken.json()) == (200, {"version": 3, "leftOut": 1})
    assert texts(his, copy) == {"a": "mine", "b": "two", "own": "own", "c": "new"}
    assert original(his, copy) == {"slug": slug, "name": "Sticker", "number": 2, "newer": None}
    step = his.get(f"/api/workflows/{copy}/steps").json()["undo"][0]
    assert (step["version"], step["label"]) == (3, "Version 2 of the template")
    restored = his.post(f"/api/workflows/{copy}/restore", {"version": 2})
    assert restored.status_code == 200
    assert texts(his, copy) == {"a": "mine", "b": "one", "own": "own"}


def move(caller: Caller, slug: str, action: str, step: dict[str, Any]) -> None:
    """Undo or redo a step."""
    body = {
        "baseVersion": caller.get(f"/api/workflows/{slug}").json()["version"],
        "batchId": str(uuid4()),
        "operations": step["inverse"] if action == "undo" else step["operations"],
        "step": step["id"],
        "action": action,
    }
    assert caller.post(f"/api/workflows/{slug}/changes", body).status_code == 200


def test_undoing_what_was_taken_offers_it_again_and_redoing_takes_it_again(
    hers: Caller, his: Caller
) -> None:
    slug = published(hers, a_node("a", text="1"))
    copy = copied(his, slug)
    steps = []
    for number in (2, 3):
        hers.put(f"/api/workflows/{slug}", {"nodes": [a_node("a", text=str(number))]})
        publish(hers, slug)
        his.post(f"/api/workflows/{copy}/template", {"number": number, "take": True})
        steps.append(his.get(f"/api/workflows/{copy}/steps").json()["undo"][0])

    def send(action: str, step: dict[str, Any]) -> tuple[int, int | None]:
        move(his, copy, action, step)
        found = original(his, copy)
        return found["number"], found["newer"]

    second, third = steps
    assert send("undo", third) == (2, 3)
    assert send("undo", second) == (1, 3)
    assert send("redo", second) == (2, 3)
    assert send("redo", third) == (3, None)
    send("undo", third)
    send("undo", second)
    assert his.post(f"/api/workflows/{copy}/template", {"number": 3, "take": True}).json() == {
        "version": 10,
        "leftOut": 0,
    }
    assert texts(his, copy) == {"a": "3"}


def test_restoring_what_was_before_offers_the_newer_version_as_undoing_does(
    hers: Caller, his: Caller
) -> None:
    slug = published(hers, a_node("a", text="1"))
    copy = copied(his, slug)
    for number in (2, 3):
        hers.put(f"/api/workflows/{slug}", {"nodes": [a_node("a", text=str(number))]})
        publish(hers, slug)
        his.post(f"/api/workflows/{copy}/template", {"number": number, "take": True})

    def restore(version: int, **parts: Any) -> tuple[int, int | None]:
        body = {"version": version, **parts}
        assert his.post(f"/api/workflows/{copy}/restore", body).status_code == 200
        found = original(his, copy)
        return found["number"], found["newer"]

    assert restore(2) == (2, 3)
    assert restore(1) == (1, 3)
    # A part of it is nothing that was taken over.
    assert restore(3, fields=[{"node": "a", "field": "text"}]) == (1, 3)
    assert restore(1) == (1, 3)
    assert restore(3) == (3, None)
    assert restore(5) == (1, 3), "what was restored is a version like others"
    step = his.get(f"/api/workflows/{copy}/steps").json()["undo"][0]
    move(his, copy, "undo", step)
    assert original(his, copy)["number"] == 3


def test_what_was_left_is_not_offered_again_but_the_next_version_is(
    hers: Caller, his: Caller
) -> None:
    slug = published(hers, a_node("a", text="1"))
    copy = copied(his, slug)
    for number in (2, 3):
        hers.put(f"/api/workflows/{slug}", {"nodes": [a_node("a", text=str(number))]})
        publish(hers, slug)
        assert original(his, copy)["newer"] == number
        wrong = his.post(f"/api/workflows/{copy}/template", {"number": 1, "take": True})
        assert (wrong.status_code, wrong.json()["field"]) == (404, "number")
        left = his.post(f"/api/workflows/{copy}/template", {"number": number, "take": False})
        assert left.json() == {"version": 1, "leftOut": 0}
        assert original(his, copy) == {**original(his, copy), "number": 1, "newer": None}
    assert texts(his, copy) == {"a": "1"}


def test_a_copy_made_before_anything_was_published_is_compared_with_what_was_copied(
    hers: Caller, his: Caller, settings: Any
) -> None:
    slug = hers.create("Sticker", nodes=[a_node("a", text="one")], isTemplate=True)["slug"]
    copy = copied(his, slug)
    copied(his, slug)
    assert Version.objects.count() == 1
    assert original(his, copy)["number"] is None
    hers.put(f"/api/workflows/{slug}", {"nodes": [a_node("a", text="two")]})
    publish(hers, slug)
    settings.KEEP_CHANGES_DAYS = 1
    from datetime import timedelta

    from django.utils import timezone

    retention.forget_changes(timezone.now() + timedelta(days=2), most=100)
    newer = his.get(f"/api/workflows/{copy}/template").json()
    assert newer["comparison"]["changed"][0]["before"] == "one"


def test_nobody_else_and_no_copy_of_a_withdrawn_template_hears_of_it(
    hers: Caller, his: Caller
) -> None:
    slug = published(hers, a_node("a", text="one"))
    copy = copied(his, slug)
    hers.put(f"/api/workflows/{slug}", {"nodes": [], "isTemplate": False})
    publish(hers, slug)
    assert original(his, copy) is None
    assert his.get(f"/api/workflows/{copy}/template").status_code == 404
    hers.send("DELETE", f"/api/workflows/{slug}")
    assert original(his, copy) is None


def test_a_copy_of_a_copy_comes_from_the_same_template(hers: Caller, his: Caller) -> None:
    slug = published(hers, a_node("a", text="one"))
    second = copied(his, copied(his, slug))
    assert original(his, second)["slug"] == slug
    assert Workflow.objects.get(slug=slug).copied_from is None
