"""fal-client, unmodified, sync and async, pointed here by its own URLs."""

from __future__ import annotations

import gc
import json
import urllib.request
from typing import Any

import fal_client
import pytest
from fal_client import client as globals_of_fal

from tests.clients.conftest import Site

APP = "workflows/admin/texts"
INPUT = {"prompt": "Grüße 🦊"}
OUTPUT = {"text": "Grüße 🦊 & more|ünï"}
KINDS = ["submit", "completion", "submit", "completion", "output"]
Client = fal_client.SyncClient
#: An upload leaves its connection open until it is collected, which Python complains of.
LEAKS = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


def test_run(python: Client) -> None:
    assert python.run(APP, arguments=INPUT) == OUTPUT


def test_submit_status_result(python: Client) -> None:
    handle = python.submit(APP, arguments=INPUT)
    told = list(handle.iter_events(with_logs=True))
    assert isinstance(told[-1], fal_client.Completed)
    assert "second: done" in [line["message"] for line in told[-1].logs]
    assert handle.get() == OUTPUT
    assert isinstance(python.status(APP, handle.request_id), fal_client.Completed)
    assert python.result(APP, handle.request_id) == OUTPUT


def test_subscribe(python: Client) -> None:
    told: list[Any] = []
    found = python.subscribe(APP, arguments=INPUT, with_logs=True, on_queue_update=told.append)
    assert found == OUTPUT
    assert isinstance(told[-1], fal_client.Completed)


def test_stream(python: Client) -> None:
    events = list(python.stream(APP, arguments=INPUT))
    assert [event["type"] for event in events] == KINDS
    assert events[-1]["output"] == OUTPUT


def test_each_step_of_a_stream_can_be_asked_for(python: Client) -> None:
    events = list(python.stream(APP, arguments=INPUT))
    outputs = {event["node_id"]: event["output"] for event in events if "output" in event}
    for event in (event for event in events if event["type"] == "submit"):
        place = event["app_id"], event["request_id"]
        assert isinstance(python.status(*place, with_logs=True), fal_client.Completed)
        assert python.result(*place) == outputs[event["node_id"]]


def test_a_start_timeout_and_other_wishes_are_taken(python: Client) -> None:
    wishes: dict[str, Any] = {"hint": "session-7", "headers": {"X-Fal-Store-IO": "0"}}
    assert python.run(APP, arguments=INPUT, start_timeout=30, **wishes) == OUTPUT
    handle = python.submit(APP, arguments=INPUT, start_timeout=30, priority="low", **wishes)
    assert handle.get() == OUTPUT


def test_a_stream_of_a_failing_workflow_ends_with_its_error(python: Client) -> None:
    events = list(python.stream("workflows/admin/failing", arguments={"prompt": "data:,x"}))
    assert (events[-1]["type"], events[-1]["node_id"]) == ("error", "crop")


def test_a_failed_request_raises_with_its_detail(python: Client) -> None:
    handle = python.submit("workflows/admin/failing", arguments={"prompt": "data:,x"})
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 422
    assert caught.value.error_type == "bad_request"
    assert "picture" in str(caught.value)


def test_cancelling_what_has_ended_is_refused(python: Client) -> None:
    handle = python.submit(APP, arguments=INPUT)
    handle.get()
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        handle.cancel()
    assert caught.value.status_code == 400


def test_a_request_under_way_is_cancelled(python: Client) -> None:
    handle = python.submit("workflows/admin/slow", arguments={})
    assert isinstance(handle.status(), fal_client.Queued | fal_client.InProgress)
    handle.cancel()
    assert isinstance(handle.status(), fal_client.Completed)
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        handle.get()
    assert (caught.value.status_code, caught.value.error_type) == (499, "client_cancelled")


@LEAKS
def test_upload(python: Client) -> None:
    url = python.upload(b"hello", "text/plain", file_name="a b.txt")
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.read() == b"hello"
    gc.collect()


@LEAKS
def test_an_upload_in_parts(python: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # The client's own code for large files, with its numbers made small.
    monkeypatch.setattr(globals_of_fal, "MULTIPART_THRESHOLD", 20)
    monkeypatch.setattr(globals_of_fal, "MULTIPART_CHUNK_SIZE", 8)
    url = python.upload(b"0123456789" * 30, "text/plain", file_name="large.txt")
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.read() == b"0123456789" * 30
    gc.collect()


@pytest.mark.parametrize("by_token", [True, False])
def test_realtime_over_plain_websocket(python: Client, by_token: bool) -> None:
    with python.realtime(APP, use_jwt=by_token) as connection:
        for _ in range(2):
            connection.send(INPUT)
            assert connection.recv() == OUTPUT


def test_a_realtime_input_may_be_large(python: Client) -> None:
    with python.realtime(APP, use_jwt=False) as connection:
        connection.send({"prompt": "x" * 500_000})
        assert connection.recv() == {"text": "x" * 500_000 + " & more|ünï"}


def test_the_end_is_reported_to_a_webhook(site: Site, python: Client) -> None:
    handle = python.submit(APP, arguments=INPUT, webhook_url=f"{site.hooks.url}?by=python")
    body = json.loads(site.hooks.wait().body)
    assert (body["request_id"], body["status"]) == (handle.request_id, "OK")
    assert body["payload"] == handle.get() == OUTPUT


def test_a_wrong_key_is_refused(site: Site, python: Client) -> None:
    stranger = fal_client.SyncClient(key="pb_nonsense")
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        stranger.run(APP, arguments=INPUT)
    assert caught.value.status_code == 401
    stranger._client.close()


@LEAKS
async def test_the_async_client_does_the_same(site: Site, python: Client) -> None:
    client = fal_client.AsyncClient(key=site.key)
    assert await client.run(APP, arguments=INPUT) == OUTPUT
    assert await client.subscribe(APP, arguments=INPUT, with_logs=True) == OUTPUT
    events = [event async for event in client.stream(APP, arguments=INPUT)]
    assert [event["type"] for event in events] == KINDS
    handle = await client.submit(APP, arguments=INPUT)
    assert await handle.get() == OUTPUT
    url = await client.upload(b"hello", "text/plain")
    assert url.startswith(site.url)
    await (await client._client).aclose()
    gc.collect()
