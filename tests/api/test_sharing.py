"""Sharing: what each role may do at a page, what a key may not, and that a share ends at once."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from tests.api.client import ECHO, Caller, a_node
from tests.api.test_live import edit, make, seen
from tests.api.test_socket import connected
from tests.api.world import _browser
from workflows.media import storage
from workflows.models import Collaborator, Role, User, Workflow
from workflows.services.library import assets, changes, sharing
from workflows.types import JsonObject

PATH = "/api/workflows/poster"


def share(caller: Caller, user: str, role: str | None, path: str = PATH) -> Any:
    return caller.post(f"{path}/collaborators", {"user": user, "role": role})


def batch(*operations: JsonObject) -> JsonObject:
    version = Workflow.objects.get(slug="poster").version
    return {"baseVersion": version, "batchId": str(uuid4()), "operations": list(operations)}


@pytest.fixture
def pages(db: None, alice: User, bob: User) -> tuple[Caller, Caller]:
    """Alice and bob in their browsers; alice has a poster."""
    hers, his = _browser(alice), _browser(bob)
    hers.create("Poster", **ECHO)
    return hers, his


def test_each_role_may_do_what_the_one_before_may(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    added = {"op": "node.add", "node": a_node("new")}
    allowed = {None: (404, 404, 404), "view": (200, 403, 403), "run": (200, 202, 403)}
    for role, expected in (*allowed.items(), ("edit", (200, 202, 200))):
        if role is not None:
            assert share(hers, "bob", role).json()[0]["role"] == role
        found = (
            his.get(PATH).status_code,
            his.post(f"{PATH}/run?async=true", {"inputs": {}}).status_code,
            his.post(f"{PATH}/changes", batch(added)).status_code,
        )
        assert found == expected, role
    row = his.get(PATH).json()
    assert (row["role"], row["sharedBy"], row["canEdit"]) == ("edit", "alice", True)
    assert his.delete(PATH).status_code == 404
    assert his.put(PATH, {"name": "Mine"}).status_code == 404
    assert share(his, "alice", "view").status_code == 404


def test_a_shared_workflow_stands_in_the_list_of_the_other_at_a_page_alone(
    pages: tuple[Caller, Caller], his: Caller
) -> None:
    hers, page = pages
    share(hers, "bob", "view")
    rows = {row["slug"]: row for row in page.get("/api/workflows").json()}
    assert (rows["poster"]["role"], rows["poster"]["sharedBy"]) == ("view", "alice")
    assert "poster" not in {row["slug"] for row in his.get("/api/workflows").json()}
    assert his.get(PATH).status_code == 404
    assert his.get(f"{PATH}/changes?since=1").status_code == 404
    first = page.get("/api/workflows?limit=1")
    assert [row["slug"] for row in first.json()] == ["poster"]
    copy = page.post(f"{PATH}/duplicate").json()
    assert (copy["role"], copy["sharedBy"]) == ("owner", None)
    share(hers, "bob", None)
    assert page.get(PATH).status_code == 404
    assert [row["slug"] for row in page.get("/api/workflows").json()] == [copy["slug"]]


def test_the_playground_shows_what_is_shared_to_who_has_it(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    assert his.get("/play/poster").status_code == 404
    for role, runs in (("view", False), ("run", True), ("edit", True)):
        share(hers, "bob", role)
        shown = his.get("/play/poster")
        assert shown.status_code == 200
        assert ('data-allows="run"' in shown.content.decode()) is runs, role
        assert his.get(f"{PATH}/schema").status_code == 200
    share(hers, "bob", None)
    assert his.get("/play/poster").status_code == 404


def test_what_opens_a_workflow_to_visitors_is_the_owners(pages: tuple[Caller, Caller]) -> None:
    hers, his = pages
    share(hers, "bob", "edit")
    for key in sorted(changes.OWNERS_KEYS):
        operation = {"op": "meta.set", "key": key, "value": True}
        response = his.post(f"{PATH}/changes", batch(operation))
        assert response.status_code == 400, key
        assert (response.json()["value"], response.json()["index"]) == (key, 0)
    renamed = {"op": "meta.set", "key": "name", "value": "Ours"}
    assert his.post(f"{PATH}/changes", batch(renamed)).status_code == 200
    assert hers.get(PATH).json()["name"] == "Ours"


def test_files_are_seen_by_who_shares_and_given_by_who_owns_them(
    pages: tuple[Caller, Caller], alice: User, bob: User
) -> None:
    hers, his = pages
    shown, secret, given = (
        storage.asset_create(user, text, "a.txt")
        for user, text in ((alice, b"shown"), (alice, b"secret"), (bob, b"given"))
    )

    def upload(id: str, asset: Any) -> JsonObject:
        reference = {"asset": str(asset.pk), "url": f"/media/{asset.pk}"}
        return {"op": "node.add", "node": a_node(id, "upload", asset=reference)}

    hers.post(f"{PATH}/changes", batch(upload("shown", shown)))
    assert his.get(f"/media/{shown.pk}").status_code == 404
    share(hers, "bob", "edit")
    assert his.get(f"/media/{shown.pk}").status_code == 200
    # Naming a file gives it to no one who could not read it.
    his.post(f"{PATH}/changes", batch(upload("theft", secret), upload("given", given)))
    assert his.get(f"/media/{secret.pk}").status_code == 404
    assert hers.get(f"/media/{given.pk}").status_code == 200
    share(hers, "bob", None)
    assert his.get(f"/media/{shown.pk}").status_code == 404
    assert assets.asset_get(user=bob, asset_id=given.pk).pk == given.pk


def test_a_share_names_a_user_there_is_and_a_role(pages: tuple[Caller, Caller]) -> None:
    hers, _ = pages
    missing = share(hers, "never", "view")
    assert (missing.status_code, missing.json()["code"]) == (404, "USER_NOT_FOUND")
    for user, role, field in (
        ("alice", "view", "user"),
        ("bob", "own", "role"),
        ("", None, "user"),
    ):
        response = share(hers, user, role)
        assert (response.status_code, response.json()["field"]) == (400, field)
    assert not Collaborator.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_both_follow_one_log_and_a_share_that_ends_closes_the_socket(
    alice: User, bob: User
) -> None:
    await sync_to_async(make)(alice)

    def shared(role: Role | None) -> None:
        request = sharing.Sharing(user="bob", role=role)
        sharing.workflow_share(user=alice, slug="poster", request=request)

    await sync_to_async(shared)(Role.VIEW)
    socket = await connected(bob)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))
    await sync_to_async(edit)(alice, "poster", 1, "one")
    assert [change["version"] for change in await seen(socket, 2)] == [2]
    await sync_to_async(shared)(None)
    closed = await socket.receive_output(timeout=30)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4403)
    again = await connected(bob)
    await again.send_to(json.dumps({"edit": "poster", "after": 2}))
    assert json.loads(await again.receive_from(timeout=60))["code"] == "WORKFLOW_NOT_FOUND"
    await again.disconnect()
