"""The whole story with curl: two runners, a graph with a text, a file and a choice, to its outputs.

The server is a process, so are curl and the runner that is killed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.browser.server import Server
from tests.clients.fake_comfyui import Server as Fake
from tests.clients.fake_comfyui import serve
from tests.comfy.live import Killable, Site
from tests.fal.test_storage import png
from tests.ports import free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "$file(input_image)"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {
        "class_type": "TestSampler",
        "inputs": {
            "text": "$text(prompt)",
            "seed": "$random()",
            "steps": "$text(steps, 3)",
            "sampler": "$choice(sampler, euler, dpmpp_2m)",
            "scale": 1.0,
            "tile": "$text(tile, false)",
        },
    },
    "4": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "cup"}},
    "5": {
        "class_type": "SaveImage",
        "inputs": {"images": ["3", 0], "filename_prefix": "$timestamp()"},
    },
}


def held(gate: str, color: int = 1) -> dict[str, Any]:
    """Return a graph that runs until a gate opens."""
    return {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "color": color}},
        "2": {"class_type": "Hold", "inputs": {"image": ["1", 0], "gate": gate}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "h"}},
    }


def painted(number: int) -> dict[str, Any]:
    """Return a graph whose image no other number has."""
    return {
        "1": {
            "class_type": "TestSampler",
            "inputs": {
                "text": f"cup {number}",
                "seed": number,
                "steps": 2,
                "sampler": "euler",
                "scale": 1.0,
                "tile": False,
            },
        },
        "2": {
            "class_type": "SaveImage",
            "inputs": {"images": ["1", 0], "filename_prefix": f"n{number}"},
        },
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that looks after its runners impatiently."""
    folder = tmp_path_factory.mktemp("site")
    impatient = {
        "COMFY_CALLS": "0",
        "RUNNER_POLL_SECONDS": "0.2",
        "RUNNER_PROBE_SECONDS": "0.5",
        "RUNNER_LOST_SECONDS": "10",
    }
    before = {name: os.environ.get(name) for name in impatient}
    os.environ.update(impatient)
    server = Server(folder)
    try:
        server.start()
        yield Site(server, folder)
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    _, found, rest = server.output().partition("Traceback")
    assert not found, rest[:6_000]


@pytest.fixture
def fakes(site: Site) -> Iterator[dict[str, Fake]]:
    """Two runners with tags of their own, an old one and a new one."""
    with serve("old") as old, serve("new") as new:
        ids = [site.runner("old", old.url, "cpu", "slow"), site.runner("new", new.url, "gpu")]
        yield {"old": old, "new": new}
        for id in ids:
            assert site.curl(f"/v1/runner/{id}?force=true", "-X", "DELETE").status == 204


def stored(site: Site) -> set[str]:
    """Return the hashes of all files the server keeps."""
    media = site.server.folder / "data" / "media"
    return {path.name for path in media.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("mode", "tags"), [("old", "cpu,slow"), ("new", "gpu")])
def test_from_accepted_to_completed(
    site: Site, fakes: dict[str, Fake], tmp_path: Path, mode: str, tags: str
) -> None:
    fake, other = fakes[mode], fakes["new" if mode == "old" else "old"]
    picture = tmp_path / "x.png"
    picture.write_bytes(png(30, 20))
    digest = hashlib.sha256(png(30, 20)).hexdigest()
    fake.misbehave(hold=["POST /upload/image"])
    made = site.create(
        GRAPH, "$prompt=a cup of tea", f"$input_image=@{picture}", "#sampler=dpmpp_2m", tags=tags
    )
    stream = site.subscribe(made["id"])
    first = stream.until("accepted")
    assert first == {
        "status": "accepted",
        "prompt": None,
        "queue_number": None,
        "outputs": [],
        "cause": None,
        "started_at": None,
        "completed_at": None,
    }
    assert digest in stored(site)
    fake.open("door")
    last = stream.to_the_end()
    order = ["accepted", "uploaded", "queued", "running", "completed"]
    assert stream.states == [state for state in order if state in stream.states]
    assert {"accepted", "uploaded", "completed"} <= set(stream.states)
    assert last["prompt"]["prompt_id"] == fake.comfy.taken[-1]
    assert (len(fake.comfy.executed), other.comfy.taken) == (1, [])
    _check_outputs(site, made["id"], last, digest)
    detail = site.get(made["id"])
    params = dict(detail["workflow_params"])
    assert detail["workflow_json"] == GRAPH
    assert (params["sampler"], params["steps"], params["tile"]) == ("dpmpp_2m", "3", "false")
    prompt = fake.comfy.history[fake.comfy.taken[-1]]["prompt"][2]
    assert prompt["3"]["inputs"] == {
        "text": "a cup of tea",
        "seed": int(params["3.seed"]),
        "steps": 3,
        "sampler": "dpmpp_2m",
        "scale": 1.0,
        "tile": False,
    }
    assert prompt["5"]["inputs"]["filename_prefix"] == params["5.filename_prefix"]


