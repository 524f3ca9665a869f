"""What rows say in this API's words: states, cancel, delete, outputs, gallery, rerun, streams."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.request import urlopen

import pytest
from django.utils import timezone

from tests.api.client import Caller, whole
from tests.comfy.conftest import MakeRun
from tests.comfy.graphs import ASKING
from tests.comfy.test_create import asking, send
from tests.fal.test_storage import png
from workflows.compat.comfy import links
from workflows.compat.comfy.states import STATES
from workflows.fields import encode
from workflows.media import hashed, storage
from workflows.models import Asset, Event, Run, Runner, Snapshot, Step, User

pytestmark = pytest.mark.django_db


def outputs_of(run: Run, *names: str) -> list[Asset]:
    """Give a run files it has made."""
    made = [storage.asset_create(run.owner, png(), name, run) for name in names]
    references = [storage.reference(asset) for asset in made]
    Step.objects.filter(run=run).update(status="completed", output={"files": references})
    return made


def on_runner(run: Run, state: str, at: Any) -> None:
    run.last_seq += 1
    run.save()
    Event.objects.create(
        run=run, seq=run.last_seq, type="runner", data={"node_id": "comfy", "state": state}, at=at
    )


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told_and_found_by_it(hers: Caller, a_run: MakeRun, state: str) -> None:
    ids = {name: str(a_run(name).pk) for name in STATES}
    detail = hers.get(f"/v1/workflow/{ids[state]}").json()
    assert detail["status"] == state
    listed = hers.get(f"/v1/workflow?status={state}").json()
    assert [row["id"] for row in listed["workflows"]] == [ids[state]]
    assert (listed["total"], listed["workflows"][0]["status"]) == (1, state)
    ended = state in ("completed", "failed", "cancelled", "invalid")
    assert (detail["completed_at"] is not None) == ended
    known = state not in ("accepted", "uploaded")
    assert (detail["prompt_id"] is not None) == known
    assert detail["queue_number"] == (3 if state == "queued" else None)


def test_a_state_that_is_none_is_refused(hers: Caller) -> None:
    assert hers.get("/v1/workflow?status=asleep").status_code == 400


def test_runs_of_other_doors_and_people_are_not_there(
    hers: Caller, his: Caller, a_run: MakeRun, bob: User
) -> None:
    canvas, foreign = a_run("completed"), a_run("completed", owner=bob)
    Run.objects.filter(pk=canvas.pk).update(source="canvas")
    outputs_of(canvas, "a.png")
    outputs_of(foreign, "b.png")
    assert hers.get("/v1/workflow").json() == {"workflows": [], "total": 0}
    assert hers.get("/v1/gallery").json() == {"items": [], "total": 0}
    for run in (canvas, foreign):
        for path in ("", "/outputs", "/subscribe"):
            assert hers.get(f"/v1/workflow/{run.pk}{path}").status_code == 404
        for path in ("/cancel", "/rerun"):
            assert hers.post(f"/v1/workflow/{run.pk}{path}").status_code == 404
        assert hers.delete(f"/v1/workflow/{run.pk}").status_code == 404
    assert his.get("/v1/workflow").json()["total"] == 1


def test_started_is_when_the_runner_began(hers: Caller, a_run: MakeRun) -> None:
    run, at = a_run("running"), timezone.now()
    on_runner(run, "queued", at)
    on_runner(run, "running", at + timedelta(seconds=2))
    on_runner(run, "running", at + timedelta(seconds=9))
    row = hers.get("/v1/workflow").json()["workflows"][0]
    began = (at + timedelta(seconds=2)).isoformat(timespec="milliseconds")
    changed = (at + timedelta(seconds=9)).isoformat(timespec="milliseconds")
    assert row["started_at"] == began.replace("+00:00", "Z")
    assert row["updated_at"] == changed.replace("+00:00", "Z")


def test_the_runner_is_told_as_ones_own_or_somebody_elses(
    hers: Caller, a_run: MakeRun, runner: Runner, bob: User
) -> None:
    path = f"/v1/workflow/{a_run('running').pk}"
    own = hers.get(path).json()
    assert (own["user_runner_id"], own["managed_runner_id"]) == (str(runner.pk), None)
    Runner.objects.update(owner=bob, shared=True)
    other = hers.get(path).json()
    assert (other["user_runner_id"], other["managed_runner_id"]) == (None, str(runner.pk))
    runner.delete()
    gone = hers.get(path).json()
    assert (gone["user_runner_id"], gone["managed_runner_id"]) == (None, None)


@pytest.mark.parametrize("state", STATES)
def test_cancelling_is_for_what_has_not_ended(hers: Caller, a_run: MakeRun, state: str) -> None:
    run = a_run(state)
    answer = hers.post(f"/v1/workflow/{run.pk}/cancel")
    after = hers.get(f"/v1/workflow/{run.pk}").json()["status"]
    if state not in ("completed", "failed", "cancelled", "invalid"):
        assert (answer.status_code, answer.content, after) == (200, b"", "cancelled")
    else:
        assert (answer.status_code, after) == (400, state)
        assert state in answer.json()["message"]


@pytest.mark.parametrize("state", STATES)
def test_deleting_is_for_what_has_ended(hers: Caller, a_run: MakeRun, state: str) -> None:
    run, other = a_run(state), a_run("completed")
    outputs_of(run, "a.png")
    (kept,) = outputs_of(other, "b.png")
    answer = hers.delete(f"/v1/workflow/{run.pk}")
    if state in ("completed", "failed", "cancelled", "invalid"):
        assert (answer.status_code, answer.content) == (204, b"")
        assert list(Asset.objects.all()) == [kept]
        assert list(Run.objects.all()) == [other]
        assert list(Snapshot.objects.all()) == [other.snapshot]
        assert hashed.exists(kept.sha256)
    else:
        assert answer.status_code == 400
        assert Run.objects.count() == 2


def test_outputs_are_links_that_anybody_reads_for_an_hour(
    hers: Caller, nobody: Caller, a_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run("completed")
    first, second = outputs_of(run, "cup_00001_.png", "ü.png")
    listed = hers.get(f"/v1/workflow/{run.pk}/outputs").json()
    assert [(row["id"], row["workflow_id"]) for row in listed] == [
        (str(first.pk), str(run.pk)),
        (str(second.pk), str(run.pk)),
    ]
    src = listed[1]["src"].removeprefix("http://testserver")
    answer = nobody.get(src)
    assert (answer.status_code, answer.content) == (200, png())
    assert answer["Content-Type"] == "image/png"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    signed = src.split("/")[3]
    assert nobody.get(f"/v1/file/{signed}").status_code == 200
    assert nobody.get(f"/v1/file/{signed[:-1]}{'0' if signed[-1] != '0' else '1'}").json() == {
        "status": 404,
        "message": "requested entity not found",
    }
    monkeypatch.setattr(links, "SECONDS", -1)
    assert nobody.get(src).status_code == 404


@pytest.mark.parametrize("state", [state for state in STATES if state != "completed"])
def test_only_what_has_completed_has_outputs(hers: Caller, a_run: MakeRun, state: str) -> None:
    run = a_run(state)
    outputs_of(run, "a.png")
    Step.objects.filter(run=run, state="").update(status="failed")
    assert hers.get(f"/v1/workflow/{run.pk}/outputs").status_code == 404
    assert hers.get("/v1/gallery").json()["total"] == 0


def test_what_completed_without_files_has_no_outputs(hers: Caller, a_run: MakeRun) -> None:
    assert hers.get(f"/v1/workflow/{a_run('completed').pk}/outputs").status_code == 404


def test_the_gallery_shows_all_outputs_and_outlives_the_runner(
    hers: Caller, a_run: MakeRun, runner: Runner
) -> None:
    first, second = a_run("completed", name="one"), a_run("completed", name="two")
    outputs_of(first, "a.png")
    (newest,) = outputs_of(second, "b.png")
    Asset.objects.filter(name="a.png").update(content_type="video/mp4")
    storage.asset_adopt(second.owner, hashed.write(b"x", 9), "in.txt", second, discard=True)
    runner.delete()
    body = hers.get("/v1/gallery").json()
    assert body["total"] == 2
    assert {key: body["items"][0][key] for key in ("id", "workflow_name", "media_type")} == {
        "id": str(newest.pk),
        "workflow_name": "two",
        "media_type": "image/png",
    }
    assert body["items"][0]["src"].startswith("http://testserver/v1/file/")

    def names(query: str) -> list[str]:
        return [row["workflow_name"] for row in hers.get(f"/v1/gallery?{query}").json()["items"]]

    assert names("type=video") == ["one"]
    assert names("type=image") == ["two"]
    assert names("type=file") == []
    assert names(f"workflow_id={first.pk}") == ["one"]
    assert names("per_page=1&page=2") == ["one"]
    for query in ("type=song", "workflow_id=x"):
        assert hers.get(f"/v1/gallery?{query}").status_code == 400


def test_a_failure_says_which_node_of_the_graph_and_why(hers: Caller, a_run: MakeRun) -> None:
    run = a_run("failed")
    cause = {
        "node": "3",
        "node_type": "KSampler",
        "exception_type": "RuntimeError",
        "exception_message": "out of memory",
    }
    error = {
        "message": "KSampler failed",
        "status": 500,
        "body": {"code": "RUNNER_FAILED", "cause": cause},
    }
    Step.objects.filter(run=run).update(error=error)
    detail = hers.get(f"/v1/workflow/{run.pk}").json()
    assert {key: detail[key] for key in ("error_node", "exception_type", "exception_message")} == {
        "error_node": "3",
        "exception_type": "RuntimeError",
        "exception_message": "out of memory",
    }
    Step.objects.filter(run=run).update(error={**error, "body": {"code": "RUNNER_LOST"}})
    detail = hers.get(f"/v1/workflow/{run.pk}").json()
    assert detail["exception_type"] == "RUNNER_LOST"
    assert detail["exception_message"] == "KSampler failed"


def test_a_workflow_runs_again_with_other_values(hers: Caller, runner: Runner) -> None:
    graph = {
        "1": {
            "class_type": "A",
            "inputs": {"seed": "$random()", "text": "$text(prompt)", "how": "$choice(how, a, b)"},
        }
    }
    made = send(hers, graph, also={"$prompt": "cat", "#how": "b"}, tags="gpu").json()
    again = hers.send("POST", f"/v1/workflow/{made['id']}/rerun", content_type="text/plain")
    other = send(
        hers,
        None,
        f"/v1/workflow/{made['id']}/rerun",
        name="dog",
        tags=None,
        also={"$prompt": "dog"},
    ).json()
    assert (again.status_code, again.json()["name"], again.json()["tags"]) == (201, "cup", ["gpu"])
    assert other["name"] == "dog"
    params = [
        dict(hers.get(f"/v1/workflow/{id}").json()["workflow_params"])
        for id in (made["id"], again.json()["id"], other["id"])
    ]
    assert [row["prompt"] for row in params] == ["cat", "cat", "dog"]
    assert [row["how"] for row in params] == ["b", "b", "b"]
    assert len({row["1.seed"] for row in params}) == 3
    assert hers.get(f"/v1/workflow/{other['id']}").json()["workflow_json"] == graph
    wrong = send(hers, None, f"/v1/workflow/{made['id']}/rerun", also={"#how": "c"})
    assert wrong.status_code == 400


def test_a_file_must_be_sent_again_to_run_again(hers: Caller, runner: Runner) -> None:
    made = send(hers, ASKING, **asking()).json()
    path = f"/v1/workflow/{made['id']}/rerun"
    refused = send(hers, None, path)
    assert (refused.status_code, "$input_image" in refused.json()["message"]) == (400, True)
    again = send(hers, None, path, also={"$input_image": asking()["also"]["$input_image"]})
    assert again.status_code == 201


def frames(answer: Any) -> list[dict[str, Any]]:
    """Parse a stream: the data of each frame, with its id."""
    assert answer["Content-Type"].startswith("text/event-stream")
    found = []
    for block in whole(answer).decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in lines:
            assert lines["event"] == "status"
            found.append({**json.loads(lines["data"]), "id": int(lines["id"])})
    return found


def ended(run: Run, *types: str) -> None:
    """Write a journal that ends."""
    for seq, type in enumerate(types, 1):
        Event.objects.create(run=run, seq=seq, type=type, data={}, at=timezone.now())
    Run.objects.filter(pk=run.pk).update(last_seq=len(types))


@pytest.mark.usefixtures("followers")
@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("completed", "output"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
        ("invalid", "failed"),
    ],
)
def test_the_stream_of_what_has_ended_is_one_frame(
    hers: Caller, a_run: MakeRun, state: str, last: str
) -> None:
    run = a_run(state)
    outputs_of(run, "a.png")
    Step.objects.filter(run=run).update(
        status="failed" if state != "completed" else "completed",
        error={"message": "no", "status": 422, "body": {"code": "X"}},
    )
    ended(run, "queued", "started", last)
    answer = hers.get(f"/v1/workflow/{run.pk}/subscribe")
    assert (answer["Cache-Control"], answer["X-Accel-Buffering"]) == ("no-cache", "no")
    (frame,) = frames(answer)
    assert frame.keys() - {"id"} == {
        "status",
        "prompt",
        "queue_number",
        "outputs",
        "cause",
        "started_at",
        "completed_at",
    }
    assert (frame["status"], frame["id"]) == (state, 3)
    assert (len(frame["outputs"]), frame["cause"] is None) == (
        (1, True) if state in ("completed",) else (0, state == "cancelled")
    )
    if frame["cause"]:
        assert frame["cause"] == {
            "node_type": None,
            "exception_type": "X",
            "exception_message": "no",
        }
    # Who comes back without having heard it is told the end again.
    again = hers.get(f"/v1/workflow/{run.pk}/subscribe", Last_Event_ID="2")
    assert [row["status"] for row in frames(again)] == [state]


@pytest.mark.usefixtures("followers")
def test_a_stream_may_be_closed_after_some_updates(
    hers: Caller, a_run: MakeRun, settings: Any
) -> None:
    settings.COMFY_UPDATES = 1
    run = a_run("queued")
    ended(run, "queued", "started", "runner")
    (frame,) = frames(hers.get(f"/v1/workflow/{run.pk}/subscribe"))
    assert (frame["status"], frame["queue_number"]) == ("queued", 3)


def test_rows_of_the_gallery_are_never_inputs(a_run: MakeRun, hers: Caller) -> None:
    run = a_run("completed")
    asset = storage.asset_adopt(run.owner, hashed.write(b"y", 9), "in.txt", run, discard=True)
    assert encode(hers.get("/v1/gallery").json()).find(str(asset.pk)) == -1


def test_a_graph_that_makes_texts_alone_has_them_as_outputs(hers: Caller, a_run: MakeRun) -> None:
    run = a_run("completed")
    Step.objects.filter(run=run).update(
        status="completed", output={"files": [], "texts": ["a cat", "zwei Kätzchen\n"]}
    )
    rows = hers.get(f"/v1/workflow/{run.pk}/outputs").json()
    assert [row["text"] for row in rows] == ["a cat", "zwei Kätzchen\n"]
    assert [urlopen(row["src"]).read().decode() for row in rows] == [row["text"] for row in rows]
    assert len({row["id"] for row in rows}) == 2
