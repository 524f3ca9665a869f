"""Memory while runs work: what a call holds, what is refused, and when there is none left."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PIL import Image

from tests.engine.runs import execute, graph
from tests.nodes.context import FakeContext, run
from workflows.engine import step
from workflows.media import images, memory, storage
from workflows.media.processes.pool import Lane
from workflows.models import User
from workflows.nodes.image import blur_image
from workflows.types import JsonObject


@pytest.fixture
def picture(owner: User) -> JsonObject:
    body = images.encode(Image.new("RGB", (400, 300), "#336699"))
    return storage.reference(storage.asset_create(owner, body, "blue.png"))


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> memory.Budget:
    """A budget of its own for a test: room for one call of Blur on the image, not for two."""
    made = memory.Budget(400 * 300 * 32)
    monkeypatch.setattr(memory, "budget", lambda: made)
    return made


def blurs(picture: JsonObject, count: int, **data: Any) -> dict[str, Any]:
    return graph({f"n{at}": ("blurImage", {"image": picture, **data}) for at in range(count)})


def test_nodes_of_a_run_hold_no_more_than_there_is_and_give_it_back(
    engine: None, owner: User, picture: JsonObject, budget: memory.Budget, monkeypatch: Any
) -> None:
    seen, begin = list[int](), Lane.begin

    def watched(self: Lane, function: Any, *args: Any, **kwargs: Any) -> Any:
        if function is blur_image.blur:
            seen.append(budget.used)
        return begin(self, function, *args, **kwargs)

    monkeypatch.setattr(Lane, "begin", watched)
    nodes: dict[str, Any] = {f"n{at}": ("blurImage", {"image": picture}) for at in range(6)}
    nodes["j"] = ("contactSheet", {"cell": 64, "gap": 0})
    document = graph(nodes, *(f"n{at}.image > j.images" for at in range(6)))
    made, _ = execute(owner, document)
    assert made.status == "completed", made.error
    assert len(seen) == 6
    assert max(seen) <= budget.size
    assert budget.used == 0


def test_what_can_never_fit_is_refused_with_a_sentence(
    engine: None, owner: User, picture: JsonObject, monkeypatch: Any
) -> None:
    made = memory.Budget(400 * 300 * 16 - 1)
    monkeypatch.setattr(memory, "budget", lambda: made)
    failed, _ = execute(owner, blurs(picture, 1))
    assert failed.status == "failed"
    assert "MB of memory" in failed.error["message"]
    assert failed.error["body"]["field"] == "image"
    assert made.used == 0


def test_missing_memory_fails_the_node_and_the_next_run_works(
    engine: None, owner: User, picture: JsonObject
) -> None:
    failed, _ = execute(owner, graph({"n": ("testHungry", {})}))
    assert failed.error["code"] == "NODE_FAILED"
    assert failed.error["message"] == "The server has not enough memory for this."
    again, _ = execute(owner, blurs(picture, 1))
    assert again.status == "completed", again.error
    assert memory.budget().used == 0


def test_results_are_held_to_the_limit_of_a_run_exactly(
    engine: None, owner: User, monkeypatch: Any
) -> None:
    size = len('{"text":""}') + 1_000
    document = graph({f"n{at}": ("textBox", {"text": "x" * 1_000}) for at in range(2)}, "n0 > n1")
    for most, status in ((2 * size, "completed"), (2 * size - 1, "failed")):
        monkeypatch.setattr(step, "MAX_RUN_BYTES", most)
        made, _ = execute(owner, document)
        assert made.status == status, made.error


async def test_a_large_text_is_put_together_in_a_thread() -> None:
    threads = list[bool]()

    class Context(FakeContext):
        async def run_thread(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
            threads.append(threading.current_thread() is threading.main_thread())
            return await super().run_thread(function, *args, **kwargs)

    await run(Context({"text": "short {a}"}), "template", a="x")
    assert not threads
    await run(Context({"text": "x" * 600_000 + "{a}"}), "template", a="y" * 300_000)
    assert len(threads) == 1