def _check_outputs(site: Site, id: str, last: dict[str, Any], digest: str) -> None:
    listed = site.curl(f"/v1/workflow/{id}/outputs").json
    assert [row["id"] for row in listed] == [row["id"] for row in last["outputs"]]
    assert len(listed) == 2
    for row in listed:
        fetched = site.folder / "fetched.png"
        assert site.curl(row["src"], "-o", str(fetched), key=False).status == 200
        assert fetched.read_bytes().startswith(b"\x89PNG")
    shown = site.curl(f"/v1/gallery?workflow_id={id}&type=image").json
    assert {row["id"] for row in shown["items"]} == {row["id"] for row in listed}
    # The file that came with the request is gone.
    wait_until(lambda: digest not in stored(site))


def test_what_does_not_fit_is_refused_before_any_runner_hears_of_it(
    site: Site, fakes: dict[str, Fake]
) -> None:
    wait_until(lambda: all("GET /object_info" in fake.comfy.calls for fake in fakes.values()))
    cases = {
        "No runner available": site.try_create(held("x"), tags="gpu,cpu"),
        "input_image": site.try_create(GRAPH, "$prompt=a", tags="gpu"),
        "no placeholder for $nothing": site.try_create(held("x"), "$nothing=1"),
    }
    for words, answer in cases.items():
        assert (answer.status, answer.json["status"]) == (400, 400)
        assert words in answer.json["message"]
    assert [fake.comfy.taken for fake in fakes.values()] == [[], []]


def test_a_graph_the_runner_refuses_is_invalid(site: Site, fakes: dict[str, Fake]) -> None:
    made = site.create({"1": {"class_type": "NoSuchNode", "inputs": {}}}, tags="gpu")
    last = site.subscribe(made["id"]).to_the_end()
    assert (last["status"], last["outputs"]) == ("invalid", [])
    assert last["cause"]["exception_message"]
    detail = site.get(made["id"])
    assert (detail["status"], detail["prompt_id"] is None) == ("invalid", False)
    assert site.cancel(made["id"]).status == 400
    listed = site.curl("/v1/workflow?status=invalid").json["workflows"]
    assert made["id"] in {row["id"] for row in listed}


def test_a_node_that_fails_is_named(site: Site, fakes: dict[str, Fake]) -> None:
    graph = held("open")
    graph["2"] = {"class_type": "Explode", "inputs": {"image": ["1", 0]}}
    made = site.create(graph, tags="gpu")
    last = site.subscribe(made["id"]).to_the_end()
    assert (last["status"], last["cause"]) == (
        "failed",
        {
            "node_type": "Explode",
            "exception_type": "RuntimeError",
            "exception_message": "CUDA out of memory",
        },
    )
    detail = site.get(made["id"])
    assert (detail["error_node"], detail["exception_type"]) == ("2", "RuntimeError")
    assert site.curl(f"/v1/workflow/{made['id']}/outputs").status == 404


