"""The webhook of one run, the id of a delivery, and sending one again; to a real receiver."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.client import ECHO, Caller
from tests.api.conftest import TokenCaller
from tests.api.receiver import Receiver, receiver
from tests.api.test_deliver_webhook import HEADER, SECRET, settled, verify
from workflows import database
from workflows.models import Delivery, Run, Token, User, Webhook
from workflows.webhooks.deliveries import DeliveryWorker

pytestmark = pytest.mark.django_db(transaction=True)

ID = "x-patchbay-delivery"
DELIVERIES = "/api/webhooks/deliveries"
RUN = "/api/workflows/echo/run"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that may be called."""
    with receiver() as server:
        yield server


@pytest.fixture
def key(alice: User, token: TokenCaller) -> Caller:
    """Alice's script, whose key may receive reports."""
    caller = token(
        alice, "workflow:*", "execution:*", "webhook:receive", "webhook:read", "webhook:write"
    )
    caller.create("Echo", **ECHO)
    return caller


def start(caller: Caller, **body: object) -> str:
    answer = caller.post(f"{RUN}?async=true", {"inputs": {}, **body})
    assert answer.status_code == 202, answer.content
    assert answer.json()["webhookDelivery"]["configured"] is True
    return str(answer.json()["executionId"])


def test_a_run_reports_to_its_own_webhook_alone(engine: None, key: Caller, hook: Receiver) -> None:
    general = f"{hook.url}?of-the-key"
    Webhook.objects.create(token=Token.objects.get(), url=general, secret=SECRET)
    id = start(key, webhookUrl=hook.url)
    got = hook.wait()
    assert (json.loads(got.body)["executionId"], got.path) == (id, "/hook")
    # Without a secret of its own it is signed as the key's reports are.
    verify(got.headers[HEADER], got.body)
    settled(lambda: Delivery.objects.get().status == "delivered")
    start(key)
    assert hook.wait().path == "/hook?of-the-key"


def test_a_secret_in_the_body_signs_and_without_any_there_is_no_signature(
    engine: None, key: Caller, hook: Receiver
) -> None:
    start(key, webhookUrl=hook.url, webhookSecret="of this run, sixteen characters")
    got = hook.wait()
    verify(got.headers[HEADER], got.body, "of this run, sixteen characters")
    start(key, webhookUrl=hook.url)
    settled(lambda: len(hook.got) == 2)
    assert HEADER not in hook.got[1].headers
    assert hook.got[1].headers[ID] != got.headers[ID]


def test_a_waiting_run_reports_too_when_it_asks(engine: None, key: Caller, hook: Receiver) -> None:
    assert key.post(RUN, {"inputs": {}, "webhookUrl": hook.url}).status_code == 200
    assert json.loads(hook.wait().body)["event"] == "execution.completed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"webhookUrl": ""}, "webhookUrl"),
        ({"webhookUrl": 7}, "webhookUrl"),
        ({"webhookUrl": "ftp://a.example"}, "webhookUrl"),
        ({"webhookUrl": "https://a.example", "webhookSecret": "short"}, "webhookSecret"),
        ({"webhookUrl": "https://a.example", "webhookSigned": "yes"}, "webhookSigned"),
        ({"webhookSecret": SECRET}, "webhookUrl"),
        ({"webhookSigned": True}, "webhookUrl"),
    ],
)
def test_a_wrong_webhook_is_refused_before_the_run(
    key: Caller, body: dict[str, object], field: str
) -> None:
    refused = key.post(RUN, {"inputs": {}, **body})
    assert (refused.status_code, refused.json()["field"]) == (400, field)
    assert not Run.objects.exists()


def test_who_may_not_receive_is_told_so(
    key: Caller, alice: User, token: TokenCaller, her_browser: Caller
) -> None:
    for caller in (token(alice, "workflow:*"), her_browser):
        refused = caller.post(RUN, {"inputs": {}, "webhookUrl": "https://a.example"})
        assert (refused.status_code, refused.json()["required"]) == (403, "webhook:receive")
    assert not Run.objects.exists()


def test_a_private_address_is_refused_when_it_is_dialled(key: Caller) -> None:
    id = start(key, webhookUrl="http://127.0.0.1:9/x")
    key.post(f"/api/executions/{id}/cancel")
    asyncio.run(DeliveryWorker().round())
    assert "BLOCKED" in Delivery.objects.get().error
    database.close()


def test_the_webhook_of_a_run_ends_with_its_key(key: Caller, hook: Receiver) -> None:
    id = start(key, webhookUrl=hook.url)
    key.post(f"/api/executions/{id}/cancel")
    Token.objects.update(revoked_at=timezone.now())
    asyncio.run(DeliveryWorker().round())
    row = Delivery.objects.get()
    assert (row.status, row.error, hook.got) == ("failed", "The key has been revoked.", [])
    database.close()


def test_a_delivery_keeps_its_id_over_attempts_and_when_it_is_sent_again(
    key: Caller, hook: Receiver
) -> None:
    id = start(key, webhookUrl=hook.url)
    key.post(f"/api/executions/{id}/cancel")
    hook.statuses = [500, 200]
    now = timezone.now()
    asyncio.run(DeliveryWorker(lambda: now + timedelta(seconds=1)).round())
    asyncio.run(DeliveryWorker(lambda: now + timedelta(seconds=30)).round())
    (row,) = key.get(DELIVERIES).json()
    assert (row["status"], row["attempt"], row["executionId"]) == ("delivered", 2, id)
    assert (row["url"], row["keyId"]) == (hook.url, None)
    again = key.post(f"{DELIVERIES}/{row['id']}/redeliver")
    assert (again.status_code, again.json()["status"], again.json()["attempt"]) == (
        202,
        "pending",
        0,
    )
    asyncio.run(DeliveryWorker(lambda: timezone.now() + timedelta(seconds=1)).round())
    assert [got.headers[ID] for got in hook.got] == [row["id"]] * 3
    assert len({got.body for got in hook.got}) == 1
    assert key.get(DELIVERIES).json()[0]["status"] == "delivered"
    database.close()


def test_deliveries_are_listed_by_run_and_status_and_in_pages(key: Caller, hook: Receiver) -> None:
    ids = [start(key, webhookUrl=hook.url) for _ in range(3)]
    for id in ids:
        key.post(f"/api/executions/{id}/cancel")
    rows = key.get(DELIVERIES).json()
    assert [row["executionId"] for row in rows] == ids[::-1]
    first = key.get(f"{DELIVERIES}?limit=2").json()
    rest = key.get(f"{DELIVERIES}?limit=2&before={first[-1]['id']}").json()
    assert first + rest == rows
    assert key.get(f"{DELIVERIES}?executionId={ids[0]}").json() == rows[2:]
    assert key.get(f"{DELIVERIES}?status=failed").json() == []
    assert key.get(f"{DELIVERIES}?executionId=x").json()["field"] == "executionId"


def test_somebody_elses_delivery_is_missing(
    key: Caller, hook: Receiver, bob: User, token: TokenCaller
) -> None:
    id = start(key, webhookUrl=hook.url)
    key.post(f"/api/executions/{id}/cancel")
    his = token(bob, "webhook:read", "webhook:write")
    assert his.get(DELIVERIES).json() == []
    number = Delivery.objects.get().pk
    answers = [his.post(f"{DELIVERIES}/{name}/redeliver") for name in (number, 999_999, "x")]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (404, "DELIVERY_NOT_FOUND")
    ] * 3
    assert len({one.content for one in answers}) == 1
