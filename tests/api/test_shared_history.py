"""The history of a shared workflow: who may look, restore, name, publish and undo there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller, a_node
from tests.api.test_sharing import PATH, batch, pages, share
from workflows.media import storage
from workflows.models import Change, User, Workflow
from workflows.types import JsonObject

__all__ = ["pages"]

pytestmark = pytest.mark.django_db

LOOKS = ("history", "versions", "compare?from=1")


def change(caller: Caller, *operations: JsonObject, **more: Any) -> int:
    response = caller.post(f"{PATH}/changes", {**batch(*operations), **more})
    assert response.status_code == 200, response.content
    return int(response.json()["version"])


def name(value: str) -> JsonObject:
    return {"op": "meta.set", "key": "name", "value": value}


def test_each_role_has_its_part_of_the_history(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    change(hers, name("Second"))

    def found() -> tuple[int, ...]:
        return (
            *(his.get(f"{PATH}/{part}").status_code for part in LOOKS),
            his.get(f"{PATH}/steps").status_code,
            his.post(f"{PATH}/versions", {"name": "Mine"}).status_code,
            his.post(f"{PATH}/versions", {"publish": True}).status_code,
            his.put(f"{PATH}/published", {"number": None}).status_code,
            his.post(f"{PATH}/restore", {"version": 1}).status_code,
        )

    looks, no_more = (200, 200, 200), (403,) * 5
    allowed = {"view": looks + no_more, "run": looks + no_more}
    allowed["edit"] = (*looks, 200, 201, 201, 200, 200)
    assert set(found()) == {404}
    for role, expected in allowed.items():
        share(hers, "bob", role)
        assert found() == expected, role
        shown = his.get(f"{PATH}/versions").json()
        assert (shown["role"], shown["mayPublish"]) == (role, role == "edit")
    assert Workflow.objects.get(slug="poster").name == "Poster"
    share(hers, "bob", None)
    assert set(found()) == {404}


def test_a_key_has_no_part_in_what_is_shared(
    pages: tuple[Caller, Caller], hers: Caller, his: Caller
) -> None:
    share(pages[0], "bob", "edit")
    for part in (*LOOKS, "steps"):
        assert his.get(f"{PATH}/{part}").status_code == 404
        assert hers.get(f"{PATH}/{part}").status_code == 200
    assert his.post(f"{PATH}/restore", {"version": 1}).status_code == 404
    assert his.post(f"{PATH}/versions", {"name": "Mine"}).status_code == 404
    assert his.put(f"{PATH}/published", {"number": None}).status_code == 404


def test_each_has_their_own_steps_to_undo(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    share(hers, "bob", "edit")
    change(hers, name("Hers"), label="Hers")
    change(his, {"op": "node.add", "node": a_node("his")}, label="His")
    labels = [
        [step["label"] for step in caller.get(f"{PATH}/steps").json()["undo"]] for caller in pages
    ]
    assert labels == [["Hers"], ["His"]]
    (entry, *_) = hers.get(f"{PATH}/history").json()["entries"]
    assert (entry["author"]["name"], entry["author"]["you"]) == ("bob", False)


def test_what_a_collaborator_restores_and_names_is_theirs_in_the_log(
    pages: tuple[Caller, Caller], bob: User
) -> None:
    hers, his = pages
    share(hers, "bob", "edit")
    change(hers, {"op": "node.add", "node": a_node("new")})
    opened = {"op": "meta.set", "key": "publicPlayground", "value": True}
    version = change(hers, {"op": "node.remove", "id": "new"}, opened)
    done = his.post(f"{PATH}/restore", {"version": version - 1, "nodes": ["new"]})
    assert done.json()["version"] == version + 1
    assert Change.objects.get(version=version + 1).author == bob
    whole = his.post(f"{PATH}/restore", {"version": version - 1})
    assert whole.status_code == 200
    # What opens it to visitors is not brought back, and not closed.
    assert hers.get(PATH).json()["publicPlayground"] is True
    kept = his.post(f"{PATH}/versions", {"name": "Before lunch"}).json()
    assert (kept["author"]["name"], kept["live"]) == ("bob", False)


def test_what_visitors_run_on_the_owners_account_only_the_owner_publishes(
    pages: tuple[Caller, Caller],
) -> None:
    hers, his = pages
    share(hers, "bob", "edit")
    hers.post(f"{PATH}/versions", {"publish": True})
    for key in ("publicPlayground", "publicRun"):
        change(hers, {"op": "meta.set", "key": key, "value": True})
    for response in (
        his.post(f"{PATH}/versions", {"publish": True}),
        his.put(f"{PATH}/published", {"number": None}),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "ROLE_FORBIDDEN")
        assert response.json()["expected"] == "the owner"
    assert his.get(f"{PATH}/versions").json()["mayPublish"] is False
    assert his.post(f"{PATH}/versions", {"name": "Still named"}).status_code == 201
    assert hers.post(f"{PATH}/versions", {"publish": True}).status_code == 201


def test_a_file_that_was_taken_out_comes_back_for_both_and_none_is_taken_by_publishing(
    pages: tuple[Caller, Caller], alice: User
) -> None:
    hers, his = pages
    share(hers, "bob", "edit")
    shown, secret = (
        storage.asset_create(alice, text, "a.txt") for text in (b"shown", b"never shown")
    )

    def upload(id: str, asset: Any) -> JsonObject:
        reference = {"asset": str(asset.pk), "url": f"/media/{asset.pk}"}
        return {"op": "node.add", "node": a_node(id, "upload", asset=reference)}

    version = change(hers, upload("shown", shown))
    change(his, {"op": "node.remove", "id": "shown"})
    his.post(f"{PATH}/restore", {"version": version, "nodes": ["shown"]})
    assert his.get(f"/media/{shown.pk}").status_code == 200
    change(his, upload("theft", secret))
    assert his.post(f"{PATH}/versions", {"publish": True}).status_code == 201
    assert his.get(f"/media/{secret.pk}").status_code == 404
    share(hers, "bob", None)
    assert his.get(f"/media/{shown.pk}").status_code == 404


def test_a_copy_of_an_earlier_version_has_no_choices_of_its_owner(
    pages: tuple[Caller, Caller],
) -> None:
    hers, his = pages
    share(hers, "bob", "view")
    asking = a_node("call", "httpRequest", url="https://a.example", credential="cred_of_alice")
    version = change(hers, {"op": "node.add", "node": asking})
    change(hers, {"op": "node.remove", "id": "call"})
    made = his.post(f"{PATH}/duplicate", {"version": version})
    assert made.status_code == 201
    (copied,) = (node for node in made.json()["nodes"] if node["id"] == "call")
    assert copied["data"]["credential"] == "choose"
    assert his.post(f"{PATH}/duplicate").json()["name"] == "Poster"
