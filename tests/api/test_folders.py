"""/api/folders."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests.api.client import Caller, a_node
from tests.api.conftest import TokenCaller
from tests.api.test_races import together
from workflows.models import Change, Folder, User, Workflow
from workflows.types import Json, JsonObject

pytestmark = pytest.mark.django_db


def make(caller: Caller, name: str, parent: Json = None) -> JsonObject:
    """Create a folder and return it."""
    response = caller.post("/api/folders", {"name": name, "parentId": parent})
    assert response.status_code == 201, response.content
    return response.json()


def chain(caller: Caller, count: int, name: str = "level") -> list[str]:
    """Create folders each inside the one before and return their ids."""
    ids: list[str] = []
    for number in range(count):
        ids.append(make(caller, f"{name} {number}", ids[-1] if ids else None)["id"])
    return ids


def test_a_new_folder_is_answered_with_its_url(hers: Caller) -> None:
    response = hers.post("/api/folders", {"name": " Posters "})
    assert response.status_code == 201
    folder = response.json()
    assert response["Location"] == f"/api/folders/{folder['id']}"
    assert folder.keys() == {
        "id",
        "name",
        "parentId",
        "workflowCount",
        "createdAt",
        "updatedAt",
    }
    assert (folder["name"], folder["parentId"], folder["workflowCount"]) == ("Posters", None, 0)
    assert hers.get(response["Location"]).json() == folder


def test_the_list_has_every_own_folder_by_name_with_its_count(hers: Caller, his: Caller) -> None:
    make(his, "His")
    outer = make(hers, "b")
    make(hers, "A", outer["id"])
    for number in range(3):
        hers.create(f"W{number}", folderId=outer["id"])
    rows = hers.get("/api/folders").json()
    assert [(row["name"], row["workflowCount"]) for row in rows] == [("A", 0), ("b", 3)]
    assert rows[0]["parentId"] == outer["id"]


def test_a_hundred_folders_take_as_many_queries_as_one(hers: Caller, alice: User) -> None:
    make(hers, "first")
    with CaptureQueriesContext(connection) as few:
        hers.get("/api/folders")
    Folder.objects.bulk_create(Folder(owner=alice, name=f"f{n}") for n in range(100))
    with CaptureQueriesContext(connection) as many:
        assert len(hers.get("/api/folders").json()) == 101
    assert len(many) == len(few)


@pytest.mark.parametrize("name", [None, "", "  ", 7, [], "x" * 201, "a\nb", "\x7f"])
def test_a_name_that_is_none_is_refused(hers: Caller, name: Json) -> None:
    response = hers.post("/api/folders", {"name": name})
    body = response.json()
    assert (response.status_code, body["code"], body["field"]) == (400, "INVALID_BODY", "name")
    assert not Folder.objects.exists()


def test_two_folders_in_one_place_have_two_names(hers: Caller) -> None:
    outer = make(hers, "Same")
    make(hers, "Same", outer["id"])
    for parent in (None, outer["id"]):
        response = hers.post("/api/folders", {"name": "Same", "parentId": parent})
        body = response.json()
        assert (response.status_code, body["code"]) == (409, "FOLDER_EXISTS")
        assert (body["field"], body["value"]) == ("name", "Same")
    other = make(hers, "Other")
    renamed = hers.put(f"/api/folders/{other['id']}", {"name": "Same"})
    assert renamed.status_code == 409
    assert hers.put(f"/api/folders/{outer['id']}", {"name": "Same"}).status_code == 200


def test_a_folder_is_renamed_and_moved_at_once(hers: Caller) -> None:
    target, folder = make(hers, "Target"), make(hers, "Old")
    body = {"name": "New", "parentId": target["id"]}
    response = hers.put(f"/api/folders/{folder['id']}", body)
    assert response.status_code == 200
    assert (response.json()["name"], response.json()["parentId"]) == ("New", target["id"])
    back = hers.put(f"/api/folders/{folder['id']}", {"parentId": None})
    assert back.json()["parentId"] is None


def test_a_save_without_anything_to_change_is_refused(hers: Caller) -> None:
    folder = make(hers, "Still")
    assert hers.put(f"/api/folders/{folder['id']}", {"colour": "red"}).status_code == 400


def test_a_folder_cannot_go_into_itself_or_below(hers: Caller) -> None:
    ids = chain(hers, 3)
    for target in ids:
        response = hers.put(f"/api/folders/{ids[0]}", {"parentId": target})
        body = response.json()
        assert (response.status_code, body["code"]) == (400, "INVALID_PARENT")
        assert (body["field"], body["value"]) == ("parentId", target)


def test_ten_levels_are_allowed_and_no_more(hers: Caller) -> None:
    ids = chain(hers, 10)
    deeper = hers.post("/api/folders", {"name": "eleventh", "parentId": ids[-1]})
    assert (deeper.status_code, deeper.json()["code"]) == (400, "INVALID_PARENT")
    inner = chain(hers, 2, "other")
    assert hers.put(f"/api/folders/{inner[0]}", {"parentId": ids[8]}).status_code == 400
    assert hers.put(f"/api/folders/{inner[0]}", {"parentId": ids[7]}).status_code == 200


def test_deleting_moves_content_up_and_numbers_equal_names(hers: Caller) -> None:
    outer = make(hers, "Outer")
    doomed = make(hers, "Doomed", outer["id"])
    make(hers, "Twin", outer["id"])
    twin = make(hers, "Twin", doomed["id"])
    heir = make(hers, "Doomed", doomed["id"])
    slug = hers.create("Kept", folderId=doomed["id"])["slug"]
    response = hers.delete(f"/api/folders/{doomed['id']}")
    assert (response.status_code, response.json()) == (200, {"success": True})
    workflow = hers.get(f"/api/workflows/{slug}").json()
    assert (workflow["folderId"], workflow["version"]) == (outer["id"], 2)
    assert Change.objects.get().label == "Moved"
    names = {row["id"]: (row["name"], row["parentId"]) for row in hers.get("/api/folders").json()}
    assert names[twin["id"]] == ("Twin (2)", outer["id"])
    assert names[heir["id"]] == ("Doomed", outer["id"])
    assert hers.delete(f"/api/folders/{doomed['id']}").status_code == 404


def test_recursive_deletes_everything_inside_and_nothing_beside(hers: Caller, his: Caller) -> None:
    ids = chain(hers, 3)
    beside = make(hers, "Beside")
    for number, folder in enumerate([*ids, beside["id"], None]):
        hers.create(f"W{number}", folderId=folder, nodes=[a_node()])
    make(his, "His")
    his.create("His own")
    assert hers.delete(f"/api/folders/{ids[0]}?recursive=true").status_code == 200
    assert [row["name"] for row in hers.get("/api/folders").json()] == ["Beside"]
    left = {row["slug"] for row in hers.get("/api/workflows").json()}
    assert left == {"w3", "w4"}
    assert Workflow.objects.count() == 3


def test_recursive_must_be_true_or_false(hers: Caller) -> None:
    folder = make(hers, "Careful")
    for query in ("recursive=maybe", "recursive=", "recursive=true&recursive=false"):
        response = hers.delete(f"/api/folders/{folder['id']}?{query}")
        assert (response.status_code, response.json()["field"]) == (400, "recursive")
    assert Folder.objects.exists()


def test_another_persons_folder_is_like_one_that_never_was(hers: Caller, his: Caller) -> None:
    foreign = make(his, "His")["id"]
    own = make(hers, "Own")["id"]
    for method, body in (("GET", ""), ("PUT", '{"name":"x"}'), ("DELETE", "")):
        answers = [
            hers.send(method, f"/api/folders/{id}", body) for id in (foreign, "999999", "x", "٣")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
    for path, send in (("/api/folders", hers.post), (f"/api/folders/{own}", hers.put)):
        ids: list[Any] = [foreign, "999999", 10**40, "", [], {}]
        for id in ids:
            response = send(path, {"name": "y", "parentId": id})
            body = response.json()
            assert (response.status_code, body["code"]) == (404, "FOLDER_NOT_FOUND")
            assert body["field"] == "parentId"


def test_reading_does_not_allow_writing(alice: User, hers: Caller, token: TokenCaller) -> None:
    folder = make(hers, "Mine")
    reader = token(alice, "workflow:read")
    assert reader.get("/api/folders").status_code == 200
    for response in (
        reader.post("/api/folders", {"name": "x"}),
        reader.put(f"/api/folders/{folder['id']}", {"name": "x"}),
        reader.delete(f"/api/folders/{folder['id']}"),
    ):
        assert (response.status_code, response.json()["required"]) == (403, "workflow:write")


def test_an_account_has_at_most_as_many_folders_as_allowed(hers: Caller) -> None:
    from django.conf import settings

    with override_settings(LIMITS={**settings.LIMITS, "folders_per_user": 2}):
        chain(hers, 2)
        response = hers.post("/api/folders", {"name": "third"})
    body = response.json()
    assert (response.status_code, body["code"], body["limit"]) == (403, "FOLDER_LIMIT_REACHED", 2)


@pytest.mark.django_db(transaction=True)
def test_two_opposite_moves_never_make_a_cycle(hers: Caller) -> None:
    for round in range(10):
        one, two = make(hers, f"a{round}")["id"], make(hers, f"b{round}")["id"]

        def move(number: int, one: str = one, two: str = two) -> int:
            source, target = ((one, two), (two, one))[number % 2]
            caller = Caller(hers.headers)
            return caller.put(f"/api/folders/{source}", {"parentId": target}).status_code

        answers = together(move, 16)
        assert set(answers) <= {200, 400}
        parents = {row["id"]: row["parentId"] for row in hers.get("/api/folders").json()}
        assert {parents[one], parents[two]} in ({None, one}, {None, two})


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_goes_while_workflows_come_leaves_no_orphan(hers: Caller) -> None:
    for round in range(6):
        folder = make(hers, f"going {round}")["id"]
        slugs = [hers.create(f"W {round} {n}")["slug"] for n in range(15)]

        def act(number: int, folder: str = folder, slugs: list[str] = slugs) -> int:
            caller = Caller(hers.headers)
            if number == 7:
                return caller.delete(f"/api/folders/{folder}").status_code
            slug = slugs[number % 15]
            if number % 3 == 0:
                body = {"name": "New", "folderId": folder}
                return caller.post("/api/workflows", body).status_code
            if number % 3 == 1:
                return caller.put(f"/api/workflows/{slug}", {"folderId": folder}).status_code
            return caller.put(f"/api/workflows/{slug}/move", {"folderId": folder}).status_code

        assert set(together(act, 32)) <= {200, 201, 404}
        known = set(Folder.objects.values_list("pk", flat=True))
        placed = set(Workflow.objects.exclude(folder=None).values_list("folder_id", flat=True))
        assert placed <= known
