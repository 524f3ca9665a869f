"""Webhooks: set per key, signed, sent from durable rows, retried, logged; to a real receiver."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.api.client import ECHO, Caller, a_node, an_edge
from tests.api.conftest import TokenCaller
from tests.api.receiver import Receiver, receiver
from workflows import database
from workflows.engine import embedded
from workflows.models import Delivery, Token, User, Webhook
from workflows.services import webhooks
from workflows.webhooks import deliveries
from workflows.webhooks.deliveries import DeliveryWorker
from workflows.webhooks.payloads import PAUSES

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "a secret of sixteen characters"
HEADER = "x-knouds-signature"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that may be called."""
    with receiver() as server:
        yield server


@pytest.fixture
def key(alice: User, token: TokenCaller) -> Caller:
    """Alice's script; its key may receive webhooks."""
    return token(alice, "workflow:*", "execution:*", "webhook:receive")


@pytest.fixture
def path(key: Caller, her_browser: Caller) -> str:
    """The URL of that key's webhook."""
    return f"/api/api-keys/{Token.objects.get().pk}/webhook"


@pytest.fixture
def hooked(path: str, her_browser: Caller, hook: Receiver, key: Caller) -> Caller:
    """The key's script, with its webhook set."""
    assert her_browser.put(path, {"url": hook.url, "secret": SECRET}).status_code == 200
    key.create("Echo", **ECHO)
    return key


def start(caller: Caller, slug: str = "echo") -> dict[str, object]:
    response = caller.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}})
    assert response.status_code == 202, response.content
    return response.json()


