"""Which pool a run goes to, and that a site on SQLite knows nothing of pools."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.test import override_settings

from tests.engine.runs import chain, create
from tests.started import ROOT
from workflows.engine import placement
from workflows.engine.members import Member
from workflows.errors import NoWorker
from workflows.models import Run, User


def worker(name: str, *tags: str, capacity: int = 10) -> Member:
    return Member(name, frozenset(tags), placement.queue_name(tags), capacity)


def test_a_run_goes_to_a_pool_that_has_all_its_tags_or_to_one_that_takes_anything() -> None:
    alive = [Member("web"), worker("a", "gpu"), worker("b", "gpu", "big")]
    found = placement.choose(alive, ["big", "gpu"])
    assert found is not None
    assert found.queue == "big,gpu"
    assert placement.choose(alive, ["tpu"]) is None
    found = placement.choose([*alive, worker("c")], ["tpu"])
    assert found is not None
    assert found.queue == "any"


@pytest.mark.django_db
def test_the_pool_with_the_least_to_do_for_its_size_is_chosen(alice: User) -> None:
    def filled(queue: str, count: int) -> None:
        for _ in range(count):
            run = create(alice, chain(1), start=False)
            Run.objects.filter(pk=run.pk).update(queue=queue)

    small, large = worker("a", "gpu", capacity=1), worker("b", "gpu", "big", capacity=10)
    filled("gpu", 1)
    filled("big,gpu", 5)
    found = placement.choose([small, large], ["gpu"])
    assert found is not None
    assert found.queue == "big,gpu"
    filled("big,gpu", 10)
    found = placement.choose([small, large], ["gpu"])
    assert found is not None
    assert found.queue == "gpu"


def test_long_names_of_queues_fit_a_channel_and_stay_apart() -> None:
    names = {placement.queue_name(["x" * 60, tag]) for tag in ("a", "b", "é", "ü")}
    assert len(names) == 4
    assert all(len(name) <= placement.MAX_NAME and name.isascii() for name in names)
    assert placement.queue_name(["b", "a"]) == "a,b"


@pytest.mark.django_db
def test_a_run_that_asks_for_tags_that_this_engine_has_not_is_refused(alice: User) -> None:
    tags: dict[str, Any] = {placement.OPTION: ["gpu"]}
    # Without tags of its own it takes any run.
    create(alice, chain(1), **tags)
    with override_settings(WORKER_TAGS=frozenset({"cpu"})), pytest.raises(NoWorker) as caught:
        create(alice, chain(1), **tags)
    assert caught.value.context["value"] == "gpu"


def test_with_sqlite_nothing_of_postgresql_is_loaded() -> None:
    program = (
        "import sys, canvas.asgi; from workflows.engine import embedded, queue; "
        "names = ('psycopg', 'psycopg_pool', 'procrastinate', 'croniter'); "
        "print([name for name in names if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
