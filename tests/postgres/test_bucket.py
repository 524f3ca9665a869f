"""Web processes and a worker whose files are in one bucket, each with a data folder of its own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from PIL import Image

from tests import s3
from tests.engine.crashlab import Process
from tests.postgres.machines import Machines, Web
from tests.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

MB = 2**20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3]:
    with s3.service(tmp_path_factory.mktemp("s3")) as made:
        yield made


class Site:
    """Machines that share a bucket and secrets, and nothing on disk."""

    def __init__(self, folder: Path, database_url: str, service: s3.S3) -> None:
        self.folder = folder
        self.line = service.line
        self.machines = Machines(folder, database_url)
        secrets = {"SECRET_KEY": "s" * 50, "ENCRYPTION_KEYS": Fernet.generate_key().decode()}
        self.machines.lab.environment.update(service.environment(), **secrets)

    def web(self, name: str, **settings: str) -> Web:
        return self.machines.web(DATA_DIR=str(self.folder / name), **settings)

    def worker(self, name: str) -> Process:
        return self.machines.worker(DATA_DIR=str(self.folder / name))

    def files_on(self, name: str) -> set[str]:
        """List what folders of files a machine has that hold some."""
        root = self.folder / name / "media"
        return {path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file()}

    def refused(self, command: str, **settings: str) -> str:
        """Start a process that must refuse; return what it says."""
        place = {"DATA_DIR": str(self.folder / "refused"), "ENGINE": "none", "LOG_LEVEL": "ERROR"}
        status, output = self.machines.lab.start("manage", command, **place, **settings).finish()
        assert status == 1, output
        assert "Traceback" not in output
        return output


@pytest.fixture
def site(tmp_path: Path, migrated_url: str, service: s3.S3) -> Iterator[Site]:
    made = Site(tmp_path, migrated_url, service)
    yield made
    made.machines.close()


def client(web: Web) -> httpx.Client:
    headers = {"x-api-key": web.token}
    return httpx.Client(base_url=f"http://127.0.0.1:{web.port}", headers=headers, timeout=120)


def photo(width: int = 900, height: int = 600) -> bytes:
    body = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(body, "PNG")
    return body.getvalue()


def made_by(site: Site, web: Web, run: str) -> dict[str, Any]:
    wait_until(lambda: site.machines.status(run) in ("completed", "failed"), 120)
    body = web.ask("GET", f"/api/executions/{run}")[1]
    assert body["status"] == "completed", body
    (found,) = body["result"]["images"]
    return dict(found)


def test_what_one_machine_stores_the_others_work_on_and_send(site: Site) -> None:
    first, second = site.web("first"), site.web("second")
    site.worker("third")
    body = photo()
    with client(first) as here, client(second) as there:
        sent = here.post("/api/uploads", files={"file": ("photo.png", body)})
        assert sent.status_code == 201, sent.text
        asset = sent.json()
        nodes = {
            "photo": ("upload", {"asset": asset}),
            "small": ("resizeImage", {"mode": "exact", "width": 300, "height": 200}),
            "soft": ("blurImage", {"radius": 3}),
            "end": "responseOutput",
        }
        edges = ("photo.image > small.image", "small.image > soft.image", "soft.image > end.result")
        run = site.machines.start(first, nodes, *edges)
        result = made_by(site, second, run)

        whole = there.get(result["url"])
        assert Image.open(BytesIO(whole.content)).size == (300, 200)
        assert hashlib.sha256(whole.content).hexdigest() == result["sha256"]
        got = there.get(asset["url"], headers={"Range": "bytes=1000-2499"})
        assert (got.status_code, got.content) == (206, body[1000:2500])
        assert got.headers["Content-Range"] == f"bytes 1000-2499/{len(body)}"
        assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        unchanged = {"If-None-Match": got.headers["ETag"]}
        assert there.get(asset["url"], headers=unchanged).status_code == 304
        head = there.head(asset["url"])
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(body)))
        beyond = there.get(asset["url"], headers={"Range": f"bytes={len(body)}-"})
        assert beyond.status_code == 416
        small = [web.get(f"{asset['url']}?w=160") for web in (there, here)]
        assert [part.headers["Content-Type"] for part in small] == ["image/webp"] * 2
        assert small[0].content == small[1].content
        with client(site.machines.as_user(second, "other")) as stranger:
            for url in (asset["url"], f"{asset['url']}?w=160", result["url"]):
                assert stranger.get(url).status_code == 404
    # What is on a machine are copies, and nothing that is not in the bucket.
    for name in ("first", "second", "third"):
        assert site.files_on(name) <= {"cache"}


def test_a_large_upload_and_its_download_stream_through(site: Site) -> None:
    first, second = site.web("first"), site.web("second")
    body = os.urandom(20 * MB)
    with client(first) as here, client(second) as there:
        sent = here.post("/api/uploads", files={"file": ("a.bin", body)})
        assert sent.status_code == 201, sent.text
        with there.stream("GET", sent.json()["url"]) as stream:
            digest = hashlib.sha256()
            for piece in stream.iter_bytes():
                digest.update(piece)
        assert digest.hexdigest() == sent.json()["sha256"] == hashlib.sha256(body).hexdigest()
    peak = Path(f"/proc/{second.process.pid}/status").read_text(encoding="ascii")
    print([line for line in peak.splitlines() if line.startswith(("VmHWM", "VmRSS"))])


def test_a_run_outlives_an_outage_of_the_bucket(site: Site) -> None:
    web = site.web("first")
    site.worker("second")
    nodes = {
        "a": ("testLedger", {"seconds": 1}),
        "color": ("gradient", {"width": 400, "height": 300}),
        "wait": ("testLedger", {"seconds": 1}),
    }
    run = site.machines.start(web, nodes, "a > wait.more")
    wait_until(lambda: site.machines.calls(run) != [])
    site.line.cut()
    try:
        later = site.machines.start(web, {"g": ("gradient", {"width": 77, "height": 50})})
        wait_until(lambda: web.ask("GET", "/healthz")[1] == {"status": "bucket unavailable"})
        with client(web) as here:
            refused = here.post("/api/uploads", files={"file": ("a.txt", b"words")})
        assert refused.status_code == 503
        assert refused.json()["code"] == "UNAVAILABLE"
        assert "bucket" in refused.json()["error"]
    finally:
        site.line.mend()
    for started in (run, later):
        wait_until(lambda: site.machines.status(started) == "completed", 120)  # noqa: B023
    assert sorted(site.machines.calls(run)) == ["a", "wait"]
    wait_until(web.healthy)
    site.machines.lab.check()


def test_a_process_killed_in_an_upload_leaves_nothing_that_counts(site: Site) -> None:
    first, second = site.web("first"), site.web("second")
    body = os.urandom(24 * MB)
    with client(first) as here:
        site.line.after(10 * MB, lambda: first.process.send_signal(9))
        with pytest.raises(httpx.HTTPError):
            here.post("/api/uploads", files={"file": ("a.bin", body)})
    site.machines.kill(first.process)
    rows = "SELECT count(*) FROM workflows_asset WHERE name = 'a.bin'"
    assert site.machines.database.execute(rows).fetchone() == (0,)
    with client(second) as there:
        sent = there.post("/api/uploads", files={"file": ("a.bin", body)})
        assert sent.status_code == 201, sent.text
        assert (
            hashlib.sha256(there.get(sent.json()["url"]).content).hexdigest()
            == (sent.json()["sha256"])
        )


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_bucket_that_cannot_be_used_ends_the_start_with_the_setting(
    site: Site, command: str
) -> None:
    wrong = site.refused(command, AWS_SECRET_ACCESS_KEY="wrong")
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be keys" in wrong
    missing = site.refused(command, MEDIA_URL="s3://elsewhere")
    assert "The bucket that MEDIA_URL names does not exist" in missing
    site.line.cut()
    try:
        away = site.refused(command)
    finally:
        site.line.mend()
    assert "The bucket of files does not respond" in away
    assert site.line.url in away
    assert "AWS_ENDPOINT_URL" in away
