"""The files under deploy/: real nginx and systemd take them, and Patchbay works behind them."""

from __future__ import annotations

import json
import re
import resource
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import machine
from tests.server.nginx import DEPLOY, NAME, Nginx, needed
from tests.server.process import ROOT
from tests.server.test_serve import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.fixture
def nginx(tmp_path: Path, site: Site) -> Iterator[Nginx]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    made = Nginx(folder, site.port)
    yield made
    made.stop()


def test_nginx_takes_the_file_without_a_warning(nginx: Nginx) -> None:
    done = subprocess.run(nginx.command("-t"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
    assert "[warn]" not in (nginx.conf.parent / "error.log").read_text(encoding="utf-8")


def test_behind_nginx_pages_have_hsts_and_events_and_sockets_pass_as_they_come(
    site: Site, nginx: Nginx
) -> None:
    # Nothing executes runs, so an event that arrives has arrived before the end.
    site.start(PUBLIC_URL=f"https://{NAME}", ALLOWED_HOSTS=f"{NAME},127.0.0.1", ENGINE="none")
    nginx.start()
    moved = httpx.get(f"http://127.0.0.1:{nginx.plain}/x", headers={"Host": NAME})
    assert (moved.status_code, moved.headers["Location"]) == (308, f"https://{NAME}/x")

    with nginx.client() as client:
        page = client.get("/login")
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"

        client.headers["x-api-key"] = site.token()
        node = {"id": "a", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {"text": "x"}}
        client.post("/api/workflows", json={"name": "S", "nodes": [node]}).raise_for_status()
        run = client.post("/api/workflows/s/run?async=true", json={"inputs": {}}).json()
        with client.stream("GET", f"{run['pollUrl']}/events") as stream:
            assert any(line == "event: queued" for line in stream.iter_lines())

    with connect(
        f"wss://{NAME}/ws/canvas",
        ssl=nginx.trust,
        sock=socket.create_connection(("127.0.0.1", nginx.secure)),
        origin=Origin(f"https://{NAME}"),
        additional_headers={"Cookie": site.cookie()},
    ) as opened:
        opened.send(json.dumps({"watch": run["executionId"], "after": 0}))
        # The run is another account's: what counts is that frames pass both ways.
        assert json.loads(opened.recv(timeout=20))["type"] == "error"


def test_a_body_over_the_upload_limit_is_refused_by_nginx(site: Site, nginx: Nginx) -> None:
    nginx.start()
    with nginx.client() as client:
        refused = client.post("/api/assets", content=bytes(102 * 2**20))
    assert refused.status_code == 413


UNITS = ["patchbay.service", "patchbay-web@.service", "patchbay-work@.service"]


def unit(name: str = "patchbay.service") -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    # The checkout is where the unit says, for systemd looks whether its program is there.
    place.write_text(unit(name).replace("/opt/patchbay", str(ROOT)), encoding="utf-8")
    done = subprocess.run(
        [needed(machine.systemd_analyze(), "systemd-analyze"), "verify", "--man=no", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "patchbay" in line]
    assert (done.returncode, said) == (0, []), done.stderr


def test_the_server_works_within_the_memory_the_unit_grants(site: Site) -> None:
    limit = int(re.search(r"^LimitAS=(\d+)M$", unit(), re.MULTILINE).group(1)) * 2**20
    site.start()
    resource.prlimit(site.process.pid, resource.RLIMIT_AS, (limit, limit))
    key = {"x_api_key": site.token(), "Content_Type": "application/json"}
    node = {"id": "g", "type": "gradient", "position": {"x": 0, "y": 0}, "data": {"width": 2000}}
    site.ask("POST", "/api/workflows", json.dumps({"name": "S", "nodes": [node]}), **key)
    run = site.ask("POST", "/api/workflows/s/run", '{"inputs":{}}', **key)
    assert run.status == 200, run.body
    peak = re.search(
        r"VmPeak:\s+(\d+) kB", Path(f"/proc/{site.process.pid}/status").read_text(encoding="ascii")
    )
    assert int(peak.group(1)) * 1024 < limit * 0.75
