"""Weights of local models: how they stand, are fetched, stopped, checked and removed."""

from __future__ import annotations

import errno
import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as configured

from tests.api.client import Caller
from tests.waiting import wait_until
from workflows.errors import WeightsMissing
from workflows.models import User
from workflows.nodes.local import pack
from workflows.nodes.local.model import File, Local
from workflows.weights import fetching, store

pytestmark = pytest.mark.django_db

BODY = bytes(range(256)) * 4_000
DIGEST = f"sha256:{hashlib.sha256(BODY).hexdigest()}"


@dataclass
class Source:
    """A web server that has files, and how it is to behave."""

    origin: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    ranges: list[str] = field(default_factory=list)
    cut_after: int | None = None
    hold: threading.Event | None = None
    knows_ranges: bool = True
    status: int = 0


@pytest.fixture
def source(settings: SimpleNamespace) -> Iterator[Source]:
    """Serve files as their publishers do: with a redirect in front, and parts on request."""
    behaves = Source()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path.startswith("/release/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/release"))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            asked = self.headers.get("Range", "")
            behaves.ranges.append(asked)
            whole = behaves.files.get(self.path, b"")
            start = int(asked.removeprefix("bytes=").rstrip("-") or 0) * behaves.knows_ranges
            body = whole[start:]
            self.send_response(behaves.status or (206 if behaves.knows_ranges else 200))
            if behaves.knows_ranges:
                self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if behaves.hold is not None:
                self.wfile.write(body[:1_000])
                behaves.hold.wait(20)
                body = body[1_000:]
            if behaves.cut_after is not None:
                body, behaves.cut_after = body[: behaves.cut_after], None
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    behaves.origin = f"http://127.0.0.1:{server.server_address[1]}"
    settings.FETCH_ALLOW = (behaves.origin,)
    yield behaves
    if behaves.hold is not None:
        behaves.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def model(source: Source, monkeypatch: pytest.MonkeyPatch) -> Iterator[Local]:
    """A model of one file, the only one this server knows."""
    source.files["/weights.onnx"] = BODY
    url = f"{source.origin}/release/weights.onnx"
    file = File("weights.onnx", DIGEST, len(BODY), url)
    made = replace(pack.MODELS[0], id="tried", files=(file,))
    yield from known(made, monkeypatch)


