"""What a request costs, counted: statements, changes of threads, threads that are begun."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from canvas.handler import Handler, Worker
from tests.api.client import Caller, a_node
from workflows import database
from workflows.api.parsers import encode
from workflows.journal import follow
from workflows.models import User, Workflow
from workflows.prepared import Parameter, PreparedQuery, insert
from workflows.services.execution import runs


@pytest.mark.django_db
def test_a_create_takes_one_transaction_and_five_statements(hers: Caller) -> None:
    hers.create("First")
    with CaptureQueriesContext(connection) as asked:
        hers.create("Second")
    verbs = [query["sql"].split()[0] for query in asked if "SAVEPOINT" not in query["sql"]]
    # Who calls, a slug of hers that is free again, the highest number; then two rows.
    assert [verb for verb in verbs if verb != "BEGIN"] == ["SELECT"] * 3 + ["INSERT"] * 2


@pytest.mark.django_db
def test_a_workflow_is_read_with_three_statements(hers: Caller) -> None:
    slug = hers.create("Poster")["slug"]
    with CaptureQueriesContext(connection) as asked:
        assert hers.get(f"/api/workflows/{slug}").status_code == 200
    assert len(asked) == 3, [query["sql"] for query in asked]


@pytest.mark.django_db
def test_a_prepared_query_gives_the_rows_of_the_orm(hers: Caller, alice: User) -> None:
    hers.create("Poster", tags=["a3"], viewport={"x": -0.0, "y": 1e300, "zoom": 2})
    named = PreparedQuery(
        lambda: Workflow.objects.select_related("owner").filter(slug=Parameter("slug"))
    )
    found, expected = named.one(slug="poster"), Workflow.objects.get(slug="poster")
    assert found is not None
    for field in Workflow._meta.concrete_fields:
        assert repr(getattr(found, field.attname)) == repr(getattr(expected, field.attname))
    assert "owner" in found._state.fields_cache
    assert found.owner == alice
    assert (named.one(slug="other"), named.all(slug="other")) == (None, [])
    found.name = "Renamed"
    found.save()
    assert Workflow.objects.get().name == "Renamed"


@pytest.mark.django_db
def test_a_prepared_query_takes_uuids_and_gives_tuples(hers: Caller) -> None:
    hers.create("Poster")
    uid = Workflow.objects.get().uid
    values = PreparedQuery(
        lambda: Workflow.objects.filter(
            uid=Parameter("uid", Workflow._meta.get_field("uid"))
        ).values_list("slug", "uid", "tags")
    )
    assert values.all(uid=uid) == [("poster", uid, [])]


@pytest.mark.django_db
def test_a_prepared_statement_takes_no_cursor_of_djangos_and_raises_its_errors(
    hers: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers.create("Poster")
    named = PreparedQuery(lambda: Workflow.objects.filter(slug=Parameter("slug")))
    poster = named.one(slug="poster")
    assert poster is not None
    monkeypatch.setattr(connection, "cursor", None)
    assert named.one(slug="poster") == poster
    with pytest.raises(IntegrityError):
        insert(poster)


@pytest.mark.django_db
def test_an_inserted_row_is_that_of_save(hers: Caller, alice: User) -> None:
    hers.create("Poster")
    kept = Workflow.objects.get()
    row = Workflow(
        owner=alice, slug="other", handle="other", name="Other", updated_at=kept.updated_at
    )
    insert(row)
    assert row.pk not in (None, kept.pk)
    found = Workflow.objects.get(slug="other")
    for field in Workflow._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(row, field.attname)
    row.name = "Renamed"
    row.save()
    assert Workflow.objects.get(slug="other").name == "Renamed"


def _sent(
    handler: Handler,
    method: str,
    path: str,
    body: bytes = b"",
    **headers: str,
) -> list[dict[str, Any]]:
    """Send a request to Django as the server does, and return what it sends."""
    sent: list[dict[str, Any]] = []
    given = {"host": "localhost", "content-length": str(len(body)), **headers}

    async def ask() -> None:
        asked = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            message = next(asked, None)
            return message or await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in given.items()
            ],
        }
        await handler(scope, receive, send)

    asyncio.run(ask())
    return sent


def _changes_of_threads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what is called in another thread from now on; the list grows."""
    changes: list[Any] = []
    submit = Worker.submit

    def counted(self: Worker, fn: Any, *args: Any, **kwargs: Any) -> Any:
        changes.append(fn)
        return submit(self, fn, *args, **kwargs)

    monkeypatch.setattr(Worker, "submit", counted)
    return changes


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/account", 401),
        ("GET", "/no-such-page", 404),
        ("POST", "/api/workflows/poster/run", 401),
    ],
)
def test_a_request_changes_threads_once_and_begins_none(
    method: str, path: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = Handler()
    _sent(handler, method, path)
    changes = _changes_of_threads(monkeypatch)
    begun = set(threading.enumerate())
    assert _sent(handler, method, path)[0]["status"] == status
    assert len(changes) == 1
    assert set(threading.enumerate()) <= begun


def _run(handler: Handler, caller: Caller, slug: str) -> tuple[int, dict[str, str], Any]:
    """Run a workflow and wait for it, as the server does; return status, headers and body."""
    kind = {"content_type": "application/json", **caller.headers}
    start, *pieces = _sent(handler, "POST", f"/api/workflows/{slug}/run", b'{"inputs": {}}', **kind)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, json.loads(b"".join(piece["body"] for piece in pieces))


@pytest.mark.django_db(transaction=True)
def test_a_run_that_ends_soon_is_started_and_awaited_in_one_thread(
    engine: None, hers: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = hers.create(nodes=[a_node(text="hello")])["slug"]
    handler = Handler()
    monkeypatch.setattr(runs, "SOON_SECONDS", 60.0)
    _run(handler, hers, slug)
    changes = _changes_of_threads(monkeypatch)
    status, _, body = _run(handler, hers, slug)
    assert (status, body["success"]) == (200, True)
    assert len(changes) == 1


@pytest.mark.django_db(transaction=True)
def test_a_streamed_run_is_not_read_and_begins_no_thread(
    engine: None, hers: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = hers.create(nodes=[a_node(text="hello")])["slug"]
    handler = Handler()
    kind = {"content_type": "application/json", **hers.headers}
    path = f"/api/workflows/{slug}/run?stream=true"
    reads: list[Any] = []
    monkeypatch.setattr(follow, "_read", lambda *asked: reads.append(asked))

    def streamed() -> str:
        sent = _sent(handler, "POST", path, b'{"inputs": {}}', **kind)
        assert sent[0]["status"] == 200
        return b"".join(message.get("body", b"") for message in sent[1:]).decode()

    streamed()
    begun = {*threading.enumerate()}
    changes = _changes_of_threads(monkeypatch)
    text = streamed()
    numbers = [int(number) for number in re.findall(r"^id: (\d+)$", text, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    kinds = re.findall(r"^event: (\w+)$", text, re.M)
    assert (kinds[0], kinds[-1]) == ("queued", "output")
    assert (reads, len(changes)) == ([], 1)
    # The one that watches over keys ends half a second after the last stream.
    new = {thread.name for thread in {*threading.enumerate()} - begun}
    assert new <= {"patchbay-revocation"}


@pytest.mark.django_db(transaction=True)
def test_a_run_that_takes_longer_is_awaited_by_no_thread(
    engine: None, hers: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = hers.create(nodes=[a_node(text="hello")])["slug"]
    handler = Handler()
    _, soon, _ = _run(handler, hers, slug)
    monkeypatch.setattr(runs, "run_soon", lambda run: None)
    status, later, body = _run(handler, hers, slug)
    assert (status, body["success"]) == (200, True)
    # What the middlewares say is the same, and the length is that of what is sent.
    assert set(later) == set(soon)
    assert later["Content-Type"] == "application/json"
    assert int(later["Content-Length"]) == len(encode(body))


@pytest.mark.django_db(transaction=True)
def test_a_run_is_started_awaited_and_answered_with_eight_statements(
    engine: None, hers: Caller
) -> None:
    slug = hers.create(nodes=[a_node(text="hello")])["slug"]
    hers.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    with CaptureQueriesContext(connection) as asked:
        assert hers.post(f"/api/workflows/{slug}/run", {"inputs": {}}).status_code == 200
    statements = [query["sql"].split()[0] for query in asked]
    # Who calls, the workflow; how many runs there are, the snapshot; run and events; the end.
    assert [statement for statement in statements if statement != "PRAGMA"] == [
        *["SELECT"] * 2,
        "BEGIN",
        *["SELECT"] * 2,
        *["INSERT"] * 2,
        "COMMIT",
        "SELECT",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_run_waits_for_the_disk_where_its_id_is_the_response(engine: None, hers: Caller) -> None:
    slug = hers.create(nodes=[a_node(text="hello")])["slug"]
    for query, expected in (("", ["NORMAL", "FULL"]), ("?async=true", [])):
        with CaptureQueriesContext(connection) as asked:
            assert hers.post(f"/api/workflows/{slug}/run{query}", {"inputs": {}}).status_code < 300
        levels = [query["sql"].partition("synchronous=")[2] for query in asked]
        assert [level for level in levels if level] == expected


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_not_synced_leaves_the_next_one_as_it_was() -> None:
    def level() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0])

    with database.transaction(synced=False):
        assert level() == 1
    assert level() == 2
    with pytest.raises(LookupError), database.transaction(synced=False):
        raise LookupError
    assert level() == 2
    with atomic(), database.transaction(synced=False):
        assert level() == 2
