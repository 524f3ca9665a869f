"""Workflow files by HTTP: read without a trace, and written as they were read."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.api.client import ECHO, Caller
from tests.fal.contents import TEXTS
from workflows.models import Asset, Workflow

pytestmark = pytest.mark.django_db

API = {"9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "a"}}}


def bring(caller: Caller, content: Any, name: str = "file.json") -> Any:
    """Import a file; anything but bytes is written as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return caller.upload(SimpleUploadedFile(name, body), to="/api/import")


@pytest.mark.parametrize(
    ("file", "format", "name"),
    [
        ({"name": "Shout", **ECHO, "isTemplate": True}, "patchbay", "Shout"),
        ({"name": "w", "title": "Words", "contents": TEXTS}, "fal", "Words"),
        (TEXTS, "fal", "w"),
        (API, "comfy", "file"),
    ],
)
def test_a_file_becomes_a_workflow_that_is_exported_as_the_same_file(
    hers: Caller, file: Any, format: str, name: str
) -> None:
    found = bring(hers, file).json()
    assert (found["format"], found["name"]) == (format, name)
    assert not Workflow.objects.exists()
    body = {"name": found["name"], "description": found["description"], **found["document"]}
    made = hers.post("/api/workflows", body).json()
    assert format in made["formats"]
    answer = hers.get(f"/api/workflows/{made['slug']}/export?format={format}")
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    written = answer.json()
    expected = {key: value for key, value in file.items() if key != "isTemplate"}
    assert {key: written[key] for key in expected} == expected
    again = bring(hers, answer.content).json()
    assert again["document"]["nodes"] == found["document"]["nodes"]


def test_a_byte_order_mark_and_nan_are_read(hers: Caller) -> None:
    text = json.dumps(API).replace('"a"', "NaN")
    assert bring(hers, b"\xef\xbb\xbf" + text.encode()).json()["format"] == "comfy"


def test_what_cannot_work_here_is_told(hers: Caller) -> None:
    file = {
        "nodes": [
            {"id": "a", "type": "teleport", "position": {"x": 0, "y": 0}, "data": {}},
            {
                "id": "b",
                "type": "upload",
                "position": {"x": 0, "y": 0},
                "data": {
                    "asset": {"asset": "7349c0b0-8349-46c7-8cbb-574a0058d425", "url": "/media/x"}
                },
            },
            {
                "id": "c",
                "type": "falApp",
                "position": {"x": 0, "y": 0},
                "data": {"app": "someone/model"},
            },
            {
                "id": "d",
                "type": "falApp",
                "position": {"x": 0, "y": 0},
                "data": {"app": "fal-ai/text-concat"},
            },
        ],
        "edges": [],
    }
    warnings = " ".join(bring(hers, file).json()["warnings"])
    assert "teleport" in warnings
    assert "One file it uses" in warnings
    assert "someone/model" in warnings
    assert "text-concat" not in warnings


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"{nonsense", "a.json", "a.json is not what was expected at byte 1"),
        (b"hello", "a.json", "a.json holds no workflow: it is no JSON"),
        (b'{"a": 1}', "a.json", "a.json holds an object that is no workflow"),
        ({"contents": {"nodes": {"x": {"type": "loop"}}}, "name": "n"}, "a.json", "nodes.x.type"),
        (b"", "a.json", "a.json holds no workflow"),
    ],
)
def test_what_is_no_workflow_is_refused_with_what_was_expected(
    hers: Caller, content: Any, name: str, words: str
) -> None:
    answer = bring(hers, content, name)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert answer.json()["expected"]


def test_a_picture_without_a_workflow_is_refused_and_not_kept(hers: Caller) -> None:
    body = BytesIO()
    Image.new("RGB", (4, 4)).save(body, "PNG")
    answer = bring(hers, body.getvalue(), "cat.png")
    assert answer.status_code == 400
    assert "cat.png carries no workflow" in answer.json()["error"]
    assert not Asset.objects.exists()


def test_the_secrets_in_a_file_of_comfyui_are_taken_out_and_told(hers: Caller) -> None:
    key = "sk-" + "a1B2c3D4" * 6
    node = {"class_type": "AskModel", "inputs": {"api_key": key, "prompt": "a fox"}}
    found = bring(hers, {**API, "5": node})
    assert key not in found.content.decode()
    assert len(found.json()["removed"]) == 1
    assert "5" in found.json()["removed"][0]


def test_a_format_that_cannot_hold_a_workflow_is_refused(hers: Caller) -> None:
    made = hers.create("Echo", **ECHO)
    for format in ("fal", "comfy", "xml"):
        answer = hers.get(f"/api/workflows/{made['slug']}/export?format={format}")
        assert answer.status_code == 400
        assert answer.json()["field"] == "format"


def test_apps_are_found_by_name_and_say_what_they_take(hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    caller = hers
    rows = caller.get("/api/apps").json()
    assert rows[0]["id"].endswith("/echo")
    assert "fal-ai/workflow-utilities/crop-image" in {row["id"] for row in rows}
    assert [row["name"] for row in caller.get("/api/apps?q=crop").json()] == ["Crop image"]
    crop = "fal-ai/workflow-utilities/crop-image"
    found = caller.get(f"/api/apps?id={crop}&id={rows[0]['id']}&id=no/such").json()
    fields = {row["id"]: [field["name"] for field in row["fields"]] for row in found}
    assert set(fields) == {crop, rows[0]["id"]}
    assert fields[rows[0]["id"]] == ["text"]
    assert fields[crop][0] == "image_url"
    assert next(row["outputs"] for row in found if row["id"] == crop)[0]["name"] == "image"


def test_the_apps_of_others_are_not_shown(hers: Caller, his: Caller) -> None:
    hers.create("Secret", **ECHO)
    assert all("secret" not in row["id"] for row in his.get("/api/apps").json())
    assert his.get("/api/apps?id=workflows/alice/secret").json() == []