def known(model: Local, monkeypatch: pytest.MonkeyPatch) -> Iterator[Local]:
    """Let this server know one model alone, and remove what it has got of it."""
    monkeypatch.setattr(pack, "MODELS", (model,))
    monkeypatch.setattr(fetching, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(fetching, "PAUSE_SECONDS", 0.01)
    pack.by_id.cache_clear()
    yield model
    fetching.remove(model)
    pack.by_id.cache_clear()


@pytest.fixture
def staff(alice: User, her_browser: Caller) -> Caller:
    """A browser of staff."""
    alice.is_staff = True
    alice.save()
    return her_browser


def row(caller: Caller) -> dict:
    """Return how the one model stands."""
    found = caller.get("/api/models/local").json()
    assert len(found) == 1
    return found[0]


def ended(caller: Caller) -> dict:
    """Wait until nothing is fetched any more."""
    wait_until(lambda: row(caller)["state"] != "fetching")
    return row(caller)


def place(model: Local) -> Path:
    return store.folder(model)


def test_the_table_lists_every_model_with_its_licenses_and_where_it_comes_from(
    staff: Caller,
) -> None:
    rows = staff.get("/api/models/local").json()
    assert {row["id"] for row in rows} >= {"isnet", "realesrgan", "ppocr", "whisper-base"}
    for found in rows:
        assert found["license"] and found["weightsLicense"] and found["libraryLicense"]
        assert found["source"].startswith("https://")
    for one in pack.MODELS:
        for file in (*one.files, *([one.archive] if one.archive else [])):
            kind, _, digest = file.digest.partition(":")
            assert len(digest) == {"sha256": 64, "md5": 32}[kind], "a checksum, or no URL"
            assert file.bytes > 0


def test_weights_are_fetched_through_redirects_and_checked(
    staff: Caller, model: Local, source: Source
) -> None:
    assert row(staff) | {"state": "missing", "fetched": 0} == row(staff)
    answer = staff.post("/api/models/local/tried/fetch", {})
    assert answer.status_code == 202
    found = ended(staff)
    assert (found["state"], found["fetched"]) == ("ready", len(BODY))
    assert (place(model) / "weights.onnx").read_bytes() == BODY
    assert store.folder_of(model.id) == str(place(model))
    staff.post("/api/models/local/tried/fetch", {})
    assert source.ranges == ["bytes=0-"], "what is there is not fetched again"


def test_a_download_that_is_cut_goes_on_where_it_was(
    staff: Caller, model: Local, source: Source
) -> None:
    source.cut_after = 300_000
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["state"] == "ready"
    assert source.ranges[0] == "bytes=0-"
    assert int(source.ranges[1].removeprefix("bytes=").rstrip("-")) > 0
    assert (place(model) / "weights.onnx").read_bytes() == BODY


def test_a_source_that_knows_no_parts_sends_all_of_it_again(
    staff: Caller, model: Local, source: Source
) -> None:
    place(model).mkdir(parents=True)
    (place(model) / "weights.onnx.partial").write_bytes(b"x" * 5_000)
    source.knows_ranges = False
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["state"] == "ready"


def test_progress_is_told_while_it_goes_on_and_stopping_keeps_what_has_come(
    staff: Caller, model: Local, source: Source
) -> None:
    source.hold = threading.Event()
    staff.post("/api/models/local/tried/fetch", {})
    wait_until(lambda: row(staff)["fetched"] >= 1_000)
    assert row(staff)["state"] == "fetching"
    with pytest.raises(WeightsMissing):
        store.folder_of(model.id)
    staff.post("/api/models/local/tried/stop", {})
    found = ended(staff)
    assert (found["state"], found["fetched"], found["message"]) == ("missing", 1_000, "")
    source.hold.set()
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["state"] == "ready"
    assert source.ranges == ["bytes=0-", "bytes=1000-"]


def test_another_file_than_the_publishers_is_not_kept(
    staff: Caller, model: Local, source: Source
) -> None:
    source.files["/weights.onnx"] = b"!" + BODY[1:]
    staff.post("/api/models/local/tried/fetch", {})
    found = ended(staff)
    assert found["state"] == "failed"
    assert "its checksum is another one" in found["message"]
    assert [path.name for path in place(model).iterdir() if "weights" in path.name] == []
    source.files["/weights.onnx"] = BODY
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["state"] == "ready"


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_source_that_refuses_is_said(
    staff: Caller, model: Local, source: Source, status: int
) -> None:
    source.status = status
    staff.post("/api/models/local/tried/fetch", {})
    found = ended(staff)
    assert found["state"] == "failed"
    assert f"returns {status}" in found["message"]
    assert found["fetched"] == 0, "an error page is no part of a model"


def test_a_page_that_looks_at_the_moment_keeps_no_download_from_beginning(
    staff: Caller, model: Local
) -> None:
    looking = store.lock(place(model), shared=True)
    assert looking is not None
    threading.Timer(0.1, looking.close).start()
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["state"] == "ready"


def test_a_full_disk_is_said(staff: Caller, model: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    left = SimpleNamespace(free=1_000_000)
    monkeypatch.setattr("workflows.weights.fetching.shutil.disk_usage", lambda place: left)
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["message"] == "The disk has 1 MB left; ISNet needs 1 MB."


def test_a_disk_that_fills_up_meanwhile_is_said(
    staff: Caller, model: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, piece: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching, "_append", lambda *args: Full())
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["message"] == "The server's disk is full; nothing was stored."


def test_a_server_that_ended_meanwhile_says_so_and_goes_on(
    staff: Caller, model: Local, source: Source
) -> None:
    place(model).mkdir(parents=True)
    (place(model) / "weights.onnx.partial").write_bytes(BODY[:700_000])
    store.write_request(place(model), "")
    found = row(staff)
    assert (found["state"], found["fetched"]) == ("missing", 700_000)
    assert "goes on where it was" in found["message"]
    staff.post("/api/models/local/tried/fetch", {})
    assert ended(staff)["state"] == "ready"
    assert source.ranges == ["bytes=700000-"]


def test_files_put_there_by_hand_are_found_and_checked(staff: Caller, model: Local) -> None:
    place(model).mkdir(parents=True)
    (place(model) / "weights.onnx").write_bytes(BODY)
    assert row(staff)["state"] == "ready"
    (place(model) / "weights.onnx").write_bytes(BODY[:-1] + b"!")
    found = row(staff)
    assert found["state"] == "failed"
    assert found["message"].startswith("weights.onnx is not the file of its publisher")
    (place(model) / "weights.onnx").write_bytes(BODY[:100])
    assert row(staff)["state"] == "failed", "a truncated one"


def test_a_file_without_a_known_checksum_is_put_there_by_hand(
    staff: Caller, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(pack.MODELS[0], id="own", files=(File("own.onnx", "", 0),))
    for model in known(made, monkeypatch):
        assert row(staff)["message"] == "Put there by hand: own.onnx in DATA_DIR/models/own."
        refused = staff.post("/api/models/local/own/fetch", {})
        assert (refused.status_code, refused.json()["code"]) == (422, "LOCAL_MODEL_UNFETCHABLE")
        place(model).mkdir(parents=True)
        (place(model) / "own.onnx").write_bytes(BODY)
        assert row(staff)["state"] == "ready"
        seen = store._read(place(model) / ".seen.json")
        assert seen["own.onnx"]["digest"] == DIGEST, "what was seen first is written down"


def _holds(folder: Path, names: list[str]) -> bool:
    return [path.name for path in folder.glob("[!.]*")] == names


def test_weights_are_taken_out_of_their_archive(
    staff: Caller, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("models/a.bin", BODY)
        archive.writestr("models/b.bin", b"not wanted")
    body = packed.getvalue()
    source.files["/all.zip"] = body
    whole = File(
        "all.zip",
        f"sha256:{hashlib.sha256(body).hexdigest()}",
        len(body),
        f"{source.origin}/all.zip",
    )
    file = File("a.bin", DIGEST, len(BODY), member="models/a.bin")
    made = replace(pack.MODELS[0], id="packed", files=(file,), archive=whole)
    for model in known(made, monkeypatch):
        staff.post("/api/models/local/packed/fetch", {})
        assert ended(staff)["state"] == "ready"
        # The archive goes after the files are there.
        wait_until(partial(_holds, place(model), ["a.bin"]))


def test_removing_ends_a_download_and_leaves_nothing(
    staff: Caller, model: Local, source: Source
) -> None:
    source.hold = threading.Event()
    staff.post("/api/models/local/tried/fetch", {})
    assert staff.delete("/api/models/local/tried").status_code == 200
    assert not place(model).exists()
    assert row(staff)["state"] == "missing"


def test_a_library_that_is_not_installed_is_named_with_what_installs_it(
    staff: Caller, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = replace(pack.WHISPER, module="no_such_library")
    made = replace(pack.MODELS[0], id="bare", library=library)
    for _ in known(made, monkeypatch):
        found = row(staff)
        assert found["state"] == "noLibrary"
        assert "`make run LOCAL=1` installs it" in found["message"]


def test_weights_lie_below_the_data_of_the_server() -> None:
    assert store.folder(pack.MODELS[0]) == Path(configured.DATA_DIR) / "models" / "isnet"
