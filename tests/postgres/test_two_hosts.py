"""A site on two hosts behind real nginx, as docs/operations.md sets it up: either host may die.

A host here is a data folder and ports of its own; both see one PostgreSQL and one folder of files.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.engine.provider import service
from tests.logging_in import form_of
from tests.postgres.machines import TAKEN_UP_SECONDS, Machines
from tests.server.nginx import NAME, Nginx
from tests.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

MB = 2**20
STREAMS = 4


class Site:
    """Two web processes behind nginx, and two workers, each with a data folder of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.machines = Machines(folder, database_url)
        self.machines.lab.environment |= {
            "SECRET_KEY": "s" * 50,
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "MEDIA_ROOT": str(folder / "shared"),
            "PUBLIC_URL": f"https://{NAME}",
            "ALLOWED_HOSTS": f"{NAME},127.0.0.1",
            "TRUSTED_PROXIES": "127.0.0.1",
            "TEST_SERVICE": os.environ["TEST_SERVICE"],
        }
        data = [{"DATA_DIR": str(folder / name)} for name in ("first", "second")]
        self.webs = [self.machines.web(**place) for place in data]
        workers = [self.machines.worker(**place) for place in data]
        self.workers = {process.pid: process for process in workers}
        (folder / "nginx").mkdir()
        self.nginx = Nginx(folder / "nginx", *(web.port for web in self.webs))
        self.nginx.start()

    def close(self) -> None:
        self.nginx.stop()
        self.machines.close()

    def client(self) -> httpx.Client:
        client = self.nginx.client()
        client.headers["x-api-key"] = self.webs[0].token
        client.timeout = httpx.Timeout(120)
        return client

    def session(self) -> str:
        """Log in through nginx by a one-time link; return the cookie."""
        status, link = self.machines.lab.start("manage", "login_link", "--user", "ci").finish()
        assert status == 0, link
        with self.nginx.client() as browser:
            path = urlsplit(link.strip()).path
            form = form_of(browser.get(path).text)
            kind = "application/x-www-form-urlencoded"
            headers = {"Content-Type": kind, "Origin": f"https://{NAME}"}
            assert browser.post(path, content=form, headers=headers).status_code == 302
            return f"sessionid={browser.cookies['sessionid']}"

    def socket(self, cookie: str) -> ClientConnection:
        return connect(
            f"wss://{NAME}/ws/canvas",
            ssl=self.nginx.trust,
            sock=socket.create_connection(("127.0.0.1", self.nginx.secure)),
            origin=Origin(f"https://{NAME}"),
            additional_headers={"Cookie": cookie},
        )


class Watcher:
    """Follows a run's event stream as a browser does: it comes again where it was cut off."""

    def __init__(self, site: Site, run: str) -> None:
        self.seen: list[tuple[int, str]] = []
        self.cuts = 0
        self._client, self._path = site.client(), f"/api/executions/{run}/events"
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def _follow(self) -> None:
        with self._client as client:
            while not (self.seen and self.seen[-1][1] == "output"):
                with suppress(httpx.HTTPError):
                    self._read(client)
                self.cuts += 1

    def _read(self, client: httpx.Client) -> None:
        after = {"Last-Event-ID": str(self.seen[-1][0])} if self.seen else {}
        with client.stream("GET", self._path, headers=after) as stream:
            assert stream.status_code == 200
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    event = json.loads(line[6:])
                    self.seen.append((event["seq"], event["type"]))
                    if event["type"] == "output":
                        return


@pytest.fixture
def provider() -> Iterator[Any]:
    with service() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, migrated_url: str, provider: Any) -> Iterator[Site]:
    made = Site(tmp_path, migrated_url)
    yield made
    made.close()


def test_a_web_process_and_a_worker_may_die_and_users_go_on(site: Site, provider: Any) -> None:
    body = os.urandom(20 * MB)
    with site.client() as client:
        sent = client.post("/api/uploads", files={"file": ("a.bin", body)})
        assert sent.status_code == 201, sent.text
        for _ in site.webs:  # one after the other
            got = client.get(sent.json()["url"], headers={"Range": "bytes=5000000-5999999"})
            assert (got.status_code, got.content) == (206, body[5_000_000:6_000_000])
        assert client.get(sent.json()["url"]).content == body

        nodes = {"a": ("testLedger", {"text": "x"}), "b": "testProvided", "c": "testText"}
        run = site.machines.start(site.webs[1], nodes, "a > b", "b > c")
        watchers = [Watcher(site, run) for _ in range(STREAMS)]
        cookie = site.session()
        with site.socket(cookie) as opened:
            opened.send(json.dumps({"watch": run, "after": 0}))
            assert json.loads(opened.recv(timeout=60))["events"][0]["type"] == "queued"
        assert provider.polled.wait(60)
        wait_until(lambda: all(watcher.seen for watcher in watchers))

        site.machines.kill(site.webs[0].process)
        for _ in range(10):
            assert client.get(f"/api/executions/{run}").json()["status"] == "processing"
        made = client.post("/api/workflows", json={"name": "made by the other one", "nodes": []})
        assert made.status_code == 201, made.text

        died = site.workers[site.machines.worker_of(run)]
        site.machines.kill(died)
        wait_until(lambda: site.machines.row(run)[1] == 2, TAKEN_UP_SECONDS)
        provider.ready.set()
        for watcher in watchers:
            watcher.thread.join(60)
            assert not watcher.thread.is_alive()
        assert client.get(f"/api/executions/{run}").json()["status"] == "completed"
        with site.socket(cookie) as opened:
            opened.send(json.dumps({"watch": run, "after": 0}))
            assert json.loads(opened.recv(timeout=60))["events"]

    journal = list(enumerate(site.machines.types(run), 1))
    for watcher in watchers:
        assert watcher.seen == journal
    cuts = [watcher.cuts for watcher in watchers]
    print("streams that were cut off and came again:", sum(cut > 1 for cut in cuts), "of", STREAMS)
    assert max(cuts) > 1
    assert site.machines.calls(run) == ["a"]
    assert len(provider.submitted) == 1
    site.machines.lab.check()
