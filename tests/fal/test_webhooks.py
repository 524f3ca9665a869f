"""fal_webhook: its body and signature on every end, checked by another library; and its retries."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from tests.api.receiver import Received, Receiver, receiver
from tests.fal.contents import FAILING, TEXTS
from tests.fal.test_running import make
from tests.fal.test_storage import png
from workflows import database
from workflows.compat.fal import webhooks
from workflows.models import Delivery, Run, User, Webhook
from workflows.webhooks.deliveries import DeliveryWorker

pytestmark = pytest.mark.django_db(transaction=True)

OUTPUT = {"text": "a & more|ünï"}


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that may be called."""
    with receiver() as server:
        yield server


@pytest.fixture
def key(alice: User, token: TokenCaller) -> Caller:
    """Alice's script with two workflows; its key may receive webhooks."""
    caller = token(alice, "workflow:*", "execution:*", "webhook:receive")
    make(caller, "texts", TEXTS)
    make(caller, "failing", FAILING)
    return caller


def submit(caller: Caller, url: str, name: str = "texts", prompt: str = "a") -> Any:
    where = f"/fal/queue/workflows/alice/{name}?fal_webhook={quote(url, safe='')}"
    return caller.post(where, {"prompt": prompt})


def verified(got: Received, keys: list[dict[str, str]]) -> bool:
    """Check a request as fal's documentation tells receivers to."""
    facts = [
        got.headers[f"x-fal-webhook-{name}"] for name in ("request-id", "user-id", "timestamp")
    ]
    message = "\n".join([*facts, hashlib.sha256(got.body).hexdigest()]).encode()
    signature = bytes.fromhex(got.headers["x-fal-webhook-signature"])
    assert abs(int(facts[2]) - time.time()) < 300
    for key in keys:
        try:
            VerifyKey(base64.urlsafe_b64decode(key["x"] + "==")).verify(message, signature)
            return True
        except BadSignatureError:
            continue
    return False


def keys_of(caller: Caller) -> list[dict[str, str]]:
    return caller.get("/fal/rest/.well-known/jwks.json").json()["keys"]


def test_a_result_is_sent_signed(
    engine: None, key: Caller, hook: Receiver, nobody: Caller, alice: User
) -> None:
    answer = submit(key, f"{hook.url}?a=1")
    assert answer.status_code == 200, answer.content
    got, id = hook.wait(), answer.json()["request_id"]
    assert verified(got, keys_of(nobody))
    assert got.path == "/hook?a=1"
    assert json.loads(got.body) == {
        "request_id": id,
        "gateway_request_id": id,
        "status": "OK",
        "payload": OUTPUT,
    }
    assert got.headers["x-fal-webhook-request-id"] == id
    assert got.headers["x-fal-webhook-user-id"] == str(alice.pk)
    assert got.headers["content-type"] == "application/json"


def test_a_failure_is_sent_with_the_body_of_its_result(
    engine: None, key: Caller, hook: Receiver, nobody: Caller
) -> None:
    answer = submit(key, hook.url, "failing", "data:,x").json()
    got = hook.wait()
    body = json.loads(got.body)
    result = key.get(answer["response_url"])
    assert verified(got, keys_of(nobody))
    assert (body["status"], body["error"]) == (
        "ERROR",
        f"Invalid status code: {result.status_code}",
    )
    assert body["payload"]["detail"] == result.json()["detail"]


def test_a_cancel_is_sent(key: Caller, hook: Receiver, nobody: Caller) -> None:
    answer = submit(key, hook.url).json()
    assert key.put(answer["cancel_url"], None).status_code == 202
    asyncio.run(DeliveryWorker().round())
    got = hook.wait()
    body = json.loads(got.body)
    assert verified(got, keys_of(nobody))
    assert (body["status"], body["error"]) == ("ERROR", "Invalid status code: 499")
    assert body["payload"]["error_type"] == "client_cancelled"
    database.close()


def test_nobody_else_can_sign(key: Caller, hook: Receiver, nobody: Caller) -> None:
    key.put(submit(key, hook.url).json()["cancel_url"], None)
    asyncio.run(DeliveryWorker().round())
    got, keys = hook.wait(), keys_of(nobody)
    assert verified(got, keys)
    assert not verified(Received(got.path, got.headers, got.body + b" "), keys)
    for name in ("request-id", "user-id", "signature"):
        text = got.headers[f"x-fal-webhook-{name}"]
        other = {f"x-fal-webhook-{name}": ("0" if text[0] != "0" else "1") + text[1:]}
        assert not verified(Received(got.path, {**got.headers, **other}, got.body), keys)
    with override_settings(ENCRYPTION_KEYS=[Fernet.generate_key().decode()]):
        assert not verified(got, keys_of(nobody))
    database.close()


