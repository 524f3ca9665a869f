"""Uploads in parts by both protocols: order, repetition, limits, tickets, and what is left over."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from tests.api.client import Caller
from tests.fal.test_storage import path
from workflows.compat.fal import links
from workflows.engine import upkeep
from workflows.media import files, parts
from workflows.models import Asset, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Any:
    """Files of these tests lie in a folder of their own."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def begin_python(caller: Caller) -> tuple[str, str]:
    """Begin as Python does; return the URL of the parts and the file's."""
    token = caller.post("/fal/rest/storage/auth/token", {}).json()["token"]
    made = (
        Caller({"authorization": f"Bearer {token}"})
        .send(
            "POST", "/fal/cdn/files/upload/multipart", b"", "video/mp4", X_Fal_File_Name="a b.mp4"
        )
        .json()
    )
    return path(f"{made['access_url']}/multipart/{made['uploadId']}"), path(made["access_url"])


def begin_javascript(caller: Caller) -> tuple[str, str]:
    """Begin as JavaScript does."""
    made = caller.post(
        "/fal/rest/storage/upload/initiate-multipart?storage_type=fal-cdn-v3",
        {"file_name": "a b.mp4", "content_type": "video/mp4"},
    ).json()
    return path(made["upload_url"]), path(made["file_url"])


BEGIN = pytest.mark.parametrize("begin", [begin_python, begin_javascript])


def put(place: str, number: Any, body: bytes) -> Any:
    return Caller().send("PUT", f"{place}/{number}", body, content_type="video/mp4")


def done(place: str, rows: Any) -> Any:
    return Caller().post(f"{place}/complete", {"parts": rows})


@BEGIN
def test_parts_in_any_order_become_one_file(hers: Caller, nobody: Caller, begin: Any) -> None:
    place, url = begin(hers)
    rows = []
    for number, body in ((3, b"ccc"), (1, b"a" * 400_000), (2, b"bb")):
        answer = put(place, number, body)
        assert answer.status_code == 200, answer.content
        digest = hashlib.sha256(body).hexdigest()
        assert answer.json() == {"partNumber": number, "etag": digest}
        assert answer["etag"] == f'"{digest}"'
        rows.append({"partNumber": number, "etag": answer["etag"]})
    assert done(place, rows).status_code == 200
    assert nobody.get(url).content == b"a" * 400_000 + b"bbccc"
    asset = Asset.objects.get()
    assert (asset.owner.username, asset.name) == ("alice", "a b.mp4")
    assert parts.waiting_bytes(asset.owner_id) == 0


@BEGIN
def test_a_part_may_come_again_and_the_named_one_counts(
    hers: Caller, nobody: Caller, begin: Any
) -> None:
    place, url = begin(hers)
    first = put(place, 1, b"old").json()
    assert put(place, 1, b"old").json() == first
    second = put(place, 1, b"new").json()
    assert done(place, [first]).status_code == 200
    assert nobody.get(url).content == b"old"
    assert second["etag"] != first["etag"]


@BEGIN
def test_completing_twice_is_one_file(hers: Caller, begin: Any) -> None:
    place, _ = begin(hers)
    row = put(place, 1, b"x").json()
    answers = [done(place, [row]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [],
        "x",
        [3],
        [{"partNumber": 1}],
        [{"partNumber": "1", "etag": "x"}],
        [{"partNumber": True, "etag": "x"}],
        [{"partNumber": 2, "etag": "0" * 64}],
        [{"partNumber": 1, "etag": "../../secret_key"}],
        [{"partNumber": 1, "etag": "0" * 64}],
    ],
)
def test_what_does_not_name_the_parts_is_422_and_leaves_them(hers: Caller, rows: Any) -> None:
    place, _ = begin_javascript(hers)
    row = put(place, 1, b"x").json()
    assert done(place, rows).status_code == 422
    assert done(place, [row, row]).status_code == 422
    assert Asset.objects.count() == 0
    assert done(place, [row]).status_code == 200


@pytest.mark.parametrize("number", [0, 10_001, 10**30])
def test_a_number_out_of_range_is_422(hers: Caller, number: int) -> None:
    place, _ = begin_javascript(hers)
    assert put(place, number, b"x").status_code == 422


@BEGIN
def test_all_parts_together_keep_the_limit_of_a_file(hers: Caller, begin: Any) -> None:
    with override_settings(LIMITS={**settings.LIMITS, "upload_bytes": 1_000}):
        place, _ = begin(hers)
        assert put(place, 1, b"x" * 600).status_code == 200
        assert put(place, 2, b"x" * 600).status_code == 413
        assert put(place, 2, b"x" * 400).status_code == 200


def test_parts_that_wait_count_for_the_storage_of_their_owner(hers: Caller) -> None:
    with override_settings(LIMITS={**settings.LIMITS, "storage_bytes_per_user": 1_000}):
        place, _ = begin_javascript(hers)
        assert put(place, 1, b"x" * 1_001).status_code == 200
        other, _ = begin_javascript(hers)
        assert put(other, 1, b"x").status_code == 413


