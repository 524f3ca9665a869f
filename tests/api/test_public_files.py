"""POST /api/workflows/<slug>/public-run with files of a visitor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from canvas.body_limits import MULTIPART_BYTES, default_limits
from tests.api.client import Caller, Response, a_node, an_edge, whole
from tests.api.test_uploads import huge_png, picture
from workflows.engine import discards
from workflows.models import Asset, Run, User
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = [
    {"name": "photo", "type": "image", "required": True},
    {"name": "words", "type": "text"},
    {"name": "paper", "type": "file"},
    {"name": "song", "type": "audio"},
]
PATH = "/api/workflows/turned/public-run"


@pytest.fixture(autouse=True)
def fresh_windows() -> Iterator[None]:
    """Count again in every test."""
    rates.forget()
    yield
    rates.forget()


@pytest.fixture
def turned(hers: Caller) -> Caller:
    """A workflow open to all that turns a photo."""
    hers.create(
        "Turned",
        nodes=[
            a_node("in", "requestInput", fields=FIELDS, values={}),
            a_node("turn", "rotateImage"),
            a_node("end", "responseOutput"),
        ],
        edges=[an_edge("in", "turn", "photo", "image"), an_edge("turn", "end", "image", "result")],
        publicPlayground=True,
        publicRun=True,
    )
    return hers


def png(name: str = "cup.png", body: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if body is None else body)


def send(caller: Caller, values: Any = None, **files: Any) -> Response:
    """Start a public run by a form."""
    texts = {} if values is None else {"inputs": json.dumps(values)}
    return caller.client.post(PATH, {**texts, **files})


def test_a_visitor_brings_a_photo_and_takes_the_result_by_the_ticket(
    engine: None, turned: Caller, nobody: Caller, alice: User
) -> None:
    answer = send(nobody, {"words": "Hi"}, photo=png())
    assert answer.status_code == 202, answer.content
    started = answer.json()
    whole(turned.get(f"/api/executions/{started['executionId']}/events"))
    body = nobody.get(started["pollUrl"]).json()
    assert body["status"] == "completed", body
    (image,) = body["result"]["images"]
    sent = nobody.get(image["url"].removeprefix("http://testserver"))
    assert (sent.status_code, sent["Content-Type"]) == (200, "image/png")
    run = Run.objects.get()
    assert (run.owner, run.inputs["words"], run.inputs["photo"]["width"]) == (alice, "Hi", 40)


def test_the_photo_is_the_owners_to_read_and_goes_when_the_run_has_ended(
    turned: Caller, nobody: Caller, his: Caller, alice: User
) -> None:
    started = send(nobody, {}, photo=png()).json()
    asset = Asset.objects.get()
    assert (asset.owner, asset.discard, str(asset.run_id)) == (alice, True, started["executionId"])
    assert asset.expires_at is not None
    ticket = started["pollUrl"].partition("?")[2]
    place = f"/api/public-executions/{started['executionId']}/files/{asset.pk}?{ticket}"
    assert nobody.get(place).status_code == 404
    assert nobody.get(f"/media/{asset.pk}").status_code == 401
    assert his.get(f"/media/{asset.pk}").status_code == 404
    again = nobody.post(PATH, {"inputs": {"photo": {"asset": str(asset.pk)}}})
    assert (again.status_code, again.json()["code"]) == (400, "INVALID_INPUTS")
    assert turned.get(f"/media/{asset.pk}").status_code == 200
    turned.post(f"/api/executions/{started['executionId']}/cancel")
    assert not Asset.objects.exists()


def test_a_photo_whose_process_died_goes_with_upkeep(turned: Caller, nobody: Caller) -> None:
    send(nobody, {}, photo=png())
    Asset.objects.update(run=None, created_at=timezone.now() - timedelta(hours=2))
    assert discards.delete_left(timezone.now(), 10) == 1
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("files", "status", "field"),
    [
        ({"photo": png("a.png", b"I am no photo.")}, 400, "photo"),
        ({"photo": png(), "words": png()}, 400, "words"),
        ({"photo": png(), "paper": png()}, 400, "paper"),
        ({"photo": png(), "other": png()}, 400, "other"),
        ({"photo": [png(), png()]}, 400, "photo"),
        ({"photo": png(), "song": png()}, 400, "song"),
        ({"photo": png("huge.png", huge_png())}, 422, None),
    ],
    ids=["text", "text field", "file field", "no field", "two", "image as audio", "huge"],
)
def test_a_file_that_does_not_suit_its_field_is_refused_and_nothing_stays(
    turned: Caller, nobody: Caller, files: dict[str, Any], status: int, field: str | None
) -> None:
    answer = send(nobody, {}, **{name: _fresh(file) for name, file in files.items()})
    assert answer.status_code == status, answer.content
    if field:
        assert field in answer.content.decode()
    assert not Asset.objects.exists()
    assert not Run.objects.exists()


def _fresh(file: Any) -> Any:
    if isinstance(file, list):
        return [_fresh(one) for one in file]
    file.seek(0)
    return file


@pytest.mark.parametrize("fields", [{"publicRun": False}, {"publicPlayground": False}])
def test_a_closed_workflow_takes_no_file_and_looks_like_none(
    turned: Caller, nobody: Caller, fields: dict[str, bool]
) -> None:
    turned.put("/api/workflows/turned", fields)
    closed = send(nobody, {}, photo=png())
    never = nobody.client.post("/api/workflows/never-was/public-run", {"photo": png()})
    assert (closed.status_code, closed.content) == (404, never.content)
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"public_upload_bytes": 50}, "TOO_LARGE"),
        ({"storage_bytes_per_user": 50}, "QUOTA_EXCEEDED"),
        ({"public_runs_per_day": 0}, "RATE_LIMIT_EXCEEDED"),
        ({"public_runs_per_minute": 0}, "RATE_LIMIT_EXCEEDED"),
    ],
)
def test_files_are_held_to_the_limits_and_to_the_storage_of_the_owner(
    turned: Caller, nobody: Caller, limit: dict[str, int], code: str
) -> None:
    with override_settings(LIMITS={**settings.LIMITS, **limit}):
        answer = send(nobody, {}, photo=png())
    assert (answer.status_code, answer.json()["code"]) == (
        429 if code == "RATE_LIMIT_EXCEEDED" else 413,
        code,
    )
    assert not Asset.objects.exists()


def test_a_form_whose_inputs_are_no_json_is_refused(turned: Caller, nobody: Caller) -> None:
    for text in ("{", "[]", "3"):
        answer = nobody.client.post(PATH, {"inputs": text, "photo": BytesIO(picture())})
        assert answer.status_code == 400, text
    assert not Asset.objects.exists()


def test_only_this_path_takes_larger_bodies_without_a_credential() -> None:
    limit = settings.LIMITS["public_upload_bytes"] + MULTIPART_BYTES
    limits = default_limits()
    assert limits.of(PATH.encode(), has_credential=False) == limit
    for other in ("/api/uploads", f"{PATH}/more", "/api/workflows/turned/run"):
        assert limits.of(other.encode(), False) == settings.LIMITS["document_bytes"]
