"""Videos through the engine: what is stored of them, and what becomes of work nobody waits for."""

from __future__ import annotations

from typing import Any

import pytest

from tests import clips
from tests.engine.runs import cancel, check_journal, create, execute, graph, of
from tests.processes import media_processes
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.media import files, storage
from workflows.models import Asset, Event, User
from workflows.nodes import registry

registry.load_builtin()


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    """A store of its own for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"


def stored(owner: User, body: bytes) -> dict[str, Any]:
    return storage.reference(storage.asset_create(owner, body, "film.mp4"))


def document(video: dict[str, Any], type: str, **data: Any) -> dict[str, Any]:
    nodes = {"film": ("uploadVideo", {"asset": video}), "work": (type, data), "end": "preview"}
    return graph(nodes, "film.video > work.video", "work.video > end.value")


def test_a_made_video_is_stored_with_its_facts(engine: None, owner: User) -> None:
    video = stored(owner, clips.video(2))
    run, events = execute(owner, document(video, "trimVideo", start=0.5, end=1.5))
    assert run.status == "completed"
    made = next(e for e in of(events, "completion") if e["node_id"] == "work")["output"]["video"]
    asset = Asset.objects.get(pk=made["asset"])
    assert (asset.content_type, asset.width, asset.height) == ("video/mp4", 64, 48)
    assert asset.duration == pytest.approx(1, abs=0.1)
    assert made["duration"] == round(asset.duration, 3)
    assert asset.run == run
    check_journal(run)


def test_a_cancelled_run_stops_writing_and_keeps_nothing(engine: None, owner: User) -> None:
    video = stored(owner, clips.video(60, tone=None))
    run = create(owner, document(video, "resizeVideo", width=1920))
    wait_until(lambda: Event.objects.filter(run=run, type="progress").exists())
    working = media_processes()
    cancel(run)
    wait_until(lambda: run.id not in embedded.current()._tasks)
    # A video has no time to be finished meanwhile: it would take half a minute.
    wait_until(lambda: working - media_processes(), 10)
    assert not Asset.objects.filter(run=run).exists()
    assert not list((files.local_folder("partial")).iterdir())
    check_journal(run)


def test_a_file_that_is_no_video_fails_the_node_at_its_field(engine: None, owner: User) -> None:
    video = stored(owner, b"\0\0\0\x20ftypisom" + b"\xff" * 99)
    run, events = execute(owner, document(video, "trimVideo"))
    assert run.status == "failed"
    error = of(events, "error")[0]["error"]["body"]
    assert (error["field"], error["code"]) == ("video", "BAD_VIDEO")


def test_the_first_item_of_a_list_is_shown_before_the_node_is_done(
    engine: None, owner: User
) -> None:
    nodes: dict[str, Any] = {
        f"u{n}": ("uploadVideo", {"asset": stored(owner, clips.video(1 + 9 * n))}) for n in range(3)
    }
    nodes |= {"all": "list", "small": ("resizeVideo", {"width": 320}), "end": "preview"}
    edges = [f"u{n}.video > all.items" for n in range(3)]
    document = graph(nodes, *edges, "all.items > small.video", "small.video > end.value")
    run, events = execute(owner, document)
    assert run.status == "completed", run.error
    lines = [e for e in events if e.get("node_id") == "small"]
    first = next(e for e in lines if e.get("preview"))
    done = next(e for e in lines if e["type"] == "completion")
    assert first["preview"] in done["output"]["video"]
    # On a fast machine the others are worked on by the time that its image is made.
    assert first["text"][:6] in ("1 of 3", "2 of 3", "3 of 3") and 0 < first["fraction"] <= 1
    assert first["seq"] < done["seq"]
    assert Asset.objects.get(pk=first["preview"]["asset"]).size > 0
    check_journal(run)
