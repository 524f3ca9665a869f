"""Files in a bucket: the promises of the folder, kept by another service; and what goes wrong."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from tests import s3
from workflows.errors import (
    AssetNotFound,
    BadImage,
    InvalidBody,
    MediaBusy,
    TooLarge,
    Unavailable,
    Unreachable,
)
from workflows.media import files, hashed, images, litter, parts, storage
from workflows.media.files import bucket, cache
from workflows.media.files.bucket import Bucket
from workflows.media.files.cache import Cache
from workflows.media.files.folder import Folder
from workflows.media.thumbnails import thumbnail
from workflows.models import User

pytestmark = pytest.mark.slow

MB = 2**20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3]:
    with s3.service(tmp_path_factory.mktemp("s3")) as made:
        yield made


@pytest.fixture(autouse=True)
def store(service: s3.S3, settings: Any, tmp_path: Path) -> Bucket:
    """Files in a bucket, each test's below a prefix of its own."""
    use(service.environment(), settings, tmp_path / "media")
    found = files.store()
    assert isinstance(found, Bucket)
    return found


def use(environment: dict[str, str], settings: Any, folder: Path) -> None:
    settings.BUCKET_URL = environment["MEDIA_URL"]
    settings.MEDIA_ROOT = folder
    settings.MEDIA_CACHE_BYTES = 64 * MB
    settings.AWS = {
        "endpoint": environment["AWS_ENDPOINT_URL"],
        "region": environment["AWS_REGION"],
        "access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "session_token": "",
    }


def local(settings: Any) -> list[Path]:
    """List what lies on this machine besides the lock."""
    found = Path(settings.MEDIA_ROOT).rglob("*")
    return [path for path in found if path.is_file() and path.name != "lock"]


def keys(store: files.Store) -> list[str]:
    return sorted(found.key for found in store.list())


def test_a_file_is_in_the_bucket_under_its_hash_and_here_as_a_copy(
    store: Bucket, settings: Any
) -> None:
    stored = hashed.write(b"hello", 10)
    digest = hashlib.sha256(b"hello").hexdigest()
    assert (stored.sha256, stored.size, stored.head) == (digest, 5, b"hello")
    assert keys(store) == [f"{digest[:2]}/{digest[2:4]}/{digest}"]
    (copy,) = local(settings)
    assert copy == Path(settings.MEDIA_ROOT) / "cache" / digest
    assert copy.stat().st_mode & 0o777 == 0o600
    copy.unlink()
    with hashed.open_file(digest) as file:
        assert file.read() == b"hello"
        assert os.fstat(file.fileno()).st_size == 5
    assert local(settings) == [copy]


@pytest.mark.parametrize(
    ("start", "length", "wanted"), [(0, 3, b"abc"), (2, 2, b"cd"), (5, 1, b"f"), (0, 0, b"")]
)
def test_a_part_of_a_file_can_be_read(start: int, length: int, wanted: bytes) -> None:
    stored = hashed.write(b"abcdef", 10)
    assert b"".join(hashed.read_range(stored.sha256, start, length)) == wanted


def test_a_large_file_goes_up_in_parts_and_comes_back_in_blocks(
    store: Bucket, settings: Any
) -> None:
    body = os.urandom(2 * bucket.PART_BYTES + 12_345)
    stored = hashed.write(iter([body[at : at + MB] for at in range(0, len(body), MB)]), 64 * MB)
    (found,) = store.list()
    assert found.size == len(body)
    pieces = list(hashed.read_range(stored.sha256, 1_000, len(body) - 2_000))
    assert b"".join(pieces) == body[1_000:-1_000]
    assert max(map(len, pieces)) <= files.CHUNK_BYTES
    for copy in local(settings):
        copy.unlink()
    with hashed.open_file(stored.sha256) as file:
        assert file.read() == body


def test_what_is_not_there_is_not_found(store: Bucket) -> None:
    digest = "a" * 64
    assert not hashed.exists(digest)
    assert hashed.existing([digest, hashed.write(b"x", 1).sha256]) == {
        hashlib.sha256(b"x").hexdigest()
    }
    with pytest.raises(AssetNotFound):
        hashed.open_file(digest)
    with pytest.raises(AssetNotFound):
        list(hashed.read_range(digest, 0, 5))
    with pytest.raises(AssetNotFound):
        list(store.read(hashed.key(digest)))


def test_a_write_that_breaks_off_leaves_nothing(store: Bucket, settings: Any) -> None:
    with pytest.raises(RuntimeError), hashed.Writer(100) as writer:
        writer.write(b"half")
        raise RuntimeError
    with pytest.raises(TooLarge):
        hashed.write(b"x" * 11, 10)
    assert (keys(store), local(settings)) == ([], [])


