"""PUT /api/workflows/<slug>."""

from __future__ import annotations

import pytest

from tests.api.client import Caller, a_node
from workflows.models import Change, Workflow

pytestmark = pytest.mark.django_db


def test_sent_keys_replace_and_others_stay(hers: Caller) -> None:
    slug = hers.create("Old", nodes=[a_node("a")], tags=["x"], ours={"a": 1})["slug"]
    response = hers.put(f"/api/workflows/{slug}", {"name": "New", "nodes": [a_node("b")]})
    assert response.status_code == 200
    body = response.json()
    assert (body["name"], body["nodes"], body["tags"], body["ours"]) == (
        "New",
        [a_node("b")],
        ["x"],
        {"a": 1},
    )
    assert body["version"] == 2
    assert body["updatedAt"] > body["createdAt"]


def test_the_slug_survives_a_new_name_and_a_slug_in_the_body(hers: Caller) -> None:
    slug = hers.create("Before")["slug"]
    body = hers.put(f"/api/workflows/{slug}", {"name": "After", "slug": "stolen"}).json()
    assert body["slug"] == slug
    assert hers.get("/api/workflows/stolen").status_code == 404


def test_putting_back_what_get_answered_changes_nothing(hers: Caller) -> None:
    slug = hers.create("Still", nodes=[a_node(x=1.0, y=-0.0)], keep={"me": [None]})["slug"]
    first = hers.get(f"/api/workflows/{slug}")
    assert hers.put(f"/api/workflows/{slug}", first.json()).status_code == 200
    assert hers.get(f"/api/workflows/{slug}").content == first.content


def test_a_save_is_a_change_that_can_be_undone(hers: Caller) -> None:
    slug = hers.create("Undo", nodes=[a_node("a", text="one")])["slug"]
    hers.put(f"/api/workflows/{slug}", {"nodes": [a_node("a", text="two")]})
    change = Change.objects.get()
    assert change.version == 2
    assert change.operations == [{"op": "field.set", "id": "a", "field": "text", "value": "two"}]
    assert change.inverse == [{"op": "field.set", "id": "a", "field": "text", "value": "one"}]


def test_a_stale_if_match_is_412_and_nothing_is_lost(hers: Caller) -> None:
    slug = hers.create("Guarded")["slug"]
    good = hers.put(f"/api/workflows/{slug}", {"description": "one"}, If_Match='"v1"')
    assert (good.status_code, good["ETag"]) == (200, '"v2"')
    stale = hers.put(f"/api/workflows/{slug}", {"description": "two"}, If_Match='"v1"')
    assert stale.status_code == 412
    assert stale.json()["version"] == 2
    assert hers.get(f"/api/workflows/{slug}").json()["description"] == "one"


def test_a_malformed_if_match_is_refused_rather_than_ignored(hers: Caller) -> None:
    slug = hers.create("Guarded")["slug"]
    response = hers.put(f"/api/workflows/{slug}", {"description": "x"}, If_Match="v1")
    assert (response.status_code, response.json()["field"]) == (400, "If-Match")


def test_one_version_of_a_list_in_if_match_will_do(hers: Caller) -> None:
    slug = hers.create("Listed")["slug"]
    path, body = f"/api/workflows/{slug}", '{"tags": ["a"]}'
    for header in ('"v7", "v1"', 'W/"v2","v9"', '"of-another-server", "v3"'):
        assert hers.send("PUT", path, body, If_Match=header).status_code == 200, header
        body = body.replace('["', '["a')
    refused = hers.send("PUT", path, body, If_Match='"v1", "v2"')
    assert (refused.status_code, refused.json()["version"]) == (412, 4)
    for header in ('"v4", v5', '"v4",', '"a", "b"', '"v4" "v5"'):
        wrong = hers.send("PUT", path, body, If_Match=header)
        assert (wrong.status_code, wrong.json()["field"]) == (400, "If-Match"), header


def test_another_persons_workflow_is_404_and_stays_as_it_is(hers: Caller, his: Caller) -> None:
    slug = hers.create("Hers")["slug"]
    theirs = his.put(f"/api/workflows/{slug}", {"name": "His"})
    missing = his.put("/api/workflows/no-such-thing", {"name": "His"})
    assert theirs.status_code == missing.status_code == 404
    assert theirs.content == missing.content
    assert Workflow.objects.get(slug=slug).name == "Hers"


def test_read_only_keys_in_the_body_are_ignored(hers: Caller) -> None:
    before = hers.create("Fixed")
    forged = {
        "createdBy": "999",
        "createdAt": "1970-01-01",
        "updatedAt": "1970-01-01",
        "version": 99,
        "estimatedCreditCost": 0,
        "lastRun": {},
        "nodeCount": 5,
        "canEdit": False,
    }
    after = hers.put(f"/api/workflows/{before['slug']}", forged).json()
    assert after == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": None}, "name"),
        ({"nodes": {}}, "nodes"),
        ({"nodes": [a_node("a"), a_node("a")]}, "nodes[1].id"),
        ({"tags": "x"}, "tags"),
        ({"hidden": "yes"}, "hidden"),
        ({"isTemplate": "yes"}, "isTemplate"),
        ({"viewport": {"x": 1, "y": 2}}, "viewport.zoom"),
    ],
)
def test_a_faulty_field_is_named_and_nothing_is_saved(
    hers: Caller, body: dict[str, object], field: str
) -> None:
    slug = hers.create("Safe")["slug"]
    response = hers.put(f"/api/workflows/{slug}", body)
    assert response.status_code == 400
    assert response.json()["field"] == field
    assert response.json()["expected"]
    assert Workflow.objects.get(slug=slug).version == 1