def verify(header: str, body: bytes, secret: str = SECRET) -> int:
    """Check a signature as a receiver does; return its time."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    signed = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(parts["v1"], signed.hexdigest())
    return int(parts["t"])


def settled(condition: Callable[[], bool]) -> None:
    """Wait for the row that is written behind a response."""
    never, deadline = threading.Event(), time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        never.wait(0.01)


def test_the_end_of_an_async_run_is_reported_signed(
    engine: None, hooked: Caller, hook: Receiver, alice: User, her_browser: Caller, path: str
) -> None:
    answer = start(hooked)
    assert answer["webhookDelivery"] == {"configured": True, "url": hook.url}
    got = hook.wait()
    assert abs(verify(got.headers[HEADER], got.body) - time.time()) < 30
    assert got.headers["content-type"] == "application/json"
    assert json.loads(got.body) == {
        "event": "execution.completed",
        "executionId": answer["executionId"],
        "requestId": None,
        "userId": str(alice.pk),
        "workflowSlug": "echo",
        "modelIds": [],
        "status": "completed",
        "result": {"text": "You said hello"},
    }
    settled(lambda: Delivery.objects.get().status == "delivered")
    (row,) = her_browser.get(path).json()["deliveries"]
    assert (row["event"], row["status"], row["attempt"], row["error"]) == (
        "execution.completed",
        "delivered",
        1,
        None,
    )
    assert row["executionId"] == answer["executionId"]


def test_a_failure_is_reported_with_its_error(engine: None, hooked: Caller, hook: Receiver) -> None:
    hooked.create(
        "Broken",
        nodes=[
            a_node("p", "loadImage", url="/media/00000000-0000-4000-8000-000000000000"),
            a_node("end", "responseOutput"),
        ],
        edges=[an_edge("p", "end", "image", "result")],
    )
    start(hooked, "broken")
    body = json.loads(hook.wait().body)
    assert (body["event"], body["status"], body["result"]) == ("execution.failed", "failed", None)
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]


def test_a_cancel_is_reported(hooked: Caller) -> None:
    id = start(hooked)["executionId"]
    hooked.post(f"/api/executions/{id}/cancel")
    row = Delivery.objects.get()
    assert (row.event, row.status, json.loads(row.body)["status"]) == (
        "execution.cancelled",
        "pending",
        "cancelled",
    )


def test_a_picture_has_a_whole_url(engine: None, hooked: Caller, hook: Receiver) -> None:
    hooked.create(
        "Sky",
        nodes=[a_node("g", "gradient", width=8, height=8), a_node("end", "responseOutput")],
        edges=[an_edge("g", "end", "image", "result")],
    )
    with override_settings(PUBLIC_URL="https://patchbay.example"):
        start(hooked, "sky")
        body = json.loads(hook.wait().body)
    (picture,) = body["result"]["images"]
    assert picture["url"].startswith("https://patchbay.example/media/")


def test_who_waits_who_may_not_and_who_has_none_get_no_report(
    engine: None, hooked: Caller, alice: User, token: TokenCaller, her_browser: Caller
) -> None:
    assert hooked.post("/api/workflows/echo/run", {"inputs": {}}).status_code == 200
    bare = token(alice, "workflow:*", "webhook:receive")
    for caller in (bare, token(alice, "workflow:*"), her_browser):
        assert start(caller)["webhookDelivery"] == {"configured": False}
    Token.objects.filter(webhook__isnull=False).update(capabilities=["workflow:*"])
    assert start(hooked)["webhookDelivery"] == {"configured": False}
    assert not Delivery.objects.exists()


def test_a_failing_receiver_is_asked_again_after_ever_longer_pauses(
    hooked: Caller, hook: Receiver
) -> None:
    hook.statuses = [500]
    id = start(hooked)["executionId"]
    hooked.post(f"/api/executions/{id}/cancel")
    now = [timezone.now()]
    worker = DeliveryWorker(lambda: now[0])
    times, texts = [], set()
    for pause in (*PAUSES, None):
        due = asyncio.run(worker.round())
        got = hook.wait()
        times.append(verify(got.headers[HEADER], got.body))
        texts.add(got.body)
        row = Delivery.objects.get()
        if pause is None:
            break
        assert due == row.next_at == now[0] + pause
        assert row.error == "The receiver returned 500."
        now[0] = due - timedelta(seconds=1)
        asyncio.run(worker.round())
        assert len(hook.got) == row.attempt, "too early"
        now[0] = due
    assert (row.status, row.attempt, row.next_at) == ("failed", 7, None)
    assert len(texts) == 1
    assert times == sorted(set(times)), "each attempt is signed anew"
    assert [pause.total_seconds() for pause in PAUSES] == [10, 60, 300, 1800, 7200, 21600]
    now[0] += timedelta(days=2)
    assert asyncio.run(worker.round()) is None
    assert len(hook.got) == 7
    database.close()


def test_a_receiver_that_comes_back_gets_it_and_then_no_more(
    hooked: Caller, hook: Receiver
) -> None:
    hook.statuses = [503, 204]
    id = start(hooked)["executionId"]
    hooked.post(f"/api/executions/{id}/cancel")
    now = [timezone.now()]
    worker = DeliveryWorker(lambda: now[0])
    for _ in range(3):
        now[0] = asyncio.run(worker.round()) or now[0] + timedelta(days=1)
    row = Delivery.objects.get()
    assert (row.status, row.attempt, row.error, len(hook.got)) == ("delivered", 2, "", 2)
    database.close()


def test_what_waits_survives_a_restart_and_one_that_died_sending_sends_again(
    hooked: Caller, hook: Receiver
) -> None:
    id = start(hooked)["executionId"]
    hooked.post(f"/api/executions/{id}/cancel")
    # As a process leaves it that has taken the report and died before its response.
    (payload,) = deliveries._take(timezone.now())
    assert deliveries._take(timezone.now()) == []
    Delivery.objects.filter(pk=payload.delivery_id).update(next_at=timezone.now())
    assert hook.got == []
    embedded.start()
    try:
        assert json.loads(hook.wait().body)["executionId"] == id
        settled(lambda: Delivery.objects.get().status == "delivered")
    finally:
        embedded.stop()
        database.close()


def test_a_redirect_is_not_followed(hooked: Caller, hook: Receiver) -> None:
    hook.statuses, hook.location = [302], f"{hook.origin}/elsewhere"
    id = start(hooked)["executionId"]
    hooked.post(f"/api/executions/{id}/cancel")
    asyncio.run(DeliveryWorker().round())
    assert [got.path for got in hook.got] == ["/hook"]
    assert Delivery.objects.get().error == "The receiver returned 302."
    database.close()


def test_a_private_address_is_refused_when_it_is_dialled(her_browser: Caller, path: str) -> None:
    with receiver(allowed=False) as server:
        for url in (server.url, "http://localhost/x", "http://169.254.169.254/latest"):
            assert her_browser.put(path, {"url": url}).status_code == 200
            row = her_browser.post(f"{path}/test").json()
            assert (row["status"], row["attempt"]) == ("failed", 1)
            assert row["error"].startswith("BLOCKED_ADDRESS"), row
        assert server.got == []


def test_the_test_button_sends_once_and_tells_how_it_went(
    hooked: Caller, hook: Receiver, her_browser: Caller, path: str, alice: User
) -> None:
    row = her_browser.post(f"{path}/test").json()
    assert (row["event"], row["status"], row["executionId"]) == ("webhook.test", "delivered", None)
    got = hook.wait()
    verify(got.headers[HEADER], got.body)
    body = json.loads(got.body)
    assert (body["event"], body["userId"]) == ("webhook.test", str(alice.pk))
    hook.statuses = [404]
    row = her_browser.post(f"{path}/test").json()
    assert (row["status"], row["error"]) == ("failed", "The receiver returned 404.")
    assert asyncio.run(DeliveryWorker().round()) is None
    assert len(hook.got) == 2
    database.close()


@override_settings(WEBHOOK_SIGNATURE_HEADER="X-Patchbay-Signature")
def test_the_header_has_another_name_if_a_setting_says_so(
    hooked: Caller, hook: Receiver, her_browser: Caller, path: str
) -> None:
    her_browser.post(f"{path}/test")
    got = hook.wait()
    verify(got.headers["x-patchbay-signature"], got.body)


def test_a_secret_is_made_shown_once_kept_encrypted_and_can_be_set(
    her_browser: Caller, path: str, hook: Receiver
) -> None:
    from django.db import connection

    first = her_browser.put(path, {"url": hook.url}).json()
    assert first["secret"].startswith("whsec_")
    assert len(first["secret"]) >= 40
    for answer in (her_browser.get(path), her_browser.put(path, {"url": hook.url})):
        assert "secret" not in answer.json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM workflows_webhook")
        assert first["secret"] not in str(cursor.fetchone())
    her_browser.post(f"{path}/test")
    got = hook.wait()
    verify(got.headers[HEADER], got.body, first["secret"])
    assert "secret" not in her_browser.put(path, {"url": hook.url, "secret": SECRET}).json()
    her_browser.post(f"{path}/test")
    got = hook.wait()
    verify(got.headers[HEADER], got.body, SECRET)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": ""},
        {"url": "ftp://a.example"},
        {"url": "nonsense"},
        {"url": 7},
        {"url": "https://user:pass@a.example/"},
        {"url": "https://a b"},
        {"url": "x" * 3000},
        {"url": "https://a.example", "secret": "short"},
        {"url": "https://a.example", "secret": 5},
        {"url": "https://a.example", "secret": "x" * 257},
    ],
)
def test_what_is_no_url_or_secret_is_refused(
    her_browser: Caller, path: str, body: dict[str, object]
) -> None:
    response = her_browser.put(path, body)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_BODY")
    assert her_browser.get(path).json()["code"] == "WEBHOOK_NOT_FOUND"


@override_settings(PUBLIC_URL="https://patchbay.example")
def test_a_public_site_reports_by_https_unless_an_origin_is_allowed(
    her_browser: Caller, path: str, hook: Receiver
) -> None:
    assert her_browser.put(path, {"url": "http://hooks.example/x"}).status_code == 400
    assert her_browser.put(path, {"url": "https://hooks.example/x"}).status_code == 200
    assert her_browser.put(path, {"url": hook.url}).status_code == 200


def test_a_key_that_may_not_receive_gets_no_webhook(
    her_browser: Caller, alice: User, token: TokenCaller
) -> None:
    token(alice, "workflow:read")
    path = f"/api/api-keys/{Token.objects.get().pk}/webhook"
    refused = her_browser.put(path, {"url": "https://a.example"})
    assert (refused.status_code, refused.json()["expected"]) == (400, "webhook:receive")


def test_a_revoked_keys_reports_are_not_sent(
    hooked: Caller, hook: Receiver, her_browser: Caller
) -> None:
    id = start(hooked)["executionId"]
    her_browser.post(f"/api/executions/{id}/cancel")
    Token.objects.update(revoked_at=timezone.now())
    asyncio.run(DeliveryWorker().round())
    row = Delivery.objects.get()
    assert (row.status, row.error, hook.got) == ("failed", "The key has been revoked.", [])
    database.close()


def test_deleting_a_webhook_drops_what_waits(
    hooked: Caller, hook: Receiver, her_browser: Caller, path: str
) -> None:
    id = start(hooked)["executionId"]
    hooked.post(f"/api/executions/{id}/cancel")
    assert her_browser.delete(path).json() == {"success": True}
    assert her_browser.delete(path).status_code == 404
    assert not Delivery.objects.exists()
    assert not Webhook.objects.exists()
    assert hooked.get(f"/api/executions/{id}").status_code == 200


def test_the_last_fifty_deliveries_are_listed(
    hooked: Caller, her_browser: Caller, path: str
) -> None:
    webhook = Webhook.objects.get()
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    Delivery.objects.bulk_create(
        Delivery(
            webhook=webhook,
            event=f"e{number}",
            body="{}",
            status="delivered",
            created_at=at + timedelta(seconds=number),
        )
        for number in range(60)
    )
    rows = her_browser.get(path).json()["deliveries"]
    assert [row["event"] for row in rows] == [f"e{number}" for number in range(59, 9, -1)]
    assert webhooks.SHOWN == 50
