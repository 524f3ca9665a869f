"""A disk that is full: reading goes on, writing is refused as such, and room is all it takes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.machine import must_have_everything
from tests.server.test_serve import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

SIZE_MB = 40


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own; only root can have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        if must_have_everything() and os.geteuid() == 0:
            pytest.fail(done.stderr)
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def site(disk: Path) -> Iterator[Site]:
    made = Site(disk / "data")
    made.start()
    yield made
    made.process.kill()
    made.process.wait()


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def test_writing_is_507_reading_goes_on_and_room_mends_it(site: Site, disk: Path) -> None:
    key = {"x_api_key": site.token(), "Content_Type": "application/json"}
    nodes = [{"id": "g", "type": "gradient", "position": {"x": 0, "y": 0}, "data": {}}]
    body = json.dumps({"name": "Art", "nodes": nodes})
    assert site.ask("POST", "/api/workflows", body, **key).status == 201

    def upload() -> Any:
        boundary = uuid4().hex
        name = 'Content-Disposition: form-data; name="file"; filename="a.txt"'
        part = f"--{boundary}\r\n{name}\r\n\r\n{'x' * 300_000}\r\n--{boundary}--\r\n"
        form = {**key, "Content_Type": f"multipart/form-data; boundary={boundary}"}
        return site.ask("POST", "/api/uploads", part, **form)

    ballast = fill(disk)
    refused = [
        site.ask("POST", "/api/workflows/art/run?async=true", '{"inputs":{}}', **key),
        site.ask("POST", "/api/workflows", '{"name":"More"}', **key),
        site.ask("POST", "/fal/queue/workflows/ci/art", "{}", Authorization=f"Key {site_key(key)}"),
        site.ask("GET", "/v1/template", Authorization=f"Bearer {site_key(key)}"),
        upload(),
    ]
    told = [(answer.status, answer.headers.get("retry-after")) for answer in refused]
    print(told)
    assert {status for status, _ in told} <= {200, 503, 507}, [one.body for one in refused]
    assert told[0][0] == told[1][0] == told[4][0] == 507
    assert all(wait for status, wait in told if status != 200)
    assert site.ask("GET", "/api/workflows/art", **key).status == 200
    wait_until(lambda: site.ask("GET", "/healthz").json() == {"status": "disk full"})

    ballast.unlink()
    wait_until(site.healthy, 10)
    assert site.ask("POST", "/api/workflows/art/run", '{"inputs":{}}', **key).status == 200
    assert upload().status == 201
    assert not list((site.folder / "media" / "partial").iterdir())
    with sqlite3.connect(site.folder / "patchbay.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def site_key(key: dict[str, str]) -> str:
    return key["x_api_key"]
