"""Apps at fal: a server runs steps at a second one, with fal's own client and its owner's key."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.api.client import a_node, an_edge
from tests.browser.server import Server
from tests.clients.far import Gate, Place, folder, gate
from tests.fal.contents import UTIL, contents
from workflows.nodes.fal import files

#: Waits at a URL until a test opens it, then says what was asked for.
HELD = {
    "nodes": [
        a_node("ask", "requestInput", fields=[{"name": "url", "type": "text"}], values={}),
        a_node("call", "httpRequest", responsePath="passed", timeout=60),
        a_node("end", "responseOutput"),
    ],
    "edges": [an_edge("ask", "call", "url", "url"), an_edge("call", "end", "response", "result")],
}


@pytest.fixture(scope="module")
def door() -> Iterator[Gate]:
    """What the far server's workflow waits for."""
    with gate() as server:
        yield server


@pytest.fixture
def shut(door: Gate) -> Gate:
    """The same, shut and with nobody before it."""
    door.opened.clear()
    door.arrived.clear()
    return door


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory, door: Gate) -> Iterator[Place]:
    """The server that stands for fal."""
    server = Server(folder(tmp_path_factory.mktemp("far"), "far"), fetch_allow=door.origin)
    server.start()
    try:
        place = Place(server, "ruth")
        place.workflow("held", HELD)
        yield place
    finally:
        server.stop()


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory, far: Place) -> Iterator[Place]:
    """The server whose apps run there."""
    url = far.server.url
    home = folder(tmp_path_factory.mktemp("near"), "near")
    server = Server(home, fetch_allow=url, fal_origin=url)
    server.start()
    try:
        place = Place(server, "nora")
        place.keep_key(far.key, url)
        step = {"type": "run", "app": "workflows/ruth/held", "input": {"url": "$input.url"}}
        place.publish(
            "held",
            contents(
                {"far": {"id": "far", **step}},
                {"passed": "$far.boolean"},
                url={"name": "url", "type": "string"},
            ),
        )
        yield place
    finally:
        server.stop()


def submit(near: Place, door: Gate) -> dict[str, Any]:
    request: dict[str, Any] = near.call(
        "POST", "/fal/queue/workflows/nora/held", {"url": f"{door.origin}/x"}
    )
    return request


def wait_for_line(near: Place, request: dict[str, Any], text: str) -> None:
    """Read a request's log until a line holds a text."""
    for status in near.events(request):
        if any(text in line["message"] for line in status["logs"] or []):
            return
    raise AssertionError(f"{text!r} was never said")


def ended(place: Place, request: dict[str, Any]) -> dict[str, Any]:
    return list(place.events(request))[-1]


def test_a_step_runs_at_the_far_server_and_tells_its_progress(
    near: Place, far: Place, shut: Gate
) -> None:
    before = len(far.runs())
    request = submit(near, shut)
    wait_for_line(near, request, "call: GET 127.0.0.1")
    shut.opened.set()
    assert ended(near, request)["status"] == "COMPLETED"
    assert near.call("GET", request["response_url"]) == {"passed": True}
    assert len(far.runs()) == before + 1


def test_a_cancelled_run_cancels_the_far_request(near: Place, far: Place, shut: Gate) -> None:
    request = submit(near, shut)
    assert shut.arrived.wait(30)
    wait_for_line(near, request, "call: GET 127.0.0.1")
    near.call("PUT", request["cancel_url"])
    away = far.runs()[0]["executionId"]
    base = f"{far.server.url}/fal/queue/ruth/held/requests/{away}"
    assert ended(far, {"status_url": f"{base}/status"})["error_type"] == "client_cancelled"


@pytest.mark.slow
def test_a_killed_server_finds_its_request_again(near: Place, far: Place, shut: Gate) -> None:
    before = len(far.runs())
    request = submit(near, shut)
    wait_for_line(near, request, "call: GET 127.0.0.1")
    near.server.kill()
    near.server.start()
    shut.opened.set()
    assert ended(near, request)["status"] == "COMPLETED"
    assert near.call("GET", request["response_url"]) == {"passed": True}
    assert len(far.runs()) == before + 1


@pytest.mark.slow
def test_a_server_that_died_before_it_knew_the_request_starts_nothing_twice(
    near: Place, far: Place, shut: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(far.runs())
    near.server.stop()
    monkeypatch.setenv("FAILPOINTS", "step.request_sent")
    near.server.start()
    request = submit(near, shut)
    near.server.await_death()
    monkeypatch.delenv("FAILPOINTS")
    near.server.start()
    shut.opened.set()
    assert ended(near, request)["status"] == "COMPLETED"
    assert len(far.runs()) == before + 1


def test_files_go_there_and_come_back(near: Place, far: Place) -> None:
    picture = io.BytesIO()
    Image.effect_noise((800, 600), 90).save(picture, "PNG")
    assert picture.tell() > files.INLINE_BYTES
    given = {"name": "image_url", "type": "string"}
    cut = {
        "id": "cut",
        "type": "run",
        "app": f"{UTIL}/crop-image",
        "input": {"image_url": "$input.image_url", "width_percent": 50},
    }
    app = far.publish("half", contents({"cut": cut}, {"image": "$cut.image"}, image_url=given))
    step = {"id": "far", "type": "run", "app": app, "input": {"image_url": "$input.image_url"}}
    here = near.publish("half", contents({"far": step}, {"image": "$far.image"}, image_url=given))
    url = near.upload(picture.getvalue(), "noise.png", "image/png")
    image = near.call("POST", f"/fal/run/{here}", {"image_url": url})["image"]
    assert image["url"].startswith(near.server.url)
    with urllib.request.urlopen(image["url"], timeout=60) as answer:
        assert Image.open(io.BytesIO(answer.read())).size == (400, 600)


def test_the_key_of_the_far_server_is_nowhere_in_what_the_near_one_keeps(
    near: Place, far: Place
) -> None:
    near.server.stop()
    assert far.key not in near.texts()
    near.server.start()
