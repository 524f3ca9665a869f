"""Processes that die: nothing is lost, nothing runs twice that was done, every run ends once."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.engine.crashlab import KILLED, Lab
from tests.started import ROOT
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.engine.items import ITEMS_AT_ONCE
from workflows.media import images
from workflows.models import User
from workflows.nodes.image.blur_image import blur
from workflows.nodes.image.resize_image import resize
from workflows.nodes.image.rotate_image import turn

pytestmark = pytest.mark.slow

FAILPOINTS = (
    "run.claimed",
    "journal.commit.before",
    "journal.commit.after",
    "step.submitted",
    "step.completed",
    "run.ended",
)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Processes over a database of their own."""
    with Lab(tmp_path) as found:
        yield found


def test_random_kills_lose_nothing(lab: Lab) -> None:
    seed = random.randrange(10_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    lab.seed("random", 12, seed)
    kills = 0
    while kills < 6 and lab.work_and_kill(chance.randint(1, 12)):
        kills += 1
    assert lab.work() == 0
    statuses = lab.check().split("\n")[:-1]
    assert len(statuses) == 12
    assert {status.split()[0] for status in statuses} <= {"completed", "failed"}
    # At most once for each death, and once.
    assert max(lab.calls().values()) <= 1 + kills


def test_a_death_in_the_middle_of_a_list_repeats_no_item_that_is_done(lab: Lab) -> None:
    lab.seed("items")
    kills = 0
    while kills < 5 and lab.work_and_kill(12):
        kills += 1
    assert kills == 5
    assert lab.work() == 0
    assert lab.check().split() == ["completed"]
    calls = lab.calls()
    assert len(calls) == 200
    # Each death repeats at most the items under way, and those that were not on disk yet.
    assert sum(calls.values()) <= 200 + 5 * 3 * ITEMS_AT_ONCE


def test_a_death_while_a_chain_of_videos_is_written_loses_no_step_of_it(
    lab: Lab, tmp_path: Path
) -> None:
    lab.seed("film")
    process = lab.start("work")
    with closing(sqlite3.connect(next((tmp_path / "data").glob("*.sqlite3")))) as database:
        wait_until(lambda: database.execute(_WRITING).fetchone(), 60)
        process.send_signal(signal.SIGKILL)
        assert process.finish()[0] == -signal.SIGKILL
        before = database.execute(_KEPT).fetchall()
        assert [name for name, _ in before] == [
            "film.mp4",
            "film-trimmed.mp4",
            "film-trimmed-resized.mp4",
        ]
        assert lab.work() == 0
        assert lab.check().split()[0] == "completed"
        after = database.execute(_KEPT).fetchall()
        assert after[:3] == before, "the recipes are taken up, not made again"
        assert [(name, recipe is None) for name, recipe in after[3:]] == [
            ("film-trimmed-resized-speed.mp4", True)
        ]
    assert not list((tmp_path / "data" / "media" / "partial").iterdir())


#: What a journal says once a video is being written, and the files there are, the oldest first.
_WRITING = "SELECT 1 FROM workflows_event WHERE type = 'progress' AND data LIKE '%\"fast\"%'"
_KEPT = "SELECT name, recipe_id FROM workflows_asset WHERE name LIKE 'film%' ORDER BY created_at"


def test_photos_come_out_the_same_wherever_the_process_dies(lab: Lab, tmp_path: Path) -> None:
    lab.seed("photos", 4)
    recipes = []
    with closing(sqlite3.connect(next((tmp_path / "data").glob("*.sqlite3")))) as database:
        # What was done before is taken up each time, its pixels made again.
        for death in ("step.completed=22", "step.submitted=3", "journal.commit.after=3"):
            assert lab.work(FAILPOINTS=death) == KILLED
            recipes += database.execute(_RECIPES).fetchone()
        assert recipes[0] >= 3, "recipes were there when the process died"
        assert lab.work() == 0
        assert lab.check().split() == ["completed"] * 4
        outputs = database.execute("SELECT output FROM workflows_run").fetchall()
        sources = database.execute(_PHOTOS).fetchall()
    made = [image["sha256"] for (text,) in outputs for image in json.loads(text)["images"]]
    media = tmp_path / "data" / "media"
    assert sorted(made) == sorted(_turned_and_soft(media, sha256) for (sha256,) in sources)
    assert not list((media / "partial").iterdir())


_RECIPES = "SELECT count(*) FROM workflows_asset WHERE sha256 = recipe_id"
_PHOTOS = "SELECT sha256 FROM workflows_asset WHERE name LIKE 'photo-_.png'"


def _turned_and_soft(media: Path, sha256: str) -> str:
    """Return the hash of the file that the steps make of a photo, one after the other."""
    photo = images.decode((media / sha256[:2] / sha256[2:4] / sha256).read_bytes())
    small = resize(photo, (300, 200), False, None)
    made = blur(turn(small, 90.0, "none", True, (0, 0, 0, 0)), 3.0, "gaussian", None)
    return hashlib.sha256(images.encode(made)).hexdigest()


def test_a_death_at_each_named_place_loses_nothing(lab: Lab) -> None:
    lab.seed("random", 40, 7)
    deaths = [(name, nth) for nth in (1, 4) for name in FAILPOINTS]
    for name, nth in deaths:
        assert lab.work(FAILPOINTS=f"{name}={nth}") == KILLED, f"{name} was not reached"
    assert lab.work() == 0
    assert len(lab.check().split("\n")[:-1]) == 40
    # A node in flight may run again: after the first death, and after three it is suspected of.
    assert max(lab.calls().values()) <= 4


def test_a_node_that_kills_its_process_three_times_alone_fails_its_run(lab: Lab) -> None:
    lab.seed("poison")
    # Of the first death it is not known whether the node had begun.
    assert [lab.work() for _ in range(5)] == [KILLED] * 4 + [0]
    assert lab.check().split() == ["failed", "worker_lost"]
    assert set(lab.calls().values()) == {1}


def test_a_node_that_kills_is_blamed_and_those_beside_it_complete(lab: Lab) -> None:
    lab.seed("grinding", 8, 5, poison=1)
    statuses = [lab.work(CPU_THREADS="1") for _ in range(5)]
    assert statuses == [KILLED] * 4 + [0]
    ends = lab.check().split("\n")[:-1]
    assert Counter(end.strip() for end in ends) == {"completed": 8, "failed worker_lost": 1}


def test_cuts_of_the_power_are_no_nodes_fault(lab: Lab) -> None:
    lab.seed("grinding", 10, 9)
    for after in (2, 2, 1, 3):
        assert lab.work_and_kill(after)
    assert lab.work() == 0
    assert set(lab.check().split()) == {"completed"}


def test_a_stop_hands_runs_back_and_the_next_process_finishes_them(lab: Lab) -> None:
    lab.seed("random", 6, 3)
    lab.work_and_stop(5)
    assert lab.work() == 0
    assert len(lab.check().split("\n")[:-1]) == 6
    assert max(lab.calls().values()) <= 2


def test_the_engine_takes_up_what_it_finds_oldest_first(
    ready: None, owner: User, settings: Any
) -> None:
    from tests.engine.runs import chain, create, finish
    from workflows.models import Run

    settings.ACTIVE_RUNS = 1
    runs = [create(owner, chain(1), start=False) for _ in range(5)]
    embedded.start()
    for run in runs:
        finish(run)
    order = Run.objects.order_by("started_at").values_list("pk", flat=True)
    assert list(order) == [run.pk for run in runs]


def test_owners_take_turns(ready: None, owner: User, settings: Any) -> None:
    from tests.engine.runs import chain, create, finish
    from workflows.models import Run, User

    settings.ACTIVE_RUNS = 1
    greedy = [create(owner, chain(1), start=False) for _ in range(10)]
    modest = create(User.objects.create_user(username="otto"), chain(1), start=False)
    embedded.start()
    for run in (*greedy, modest):
        finish(run)
    order = list(Run.objects.order_by("started_at").values_list("pk", flat=True))
    # The first has started before the others were found; from then on they alternate.
    assert order.index(modest.pk) <= 2


@pytest.mark.parametrize("many", [10, pytest.param(50, marks=pytest.mark.soak)])
def test_crashes_leave_no_more_files_descriptors_or_memory_than_a_fresh_start(
    tmp_path: Path, many: int
) -> None:
    fresh, crashed = (crashes(tmp_path / str(count), count) for count in (0, many))
    print(fresh, crashed)
    # The kills have really hit uploads and runs.
    assert crashed["litter"] > 0
    assert (crashed["unknown"], crashed["missing"]) == ([], [])
    assert crashed["descriptors"] == fresh["descriptors"]
    assert crashed["resident_mb"] < fresh["resident_mb"] + 30


def crashes(folder: Path, count: int) -> dict[str, Any]:
    """Let a process crash so often over a folder, and return what is left."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.crashes", str(count)],
        env={**os.environ, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])
