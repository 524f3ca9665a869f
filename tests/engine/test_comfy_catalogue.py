"""What a runner is known to have follows what is installed there, and decides who gets a graph."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.clients.fake_comfyui import Server, serve
from tests.engine.comfy import HELD, RED, comfy, document, modern, quick, register, saving, state_of
from tests.engine.runs import create, execute, finish
from tests.waiting import wait_until
from workflows.engine.host import runner_handle
from workflows.errors import PatchbayError
from workflows.models import Runner, RunnerCatalogue, User
from workflows.runners import health, pool
from workflows.runners.connections import Connections
from workflows.services import runners as service
from workflows.services.runner_fields import RunnerFields
from workflows.types import JsonObject

__all__ = ["comfy", "modern", "quick"]

NEW = "StoryNew"
OUTPUT = {"name": "pictures", "type": "list<image>", "node": "3"}


def ui_file(mode: str = "hard") -> dict[str, Any]:
    """Return a file whose new node has values without names."""
    nodes = [
        {
            "id": 1,
            "type": "EmptyImage",
            "widgets_values": [8, 8, 255],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
        },
        {
            "id": 2,
            "type": NEW,
            "widgets_values": [0.3, mode],
            "inputs": [{"name": "image", "type": "IMAGE", "link": 1}],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}],
        },
        {
            "id": 3,
            "type": "SaveImage",
            "widgets_values": ["new"],
            "inputs": [{"name": "images", "type": "IMAGE", "link": 2}],
        },
    ]
    links = [[1, 1, 0, 2, 0, "IMAGE"], [2, 2, 0, 3, 0, "IMAGE"]]
    return {"nodes": nodes, "links": links, "version": 0.4}


def run_new(owner: User, mode: str = "hard") -> Any:
    run, _ = execute(owner, document(ui_file(mode), outputs=[OUTPUT]))
    return run


@pytest.fixture
def bare(modern: Server) -> Iterator[Server]:
    """A server on which the new node is not installed yet."""
    modern.comfy.missing = {NEW}
    yield modern


@pytest.fixture
def known(quick: None, owner: User, bare: Server) -> Runner:
    """The server as a runner whose node types have been read before the new one was installed."""
    row = register(owner, bare)
    pool.probe(row)
    pool.catalogue(row)
    return row


def test_a_node_that_was_installed_later_runs_although_the_version_stays(
    known: Runner, engine: None, owner: User, bare: Server
) -> None:
    bare.comfy.missing = set()
    run = run_new(owner)
    assert run.status == "completed", run.error
    [prompt] = [entry["prompt"][2] for entry in bare.comfy.history.values()]
    assert prompt["2"]["inputs"] == {"image": ["1", 0], "strength": 0.3, "mode": "hard"}


def test_an_option_that_came_later_is_asked_for_as_well(
    quick: None, engine: None, owner: User, modern: Server
) -> None:
    row = register(owner, modern)
    pool.probe(row)
    pool.catalogue(row)
    modern.comfy.options[f"{NEW}.mode"] = ["soft", "hard", "velvet"]
    run = run_new(owner, "velvet")
    assert run.status == "completed", run.error
    row.refresh_from_db()
    kept = pool.stored_catalogue(row)
    assert kept is not None
    assert kept[NEW]["input"]["required"]["mode"][0][-1] == "velvet"


def test_a_graph_that_a_runner_refuses_is_converted_once_more_with_what_it_has_now(
    quick: None, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_handle, "FRESH_SECONDS", 0.0)
    row = register(owner, modern)
    pool.probe(row)
    # What is kept knows the class, with other inputs than it has by now.
    found = pool.catalogue(row)
    older = {"input": {"required": {"image": ["IMAGE"], "amount": ["FLOAT", {}]}}}
    older["input_order"] = {"required": ["image", "amount"]}  # type: ignore[dict-item]
    RunnerCatalogue.objects.update(object_info={**found, NEW: {**found[NEW], **older}})
    run = run_new(owner)
    assert run.status == "completed", run.error
    assert len(modern.comfy.taken) == 1
    assert modern.comfy.calls.count("POST /prompt") == 2


def test_a_graph_that_stays_refused_is_submitted_no_more_often_than_once_more(
    known: Runner, engine: None, owner: User, bare: Server
) -> None:
    run = run_new(owner)
    assert (run.status, run.error["body"]["code"]) == ("failed", "GRAPH_REJECTED")
    assert bare.comfy.calls.count("POST /prompt") <= 2


def _round(connections: Connections | None = None) -> None:
    asyncio.run(health.HealthChecker(connections or Connections()).round())


def _test(owner: User, row: Runner) -> None:
    service.runner_test(user=owner, runner_id=row.pk)


def _put(owner: User, row: Runner) -> None:
    service.runner_update(user=owner, runner_id=row.pk, request=RunnerFields(tags=[]))
    _nurse_knows(row)


def _grown_old(owner: User, row: Runner) -> None:
    RunnerCatalogue.objects.filter(runner=row).update(updated_at="2026-01-01T00:00:00Z")
    _nurse_knows(row)


def _nurse_knows(row: Runner) -> None:
    checker = health.HealthChecker(Connections())
    checker._known.add(row.pk)
    asyncio.run(checker.round())


def _came_back(owner: User, row: Runner) -> None:
    _round()


@pytest.mark.parametrize("how", [_test, _put, _grown_old, _came_back])
def test_what_a_runner_has_is_read_again(
    known: Runner, owner: User, bare: Server, how: Callable[[User, Runner], None]
) -> None:
    bare.comfy.missing = set()
    owner.is_staff = True
    owner.save()
    how(owner, known)
    known.refresh_from_db()
    assert NEW in (pool.stored_catalogue(known) or {})


def test_a_runner_that_was_away_is_read_again_and_one_that_stayed_is_not(
    known: Runner, owner: User, bare: Server
) -> None:
    checker, asked = health.HealthChecker(Connections()), "GET /object_info"
    asyncio.run(checker.round())
    count = bare.comfy.calls.count(asked)
    asyncio.run(checker.round())
    assert bare.comfy.calls.count(asked) == count
    bare.stop()
    asyncio.run(checker.round())
    bare.start()
    asyncio.run(checker.round())
    assert bare.comfy.calls.count(asked) == count + 1


def test_a_socket_that_opens_anew_has_the_node_types_read_again(
    known: Runner, engine: None, owner: User, bare: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    count = bare.comfy.calls.count("GET /object_info")
    bare.restart()
    wait_until(lambda: len(bare.comfy.taken) == 2)
    bare.open()
    finish(run)
    assert bare.comfy.calls.count("GET /object_info") > count


def test_the_node_types_come_packed_and_their_size_is_bounded(alice: User, modern: Server) -> None:
    row = register(alice, modern)
    assert NEW in pool.catalogue(row, fresh=True)
    assert modern.comfy.headers[-1]["accept-encoding"] == "gzip"
    modern.misbehave(json="bomb")
    with pytest.raises(PatchbayError, match="large"):
        pool.catalogue(row, fresh=True)


# --- Who gets a graph -----------------------------------------------------------------------------


def test_a_graph_goes_to_a_runner_that_knows_its_nodes(
    quick: None, engine: None, owner: User
) -> None:
    with serve("new") as knows, serve("old") as lacks:
        lacks.comfy.missing = {NEW}
        for name, server in (("a", lacks), ("b", knows), ("c", lacks)):
            pool.catalogue(register(owner, server, name), fresh=True)
        for _ in range(6):
            run = run_new(owner)
            assert run.status == "completed", run.error
        assert (len(knows.comfy.taken), len(lacks.comfy.taken)) == (6, 0)


def test_a_graph_goes_to_a_runner_that_has_its_model(
    quick: None, engine: None, owner: User
) -> None:
    with serve("new") as has, serve("new") as lacks:
        has.comfy.options[f"{NEW}.mode"] = ["velvet.safetensors"]
        for name, server in (("a", lacks), ("b", has), ("c", lacks)):
            pool.catalogue(register(owner, server, name), fresh=True)
        graph = {
            "1": RED,
            "3": saving(),
            "2": {
                "class_type": NEW,
                "inputs": {"image": ["1", 0], "strength": 1.0, "mode": "velvet.safetensors"},
            },
        }
        for _ in range(4):
            run, _events = execute(owner, document(graph, outputs=[OUTPUT]))
            assert run.status == "completed", run.error
        assert len(lacks.comfy.taken) == 0


def test_tags_bind_whatever_the_other_runners_know(quick: None, engine: None, owner: User) -> None:
    with serve("new") as knows, serve("new") as lacks:
        lacks.comfy.missing = {NEW}
        pool.catalogue(register(owner, knows, "knows", tags=["slow"]), fresh=True)
        pool.catalogue(register(owner, lacks, "lacks", tags=["fast"]), fresh=True)
        run, _ = execute(owner, document(ui_file(), tags=("fast",), outputs=[OUTPUT]))
        assert run.error["body"]["code"] == "GRAPH_REJECTED"
        assert knows.comfy.taken == []


def test_a_runner_of_which_nothing_is_known_comes_before_one_that_lacks_something(
    alice: User,
) -> None:
    rows = [Runner.objects.create(owner=alice, name=name, endpoint="http://h") for name in "abc"]
    catalogues: list[JsonObject] = [{"A": {}}, {"A": {}, "B": {}}]
    for row, info in zip(rows[:2], catalogues, strict=True):
        pool.store_catalogue(row, info)

    def lacks(info: Any) -> tuple[int, int]:
        return len({"A", "B"} - info.keys()), 0

    assert pool.knowing(rows, lacks) == [rows[1]]
    assert pool.knowing([rows[0], rows[2]], lacks) == [rows[2]]
    assert pool.knowing(rows[:1], lacks) == rows[:1]
