"""Graphs run on ComfyUI servers, old and new, and everything there is to see of it is seen."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.clients.fake_comfyui import Server, serve
from tests.clients.fake_comfyui_nodes import tone
from tests.engine.comfy import (
    HELD,
    INVERT,
    PAINT,
    PHOTO,
    PICTURES,
    PROMPT,
    RED,
    comfy,
    document,
    fact,
    modern,
    picture_of,
    quick,
    register,
    saving,
    state_of,
    states,
    stored_picture,
)
from tests.engine.runs import check_journal, create, execute, finish, graph, of
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.media import hashed
from workflows.models import Asset, Event, Runner, Step, User

__all__ = ["comfy", "modern", "quick"]


@pytest.fixture
def runner(quick: None, owner: User, comfy: Server) -> Runner:
    """The server as olga's runner."""
    return register(owner, comfy)


@pytest.fixture
def new_runner(quick: None, owner: User, modern: Server) -> Runner:
    """The new server as olga's runner."""
    return register(owner, modern, headers=json.dumps({"X-Key": "runner secret"}))


def test_a_graph_runs_and_its_pictures_are_copied(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run, events = execute(owner, document(PAINT, PROMPT, prompt="a cat"))
    assert run.status == "completed", run.error
    [picture] = run.output["images"]
    assert (picture["width"], picture["height"]) == (64, 64)
    assert picture["name"] == "cat_00001_.png"
    assert Asset.objects.get(pk=picture["asset"]).run_id == run.pk
    assert states(events)[0] == "uploaded"
    assert states(events)[-1] == "running"
    [prompt_id] = comfy.comfy.taken
    for standing in of(events, "runner"):
        assert standing["runner"] == {"id": str(runner.pk), "name": "gpu-1"}
        assert standing["prompt_id"] == prompt_id
    step = Step.objects.get(run=run, node_id="c")
    assert step.request_id == f"{runner.pk}/{prompt_id}"
    assert (step.provider, step.state, step.position) == ("comfyui", "", None)
    check_journal(run)


def test_files_go_to_a_folder_of_the_run_under_the_hash_of_their_content(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    photo = stored_picture(owner)
    run, _ = execute(owner, document(INVERT, PHOTO, photo=photo))
    assert run.status == "completed", run.error
    [picture] = run.output["images"]
    assert picture_of(picture).getpixel((3, 3)) == (0, 255, 245)
    [stored] = (comfy.comfy.folder / "input" / "patchbay" / str(run.pk)).iterdir()
    assert stored.name == f"{photo['sha256'][:40]}.png"


def test_a_file_that_came_as_a_url_goes_there_too(
    new_runner: Runner, engine: None, owner: User
) -> None:
    body = BytesIO()
    Image.new("RGB", (4, 4), (255, 255, 255)).save(body, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(body.getvalue()).decode()}"
    run, _ = execute(owner, document(INVERT, PHOTO, photo=url))
    [picture] = run.output["images"]
    assert picture_of(picture).getpixel((0, 0)) == (0, 0, 0)


def test_a_list_of_pictures_makes_a_request_of_each(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    photos = [stored_picture(owner, (at, 0, 0)) for at in (10, 20, 30)]
    nodes = {
        "l": ("list", {"items": photos}),
        "c": ("comfyWorkflow", {"graph": INVERT, "inputs": [PHOTO], "outputs": [PICTURES]}),
        "r": "responseOutput",
    }
    run, events = execute(owner, graph(nodes, "l.items > c.photo", "c.pictures > r.result"))
    assert run.status == "completed", run.error
    colours = [picture_of(one).getpixel((0, 0))[0] for one in run.output["images"]]
    assert colours == [245, 235, 225]
    assert len(modern.comfy.taken) == 3
    assert {event["item"] for event in of(events, "runner")} == {0, 1, 2}


def test_the_place_in_the_queue_is_told_as_it_changes(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    first = create(owner, document(HELD))
    wait_until(lambda: state_of(first) == "running")
    second, third = create(owner, document(HELD)), create(owner, document(HELD))
    wait_until(lambda: state_of(second) == state_of(third) == "queued")
    positions = Step.objects.filter(run__in=[second, third], node_id="c")
    wait_until(lambda: sorted(positions.values_list("position", flat=True)) == [1, 2])
    comfy.open()
    for run in (first, second, third):
        events = finish(run)
        run.refresh_from_db()
        assert run.status == "completed", run.error
        assert states(events)[-1] == "running"
        check_journal(run)
    assert comfy.comfy.executed == comfy.comfy.taken


def test_a_refused_graph_names_node_input_and_our_own_field(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    target = {"name": "steps", "type": "number", "target": {"node": "3", "input": "steps"}}
    run, events = execute(owner, document(PAINT, PROMPT, target, prompt="x", steps=20_000))
    assert run.status == "failed"
    assert fact(run, "code") == "GRAPH_REJECTED"
    assert fact(run, "field") == "steps"
    assert "20000" in run.error["message"]
    assert states(events)[-1] == "invalid"
    assert Step.objects.get(run=run, node_id="c").state == "invalid"
    assert comfy.comfy.taken == []


def test_the_runners_own_refusal_is_told_whole(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "gone.png"}}, "9": saving("1")}
    run, events = execute(owner, document(graph))
    assert (run.status, fact(run, "code")) == ("failed", "GRAPH_REJECTED")
    cause = fact(run, "cause")
    assert (cause["node"], cause["node_type"], cause["input"]) == ("1", "LoadImage", "image")
    [error] = cause["node_errors"]
    assert error["type"] == "custom_validation_failed"
    assert "gone.png" in run.error["message"]
    assert [(e["state"], e["prompt_id"] is None) for e in of(events, "runner")][-1] == (
        "invalid",
        False,
    )


def test_a_node_type_the_runner_does_not_have_is_named(
    runner: Runner, engine: None, owner: User
) -> None:
    graph = {"1": RED, "2": {"class_type": "FancyNode", "inputs": {}}, "9": saving("1")}
    run, _ = execute(owner, document(graph))
    assert (run.status, fact(run, "code")) == ("failed", "GRAPH_REJECTED")
    assert "FancyNode" in run.error["message"]


def test_what_is_left_out_of_a_graph_is_a_warning(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    graph = {
        "1": RED,
        "9": saving("1"),
        "7": {"class_type": "LoadImage", "inputs": {"image": "no"}},
        "8": saving("7"),
    }
    run, events = execute(owner, document(graph))
    assert run.status == "completed", run.error
    assert len(run.output["images"]) == 1
    [warning] = Step.objects.get(run=run, node_id="c").warnings
    assert warning.startswith("LoadImage (7), image")
    assert [event["message"] for event in of(events, "warning")] == [warning]


def test_a_node_that_fails_there_fails_here_with_the_runners_words(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    graph = {"1": RED, "2": {"class_type": "Explode", "inputs": {"image": ["1", 0]}}, "9": saving()}
    run, _ = execute(owner, document(graph))
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_FAILED")
    assert "CUDA out of memory" in run.error["message"]
    assert fact(run, "cause") == {
        "node": "2",
        "node_type": "Explode",
        "exception_type": "RuntimeError",
        "exception_message": "CUDA out of memory",
        "traceback": "…",
    }
    assert len(comfy.comfy.taken) == 1


def test_a_blocked_branch_is_not_the_end(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    graph = {
        "1": RED,
        "2": {"class_type": "Block", "inputs": {"image": ["1", 0]}},
        "8": saving("2"),
        "9": saving("1"),
    }
    run, _ = execute(owner, document(graph))
    assert run.status == "completed", run.error
    assert len(run.output["images"]) == 1
    assert Step.objects.get(run=run, node_id="c").warnings == [
        "Block (2): This branch is switched off."
    ]


def test_warnings_outlive_the_process_that_noted_them(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    run = create(owner, document({**HELD, "8": {"class_type": "SaveImage", "inputs": {}}}))
    wait_until(lambda: state_of(run) == "running")
    embedded.stop()
    modern.open()
    embedded.start()
    finish(run)
    assert len(Step.objects.get(run=run, node_id="c").warnings) == 2


def test_what_was_saved_before_a_node_failed_is_kept(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    graph = {
        "1": RED,
        "2": {"class_type": "Explode", "inputs": {"image": ["1", 0]}},
        "8": saving("1"),
        "9": saving("2"),
    }
    run, events = execute(owner, document(graph))
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_FAILED")
    step = Step.objects.get(run=run, node_id="c")
    [file] = step.output["files"]
    assert file["name"] == "x_00001_.png"
    assert [event["output"] for event in of(events, "error")] == [step.output]


def test_success_that_is_told_before_the_history_knows_it_is_waited_for(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    comfy.comfy.history_pause = 0.3
    run, _ = execute(owner, document(PAINT, PROMPT, prompt="early"))
    assert run.status == "completed", run.error
    assert len(run.output["images"]) == 1


def test_what_a_graph_only_previews_counts_where_it_saves_nothing(
    runner: Runner, engine: None, owner: User
) -> None:
    shown = {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    run, _ = execute(owner, document({"1": RED, "9": shown}))
    assert [one["name"] for one in run.output["images"]] == ["preview_00001_.png"]
    run, _ = execute(owner, document({"1": RED, "9": shown, "8": saving("1")}, outputs=[]))
    assert [one["name"] for one in run.output["files"]] == ["x_00001_.png"]


def test_texts_and_sounds_come_out_of_ports_of_their_types(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    (modern.comfy.folder / "input" / "a.wav").write_bytes(tone())
    graph = {
        "1": {"class_type": "LoadAudio", "inputs": {"audio": "a.wav"}},
        "2": {"class_type": "SaveAudio", "inputs": {"audio": ["1", 0], "filename_prefix": "s"}},
        "3": {"class_type": "PrimitiveString", "inputs": {"value": "three words here"}},
        "4": {"class_type": "PreviewAny", "inputs": {"source": ["3", 0]}},
    }
    declared = [
        {"name": "words", "type": "text", "node": "4"},
        {"name": "lines", "type": "list<text>", "node": "4"},
        {"name": "sound", "type": "audio", "node": "2"},
        {"name": "sounds", "type": "list<audio>", "node": "2"},
        {"name": "pictures", "type": "list<image>", "node": "2"},
        {"name": "nothing", "type": "image", "node": "99"},
    ]
    run, events = execute(owner, document(graph, outputs=declared))
    assert run.output == {"text": "three words here"}
    [made] = [e["output"] for e in of(events, "completion") if e["node_id"] == "c"]
    assert (made["words"], made["lines"]) == ("three words here", ["three words here"])
    assert made["sound"]["content_type"] == "audio/wav"
    assert made["sounds"] == made["files"] == [made["sound"]]
    assert (made["pictures"], made["nothing"]) == ([], None)


def test_a_film_is_told_from_pictures_by_what_it_is(
    new_runner: Runner, engine: None, owner: User
) -> None:
    film = {"class_type": "SaveVideo", "inputs": {"image": ["1", 0], "filename_prefix": "film"}}
    declared = [{"name": "films", "type": "list<video>", "node": "9"}, PICTURES]
    run, events = execute(owner, document({"1": RED, "9": film}, outputs=declared))
    assert run.status == "completed", run.error
    [made] = run.output["videos"]
    assert (made["content_type"], made["width"], made["name"]) == (
        "video/mp4",
        64,
        "film_00001_.mp4",
    )
    [of_node] = [e["output"] for e in of(events, "completion") if e["node_id"] == "c"]
    assert of_node["pictures"] == []


def test_an_identical_graph_gives_its_kept_files_again(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    first, _ = execute(owner, document(PAINT, PROMPT, prompt="same"))
    again, _ = execute(owner, document(PAINT, PROMPT, prompt="same"))
    assert [one["sha256"] for one in first.output["images"]] == [
        one["sha256"] for one in again.output["images"]
    ]
    assert len(modern.comfy.taken) == 2


def test_progress_and_previews_are_relayed(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    # An old server's command line decides, a new one is asked for them.
    comfy.comfy.previews = comfy.comfy.mode == "old"
    comfy.comfy.step_pause = 0.1
    graph = {**PAINT, "3": {**PAINT["3"], "inputs": {**PAINT["3"]["inputs"], "steps": 20}}}
    run, events = execute(owner, document(graph, PROMPT, prompt="watch me"))
    assert run.status == "completed", run.error
    reports = [event for event in of(events, "progress") if event["node_id"] == "c"]
    assert any(report["text"].startswith("Painter ") for report in reports)
    fractions = [report["fraction"] for report in reports if report["fraction"] is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.4
    previews = [report["preview"] for report in reports if report.get("preview")]
    assert previews[0]["url"].startswith("data:image/webp;base64,")
    assert len(previews) < 20


def test_a_socket_that_is_cut_off_in_silence_does_no_harm(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    modern.do(modern.comfy._sockets.clear)
    modern.open()
    finish(run)
    run.refresh_from_db()
    assert run.status == "completed", run.error
    again, _ = execute(owner, document(PAINT, PROMPT, prompt="again"))
    assert again.status == "completed", again.error


def test_a_runner_without_a_socket_is_polled(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    modern.misbehave(socket="refused")
    run, _ = execute(owner, document(PAINT, PROMPT, prompt="poll"))
    assert run.status == "completed", run.error
    assert len(run.output["images"]) == 1


def test_every_call_carries_the_runners_headers_and_none_an_origin(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    run, _ = execute(owner, document(INVERT, PHOTO, photo=stored_picture(owner)))
    assert run.status == "completed", run.error
    paths = {call.split()[1].split("/")[1] for call in modern.comfy.calls}
    assert paths >= {"ws", "prompt", "history", "view", "upload", "object_info"}
    assert {row.get("x-key") for row in modern.comfy.headers} == {"runner secret"}
    assert not any("origin" in row for row in modern.comfy.headers)
    assert {row["user-agent"] for row in modern.comfy.headers} == {"Patchbay"}


def test_the_file_in_ui_format_is_written_into_the_pictures(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    nodes = [
        {
            "id": 1,
            "type": "EmptyImage",
            "pos": [0, 0],
            "size": [1, 1],
            "mode": 0,
            "order": 0,
            "flags": {},
            "properties": {},
            "inputs": [],
            "widgets_values": [8, 8, 255],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
        },
        {
            "id": 9,
            "type": "SaveImage",
            "pos": [9, 0],
            "size": [1, 1],
            "mode": 0,
            "order": 1,
            "flags": {},
            "properties": {},
            "widgets_values": ["ui"],
            "outputs": [],
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}],
        },
    ]
    file = {
        "last_node_id": 9,
        "last_link_id": 1,
        "nodes": nodes,
        "links": [[1, 1, 0, 9, 0, "IMAGE"]],
        "groups": [],
        "config": {},
        "extra": {},
        "version": 0.4,
    }
    run, _ = execute(owner, document(file))
    assert run.status == "completed", run.error
    with hashed.open_file(run.output["images"][0]["sha256"]) as stored:
        facts = Image.open(BytesIO(stored.read())).info
    assert json.loads(facts["workflow"]) == file
    assert json.loads(facts["prompt"])["9"]["class_type"] == "SaveImage"


@pytest.mark.parametrize("forget", [True, False])
def test_a_runner_forgets_what_is_kept_here_where_that_is_wished(
    new_runner: Runner, engine: None, owner: User, modern: Server, settings: Any, forget: bool
) -> None:
    settings.RUNNER_FORGET = forget
    execute(owner, document(PAINT, PROMPT, prompt="short memory"))
    embedded.stop()
    assert list(modern.comfy.history) == ([] if forget else modern.comfy.taken)


def test_tags_decide_who_gets_a_graph(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    Runner.objects.filter(pk=runner.pk).update(tags=["cpu"])
    with serve("new") as other:
        register(owner, other, "gpu-2", tags=["gpu", "fast"])
        for tags in (("gpu",), ("fast", "gpu"), ("gpu",)):
            run, _ = execute(owner, document(PAINT, PROMPT, prompt="x", tags=tags))
            assert run.status == "completed", run.error
        assert (len(comfy.comfy.taken), len(other.comfy.taken)) == (0, 3)
        run, _ = execute(owner, document(PAINT, PROMPT, prompt="x", tags=("cpu", "gpu")))
        assert (run.status, fact(run, "code")) == ("failed", "NO_RUNNER")
        assert fact(run, "field") == "tags"


def test_nobody_elses_runner_is_used_unless_it_is_shared(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    bob = User.objects.create_user(username="bob")
    run, _ = execute(bob, document(PAINT, PROMPT, prompt="x"))
    assert (run.status, fact(run, "code")) == ("failed", "NO_RUNNER")
    Runner.objects.filter(pk=runner.pk).update(shared=True)
    run, _ = execute(bob, document(PAINT, PROMPT, prompt="x"))
    assert run.status == "completed", run.error
    assert Asset.objects.get(pk=run.output["images"][0]["asset"]).owner == bob


def test_a_runner_that_may_not_be_private_is_not_called_there(
    quick: None, owner: User, modern: Server
) -> None:
    register(owner, modern, private=False)
    embedded.start()
    run, _ = execute(owner, document(PAINT, PROMPT, prompt="x"))
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_UNREACHABLE")
    assert modern.comfy.calls == []
    assert "127.0.0.1" not in json.dumps(run.error)
    assert not Event.objects.filter(run=run, data__contains="127.0.0.1").exists()
