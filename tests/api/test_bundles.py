"""A workflow with its media as one archive: taken out, and brought in elsewhere."""

from __future__ import annotations

import errno
import json
import random
import re
import struct
import zipfile
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from tests.api.client import Caller, Response, a_node, whole
from tests.api.test_uploads import picture, upload
from workflows.media import hashed
from workflows.models import Asset, User

pytestmark = pytest.mark.django_db(transaction=True)


def bring(caller: Caller, content: bytes) -> Response:
    return caller.upload(SimpleUploadedFile("sticker.zip", content), to="/api/import")


def taken(caller: Caller, slug: str) -> bytes:
    """Export a workflow with its media."""
    answer = caller.get(f"/api/workflows/{slug}/export?media=true")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == f"attachment; filename*=UTF-8''{slug}.zip"
    return whole(answer)


def archive(members: dict[str, bytes], **more: Any) -> bytes:
    """Write an archive."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for path, content in members.items():
            written.writestr(path, content)
    return buffer.getvalue()


@pytest.fixture
def sticker(hers: Caller) -> dict[str, Any]:
    """A workflow of hers with one file, named twice, and a cover of it."""
    media = upload(hers, "cup.png", picture())
    nodes = [a_node("a", "upload", asset=media), a_node("b", "upload", asset=media)]
    return hers.create("Sticker", nodes=nodes, cover={"image": media["url"]})


def test_a_workflow_goes_to_a_colleague_with_its_media(
    hers: Caller, his: Caller, bob: User, sticker: dict[str, Any]
) -> None:
    content = taken(hers, "sticker")
    with zipfile.ZipFile(BytesIO(content)) as found:
        digest = sha256(picture()).hexdigest()
        assert found.namelist() == ["workflow.json", "media.json", f"media/{digest}.png"]
        assert found.read(f"media/{digest}.png") == picture()
        assert json.loads(found.read("workflow.json"))["name"] == "Sticker"
    answer = bring(his, content)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["format"], found["name"], found["warnings"]) == ("patchbay", "Sticker", [])
    own = Asset.objects.get(owner=bob)
    assert own.name == "cup.png"
    document = found["document"]
    assert {node["data"]["asset"]["asset"] for node in document["nodes"]} == {str(own.pk)}
    assert document["cover"]["image"] == f"/media/{own.pk}"
    made = his.post("/api/workflows", {"name": found["name"], **document}).json()
    assert his.get(made["nodes"][0]["data"]["asset"]["url"]).content == picture()
    # Brought again, the file is used again; and so for whom it came from.
    bring(his, content)
    bring(hers, content)
    assert Asset.objects.count() == 2


def test_what_the_owner_may_not_read_and_secrets_are_not_in_it(hers: Caller, his: Caller) -> None:
    foreign = upload(his, "his.png", picture(7, 7))
    hers.create("Nosy", nodes=[a_node("a", "upload", asset=foreign)], publicPlayground=True)
    with zipfile.ZipFile(BytesIO(taken(hers, "nosy"))) as found:
        assert found.namelist() == ["workflow.json", "media.json"]
        written = json.loads(found.read("workflow.json"))
    assert written == hers.get("/api/workflows/nosy/export").json()
    assert "publicPlayground" not in written


def test_anothers_workflow_is_not_exported(hers: Caller, his: Caller, sticker: Any) -> None:
    assert his.get("/api/workflows/sticker/export?media=true").status_code == 404


def _good() -> dict[str, bytes]:
    path = f"media/{sha256(picture()).hexdigest()}.png"
    id = "00000000-0000-4000-8000-000000000001"
    nodes = [a_node("a", "upload", asset={"asset": id, "url": f"/media/{id}"})]
    return {
        "workflow.json": json.dumps({"name": "W", "nodes": nodes, "edges": []}).encode(),
        "media.json": json.dumps({id: {"file": path, "name": "../../cup.png"}}).encode(),
        path: picture(),
    }


def _changed(path: str, content: bytes) -> bytes:
    return archive({**_good(), path: content})


def _liar() -> bytes:
    good = _good()
    *_, path = good
    return archive({**good, path: picture(9, 9)})


def _cut() -> bytes:
    whole = archive(_good())
    return whole[: len(whole) // 2]


def _many() -> bytes:
    whole = bytearray(archive(_good()))
    whole[-10:-6] = struct.pack("<I", 50_000_000)
    return bytes(whole)


def _doubled() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as written, pytest.warns(UserWarning, match="Duplicate"):
        for path in ("workflow.json", "workflow.json"):
            written.writestr(path, _good()["workflow.json"])
    return buffer.getvalue()


HOSTILE = {
    "a path upwards": lambda: _changed("../evil.json", b"{}"),
    "an absolute path": lambda: _changed("/etc/passwd", b"x"),
    "a path below media": lambda: _changed("media/../../x.png", b"x"),
    "another file": lambda: _changed("evil.sh", b"x"),
    "a file twice": _doubled,
    "another content than its name": _liar,
    "cut off": _cut,
    "a list without end": _many,
    "no workflow": lambda: archive({"media.json": b"{}"}),
    "a file that is missing": lambda: _changed("media.json", b'{"x": {"file": "media/y.png"}}'),
    "no JSON": lambda: _changed("workflow.json", b"{"),
    "only the mark": lambda: b"PK\x03\x04",
    "empty": lambda: archive({}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_stays(hers: Caller, kind: str) -> None:
    answer = bring(hers, HOSTILE[kind]())
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_BODY"), answer.content
    assert not Asset.objects.exists()


def test_a_good_one_is_taken_and_its_names_are_no_paths(hers: Caller) -> None:
    assert bring(hers, archive(_good())).status_code == 200
    assert Asset.objects.get().name == "cup.png"


def test_sizes_are_added_up_before_anything_is_unpacked(
    hers: Caller, sticker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _changed(f"media/{'0' * 64}.png", b"\0" * 200_000)
    assert len(bomb) < 5_000
    opened: list[object] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *args, **more: opened.append(args))
    with override_settings(LIMITS={**settings.LIMITS, "upload_bytes": 100_000}):
        answer = bring(hers, bomb)
    assert (answer.status_code, answer.json()["code"], opened) == (413, "TOO_LARGE", [])
    with override_settings(LIMITS={**settings.LIMITS, "upload_bytes": 200}):
        answer = hers.get("/api/workflows/sticker/export?media=true")
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


def test_a_full_account_takes_no_archive(hers: Caller) -> None:
    with override_settings(LIMITS={**settings.LIMITS, "storage_bytes_per_user": 10}):
        answer = bring(hers, archive(_good()))
    assert (answer.status_code, answer.json()["code"]) == (413, "QUOTA_EXCEEDED")
    assert not Asset.objects.exists()


def test_a_full_disk_is_not_taken_for_a_damaged_archive(
    hers: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(hashed, "write", full)
    response = bring(hers, archive(_good()))
    assert (response.status_code, response.json()["code"]) == (507, "STORAGE_FULL")
    assert not Asset.objects.exists()


def test_whatever_a_document_holds_comes_back_the_same_with_files_of_its_own(
    hers: Caller, his: Caller
) -> None:
    chance = random.Random(15)
    files = [upload(hers, f"{side}.png", picture(side, side)) for side in (3, 4, 5)]
    for number in range(12):
        nodes = [
            {
                **a_node(f"n{at}", "upload", asset=chance.choice(files), **_values(chance)),
                "colour": chance.choice([None, -0.0, 2**70, "é\u2028", {"deep": [[], {}]}]),
            }
            for at in range(chance.randrange(1, 6))
        ]
        about = {"cover": {"image": chance.choice(files)["url"]}, "tags": ["a"], "unknown": 0.1}
        made = hers.create(f"Sent {number}", nodes=nodes, **about)
        found = bring(his, taken(hers, made["slug"])).json()
        copy = his.post("/api/workflows", {"name": found["name"], **found["document"]}).json()
        sent, got = hers.get(f"/api/workflows/{made['slug']}").json(), copy
        for key in ("name", "nodes", "edges", "cover", "tags", "unknown"):
            assert _without_ids(sent[key]) == _without_ids(got[key]), (number, key)
        theirs = {file["asset"] for file in files}
        assert not theirs & set(_ID.findall(json.dumps(got["nodes"]) + json.dumps(got["cover"])))
        assert _contents(hers, sent) == _contents(his, got)


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _values(chance: random.Random) -> dict[str, Any]:
    """Return values as no form would write them."""
    some = [1, 1.0, -0.0, True, None, "", "text", [1, [2]], {"a": {"b": 1}}, 2**60, 1e-7]
    return {name: chance.choice(some) for name in ("x", "y", "label", "text")}


def _without_ids(value: Any) -> str:
    """Write JSON with each file named by its place among those that are named."""
    seen: dict[str, str] = {}
    text = json.dumps(value, sort_keys=True)
    return _ID.sub(lambda found: seen.setdefault(found.group(), f"file {len(seen)}"), text)


def _contents(caller: Caller, document: dict[str, Any]) -> list[bytes]:
    return [caller.get(node["data"]["asset"]["url"]).content for node in document["nodes"]]
