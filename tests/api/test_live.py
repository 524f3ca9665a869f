"""Live editing on the socket: every open editor gets each change once, in order."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from tests.api.client import a_node
from tests.api.test_socket import connected
from tests.waiting import wait_until
from workflows.errors import PatchbayError
from workflows.graph.operations import apply
from workflows.journal import wake
from workflows.models import Change, User, Workflow
from workflows.services.library import access, changes, live, workflows
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)


def make(user: User) -> Workflow:
    body = {"name": "Poster", "nodes": [a_node("a", text="zero")]}
    return workflows.workflow_create(user=user, body=body)


def edit(user: User, slug: str, version: int, text: str) -> int:
    operation = {"op": "field.set", "id": "a", "field": "text", "value": text}
    request = changes.Changes(base_version=version, batch_id=uuid4(), operations=[operation])
    return changes.change_apply(user=user, slug=slug, request=request).version


async def seen(socket: Any, until: int) -> list[JsonObject]:
    """Receive changes up to a version."""
    found: list[JsonObject] = []
    while not found or found[-1]["version"] < until:
        frame = json.loads(await socket.receive_from(timeout=60))
        if frame["type"] == "presence":  # who else is here comes between
            continue
        assert (frame["type"], frame["workflow"]) == ("changes", "poster")
        found += frame["changes"]
        assert found[-1]["version"] == frame["version"]
    return found


async def test_every_open_editor_gets_each_change_once_and_in_order(alice: User) -> None:
    await sync_to_async(make)(alice)
    sockets = [await connected(alice) for _ in range(3)]
    for socket in sockets:
        await socket.send_to(json.dumps({"edit": "poster", "after": 1}))
    for at in range(1, 21):
        await sync_to_async(edit)(alice, "poster", at, str(at))
    for socket in sockets:
        found = await seen(socket, 21)
        assert [change["version"] for change in found] == list(range(2, 22))
        assert [change["operations"][0]["value"] for change in found] == [
            str(at) for at in range(1, 21)
        ]
        assert {change["author"]["name"] for change in found} == {"alice"}
        await socket.disconnect()


async def test_a_newcomer_first_gets_what_it_missed(alice: User) -> None:
    workflow = await sync_to_async(make)(alice)
    for at in range(1, 6):
        await sync_to_async(edit)(alice, "poster", at, str(at))
    socket = await connected(alice)
    await socket.send_to(json.dumps({"edit": "poster", "after": 3}))
    assert [change["version"] for change in await seen(socket, 6)] == [4, 5, 6]
    await sync_to_async(workflows.workflow_delete)(user=alice, slug="poster")
    wake.notify(workflow.uid)
    frame = json.loads(await socket.receive_from(timeout=60))
    assert frame == {"type": "deleted", "workflow": "poster"}
    await socket.disconnect()


async def test_who_missed_too_much_is_told_to_read_the_document(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAX_MISSED", 2)
    await sync_to_async(make)(alice)
    for at in range(1, 5):
        await sync_to_async(edit)(alice, "poster", at, str(at))
    socket = await connected(alice)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))
    frame = json.loads(await socket.receive_from(timeout=60))
    assert frame == {"type": "missed", "workflow": "poster"}
    await socket.send_to(json.dumps({"edit": "poster", "after": 3}))
    assert [change["version"] for change in await seen(socket, 5)] == [4, 5]
    await socket.disconnect()


async def test_what_another_process_commits_is_read_from_the_log(alice: User) -> None:
    workflow = await sync_to_async(make)(alice)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))
    await sync_to_async(edit)(alice, "poster", 1, "one")
    assert len(await seen(socket, 2)) == 1

    def elsewhere() -> None:
        row = Change.objects.get()
        row.pk, row.version, row.batch_id = None, 3, uuid4()
        row.save()
        Workflow.objects.filter(pk=workflow.pk).update(version=3, epoch=row.batch_id)

    await sync_to_async(elsewhere)()
    wake.notify(workflow.uid)
    assert [change["version"] for change in await seen(socket, 3)] == [3]
    await socket.disconnect()


async def test_another_persons_workflow_is_not_followed(alice: User, bob: User) -> None:
    await sync_to_async(make)(alice)
    socket = await connected(bob)
    answers = []
    for slug in ("poster", "never-was"):
        await socket.send_to(json.dumps({"edit": slug, "after": 1}))
        answers.append(json.loads(await socket.receive_from(timeout=60)))
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "WORKFLOW_NOT_FOUND"
    await socket.disconnect()


@pytest.mark.parametrize("message", [{"edit": 3}, {"edit": "x", "after": "y"}, {"edit": "x"}])
async def test_a_malformed_message_is_answered(alice: User, message: JsonObject) -> None:
    socket = await connected(alice)
    await socket.send_to(json.dumps(message))
    assert json.loads(await socket.receive_from(timeout=60))["code"] == "INVALID_BODY"
    await socket.disconnect()


async def test_nothing_is_kept_of_a_workflow_without_followers(alice: User) -> None:
    workflow = await sync_to_async(make)(alice)
    socket = await connected(alice)
    await socket.send_to(json.dumps({"edit": "poster", "after": 1}))
    await sync_to_async(edit)(alice, "poster", 1, "one")
    await seen(socket, 2)
    await sync_to_async(edit)(alice, "poster", 2, "two")
    await seen(socket, 3)
    assert workflow.uid in live._recent
    await socket.disconnect()
    assert workflow.uid not in live._recent
    await sync_to_async(edit)(alice, "poster", 3, "three")
    assert workflow.uid not in live._recent


def test_edits_that_come_at_once_share_a_commit_and_none_takes_another_along(alice: User) -> None:
    workflow = make(alice)
    shared = changes._applying

    def one(number: int) -> int:
        id = "never-was" if number == 3 else "a"
        operation = {"op": "field.set", "id": id, "field": f"f{number}", "value": number}
        request = changes.Changes(base_version=1, batch_id=uuid4(), operations=[operation])
        try:
            return changes.change_apply(user=alice, slug="poster", request=request).version
        except PatchbayError as error:
            return -error.status
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        with transaction.atomic():
            # The first waits for this transaction, and the others for the first.
            access.workflow_locked(slug="poster")
            futures = [pool.submit(one, number) for number in range(8)]
            wait_until(lambda: len(shared._waiting.get("poster", ())) == 7)
        found = sorted(future.result(60) for future in futures)
    assert found == [-409, *range(2, 9)]
    workflow.refresh_from_db()
    assert workflow.version == 8
    fields = {f"f{number}": number for number in range(8) if number != 3}
    assert workflow.nodes[0]["data"] == {"text": "zero", **fields}
    log = Change.objects.order_by("version")
    assert [row.version for row in log] == list(range(2, 9))
    assert {field for row in log for field in [row.operations[0]["field"]]} == set(fields)
    document = {"nodes": [a_node("a", text="zero")], "edges": []}
    for row in log:
        document = apply(document, row.operations)
    assert document["nodes"] == workflow.nodes
