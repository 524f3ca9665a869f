"""Bodies that are no honest forms: nothing is kept of them, and nothing breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site

from tests.api.client import Caller
from tests.comfy.graphs import ASKING, SIMPLE
from tests.fal.test_storage import png
from workflows.models import Asset, Run, Runner

pytestmark = pytest.mark.django_db

EDGE = "xyz"
FORM = f"multipart/form-data; boundary={EDGE}"
#: name, filename (None: a text), content
Part = tuple[str, str | None, bytes]
GRAPH: Part = ("workflow_json", "g.json", json.dumps(SIMPLE).encode())
NAME: Part = ("name", None, b"cup")


def body(*parts: Part, edge: str = EDGE, end: str = "--") -> bytes:
    """Write a form by hand."""
    found = b""
    for name, filename, content in parts:
        file = "" if filename is None else f'; filename="{filename}"'
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        found += head.encode() + content + b"\r\n"
    return found + f"--{edge}{end}\r\n".encode()


def post(caller: Caller, content: bytes, type: str = FORM, **headers: str) -> Any:
    return caller.send("POST", "/v1/workflow", content, type, **headers)


def test_a_form_written_by_hand_is_taken(hers: Caller, runner: Runner) -> None:
    assert post(hers, body(NAME, GRAPH)).status_code == 201
    assert post(hers, body(NAME, ("workflow_json", None, GRAPH[2]))).status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\\\..\\\\boot.ini",
        "/abs/olute.png",
        "a/../../b.png",
        "....//x.png",
        "c:\\\\x.png",
        "%2e%2e%2fx.png",
        "x\u202egnp.exe",
        "con",
        ".",
        "..",
        "a" * 900 + ".png",
    ],
)
def test_a_file_name_is_a_name_and_no_path(hers: Caller, runner: Runner, name: str) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "$file(f)"}}}
    form = body(NAME, ("workflow_json", "g.json", json.dumps(graph).encode()), ("$f", name, png()))
    answer = post(hers, form)
    if answer.status_code == 400:
        # What is no name at all is no file.
        assert name in (".", "..", "/")
        return
    asset = Asset.objects.get()
    assert not {"/", "\\", "\u202e"} & set(asset.name)
    assert ".." not in asset.name.split("/")
    assert len(asset.name) <= 255
    (stored,) = [path for path in Path(site.MEDIA_ROOT).rglob(asset.sha256) if path.is_file()]
    assert stored.read_bytes() == png()


def test_ten_thousand_fields_are_refused(hers: Caller, runner: Runner) -> None:
    fields = [(f"$f{number}", None, b"x") for number in range(10_000)]
    answer = post(hers, body(NAME, GRAPH, *fields))
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    files = [(f"$f{number}", "a.txt", b"x") for number in range(1_000)]
    assert post(hers, body(NAME, GRAPH, *files)).status_code == 400
    assert not Run.objects.exists()
    assert list(Path(site.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


@pytest.mark.parametrize(
    "twice",
    [
        [NAME, NAME, GRAPH],
        [NAME, GRAPH, GRAPH],
        [NAME, GRAPH, ("name", "a.txt", b"x")],
        [NAME, GRAPH, ("tags", None, b"a"), ("tags", None, b"b")],
    ],
)
def test_a_name_that_comes_twice_is_refused(
    hers: Caller, runner: Runner, twice: list[Part]
) -> None:
    answer = post(hers, body(*twice))
    assert answer.status_code == 400
    assert "is given 2 times" in answer.json()["message"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=ü",
        f"multipart/form-data; boundary={'x' * 300}",
        "multipart/form-data; boundary=other",
        "multipart/form-data; boundary=--",
        'multipart/form-data; boundary="x\r\ny"',
    ],
)
def test_a_boundary_that_is_none_is_refused(hers: Caller, runner: Runner, type: str) -> None:
    answer = post(hers, body(NAME, GRAPH), type)
    assert answer.status_code == 400, answer.content
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "type",
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        "multipart/mixed; boundary=xyz",
    ],
)
def test_another_kind_of_body_is_refused(hers: Caller, runner: Runner, type: str) -> None:
    answer = post(hers, body(NAME, GRAPH), type)
    assert (answer.status_code, answer.json()["status"]) == (415, 415)


@pytest.mark.parametrize(
    "content",
    [
        b"--xyz",
        b"--xyz--",
        b"--xyz\r\n\r\n",
        b"\x00" * 100,
        body(NAME, GRAPH)[:60],
        body(NAME, GRAPH, edge="other"),
    ],
)
def test_a_torn_form_is_refused(hers: Caller, runner: Runner, content: bytes) -> None:
    answer = post(hers, content)
    assert answer.status_code == 400, answer.content
    assert not Run.objects.exists()


@pytest.mark.parametrize(("text", "status"), [("Y3Vw", 201), ("!!!!", 400)])
def test_a_part_in_base64_is_what_it_says(
    hers: Caller, runner: Runner, text: str, status: int
) -> None:
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="name"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    answer = post(hers, head.encode() + text.encode() + b"\r\n" + body(GRAPH))
    assert answer.status_code == status
    assert status != 201 or answer.json()["name"] == "cup"


@pytest.mark.parametrize(
    "part", [("name", None, b"a\x00b"), ("$a\x00b", None, b"x"), ("tags", None, b"a\x00")]
)
def test_a_nul_is_refused_wherever_it_stands(hers: Caller, runner: Runner, part: Part) -> None:
    parts = [GRAPH, part] if part[0] == "name" else [NAME, GRAPH, part]
    answer = post(hers, body(*parts))
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert b"\\u0000" not in answer.content
    assert not Run.objects.exists()


def test_a_request_beyond_the_limit_is_413(hers: Caller, runner: Runner, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "comfy_bytes": 1_000}
    large = body(NAME, GRAPH, ("$f", "a.bin", b"x" * 2_000))
    answer = post(hers, large)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
    huge = body(NAME, GRAPH, ("$f", "a.bin", b"x" * 200_000))
    assert post(hers, huge).status_code == 413
    assert not Asset.objects.exists()


def test_texts_do_not_fill_the_memory(hers: Caller, runner: Runner, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    answer = post(hers, body(NAME, GRAPH, ("$a", None, b"x" * 20_000)))
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_json_that_looks_like_a_parsed_upload_is_no_upload(hers: Caller, runner: Runner) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "$file(f)"}}}
    claim = json.dumps({"path": "/etc/passwd", "filepath": "/etc/passwd", "name": "x"}).encode()
    form = body(NAME, ("workflow_json", "g.json", json.dumps(graph).encode()), ("$f", None, claim))
    answer = post(hers, form)
    assert answer.status_code == 400
    assert "needs a file" in answer.json()["message"]


def test_a_picture_that_is_none_leaves_nothing(hers: Caller, runner: Runner) -> None:
    files: list[Part] = [("$input_image", "x.png", png()[:40])]
    texts: list[Part] = [("$prompt", None, b"a")]
    graph: Part = ("workflow_json", "g.json", json.dumps(ASKING).encode())
    answer = post(hers, body(NAME, graph, *files, *texts))
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert not Asset.objects.exists()
    assert not Run.objects.exists()
