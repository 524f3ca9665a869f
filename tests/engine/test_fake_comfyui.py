"""The tests' ComfyUI server does what the real one does, its traps included."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from websockets.sync.client import ClientConnection, connect

from tests.clients.fake_comfyui import Server
from tests.engine.comfy import HELD, PAINT, RED, comfy, modern, saving
from tests.waiting import wait_until

__all__ = ["comfy", "modern"]

SAVE = {"1": RED, "9": saving("1")}


@pytest.fixture
def http(comfy: Server) -> Iterator[httpx.Client]:
    """A client of the server."""
    with httpx.Client(base_url=comfy.url, trust_env=False) as client:
        yield client


def submit(http: httpx.Client, prompt: Any = SAVE, **more: Any) -> httpx.Response:
    """Post a prompt."""
    return http.post("/prompt", json={"prompt": prompt, **more})


def done(http: httpx.Client, id: str) -> dict[str, Any]:
    """Wait for the history of a request."""
    wait_until(lambda: http.get(f"/history/{id}").json())
    found: dict[str, Any] = http.get(f"/history/{id}").json()[id]
    return found


@contextmanager
def listen(server: Server, client_id: str) -> Iterator[ClientConnection]:
    """Open a socket and read its greeting."""
    url = server.url.replace("http", "ws")
    with connect(f"{url}/ws?clientId={client_id}", proxy=None) as socket:
        assert json.loads(socket.recv(timeout=10))["data"]["sid"] == client_id
        yield socket


def until_end(socket: ClientConnection, id: str) -> list[str]:
    """List the types of the events of a request until it is over."""
    found = []
    while True:
        message = json.loads(socket.recv(timeout=10))
        if message["data"].get("prompt_id") != id:
            continue
        found.append(message["type"])
        if message["type"] == "executing" and message["data"]["node"] is None:
            return found


def test_the_history_is_empty_until_the_end_and_success_comes_before_it(
    comfy: Server, http: httpx.Client
) -> None:
    comfy.comfy.history_pause = 0.5
    with listen(comfy, "me") as socket:
        id = submit(http, client_id="me").json()["prompt_id"]
        while True:
            if json.loads(socket.recv(timeout=10))["type"] == "execution_success":
                break
        assert http.get(f"/history/{id}").json() == {}
        until_end(socket, id)
    assert done(http, id)["status"]["completed"] is True


def test_the_queue_is_a_heap_and_runs_by_number(comfy: Server, http: httpx.Client) -> None:
    submit(http, HELD)
    wait_until(lambda: comfy.comfy.running)
    ids = [submit(http, SAVE, number=number).json()["prompt_id"] for number in (10, 30, 20)]
    assert [item[1] for item in http.get("/queue").json()["queue_pending"]] == ids
    assert http.get("/prompt").json() == {"exec_info": {"queue_remaining": 4}}
    front = submit(http, SAVE, front=True).json()["prompt_id"]
    comfy.open()
    wait_until(lambda: len(comfy.comfy.executed) == 5)
    assert comfy.comfy.executed[1:] == [front, ids[0], ids[2], ids[1]]


def test_only_a_new_server_wants_uuids_and_has_jobs(comfy: Server, http: httpx.Client) -> None:
    new = comfy.comfy.mode == "new"
    answer = submit(http, prompt_id="my own name")
    assert answer.status_code == (400 if new else 200)
    if new:
        assert answer.json()["error"]["type"] == "invalid_prompt_id"
    assert http.get("/api/jobs").status_code == (200 if new else 404)
    id = submit(http, HELD, prompt_id=str(uuid.uuid4())).json()["prompt_id"]
    wait_until(lambda: comfy.comfy.running and comfy.comfy.running[1] == id)
    cancelled = http.post(f"/api/jobs/{id}/cancel", json={})
    assert cancelled.status_code == (200 if new else 404)
    if not new:
        http.post("/interrupt", json={"prompt_id": id})
    status = done(http, id)["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)
    assert status["messages"][-1][0] == "execution_interrupted"


def test_an_interrupt_of_another_request_stops_nothing(comfy: Server, http: httpx.Client) -> None:
    id = submit(http, HELD).json()["prompt_id"]
    wait_until(lambda: comfy.comfy.running)
    http.post("/interrupt", json={"prompt_id": "another"})
    comfy.open()
    assert done(http, id)["status"]["status_str"] == "success"


def test_one_good_output_is_enough(comfy: Server, http: httpx.Client) -> None:
    bad = {"7": {"class_type": "LoadImage", "inputs": {"image": "no.png"}}, "8": saving("7")}
    answer = submit(http, {**SAVE, **bad})
    assert answer.status_code == 200
    [(node, facts)] = answer.json()["node_errors"].items()
    assert (node, facts["dependent_outputs"]) == ("7", ["8"])
    assert list(done(http, answer.json()["prompt_id"])["outputs"]) == ["9"]
    refused = submit(http, bad)
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "prompt_outputs_failed_validation"


@pytest.mark.parametrize(
    ("inputs", "type"),
    [
        ({"steps": "1.0"}, "invalid_input_type"),
        ({"steps": 0}, "value_smaller_than_min"),
        ({"scale": 99}, "value_bigger_than_max"),
        ({"sampler": "none"}, "value_not_in_list"),
        ({"seed": ["1", 0]}, "return_type_mismatch"),
        ({"seed": [1, 2, 3]}, "bad_linked_input"),
    ],
)
def test_values_are_checked_as_the_real_one_does(
    comfy: Server, http: httpx.Client, inputs: dict[str, Any], type: str
) -> None:
    node = {**PAINT["3"], "inputs": {**PAINT["3"]["inputs"], "text": "x", **inputs}}
    answer = submit(http, {"1": RED, "3": node, "9": PAINT["9"]})
    assert answer.status_code == 400
    [error] = answer.json()["node_errors"]["3"]["errors"]
    assert error["type"] == type
    assert error["extra_info"]["input_name"] == next(iter(inputs))


def test_uploads_are_renamed_only_for_other_bytes(comfy: Server, http: httpx.Client) -> None:
    def upload(color: str, **more: str) -> dict[str, Any]:
        body = BytesIO()
        Image.new("RGB", (2, 2), color).save(body, "PNG")
        files = {"image": ("a.png", body.getvalue())}
        found: dict[str, Any] = http.post("/upload/image", files=files, data=more).json()
        return found

    assert [upload("red")["name"], upload("red")["name"]] == ["a.png", "a.png"]
    assert upload("blue")["name"] == "a (1).png"
    assert upload("blue", overwrite="true")["name"] == "a.png"
    assert upload("red", subfolder="cc/1")["subfolder"] == "cc/1"
    assert ("asset" in upload("red")) is (comfy.comfy.mode == "new")
    escaped = http.post(
        "/upload/image", files={"image": ("a.png", b"x")}, data={"subfolder": "../.."}
    )
    assert escaped.status_code == 400


def test_files_are_given_out_in_parts_and_only_from_their_folders(
    comfy: Server, http: httpx.Client
) -> None:
    outputs = done(http, submit(http).json()["prompt_id"])["outputs"]
    [file] = outputs["9"]["images"]
    whole = http.get("/view", params=file)
    assert whole.content.startswith(b"\x89PNG")
    part = http.get("/view", params=file, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    for query, status in (
        ({"filename": "../../etc/passwd"}, 400),
        ({"filename": "/etc/passwd"}, 400),
        ({"filename": "x.png", "subfolder": "../.."}, 403),
        ({"filename": "none.png"}, 404),
        ({}, 400),
    ):
        assert http.get("/view", params=query).status_code == status


def test_the_end_of_the_first_socket_cuts_off_the_second_of_the_same_id(
    comfy: Server, http: httpx.Client
) -> None:
    with ExitStack() as stack:
        with listen(comfy, "same"):
            second = stack.enter_context(listen(comfy, "same"))
        wait_until(lambda: not comfy.comfy._sockets)
        done(http, submit(http, client_id="same").json()["prompt_id"])
        with pytest.raises(TimeoutError):
            while True:
                assert json.loads(second.recv(timeout=0.3))["type"] == "status"


def test_a_restart_forgets_queue_history_and_temporary_files(
    comfy: Server, http: httpx.Client
) -> None:
    preview = {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    first = submit(http, {"1": RED, "9": preview}).json()["prompt_id"]
    done(http, first)
    submit(http, HELD)
    submit(http, HELD)
    comfy.restart()
    assert http.get("/history").json() == {}
    assert http.get("/queue").json() == {"queue_running": [], "queue_pending": []}
    assert list((comfy.comfy.folder / "temp").iterdir()) == []


def test_another_origin_is_turned_away(comfy: Server, http: httpx.Client) -> None:
    assert http.get("/queue", headers={"Origin": "http://evil.example"}).status_code == 403
    assert http.get("/queue", headers={"Origin": comfy.url}).status_code == 200


def test_everything_answers_below_api_too(comfy: Server, http: httpx.Client) -> None:
    for path in ("/queue", "/system_stats", "/object_info/LoadImage", "/features", "/history"):
        assert http.get(f"/api{path}").json().keys() == http.get(path).json().keys()


def test_events_come_in_order_to_their_client_alone(comfy: Server, http: httpx.Client) -> None:
    node = {**PAINT["3"], "inputs": {**PAINT["3"]["inputs"], "text": str(time.time_ns())}}
    with listen(comfy, "mine") as mine, listen(comfy, "other") as other:
        id = submit(http, {"3": node, "9": PAINT["9"]}, client_id="mine").json()["prompt_id"]
        types = until_end(mine, id)
        assert types[:2] == ["execution_start", "execution_cached"]
        assert types[-2:] == ["execution_success", "executing"]
        assert types.count("progress") == 3
        with pytest.raises(TimeoutError):
            while True:
                assert json.loads(other.recv(timeout=0.2))["type"] == "status"
