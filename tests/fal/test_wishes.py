"""What callers may want of a request besides its result: a start in time, a short queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.api.client import Caller
from tests.fal.contents import TEXTS
from tests.fal.test_running import ended, events, make
from workflows.engine import embedded
from workflows.journal import transitions
from workflows.models import Run

pytestmark = pytest.mark.usefixtures("engine")

SOON = {"x_fal_request_timeout": "0.2"}
RUN, QUEUE = "/fal/run/workflows/alice/texts", "/fal/queue/workflows/alice/texts"


@pytest.fixture(autouse=True)
def texts(transactional_db: None, hers: Caller) -> None:
    """A workflow that puts texts together."""
    make(hers, "texts", TEXTS)


@pytest.fixture
def busy() -> Iterator[None]:
    """An engine that has its hands full and begins nothing."""
    embedded.stop()
    with override_settings(ACTIVE_RUNS=0):
        embedded.start()
    yield


def is_too_late(answer: Any) -> bool:
    assert answer["x-fal-request-timeout-type"] == "user"
    assert answer["x-fal-error-type"] == answer.json()["error_type"] == "request_timeout"
    return bool(answer.status_code == 504)


def test_a_call_that_does_not_begin_in_time_is_504(busy: None, hers: Caller) -> None:
    assert is_too_late(hers.post(RUN, {"prompt": "a"}, **SOON))
    run = Run.objects.get()
    assert (run.status, run.error["code"]) == ("failed", "START_TIMEOUT")


def test_a_queued_request_that_does_not_begin_in_time_is_completed_with_504(
    busy: None, hers: Caller
) -> None:
    body = hers.post(QUEUE, {"prompt": "a"}, **SOON).json()
    last = ended(hers, body)[-1]
    assert (last["status"], last["error_type"]) == ("COMPLETED", "request_timeout")
    assert is_too_late(hers.get(body["response_url"]))


def test_a_stream_that_does_not_begin_in_time_ends_with_504(busy: None, hers: Caller) -> None:
    [told] = events(hers.post(f"{RUN}/stream", {"prompt": "a"}, **SOON))
    assert (told["type"], told["error"]["status"]) == ("error", 504)
    assert told["error"]["body"]["error_type"] == "request_timeout"


def test_what_was_due_while_no_engine_ran_fails_when_one_starts(hers: Caller) -> None:
    embedded.stop()
    body = hers.post(QUEUE, {"prompt": "a"}, x_fal_request_timeout="60").json()
    run = Run.objects.get()
    run.options[transitions.START_BY] = 1.0
    run.save(update_fields=["options"])
    embedded.start()
    assert ended(hers, body)[-1]["error_type"] == "request_timeout"


def test_a_request_that_has_begun_may_take_as_long_as_it_likes(hers: Caller) -> None:
    answer = hers.post(RUN, {"prompt": "a"}, x_fal_request_timeout="30")
    assert answer.status_code == 200
    run = Run.objects.get()
    run.options[transitions.START_BY] = 1.0
    run.save(update_fields=["options"])
    with transaction.atomic():
        assert not transitions.expire(run.pk)


@pytest.mark.parametrize("text", ["soon", "-1", "0", "nan", "inf", ""])
def test_a_time_that_is_none_is_refused(hers: Caller, text: str) -> None:
    answer = hers.post(RUN, {"prompt": "a"}, x_fal_request_timeout=text)
    assert answer.status_code == 400
    assert "x-fal-request-timeout" in answer.json()["message"]
    assert not Run.objects.exists()


def test_a_queue_that_is_too_long_is_refused(busy: None, hers: Caller) -> None:
    for _ in range(2):
        assert hers.post(f"{QUEUE}?fal_max_queue_length=1", {"prompt": "a"}).status_code == 200
    full = hers.post(f"{QUEUE}?fal_max_queue_length=1", {"prompt": "a"})
    assert (full.status_code, full["x-fal-retryable"]) == (429, "true")
    assert full.json()["detail"] == "2 requests are waiting already."
    assert hers.post(f"{QUEUE}?fal_max_queue_length=2", {"prompt": "a"}).status_code == 200
    assert hers.post(f"{QUEUE}?fal_max_queue_length=few", {"prompt": "a"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"x_fal_queue_priority": "low"},
        {"x_fal_queue_priority": "normal"},
        {"x_fal_runner_hint": "session-7"},
        {"x_fal_no_retry": "1"},
        {"x_fal_store_io": "0"},
        {"x_fal_disable_fallbacks": "true"},
        {"x_app_fal_disable_fallback": "true"},
        {"x_fal_object_lifecycle_preference": '{"expiration_duration_seconds": 60}'},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_other_wishes_are_taken(hers: Caller, headers: dict[str, str]) -> None:
    assert hers.post(RUN, {"prompt": "a"}, **headers).json() == {"text": "a & more|ünï"}
    body = hers.post(QUEUE, {"prompt": "a"}, **headers).json()
    ended(hers, body)
    assert hers.get(body["response_url"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (RUN, {"prompt": "a"}),
        ("/fal/run/fal-ai/text-concat", {"text1": "a", "text2": "b"}),
        ("/fal/run/workflows/execute", {"input": {"prompt": "a"}, "workflow": TEXTS["nodes"]}),
    ],
)
def test_a_call_under_a_key_that_was_used_answers_the_first_one(
    hers: Caller, path: str, body: Any
) -> None:
    first, second = (hers.post(path, body, idempotency_key="once") for _ in range(2))
    assert first["x-fal-request-id"] == second["x-fal-request-id"]
    assert first.json() == second.json()
    assert Run.objects.count() == 1