def test_a_line_that_breaks_in_a_large_upload_leaves_nothing_that_counts(
    service: s3.S3, store: Bucket, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PATIENT_SECONDS", 1)
    hasty = Bucket(settings.BUCKET_URL)
    monkeypatch.setattr(files, "store", lambda: hasty)
    body = os.urandom(3 * bucket.PART_BYTES)
    service.line.after(2 * bucket.PART_BYTES)
    try:
        with pytest.raises(Unreachable):
            hashed.write(body, len(body))
    finally:
        service.line.cut()
        service.line.mend()
    assert (keys(store), local(settings)) == ([], [])
    # Whoever comes again finds nothing in the way.
    assert hashed.exists(hashed.write(body, len(body)).sha256)


def test_a_short_outage_is_waited_out_by_what_writes(service: s3.S3, store: Bucket) -> None:
    service.line.cut()
    timer = threading.Timer(1.5, service.line.mend)
    timer.start()
    try:
        stored = hashed.write(b"patience", 10)
    finally:
        timer.join()
    assert hashed.exists(stored.sha256)


def test_a_page_learns_of_an_outage_within_seconds(service: s3.S3, store: Bucket) -> None:
    stored = hashed.write(b"x" * 100, 100)
    service.line.cut()
    try:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"does not respond; try again") as raised:
            list(hashed.read_range(stored.sha256, 0, 100))
        took = time.monotonic() - began
        assert (raised.value.status, raised.value.transient) == (503, True)
    finally:
        service.line.mend()
    print(f"refused after {took:.1f} s")
    assert took < 20
    assert b"".join(hashed.read_range(stored.sha256, 0, 100)) == b"x" * 100