def test_cancelling_in_each_state(site: Site, fakes: dict[str, Fake], tmp_path: Path) -> None:
    fake = fakes["new"]
    fake.misbehave(hold=["POST /upload/image"])
    picture = tmp_path / "x.png"
    picture.write_bytes(png(30, 20))
    brought = {"class_type": "LoadImage", "inputs": {"image": "$file(input_image)"}}
    first = site.create({**held("a"), "4": brought}, f"$input_image=@{picture}", tags="gpu")
    assert site.get(first["id"])["status"] == "accepted"
    early = site.subscribe(first["id"])
    done = site.cancel(first["id"])
    assert (done.status, done.text) == (200, "")
    assert early.to_the_end()["status"] == "cancelled"
    assert fake.comfy.taken == []
    first = site.create(held("a"), tags="gpu")
    fake.misbehave(hold=["POST /prompt"])
    fake.open("door")
    stream = site.subscribe(first["id"])
    stream.until("running")
    fake.do(lambda: fake.comfy.gate("door").clear())
    halfway = site.create(held("c", 3), tags="gpu")
    waiting = site.subscribe(halfway["id"])
    waiting.until("uploaded")
    assert site.cancel(halfway["id"]).status == 200
    assert waiting.to_the_end()["status"] == "cancelled"
    fake.open("door")
    second = site.create(held("b", 2), tags="gpu")
    waiting = site.subscribe(second["id"])
    queued = waiting.until("queued")
    assert (queued["queue_number"], queued["started_at"]) == (1, None)
    assert queued["prompt"]["prompt_id"] == fake.comfy.taken[-1]
    done = site.cancel(second["id"])
    assert (done.status, done.text) == (200, "")
    assert waiting.to_the_end()["status"] == "cancelled"
    wait_until(lambda: not fake.comfy.queue)
    running = site.get(first["id"])
    assert (running["status"], running["started_at"] is None) == ("running", False)
    assert site.cancel(first["id"]).status == 200
    last = stream.to_the_end()
    assert (last["status"], last["completed_at"] is None) == ("cancelled", False)
    wait_until(lambda: fake.comfy.interrupted == fake.comfy.taken[:1])
    for id in (first["id"], second["id"]):
        again = site.cancel(id)
        assert (again.status, "cancelled" in again.json["message"]) == (400, True)
        assert site.curl(f"/v1/workflow/{id}", "-X", "DELETE").status == 204
        assert site.curl(f"/v1/workflow/{id}").status == 404


def test_a_runner_that_is_killed_in_the_middle_and_comes_back(site: Site) -> None:
    comfy = Killable(free_port())
    id = site.runner("mortal", comfy.url, "mortal")
    try:
        made = site.create(held("gate"), tags="mortal")
        stream = site.subscribe(made["id"])
        before = stream.until("running")["prompt"]["prompt_id"]
        comfy.kill()
        comfy.start()
        comfy.do(open="gate")
        last = stream.to_the_end()
        assert last["status"] == "completed", last
        # Submitted again, as the one thing this server has ever executed.
        assert last["prompt"]["prompt_id"] != before
        assert comfy.log()["executed"] == [last["prompt"]["prompt_id"]]
        assert len(last["outputs"]) == 1
    finally:
        comfy.kill()
        gone = site.curl(f"/v1/runner/{id}?force=true", "-X", "DELETE")
    assert gone.status == 204
    # What it has made outlives it.
    (row,) = site.curl(f"/v1/workflow/{made['id']}/outputs").json
    assert site.curl(row["src"], "-o", os.devnull, key=False).status == 200
    assert site.get(made["id"])["user_runner_id"] is None


def test_a_runner_that_is_killed_and_stays_away(site: Site) -> None:
    comfy = Killable(free_port())
    id = site.runner("mortal", comfy.url, "mortal")
    try:
        made = site.create(held("gate"), tags="mortal")
        stream = site.subscribe(made["id"])
        stream.until("running")
        busy = site.curl(f"/v1/runner/{id}", "-X", "DELETE")
        assert (busy.status, busy.json["status"]) == (409, 409)
        comfy.kill()
        last = stream.to_the_end()
        assert (last["status"], last["cause"]["exception_type"]) == (
            "failed",
            "RUNNER_UNREACHABLE",
        )
        tested = site.curl(f"/v1/runner/{id}/test", "-X", "POST").json
        assert (tested["state"], bool(tested["error"])) == ("down", True)
    finally:
        comfy.kill()
        assert site.curl(f"/v1/runner/{id}?force=true", "-X", "DELETE").status == 204