def test_keys_that_are_exchanged_are_still_told(
    key: Caller, hook: Receiver, nobody: Caller
) -> None:
    old = keys_of(nobody)
    with override_settings(
        ENCRYPTION_KEYS=[Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    ):
        keys = keys_of(nobody)
        assert keys[1:] == old
        assert len({entry["kid"] for entry in keys}) == len(keys)
    assert all(set(entry) == {"kty", "crv", "alg", "use", "x", "kid"} for entry in keys)


def test_eleven_attempts_are_made_within_two_hours_each_signed_anew(
    key: Caller, hook: Receiver
) -> None:
    hook.statuses = [500]
    key.put(submit(key, hook.url).json()["cancel_url"], None)
    began = timezone.now()
    now = [began]
    worker = DeliveryWorker(lambda: now[0])
    times = []
    while True:
        due = asyncio.run(worker.round())
        times.append(int(hook.wait().headers["x-fal-webhook-timestamp"]))
        if due is None:
            break
        now[0] = due
    row = Delivery.objects.get()
    assert (row.status, row.attempt, len(hook.got)) == ("failed", 11, 11)
    assert now[0] - began == timedelta(hours=2)
    assert times == sorted(set(times))
    assert len({got.body for got in hook.got}) == 1
    assert webhooks.FAL.timeout_seconds == 15
    database.close()


def test_a_key_must_be_allowed_to_receive(
    alice: User, key: Caller, token: TokenCaller, her_browser: Caller
) -> None:
    for caller in (token(alice, "workflow:*"), her_browser):
        answer = submit(caller, "https://hooks.example/x")
        assert answer.status_code == 403
    assert not Run.objects.exists()
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://a.example", "https://u:p@a.example/"])
def test_what_is_no_url_is_422_and_starts_nothing(key: Caller, url: str) -> None:
    answer = submit(key, url)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "fal_webhook"]
    assert not Run.objects.exists()


def test_a_private_address_is_refused_when_it_is_dialled(key: Caller) -> None:
    with receiver(allowed=False) as server:
        key.put(submit(key, server.url).json()["cancel_url"], None)
        asyncio.run(DeliveryWorker().round())
        assert server.got == []
    row = Delivery.objects.get()
    assert row.error.startswith("BLOCKED_ADDRESS")
    database.close()


def test_a_repeated_submit_is_one_run_with_one_webhook(key: Caller, hook: Receiver) -> None:
    where = f"/fal/queue/workflows/alice/texts?fal_webhook={quote(hook.url, safe='')}"
    for _ in range(2):
        assert key.post(where, {"prompt": "a"}, Idempotency_Key="k").status_code == 200
    assert Run.objects.get().webhook == Webhook.objects.get()


def test_nothing_is_sent_for_an_account_that_is_gone(
    key: Caller, hook: Receiver, alice: User
) -> None:
    key.put(submit(key, hook.url).json()["cancel_url"], None)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    asyncio.run(DeliveryWorker().round())
    assert (Delivery.objects.get().status, hook.got) == ("failed", [])
    database.close()


def test_files_in_a_payload_are_links_everybody_who_has_them_can_read(
    engine: None, key: Caller, hook: Receiver, nobody: Caller
) -> None:
    place = key.post("/fal/rest/storage/upload/initiate", {"file_name": "a.png"}).json()
    path = place["upload_url"].removeprefix("http://testserver")
    nobody.send("PUT", path, png(), content_type="image/png")
    key.post(
        f"/fal/queue/fal-ai/workflow-utilities/blur-image?fal_webhook={quote(hook.url, safe='')}",
        {"image_url": place["file_url"], "radius": 1},
    )
    url = json.loads(hook.wait().body)["payload"]["image"]["url"]
    assert url.startswith(f"{settings.PUBLIC_URL}/fal/cdn/files/")
    assert nobody.get(url.removeprefix(settings.PUBLIC_URL)).status_code == 200


def test_a_report_that_cannot_be_written_keeps_no_run_from_ending(
    key: Caller, hook: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answer = submit(key, hook.url).json()
    monkeypatch.setattr("workflows.compat.fal.webhooks.shapes.failed", lambda run: 1 / 0)
    assert key.put(answer["cancel_url"], None).status_code == 202
    assert Run.objects.get().status == "cancelled"
    assert not Delivery.objects.exists()
    assert "a report cannot be written" in caplog.text