def test_wrong_credentials_and_a_bucket_that_is_not_there_are_named(
    service: s3.S3, settings: Any, tmp_path: Path
) -> None:
    good = dict(settings.AWS)
    for wrong in ({"secret_access_key": "wrong"}, {"access_key_id": "AKIAWRONG"}):
        settings.AWS = {**good, **wrong}
        with pytest.raises(Unavailable, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
            Bucket(settings.BUCKET_URL).check()
    settings.AWS = good
    with pytest.raises(Unavailable, match="The bucket that MEDIA_URL names does not exist"):
        Bucket("s3://elsewhere/x").check()
    Bucket(settings.BUCKET_URL).check()


def test_writing_a_file_again_keeps_it_from_upkeep(store: Bucket, alice: User) -> None:
    lone = hashed.write(b"no row names this", 100)
    owned = storage.asset_create(alice, b"owned", "a.txt")
    now = timezone.now()
    assert litter.remove(now) == 0
    assert litter.remove(now + timedelta(days=2)) == 1
    assert keys(store) == [hashed.key(owned.sha256)]
    assert not hashed.exists(lone.sha256)


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_the_last_row_that_names_it_and_a_refusal_with_its_file(
    django_user_model: Any, store: Bucket, settings: Any
) -> None:
    alice = django_user_model.objects.create_user("alice")
    first, second = (storage.asset_create(alice, b"same", "a") for _ in range(2))
    storage.asset_delete(first)
    assert hashed.exists(second.sha256)
    storage.asset_delete(second)
    with pytest.raises(BadImage):
        storage.asset_create(alice, b"\x89PNG\r\n\x1a\nnothing more", "x.png")
    assert (keys(store), local(settings)) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_a_row_can_go_while_the_bucket_is_away_and_its_file_follows(
    django_user_model: Any, service: s3.S3, store: Bucket
) -> None:
    alice = django_user_model.objects.create_user("alice")
    asset = storage.asset_create(alice, b"late", "a")
    service.line.cut()
    try:
        storage.asset_delete(asset)
    finally:
        service.line.mend()
    assert keys(store) == [hashed.key(asset.sha256)]
    assert litter.remove(timezone.now() + timedelta(days=2)) == 1
    assert keys(store) == []


def test_thumbnails_are_kept_in_the_bucket_for_every_machine(
    store: Bucket, settings: Any, tmp_path: Path
) -> None:
    body = images.encode(Image.effect_noise((300, 200), 40).convert("RGB"), "PNG")
    digest = hashed.write(body, len(body)).sha256
    made = thumbnail(digest, 160)
    assert f"thumbnails/{digest[:2]}/{digest}-160.webp" in keys(store)
    settings.MEDIA_ROOT = tmp_path / "another machine"
    store.delete(hashed.key(digest))
    assert thumbnail(digest, 160) == made


def test_parts_of_an_upload_may_come_to_any_machine(
    store: Bucket, settings: Any, tmp_path: Path
) -> None:
    upload, etags = uuid4(), {}
    bodies = {1: os.urandom(6 * MB), 2: b"the rest"}
    for number, body in bodies.items():
        settings.MEDIA_ROOT = tmp_path / f"machine {number}"
        etags[number] = parts.write(7, upload, number, [body], 64 * MB)
        assert local(settings) == []
    with pytest.raises(TooLarge):
        parts.write(7, upload, 3, [b"x" * MB], 6 * MB)
    assert parts.waiting_bytes(7) == sum(map(len, bodies.values()))
    assert parts.waiting_bytes(8) == 0
    assert b"".join(parts.read(7, upload, etags)) == b"".join(bodies.values())
    with pytest.raises(InvalidBody, match="Part 2 has not been sent"):
        parts.read(7, upload, {**etags, 2: "0" * 64})
    assert parts.forget(timezone.now() - timedelta(hours=2)) == 0
    assert parts.forget(timezone.now() + timedelta(minutes=1)) == 1
    parts.write(7, upload, 1, [b"again"], 10)
    parts.drop(7, upload)
    assert keys(store) == []


def test_files_go_to_the_bucket_and_back_by_a_command(
    store: Bucket, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(Path(settings.MEDIA_ROOT))
    bodies = [b"one", b"two", os.urandom(9 * MB)]
    for body in bodies:
        place = files.local_folder("partial") / "x"
        place.write_bytes(body)
        folder.put(hashed.key(hashlib.sha256(body).hexdigest()), place)
    for said in ("3 files copied, 0 were", "0 files copied, 3 were"):
        call_command("copy_files", "to-bucket")
        assert said in capsys.readouterr().out
    for body in bodies:
        digest = hashlib.sha256(body).hexdigest()
        assert b"".join(store.read(hashed.key(digest))) == body
        folder.delete(hashed.key(digest))
    call_command("copy_files", "to-folder")
    assert sorted(found.key for found in folder.list()) == keys(store)
    settings.BUCKET_URL = ""
    with pytest.raises(CommandError, match="MEDIA_URL is empty"):
        call_command("copy_files", "to-bucket")


# The copies of a machine


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def total(folder: Path) -> int:
    with (folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return sum(path.stat().st_size for path in folder.iterdir())


def test_copies_stay_within_their_bytes_and_the_oldest_go(tmp_path: Path) -> None:
    made = Cache(tmp_path, 1_000)
    bodies = [bytes([at]) * 300 for at in range(5)]
    for at, body in enumerate(bodies):
        made.fill(sha256(body), 300, iter([body])).close()
        os.utime(tmp_path / sha256(body), (at, at))
        assert total(tmp_path) <= 1_000
    kept = [body for body in bodies if (tmp_path / sha256(body)).exists()]
    assert kept == bodies[2:]


def test_a_copy_that_is_open_stays_and_one_more_waits_for_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Cache(tmp_path, 1_000)
    held = made.fill(sha256(b"a" * 900), 900, iter([b"a" * 900]))
    # It travels to a media process as a descriptor, and counts there too.
    travelled = os.dup(held.fileno())
    held.close()
    monkeypatch.setattr(cache, "ROOM_SECONDS", 0.3)
    with pytest.raises(MediaBusy, match="MEDIA_CACHE_MB"):
        made.fill(sha256(b"b" * 200), 200, iter([b"b" * 200]))
    assert os.pread(travelled, 3, 0) == b"aaa"
    os.close(travelled)
    made.fill(sha256(b"b" * 200), 200, iter([b"b" * 200])).close()
    assert made.open(sha256(b"a" * 900)) is None
    with pytest.raises(TooLarge, match=r"."):
        made.fill("c" * 64, 1_001, iter([]))


def test_bytes_count_before_they_come_and_what_a_dead_process_left_goes(tmp_path: Path) -> None:
    made = Cache(tmp_path, 1_000)
    seen: list[int] = []

    def pieces() -> Iterator[bytes]:
        seen.append(total(tmp_path))
        yield b"x" * 800

    left = tmp_path / ("0" * 32 + ".partial")
    left.write_bytes(b"y" * 700)
    made.fill(sha256(b"x" * 800), 800, pieces()).close()
    assert seen == [800]
    assert not left.exists()


def test_a_copy_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    made = Cache(tmp_path, 1_000)
    with pytest.raises(Unavailable, match="damaged"):
        made.fill(sha256(b"right"), 5, iter([b"wrong"]))
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_many_threads_fetch_a_file_once_and_stay_within_the_bytes(
    store: Bucket, settings: Any
) -> None:
    bodies = [os.urandom(MB) for _ in range(6)]
    digests = [hashed.write(body, MB).sha256 for body in bodies]
    for copy in local(settings):
        copy.unlink()
    settings.MEDIA_CACHE_BYTES = 4 * MB
    small = Bucket(settings.BUCKET_URL)
    wrong: list[object] = []
    most = 0

    def read(number: int) -> None:
        nonlocal most
        for at in range(12):
            digest = digests[(at + number) % 6]
            with small.open(hashed.key(digest)) as file:
                if sha256(file.read()) != digest:
                    wrong.append(digest)
            most = max(most, total(Path(settings.MEDIA_ROOT) / "cache"))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert most <= 4 * MB


def test_a_reader_holds_a_lock_that_others_can_see(tmp_path: Path) -> None:
    made = Cache(tmp_path, 10)
    with made.fill(sha256(b"x"), 1, iter([b"x"])):
        other = os.open(tmp_path / sha256(b"x"), os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)
