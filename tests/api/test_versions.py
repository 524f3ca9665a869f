"""/api/workflows/<slug>/versions and its neighbors: history, publishing, comparing, restoring."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.api.client import Caller
from workflows.engine.retention import forget_changes
from workflows.graph.document import same
from workflows.models import Change, Run, Snapshot, User, Version, Workflow
from workflows.services.library import changes
from workflows.services.library.versions import document_at
from workflows.types import JsonObject

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]

AT = {"x": 0, "y": 0}


def text(id: str, value: str, **more: Any) -> JsonObject:
    return {"id": id, "type": "template", "position": AT, "data": {"text": value, **more}}


def a_workflow(caller: Caller, value: str = "one") -> str:
    """Create a workflow that returns a text, and return its slug."""
    nodes = [
        text("say", value, label="Slogan"),
        {"id": "end", "type": "responseOutput", "position": {"x": 400, "y": 0}, "data": {}},
    ]
    edge = {"id": "e", "source": "say", "sourceHandle": "text-out"}
    edges = [{**edge, "target": "end", "targetHandle": "result-in"}]
    made = caller.post("/api/workflows", {"name": "Poster", "nodes": nodes, "edges": edges})
    return str(made.json()["slug"])


def change(caller: Caller, slug: str, *operations: JsonObject, **more: Any) -> int:
    version = Workflow.objects.get(slug=slug).version
    batch = {"baseVersion": version, "batchId": str(uuid4()), "operations": list(operations)}
    answer = caller.post(f"/api/workflows/{slug}/changes", {**batch, **more})
    assert answer.status_code == 200, answer.content
    return int(answer.json()["version"])


def say(value: str) -> JsonObject:
    return {"op": "field.set", "id": "say", "field": "text", "value": value}


def ran(caller: Caller, slug: str, query: str = "") -> Any:
    answer = caller.post(f"/api/workflows/{slug}/run{query}", {"inputs": {}})
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]


def test_the_history_says_who_changed_what_with_its_first_and_last_value(hers: Caller) -> None:
    slug = a_workflow(hers)
    change(hers, slug, say("two"), label="Edit text")
    change(hers, slug, say("three"), {"op": "node.add", "node": text("more", "x")})
    position = {"x": 8, "y": 8}
    change(hers, slug, {"op": "node.set", "id": "say", "key": "position", "value": position})
    change(hers, slug, {"op": "edge.remove", "id": "e"})
    found = hers.get(f"/api/workflows/{slug}/history").json()
    (entry,) = found["entries"]
    assert (entry["before"], entry["after"], entry["steps"]) == (1, 5, 4)
    assert entry["author"]["you"] is True
    slogan = {"id": "say", "type": "template", "title": "Slogan"}
    effects = entry["effects"]
    assert effects["changed"] == [
        {"node": slogan, "field": "text", "before": "one", "after": "three"}
    ]
    assert (effects["added"], effects["moved"]) == (
        [{"id": "more", "type": "template", "title": ""}],
        [slogan],
    )
    assert effects["counts"]["disconnected"] == 1
    assert (found["next"], found["complete"]) == (None, True)


def test_what_was_undone_in_between_is_no_effect(hers: Caller) -> None:
    slug = a_workflow(hers)
    change(hers, slug, say("two"))
    change(hers, slug, {"op": "node.add", "node": text("more", "x")})
    change(hers, slug, {"op": "node.remove", "id": "more"}, say("one"))
    (entry,) = hers.get(f"/api/workflows/{slug}/history").json()["entries"]
    assert set(entry["effects"]["counts"].values()) == {0}


def test_a_long_history_is_read_in_pages_and_nothing_is_twice_or_missing(hers: Caller) -> None:
    slug = a_workflow(hers)
    for number in range(130):
        change(hers, slug, say(str(number)))
        if number % 2:
            hers.post(f"/api/workflows/{slug}/versions", {"name": f"Moment {number}"})
    covered: list[int] = []
    names: list[str] = []
    before = ""
    while True:
        page = hers.get(f"/api/workflows/{slug}/history{before}").json()
        for entry in page["entries"]:
            covered += range(entry["after"], entry["before"], -1)
        names += [row["name"] for row in page["versions"]]
        if page["next"] is None:
            break
        before = f"?before={page['next']}"
    assert covered == list(range(131, 1, -1))
    assert names == [f"Moment {number}" for number in range(129, 0, -2)]


def test_any_version_can_be_made_again_from_the_log(hers: Caller) -> None:
    slug = a_workflow(hers)
    documents = {1: hers.get(f"/api/workflows/{slug}").json()}
    for number in range(30):
        operations = [say(f"text {number}")]
        if number % 3 == 0:
            operations.append({"op": "node.add", "node": text(f"n{number}", "x"), "index": 0})
        if number % 7 == 6:
            operations.append({"op": "node.remove", "id": f"n{number - number % 3}"})
        version = change(hers, slug, *operations)
        documents[version] = hers.get(f"/api/workflows/{slug}").json()
    workflow = Workflow.objects.get(slug=slug)
    for version, document in documents.items():
        made = document_at(workflow, version)
        assert same(made["nodes"], document["nodes"]), version
        assert same(made["edges"], document["edges"]), version


def test_a_checkpoint_bounds_how_much_is_read_for_one_version(
    hers: Caller, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(changes, "CHECKPOINT_BYTES", 5 * changes.CHANGE_BYTES)
    slug = a_workflow(hers)
    for number in range(23):
        change(hers, slug, say(str(number)))
    kept = Version.objects.filter(workflow__slug=slug).order_by("version")
    assert list(kept.values_list("version", flat=True)) == [6, 11, 16, 21]
    Change.objects.filter(workflow__slug=slug, version__gt=11).delete()
    workflow = Workflow.objects.get(slug=slug)
    with django_assert_max_num_queries(2):
        found = document_at(workflow, 9)
    assert found["nodes"][0]["data"]["text"] == "7"


def test_a_field_of_a_document_of_two_megabytes_costs_kilobytes(hers: Caller) -> None:
    nodes = [text(f"n{number}", "x" * 2_000) for number in range(1_000)]
    made = hers.post("/api/workflows", {"name": "Large", "nodes": nodes, "edges": []})
    slug = made.json()["slug"]
    nodes[500]["data"]["text"] = "one field"
    assert hers.put(f"/api/workflows/{slug}", {"nodes": nodes}).status_code == 200
    row = Change.objects.get(workflow__slug=slug)
    assert len(str(row.operations)) + len(str(row.inverse)) < 4_096
    assert not Version.objects.exists()


def test_keys_run_what_is_published_and_the_editor_the_draft(
    her_browser: Caller, hers: Caller
) -> None:
    slug = a_workflow(her_browser)
    assert ran(hers, slug) == ran(her_browser, slug) == {"text": "one"}
    published = her_browser.post(
        f"/api/workflows/{slug}/versions", {"publish": True, "notes": "First"}
    )
    assert (published.status_code, published.json()["number"]) == (201, 1)
    change(her_browser, slug, say("tw"))
    change(her_browser, slug, say("two"))
    assert (ran(hers, slug), ran(her_browser, slug)) == ({"text": "one"}, {"text": "two"})
    assert ran(hers, slug, "?version=draft") == {"text": "two"}
    assert ran(her_browser, slug, "?version=published") == {"text": "one"}
    versions = her_browser.get(f"/api/workflows/{slug}/versions").json()
    assert (versions["live"], versions["steps"]) == (1, 2)


def test_a_published_version_is_rolled_back_by_one_call(her_browser: Caller, hers: Caller) -> None:
    slug = a_workflow(her_browser)
    her_browser.post(f"/api/workflows/{slug}/versions", {"publish": True})
    change(her_browser, slug, say("two"))
    her_browser.post(f"/api/workflows/{slug}/versions", {"publish": True})
    assert ran(hers, slug) == {"text": "two"}
    back = her_browser.put(f"/api/workflows/{slug}/published", {"number": 1})
    assert back.json()["live"] == 1
    assert (ran(hers, slug), ran(hers, slug, "?version=2")) == ({"text": "one"}, {"text": "two"})
    her_browser.put(f"/api/workflows/{slug}/published", {"number": None})
    change(her_browser, slug, say("three"))
    assert ran(hers, slug) == {"text": "three"}


@pytest.mark.parametrize("version", ["9", "latest", "-1", "1.0", "9" * 30, "%00"])
def test_a_version_that_is_not_there_is_refused_in_words(her_browser: Caller, version: str) -> None:
    slug = a_workflow(her_browser)
    her_browser.post(f"/api/workflows/{slug}/versions", {"publish": True})
    answer = her_browser.post(f"/api/workflows/{slug}/run?version={version}", {"inputs": {}})
    assert (answer.status_code, answer.json()["code"]) == (404, "VERSION_NOT_FOUND")
    assert answer.json()["field"] == "version"
    assert "published" in answer.json()["expected"]


def test_the_schema_is_that_of_the_version_that_runs(her_browser: Caller, hers: Caller) -> None:
    fields = [{"name": "word", "type": "text"}]
    ask = {"id": "ask", "type": "requestInput", "position": AT, "data": {"fields": fields}}
    slug = her_browser.post("/api/workflows", {"name": "Ask", "nodes": [ask], "edges": []}).json()[
        "slug"
    ]
    her_browser.post(f"/api/workflows/{slug}/versions", {"publish": True})
    more = [*fields, {"name": "size", "type": "number"}]
    change(her_browser, slug, {"op": "field.set", "id": "ask", "field": "fields", "value": more})

    def names(caller: Caller, query: str = "") -> list[str]:
        found = caller.get(f"/api/workflows/{slug}/schema{query}").json()["fields"]
        return [row["name"] for row in found]

    assert (names(hers), names(her_browser)) == (["word"], ["word", "size"])
    assert names(hers, "?version=draft") == ["word", "size"]


def test_visitors_and_other_users_get_what_is_published(
    hers: Caller, his: Caller, nobody: Caller
) -> None:
    slug = a_workflow(hers)
    opened = {"isTemplate": True, "publicPlayground": True, "publicRun": True}
    hers.put(f"/api/workflows/{slug}", opened)
    hers.post(f"/api/workflows/{slug}/versions", {"publish": True})
    etag = his.get(f"/api/workflows/{slug}")["ETag"]
    change(hers, slug, say("secret plan"))
    assert his.get(f"/api/workflows/{slug}", If_None_Match=etag).status_code == 304
    read = his.get(f"/api/workflows/{slug}").content
    copied = his.post(f"/api/workflows/{slug}/duplicate").content
    exported = his.get(f"/api/workflows/{slug}/export").content
    for body in (read, copied, exported):
        assert b"one" in body
        assert b"secret plan" not in body
    assert ran(his, slug) == {"text": "one"}
    for wanted in ("draft", "1"):
        refused = his.post(f"/api/workflows/{slug}/run?version={wanted}", {"inputs": {}})
        assert refused.status_code == 404
    copy_of_draft = his.post(f"/api/workflows/{slug}/duplicate", {"version": 3})
    assert copy_of_draft.status_code == 404
    started = nobody.post(f"/api/workflows/{slug}/public-run", {"inputs": {}})
    assert started.status_code == 202
    hers.post(f"/api/workflows/{slug}/versions", {"publish": True})
    assert his.get(f"/api/workflows/{slug}", If_None_Match=etag).status_code == 200


def test_comparing_names_what_was_added_removed_moved_and_changed(hers: Caller) -> None:
    slug = a_workflow(hers)
    change(hers, slug, {"op": "node.add", "node": text("more", "x")})
    position = {"op": "node.set", "id": "say", "key": "position", "value": {"x": 9, "y": 9}}
    change(hers, slug, {"op": "edge.remove", "id": "e"}, {"op": "node.remove", "id": "end"})
    change(hers, slug, say("two"), position)
    found = hers.get(f"/api/workflows/{slug}/compare?from=1").json()
    assert (found["before"]["version"], found["after"]["version"]) == (1, 4)
    assert [found[key] for key in ("added", "removed", "moved", "connected", "disconnected")] == [
        ["more"],
        ["end"],
        ["say"],
        [],
        ["e"],
    ]
    assert found["changed"] == [{"node": "say", "field": "text", "before": "one", "after": "two"}]
    assert [node["id"] for node in found["before"]["nodes"]] == ["say", "end"]
    assert set(found["authors"]) == {"more", "end", "say"}


def test_a_comparison_shows_the_run_of_each_side_wherever_its_nodes_lie(hers: Caller) -> None:
    slug = a_workflow(hers)
    ran(hers, slug)
    position = {"op": "node.set", "id": "say", "key": "position", "value": {"x": 9, "y": 9}}
    change(hers, slug, position)
    change(hers, slug, say("two"))
    found = hers.get(f"/api/workflows/{slug}/compare?from=2").json()
    assert found["before"]["run"]["result"] == {"text": "one"}
    assert found["after"]["run"] is None


def test_restoring_is_a_new_change_and_opens_nothing(hers: Caller) -> None:
    slug = a_workflow(hers)
    hers.put(f"/api/workflows/{slug}", {"publicPlayground": True, "publicRun": True})
    hers.put(f"/api/workflows/{slug}", {"publicPlayground": False, "publicRun": False})
    change(
        hers, slug, say("two"), {"op": "node.remove", "id": "end"}, {"op": "edge.remove", "id": "e"}
    )
    answer = hers.post(f"/api/workflows/{slug}/restore", {"version": 2})
    assert (answer.status_code, answer.json()) == (200, {"version": 5})
    now = hers.get(f"/api/workflows/{slug}").json()
    assert now["nodes"][0]["data"]["text"] == "one"
    assert [edge["id"] for edge in now["edges"]] == ["e"]
    assert (now["publicPlayground"], now["publicRun"]) == (False, False)
    again = hers.post(f"/api/workflows/{slug}/restore", {"version": 2})
    assert again.json() == {"version": 5}, "nothing is left to restore"


def test_the_graph_of_a_run_of_ones_own_is_restored(hers: Caller, alice: User, bob: User) -> None:
    slug = a_workflow(hers)
    workflow = Workflow.objects.get(slug=slug)
    snapshot = Snapshot.objects.create(
        workflow=workflow, sha256="0" * 64, nodes=workflow.nodes, edges=workflow.edges
    )
    runs = {
        user: Run.objects.create(
            owner=user, workflow=workflow, snapshot=snapshot, status="completed"
        )
        for user in (alice, bob)
    }
    change(hers, slug, say("two"), {"op": "edge.remove", "id": "e"})
    change(hers, slug, {"op": "node.remove", "id": "end"})
    change(hers, slug, {"op": "meta.set", "key": "name", "value": "Other"})
    path = f"/api/workflows/{slug}/restore"
    answer = hers.post(path, {"run": str(runs[alice].pk)})
    assert (answer.status_code, answer.json()) == (200, {"version": 5})
    now = hers.get(f"/api/workflows/{slug}").json()
    assert (now["nodes"], now["edges"]) == (snapshot.nodes, snapshot.edges)
    assert now["name"] == "Other"
    wrong = hers.post(path, {"run": str(runs[bob].pk)})
    assert (wrong.status_code, wrong.json()["field"]) == (404, "run")
    for body in ({}, {"version": 1, "run": str(runs[alice].pk)}):
        assert hers.post(path, body).json()["code"] == "INVALID_BODY"


def test_one_node_comes_back_with_its_connections_and_the_rest_stays(hers: Caller) -> None:
    slug = a_workflow(hers)
    change(hers, slug, {"op": "edge.remove", "id": "e"}, {"op": "node.remove", "id": "end"})
    change(hers, slug, say("two"), {"op": "node.add", "node": text("more", "x")})
    hers.post(f"/api/workflows/{slug}/restore", {"version": 1, "nodes": ["end", "more"]})
    now = hers.get(f"/api/workflows/{slug}").json()
    assert {node["id"] for node in now["nodes"]} == {"say", "end"}
    assert [edge["id"] for edge in now["edges"]] == ["e"]
    assert now["nodes"][0]["data"]["text"] == "two"


def test_one_field_comes_back(hers: Caller) -> None:
    slug = a_workflow(hers)
    label = {"op": "field.set", "id": "say", "field": "label", "value": "Title"}
    change(hers, slug, say("two"), label)
    fields = [{"node": "say", "field": "text"}]
    hers.post(f"/api/workflows/{slug}/restore", {"version": 1, "fields": fields})
    data = hers.get(f"/api/workflows/{slug}").json()["nodes"][0]["data"]
    assert (data["text"], data["label"]) == ("one", "Title")
    missing = {"version": 1, "fields": [{"node": "none", "field": "text"}]}
    refused = hers.post(f"/api/workflows/{slug}/restore", missing)
    assert (refused.status_code, refused.json()["field"]) == (400, "fields")


def test_a_copy_is_made_of_an_earlier_version(hers: Caller) -> None:
    slug = a_workflow(hers)
    change(hers, slug, say("two"))
    made = hers.post(f"/api/workflows/{slug}/duplicate", {"version": 1})
    assert made.status_code == 201
    assert made.json()["nodes"][0]["data"]["text"] == "one"


def test_forgotten_changes_take_no_named_or_published_version_along(
    hers: Caller, settings: Any
) -> None:
    slug = a_workflow(hers)
    hers.post(f"/api/workflows/{slug}/versions", {"name": "Before the call"})
    change(hers, slug, say("two"))
    hers.post(f"/api/workflows/{slug}/versions", {"publish": True})
    change(hers, slug, say("three"))
    change(hers, slug, say("four"))
    settings.KEEP_CHANGES_DAYS = 1
    assert forget_changes(timezone.now() + timedelta(days=2), 100) == 3
    workflow = Workflow.objects.get(slug=slug)
    texts = [document_at(workflow, at)["nodes"][0]["data"]["text"] for at in (1, 2)]
    assert texts == ["one", "two"]
    missing = hers.get(f"/api/workflows/{slug}/compare?from=3")
    assert (missing.status_code, missing.json()["code"]) == (404, "VERSION_NOT_FOUND")
    history = hers.get(f"/api/workflows/{slug}/history").json()
    assert (history["entries"], history["complete"]) == ([], False)
    assert len(history["versions"]) == 2


def test_steps_are_ones_own_in_order_and_undone_ones_are_to_redo(hers: Caller) -> None:
    slug = a_workflow(hers)
    first, second = str(uuid4()), str(uuid4())
    change(hers, slug, say("t"), step=first, label="Edit text")
    change(hers, slug, say("tw"), step=first, label="Edit text")
    change(hers, slug, say("two"), step=second, label="Edit text again")
    change(hers, slug, say("tw"), step=second, action="undo", label="Undo: edit text again")
    found = hers.get(f"/api/workflows/{slug}/steps").json()
    assert [row["id"] for row in found["undo"]] == [first]
    assert [row["id"] for row in found["redo"]] == [second]
    step = found["undo"][0]
    assert (step["label"], step["operations"]) == ("Edit text", [say("t"), say("tw")])
    assert step["inverse"] == [say("t"), say("one")]
    change(hers, slug, say("two"), step=second, action="redo")
    found = hers.get(f"/api/workflows/{slug}/steps").json()
    assert [row["id"] for row in found["undo"]] == [second, first]
    assert found["redo"] == []
    change(hers, slug, say("tw"), step=second, action="undo")
    change(hers, slug, say("other"))
    found = hers.get(f"/api/workflows/{slug}/steps").json()
    assert (len(found["undo"]), found["redo"]) == (2, []), "an edit ends what could be redone"


def test_a_save_by_the_api_is_a_step_of_its_own(hers: Caller) -> None:
    slug = a_workflow(hers)
    hers.put(f"/api/workflows/{slug}", {"description": "new"})
    (step,) = hers.get(f"/api/workflows/{slug}/steps").json()["undo"]
    assert step["inverse"] == [{"op": "meta.set", "key": "description", "value": ""}]


def test_every_step_of_a_long_log_is_found(hers: Caller) -> None:
    slug = a_workflow(hers)
    for number in range(130):
        change(hers, slug, say(str(number)))
    versions: list[int] = []
    query = ""
    while True:
        page = hers.get(f"/api/workflows/{slug}/steps{query}").json()
        versions += [row["version"] for row in page["undo"]]
        if page["next"] is None:
            break
        query = f"?before={page['next']}"
    assert versions == list(range(131, 1, -1))
