"""GET /api/workflows/<slug>."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller, a_node, an_edge

pytestmark = pytest.mark.django_db


def test_a_document_comes_back_exactly_as_it_was_sent(hers: Caller) -> None:
    data: dict[str, Any] = {
        "text": "a\u2028b\u202e<script>",
        "big": 2**70,
        "minus": -0.0,
        "float": 1e22,
        "z": 1.0,
    }
    sent = {
        "nodes": [{**a_node(**data), "zIndex": 7, "style": {"color": None}}, a_node("b")],
        "edges": [{**an_edge("a", "b", "text", "text"), "animated": True}],
        "viewport": {"x": -0.5, "y": 12, "zoom": 0.25},
        "tags": ["print", "ä"],
        "unknownKey": [{"deep": {"deeper": None}}],
        "cover": {"image": "/media/x", "video": None},
    }
    slug = hers.create("Exact", **sent)["slug"]
    response = hers.get(f"/api/workflows/{slug}")
    got = response.json()
    assert {key: got[key] for key in sent} == sent
    text = response.content.decode()
    assert '"minus":-0.0' in text
    assert '"z":1.0' in text
    assert str(2**70) in text
    assert "ä" in text
    assert list(got["nodes"][0]["data"]) == list(data)


def test_a_lone_surrogate_cannot_get_in_and_an_emoji_survives(hers: Caller) -> None:
    assert hers.create("Smile", description="🙂")["description"] == "🙂"
    body = b'{"name":"X","description":"\\ud83d"}'
    assert hers.send("POST", "/api/workflows", body).status_code == 400


def test_the_etag_saves_the_transfer_until_something_changes(hers: Caller) -> None:
    slug = hers.create("Cached")["slug"]
    first = hers.get(f"/api/workflows/{slug}")
    assert first["ETag"] == '"v1"'
    again = hers.get(f"/api/workflows/{slug}", If_None_Match='"v1"')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", '"v1"')
    hers.put(f"/api/workflows/{slug}", {"description": "new"})
    changed = hers.get(f"/api/workflows/{slug}", If_None_Match='"v1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"v2"')


def test_another_persons_workflow_looks_exactly_like_a_missing_one(
    hers: Caller, his: Caller
) -> None:
    slug = hers.create("Secret")["slug"]
    theirs, missing = his.get(f"/api/workflows/{slug}"), his.get("/api/workflows/secrez")
    assert theirs.status_code == missing.status_code == 404
    assert theirs.content == missing.content
    assert theirs.json() == {"error": "Workflow not found", "code": "WORKFLOW_NOT_FOUND"}


def test_everybody_reads_a_template_and_only_its_owner_may_edit_it(
    hers: Caller, his: Caller
) -> None:
    slug = hers.create("Template", isTemplate=True, nodes=[a_node()])["slug"]
    seen = his.get(f"/api/workflows/{slug}").json()
    assert seen["nodes"] == [a_node()]
    assert seen["canEdit"] is False
    assert his.put(f"/api/workflows/{slug}", {"name": "Mine"}).status_code == 404
    assert his.delete(f"/api/workflows/{slug}").status_code == 404


@pytest.mark.parametrize("slug", ["Upper", "a_b", "a.b", "%00", "a%20b", "%F0%9F%99%82", "x" * 129])
def test_a_slug_with_other_characters_is_400(hers: Caller, slug: str) -> None:
    response = hers.get(f"/api/workflows/{slug}")
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_SLUG")


@pytest.mark.parametrize(
    "name", ["public-schema", "health", "ready", "templates", "new", "static", "api", "run", "move"]
)
def test_a_workflow_may_have_the_name_of_a_route(hers: Caller, nobody: Caller, name: str) -> None:
    slug = hers.create(name)["slug"]
    assert slug == name
    assert hers.get(f"/api/workflows/{slug}").json()["name"] == name
    assert nobody.get(f"/api/workflows/{slug}").status_code == 401