def test_a_template_and_its_runs(site: Site, fakes: dict[str, Fake], tmp_path: Path) -> None:
    graph = {
        "1": {
            "class_type": "TestSampler",
            "inputs": {
                "text": "$text(prompt)",
                "seed": "$random()",
                "steps": 1,
                "sampler": "euler",
                "scale": 1.0,
                "tile": False,
            },
        },
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "t"}},
    }
    file = tmp_path / "body.json"
    file.write_text(json.dumps(graph), encoding="utf-8")
    form = ("-F", "name=cups", "-F", "description=paints", "-F", f"body=@{file}")
    template = site.curl("/v1/template", *form).json
    place = f"/v1/template/{template['id']}"
    asked = site.curl(f"{place}/parameters").json["parameters"]
    assert [row["field"] for row in asked] == ["$prompt"]
    run = site.curl(f"{place}/run", "-F", "$prompt=red", "-F", "tags=gpu").json
    assert site.subscribe(run["id"]).to_the_end()["status"] == "completed"
    again = site.curl(f"/v1/workflow/{run['id']}/rerun", "-F", "$prompt=blue").json
    assert site.subscribe(again["id"]).to_the_end()["status"] == "completed"
    seeds = {dict(site.get(row["id"])["workflow_params"])["1.seed"] for row in (run, again)}
    assert len(seeds) == 2
    assert len(fakes["new"].comfy.executed) == 2
    assert site.curl(place, "-X", "DELETE").status == 204


def test_a_body_beyond_the_limit_is_refused_while_it_comes(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    with file.open("wb") as large:
        large.truncate(51 * 1024 * 1024)
    for more in ((), ("-H", "Transfer-Encoding: chunked"), ("-H", "Expect:")):
        answer = site.curl("/v1/workflow", "-F", "name=a", "-F", f"workflow_json=@{file}", *more)
        assert (answer.status, answer.json["status"]) == (413, 413), answer.text
    id = "7349c0b0-8349-46c7-8cbb-574a0058d425"
    answer = site.curl(f"/v1/template/{id}/run", "-F", f"$a=@{file}")
    assert answer.json["status"] == 413
    # Whoever shows no credential is held to less.
    small = tmp_path / "small.bin"
    with small.open("wb") as file_:
        file_.truncate(9 * 1024 * 1024)
    answer = site.curl("/v1/workflow", "-F", f"workflow_json=@{small}", key=False)
    assert answer.status == 413


def test_a_length_that_lies_is_no_way_round(site: Site) -> None:
    short = site.curl("/v1/workflow", "-H", "Content-Length: 5", "-F", "name=abcdefgh")
    assert short.status in (400, 415)
    assert site.curl("/v1/user").status == 200


def test_many_at_once_are_each_executed_once(site: Site, fakes: dict[str, Fake]) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: site.create(painted(number)), range(16)))
        last = list(pool.map(lambda row: site.subscribe(row["id"]).to_the_end(), made))
    assert [frame["status"] for frame in last] == ["completed"] * 16
    executed = [id for fake in fakes.values() for id in fake.comfy.executed]
    assert sorted(executed) == sorted(frame["prompt"]["prompt_id"] for frame in last)
    page = site.curl("/v1/workflow?per_page=16").json
    assert {row["id"] for row in page["workflows"]} == {row["id"] for row in made}


def test_a_server_that_is_killed_takes_the_workflow_up_where_it_was(
    site: Site, fakes: dict[str, Fake]
) -> None:
    fake = fakes["new"]
    made = site.create(held("gate", 3), tags="gpu")
    stream = site.subscribe(made["id"])
    before = stream.until("running")["prompt"]
    site.server.kill()
    stream.close()
    site.server.start()
    again = site.subscribe(made["id"])
    fake.open("gate")
    last = again.to_the_end()
    assert (last["status"], last["prompt"]) == ("completed", before)
    assert fake.comfy.taken == [before["prompt_id"]]
    assert len(last["outputs"]) == 1