@BEGIN
def test_a_ticket_ends_with_its_hour(
    hers: Caller, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, _ = begin(hers)
    row = put(place, 1, b"x").json()
    monkeypatch.setattr(links, "UPLOAD_SECONDS", -1)
    assert put(place, 2, b"x").status_code == 401
    assert done(place, [row]).status_code == 401


def test_a_ticket_is_for_its_own_file_alone(hers: Caller, his: Caller, nobody: Caller) -> None:
    place, url = begin_python(hers)
    other, _ = begin_python(his)
    mixed = f"{url}/multipart/{other.rsplit('/', 1)[1]}"
    assert put(mixed, 1, b"x").status_code == 401
    broad = hers.post("/fal/rest/storage/auth/token", {}).json()["token"]
    assert put(f"{url}/multipart/{broad}", 1, b"x").status_code == 401
    assert put(place[:-1], 1, b"x").status_code == 401
    assert nobody.send("POST", "/fal/cdn/files/upload/multipart").status_code == 401


def test_a_deactivated_persons_upload_ends(hers: Caller, alice: User) -> None:
    place, _ = begin_javascript(hers)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert put(place, 1, b"x").status_code == 401


@BEGIN
def test_the_server_lets_large_parts_in_by_their_ticket(hers: Caller, begin: Any) -> None:
    place, _ = begin(hers)
    assert links.is_ticket_path(f"{place}/1")
    assert links.is_ticket_path(f"{unquote(place)}/complete")
    assert not links.is_ticket_path(f"{place[:-12]}/1")


def test_what_nobody_completes_goes_after_two_hours(
    hers: Caller, alice: User, folder: Path
) -> None:
    old, _ = begin_javascript(hers)
    put(old, 1, b"old")
    (upload,) = (folder / "parts" / str(alice.pk)).iterdir()
    before = (timezone.now() - timedelta(hours=3)).timestamp()
    for part in upload.iterdir():
        os.utime(part, (before, before))
    young, _ = begin_javascript(hers)
    put(young, 1, b"young")
    assert upkeep.tidy(timezone.now())[1] == 1
    assert parts.waiting_bytes(alice.pk) == len(b"young")


def test_a_body_that_breaks_off_leaves_no_part(folder: Path, alice: User) -> None:
    def broken() -> Any:
        yield b"x"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        parts.write(alice.pk, uuid4(), 1, broken(), 10)
    assert [file for file in files.local_folder("").rglob("*") if file.is_file()] == []


HOUR = '{"expiration_duration_seconds": 3600, "initial_acl": {"default": "allow"}}'


def expires_within(seconds: int) -> bool:
    left = Asset.objects.get().expires_at - timezone.now()
    return timedelta(seconds=seconds - 60) < left <= timedelta(seconds=seconds)


def test_an_upload_goes_when_its_time_is_over(hers: Caller, nobody: Caller) -> None:
    place = hers.post(
        "/fal/rest/storage/upload/initiate", {"file_name": "a"}, X_Fal_Object_Lifecycle=HOUR
    ).json()
    nobody.send("PUT", path(place["upload_url"]), b"x", "text/plain")
    assert expires_within(3_600)
    upkeep.tidy(timezone.now() + timedelta(seconds=3_601))
    assert nobody.get(path(place["file_url"])).status_code == 404


def test_an_upload_in_parts_and_pythons_go_as_well(hers: Caller, nobody: Caller) -> None:
    token = hers.post("/fal/rest/storage/auth/token", {}).json()["token"]
    python = Caller({"authorization": f"Bearer {token}"})
    life = {"X_Fal_Object_Lifecycle_Preference": HOUR}
    python.send("POST", "/fal/cdn/files/upload", b"x", "text/plain", **life)
    assert expires_within(3_600)
    Asset.objects.all().delete()
    made = python.send("POST", "/fal/cdn/files/upload/multipart", b"", "a/b", **life).json()
    place = path(f"{made['access_url']}/multipart/{made['uploadId']}")
    done(place, [put(place, 1, b"x").json()])
    assert expires_within(3_600)


@pytest.mark.parametrize(
    "life", ["{}", '{"initial_acl": {}}', '{"expiration_duration_seconds": null}']
)
def test_without_a_time_it_is_kept(hers: Caller, nobody: Caller, life: str) -> None:
    place = hers.post(
        "/fal/rest/storage/upload/initiate", {"file_name": "a"}, X_Fal_Object_Lifecycle=life
    ).json()
    nobody.send("PUT", path(place["upload_url"]), b"x", "text/plain")
    assert Asset.objects.get().expires_at is None


@pytest.mark.parametrize(
    "life",
    [
        "",
        "x",
        "[]",
        *(
            f'{{"expiration_duration_seconds": {value}}}'
            for value in ("0", "-1", "true", '"1h"', "1e30")
        ),
    ],
)
def test_a_time_that_cannot_be_read_is_422(hers: Caller, life: str) -> None:
    answer = hers.post(
        "/fal/rest/storage/upload/initiate", {"file_name": "a"}, X_Fal_Object_Lifecycle=life
    )
    assert answer.status_code == 422, answer.content
