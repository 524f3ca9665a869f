"""The file store: whole files under their hash, private, within limits."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from workflows.errors import AssetNotFound, BadImage, QuotaExceeded, TooLarge
from workflows.media import files, hashed, images, storage
from workflows.models import Asset, User


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Any:
    """A store of its own for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def _files(folder: Path) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_its_hash_and_only_its_owner_may_read_it(folder: Path) -> None:
    stored = hashed.write(b"hello", 10)
    digest = hashlib.sha256(b"hello").hexdigest()
    assert (stored.sha256, stored.size, stored.head) == (digest, 5, b"hello")
    assert _files(folder) == [folder / digest[:2] / digest[2:4] / digest]
    with hashed.open_file(digest) as file:
        assert file.read() == b"hello"
    for path in (folder, folder / digest[:2], folder / digest[:2] / digest[2:4]):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(_files(folder)[0].stat().st_mode) == 0o600


@pytest.mark.parametrize("form", [b"abc" * 999, [b"abc"] * 999, io.BytesIO(b"abc" * 999)])
def test_bytes_pieces_and_files_are_stored_alike(form: Any) -> None:
    assert hashed.write(form, 5_000).sha256 == hashlib.sha256(b"abc" * 999).hexdigest()


def test_equal_files_are_stored_once(folder: Path) -> None:
    assert hashed.write(b"x", 1) == hashed.write(b"x", 1)
    assert len(_files(folder)) == 1


def test_a_file_beyond_the_limit_is_cut_and_leaves_nothing(folder: Path) -> None:
    endless = iter(lambda: b"x" * 1000, b"")
    with pytest.raises(TooLarge):
        hashed.write(endless, 10_000)
    assert _files(folder) == []


def test_a_write_that_breaks_off_leaves_nothing(folder: Path) -> None:
    with pytest.raises(RuntimeError), hashed.Writer(100) as writer:
        writer.write(b"half")
        raise RuntimeError
    assert _files(folder) == []


@pytest.mark.parametrize(
    ("start", "length", "wanted"), [(0, 3, b"abc"), (2, 2, b"cd"), (4, 99, b"ef"), (9, 5, b"")]
)
def test_a_part_of_a_file_can_be_read(start: int, length: int, wanted: bytes) -> None:
    stored = hashed.write(b"abcdef", 10)
    assert b"".join(hashed.read_range(stored.sha256, start, length)) == wanted


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "/x"]
)
def test_only_a_hash_leads_to_a_file(name: str) -> None:
    assert not hashed.exists(name)
    with pytest.raises(AssetNotFound):
        hashed.open_file(name)


def test_a_link_planted_in_the_store_is_not_followed(folder: Path) -> None:
    digest = hashlib.sha256(b"planted").hexdigest()
    place = files.local_folder("") / hashed.key(digest)
    place.parent.mkdir(parents=True)
    os.symlink("/etc/hostname", place)
    with pytest.raises(AssetNotFound):
        hashed.open_file(digest)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\b.png", "b.png"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie  x.png"),
        ("evil\u202egnp.exe", "evil gnp.exe"),
        ('"quoted"', "quoted"),
        ("...", ""),
        ("x" * 300, "x" * 200),
        ("größe 猫.png", "größe 猫.png"),
    ],
)
def test_names_are_made_fit_to_be_shown(given: str, shown: str) -> None:
    assert storage.clean_name(given) == shown


def test_a_pictures_facts_come_from_its_bytes_not_its_name(alice: User) -> None:
    body = images.encode(Image.new("RGB", (30, 20)), "JPEG")
    asset = storage.asset_create(alice, body, "../x/photo.png")
    assert (asset.content_type, asset.width, asset.height) == ("image/jpeg", 30, 20)
    assert (asset.size, asset.name, asset.owner) == (len(body), "photo.png", alice)
    with storage.open_asset(asset) as file:
        assert file.read() == body
    assert storage.reference(asset) == {
        "asset": str(asset.id),
        "url": f"/media/{asset.id}",
        "content_type": "image/jpeg",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "width": 30,
        "height": 20,
        "name": "photo.png",
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"words", "text/plain"),
        (b"<svg onload='x'/>", "image/svg+xml"),
        (b"<html>", "text/html"),
        (b"\0\x01", "application/octet-stream"),
    ],
)
def test_other_files_are_kept_as_what_they_are(alice: User, body: bytes, content_type: str) -> None:
    asset = storage.asset_create(alice, body, "picture.png")
    assert asset.content_type == content_type
    assert "width" not in storage.reference(asset)


def test_a_damaged_picture_is_refused_and_leaves_nothing(alice: User, folder: Path) -> None:
    with pytest.raises(BadImage):
        storage.asset_create(alice, b"\x89PNG\r\n\x1a\nnothing more", "x.png")
    assert _files(folder) == []
    assert not Asset.objects.exists()


def test_an_account_has_a_quota(alice: User, bob: User, settings: Any, folder: Path) -> None:
    settings.LIMITS = {**settings.LIMITS, "storage_bytes_per_user": 100}
    storage.asset_create(alice, b"x" * 80, "a")
    assert storage.used_bytes(alice) == 80
    for content in (b"y" * 21, [b"y" * 21]):
        with pytest.raises(QuotaExceeded):
            storage.asset_create(alice, content, "b")
    storage.asset_create(alice, b"y" * 20, "c")
    storage.asset_create(bob, b"z" * 100, "d")
    assert len(_files(folder)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_the_last_row_that_names_it(django_user_model: Any, folder: Path) -> None:
    alice = django_user_model.objects.create_user("alice")
    bob = django_user_model.objects.create_user("bob")
    first, second = (storage.asset_create(owner, b"same", "a") for owner in (alice, bob))
    storage.asset_delete(first)
    assert hashed.exists(second.sha256)
    storage.asset_delete(second)
    assert _files(folder) == []
