"""Runs whose media processes die: the step fails with a sentence, and nothing else does."""

from __future__ import annotations

import io
import itertools
import os
import threading
from typing import Any

import pytest
from PIL import Image

from tests import clips, hostile
from tests.engine.runs import check_journal, create, execute, finish, graph, of
from tests.processes import media_processes
from workflows.media import files, hashed, images, storage
from workflows.media.processes.pool import Work
from workflows.media.processes.process import Process
from workflows.models import User
from workflows.nodes import registry
from workflows.types import JsonObject

registry.load_builtin()


def stored(owner: User, body: bytes, name: str) -> JsonObject:
    return storage.reference(storage.asset_create(owner, body, name))


def picture(owner: User) -> JsonObject:
    """Store an image; another one each time, for what is decoded already is not decoded again."""
    noise = Image.effect_noise((640, 480), 60 + next(_counted)).convert("RGB")
    return stored(owner, images.encode(noise), "noise.png")


_counted = itertools.count()

IMAGE_PHASES = ("opening", "decode", "blur", "encode_to")
VIDEO_PHASES = ("find", "slices")


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Kill the process that does a piece of work named so, once it has been handed out."""

    def kill(name: str) -> threading.Event:
        done, send = threading.Event(), Process.send

        def watched(self: Process, value: Any) -> Any:
            if not done.is_set() and isinstance(value, tuple) and value[0].__name__ == name:
                done.set()
                self._child.kill()
            return send(self, value)

        monkeypatch.setattr(Process, "send", watched)
        return done

    return kill


@pytest.mark.parametrize("phase", [*IMAGE_PHASES, *VIDEO_PHASES])
def test_a_process_killed_in_any_phase_fails_its_step_alone(
    engine: None, owner: User, killed: Any, phase: str
) -> None:
    if phase in IMAGE_PHASES:
        document = graph(
            {"n": ("blurImage", {"image": picture(owner)}), "out": "preview"},
            "n.image > out.value",
        )
    else:
        film = stored(owner, clips.video(1), "film.mp4")
        document = graph(
            {"n": ("trimVideo", {"video": film}), "out": "preview"}, "n.video > out.value"
        )
    done = killed(phase)
    run, events = execute(owner, document)
    assert done.is_set()
    assert run.status == "failed"
    error = of(events, "error")[0]
    assert error["node_id"] == "n"
    assert error["error"]["body"]["code"] == "MEDIA_CRASHED"
    assert "killed" in error["message"]
    check_journal(run)
    again, _ = execute(owner, document)
    assert again.status == "completed", again.error


def test_other_runs_go_on_while_a_process_dies(engine: None, owner: User, killed: Any) -> None:
    documents = [
        graph(
            {"n": ("blurImage", {"image": picture(owner)}), "out": "preview"},
            "n.image > out.value",
        )
        for _ in range(6)
    ]
    killed("blur")
    runs = [create(owner, document) for document in documents]
    states = sorted(finish(run)[-1]["type"] for run in runs)
    assert states == ["failed", *["output"] * 5]


def test_the_same_image_is_decoded_once_for_all_nodes(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    talk = Work.talk

    def watched(self: Work[Any], process: Any) -> Any:
        seen.append(self.call[0].__name__)
        return talk(self, process)

    monkeypatch.setattr(Work, "talk", watched)
    nodes: dict[str, Any] = {"in": ("upload", {"asset": picture(owner)})}
    nodes |= {f"n{at}": ("blurImage", {"radius": at + 1}) for at in range(3)}
    nodes["last"] = ("rotateImage", {"angle": 90})
    edges = ["in.image > n0.image", "n0.image > n1.image", "n1.image > n2.image"]
    run, _ = execute(owner, graph(nodes, *edges, "n2.image > last.image"))
    assert run.status == "completed", run.error
    assert seen.count("decode") == 1
    assert seen.count("blur") == 3


@pytest.mark.slow
@pytest.mark.parametrize("each", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_hostile_files_fail_their_step_with_a_sentence_or_work(
    engine: None, owner: User, each: int
) -> None:
    """Through every kind of node that reads them, whatever storing them has said."""
    documents: list[tuple[str, JsonObject]] = []
    for number, (ending, body) in enumerate(hostile.corpus(each=each)):
        kept = hashed.write(body, 100_000_000)
        asset = storage.asset_adopt(
            owner, kept, f"{number}.{ending}", facts=storage.Facts(TYPES[ending])
        )
        type, field = _NODES[TYPES[ending].partition("/")[0]][number % 3]
        node = (type, {field: storage.reference(asset)})
        documents.append(
            (ending, graph({"n": node, "out": "preview"}, f"n.{_OUT[type]} > out.value"))
        )
    runs = [(ending, create(owner, document)) for ending, document in documents]
    for ending, run in runs:
        events = finish(run)
        run.refresh_from_db()
        if run.status == "failed":
            error = of(events, "error")[0]
            code = error["error"]["body"]["code"]
            assert code in _CODES, (ending, code, error["message"])
            assert error["message"].endswith((".", ")"))
        else:
            assert run.status == "completed"
    # For short and long work as many as cores, two for pages, two for previews, one for models.
    assert len(media_processes()) <= 2 * os.cpu_count() + 5


TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
}
_NODES = {
    "image": [("blurImage", "image"), ("cutOut", "image"), ("gifToVideo", "image")],
    "video": [("trimVideo", "video"), ("extractFrame", "video"), ("extractAudio", "video")],
    "audio": [("trimAudio", "audio"), ("splitAudio", "audio"), ("extractAudio", "video")],
}
_OUT = {
    "blurImage": "image",
    "cutOut": "image",
    "gifToVideo": "video",
    "trimVideo": "video",
    "extractFrame": "image",
    "extractAudio": "audio",
    "trimAudio": "audio",
    "splitAudio": "audios",
}
_CODES = {"BAD_PICTURE", "BAD_VIDEO", "NODE_FAILED", "MEDIA_TOO_LARGE", "MEDIA_CRASHED"}


def test_a_jpeg_that_one_node_reads_is_decoded_where_it_is_used(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    begin = Work.run

    def watched(self: Work[Any], process: Any) -> Any:
        seen.append(getattr(self.call[0], "__name__", ""))
        return begin(self, process)

    monkeypatch.setattr(Work, "run", watched)
    body = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.effect_noise((64, 32), 50).convert("RGB").save(body, "JPEG", exif=exif)
    photo = stored(owner, body.getvalue(), "photo.jpg")
    document = graph(
        {"p": ("upload", {"asset": photo}), "n": "blurImage", "out": "preview"},
        "p.image > n.image",
        "n.image > out.value",
    )
    run, events = execute(owner, document)
    assert run.status == "completed", run.error
    made = next(e for e in of(events, "completion") if e["node_id"] == "n")["output"]["image"]
    assert (made["width"], made["height"]) == (32, 64)
    assert "decode" not in seen and "blur" in seen
    cut = stored(owner, body.getvalue(), "cut.jpg")
    path = files.local_folder("") / hashed.key(cut["sha256"])
    path.chmod(0o600)
    path.write_bytes(body.getvalue()[: len(body.getvalue()) // 2])
    document["nodes"][1]["data"] = {"radius": 3}
    run, events = execute(owner, document)
    error = of(events, "error")[0]["error"]["body"]
    assert (error["code"], error["field"]) == ("BAD_PICTURE", "image")
