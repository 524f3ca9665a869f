"""/api/runners/lacking: what a graph needs and no runner has, told before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.client import Caller
from tests.clients.fake_comfyui import Server, serve
from workflows.models import Run, Runner, RunnerCatalogue, User
from workflows.runners import pool
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db

PATH = "/api/runners/lacking"
GRAPH: JsonObject = {
    "1": {"class_type": "FancyNode", "inputs": {}},
    "3": {
        "class_type": "TestSampler",
        "inputs": {
            "text": "a cat",
            "seed": 1,
            "steps": 4,
            "sampler": "nonsense",
            "scale": 2.0,
            "tile": False,
        },
    },
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
}
LACKING = {
    "classes": ["FancyNode"],
    "options": [{"node": "3", "nodeType": "TestSampler", "input": "sampler", "value": "nonsense"}],
}


@pytest.fixture
def comfy() -> Iterator[Server]:
    with serve("new") as server:
        yield server


def register(owner: User, name: str, url: str = "http://127.0.0.1:9", **more: object) -> Runner:
    return Runner.objects.create(owner=owner, name=name, endpoint=url, private=True, **more)


def lacking(caller: Caller, graph: JsonObject = GRAPH, **more: object) -> JsonObject:
    answer = caller.post(PATH, {"graph": graph, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_classes_and_options_that_a_runner_lacks_are_named_without_a_run(
    hers: Caller, alice: User, comfy: Server
) -> None:
    runner = register(alice, "attic", comfy.url)
    assert lacking(hers) == {"runner": {"id": str(runner.pk), "name": "attic"}, "lacking": LACKING}
    known = {"class_type": "TestSampler", "inputs": {**GRAPH["3"]["inputs"], "sampler": "euler"}}
    fits = lacking(hers, {"3": known, "9": GRAPH["9"]})
    assert fits["lacking"] == {"classes": [], "options": []}
    assert comfy.comfy.taken == []
    assert not Run.objects.exists()


def test_of_several_the_one_that_lacks_least_is_named(
    hers: Caller, alice: User, comfy: Server
) -> None:
    poor, _ = register(alice, "poor"), register(alice, "full", comfy.url)
    pool.store_catalogue(poor, {"Other": {}})
    assert lacking(hers)["runner"]["name"] == "full"
    comfy.comfy.missing = {"TestSampler", "SaveImage"}
    pool.catalogue(Runner.objects.get(name="full"), fresh=True)
    RunnerCatalogue.objects.filter(runner=poor).update(object_info={"FancyNode": {}})
    told = lacking(hers)
    assert (told["runner"]["name"], told["lacking"]["classes"]) == (
        "poor",
        ["TestSampler", "SaveImage"],
    )


def test_only_runners_that_would_get_the_graph_count(
    hers: Caller, his: Caller, alice: User, comfy: Server
) -> None:
    nothing = {"runner": None, "lacking": None}
    assert lacking(hers) == nothing
    register(alice, "attic", comfy.url, tags=["gpu"])
    assert lacking(hers, tags=["cpu"]) == nothing
    assert lacking(his) == nothing
    assert lacking(hers, tags=["gpu"])["lacking"] == LACKING
    Runner.objects.update(status="disabled")
    assert lacking(hers, tags=["gpu"]) == nothing


def test_a_runner_that_does_not_answer_is_named_and_nothing_said_of_it(
    hers: Caller, alice: User
) -> None:
    register(alice, "away")
    told = lacking(hers)
    assert (told["runner"]["name"], told["lacking"]) == ("away", None)


@pytest.mark.parametrize("graph", [None, [], "x", {}])
def test_anything_but_a_graph_is_refused(hers: Caller, graph: object) -> None:
    refused = hers.post(PATH, {"graph": graph})
    assert refused.status_code == 400
    assert "ComfyUI" in refused.json()["error"]
    refused = hers.post(PATH, {"graph": GRAPH, "tags": "gpu"})
    assert (refused.status_code, refused.json()["field"]) == (400, "tags")
