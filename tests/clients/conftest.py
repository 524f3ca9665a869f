"""A live server with workflows in fal's format, and the real clients pointed at it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import fal_client
import pytest
from fal_client import client as globals_of_fal

from tests.api.receiver import Receiver
from tests.browser.server import ROOT, Server
from tests.fal.contents import FAILING, SLOW, TEXTS

HERE = Path(__file__).parent
#: How long a script may take.
SCRIPT_SECONDS = 60.0


class Site:
    """A running server, a key of its administrator, and workflows made through /v1.

    `place` is where it listens for https, `tls` the folder of its authority.
    """

    def __init__(self, server: Server, key: str, hooks: Receiver) -> None:
        self.url, self.key, self.hooks = server.url, key, hooks
        self.tls_port = server.tls_port
        self.place = f"127.0.0.1:{server.tls_port}"
        self.tls = server.folder / "data" / "tls"
        #: Processes of `client.mjs`, by how they are pointed here.
        self.clients: dict[str, subprocess.Popen[str]] = {}

    def create(self, name: str, contents: dict[str, Any]) -> str:
        """Create a workflow and return its id as an app."""
        body = {"name": name, "title": name, "contents": contents}
        request = urllib.request.Request(
            f"{self.url}/v1/workflows",
            json.dumps(body).encode(),
            {"Authorization": f"Key {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            made = json.load(answer)["workflow"]
        return f"workflows/{made['user_nickname']}/{made['name']}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start a server for all tests of clients."""
    folder = tmp_path_factory.mktemp("site")
    hooks = Receiver()
    threading.Thread(target=hooks.serve_forever, daemon=True).start()
    server = Server(folder, tls=True, fetch_allow=hooks.origin)
    server.start()
    try:
        made = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "create_token",
                "--user",
                "admin",
                "--capabilities",
                "workflow:*,execution:*,webhook:*",
            ],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(folder / "data")},
            capture_output=True,
            text=True,
            check=False,
        )
        words = made.stdout.split()
        keys = [word for word in words if word.startswith("pb_")]
        assert keys, made.stderr
        site = Site(server, keys[0], hooks)
        site.create("texts", TEXTS)
        site.create("failing", FAILING)
        site.create("slow", SLOW)
        yield site
        for client in site.clients.values():
            end(client)
    finally:
        server.stop()
        hooks.shutdown()
        hooks.server_close()


@pytest.fixture
def python(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[fal_client.SyncClient]:
    """The official Python client, pointed here by its five URLs (docs/fal.md)."""
    places = {
        "RUN_URL_FORMAT": f"{site.url}/fal/run/",
        "QUEUE_URL_FORMAT": f"{site.url}/fal/queue/",
        "REST_URL": f"{site.url}/fal/rest",
        "CDN_URL": f"{site.url}/fal/cdn",
        "REALTIME_URL_FORMAT": f"{site.url.replace('http', 'ws')}/fal/run/",
    }
    for name, place in places.items():
        monkeypatch.setattr(globals_of_fal, name, place)
    client = fal_client.SyncClient(key=site.key)
    yield client
    # It has no close of its own, and Python complains of sockets that are left open.
    client._client.close()


JavaScript = Callable[..., Any]


#: What Node.js needs to find us under fal's own names, with no hook in the client at all.
BY_NAME = ["--import", "./names.mjs", "--experimental-websocket"]


def node(site: Site, hook: str, script: str, *arguments: str) -> Any:
    """Run one of the scripts of `client.mjs` by one of the ways to point the client here."""
    if hook not in site.clients:
        site.clients[hook] = subprocess.Popen(
            ["node", *(BY_NAME if hook == "names" else []), "client.mjs", hook],
            cwd=HERE,
            env={
                **os.environ,
                "FAL_KEY": site.key,
                "SITE": site.url,
                "WEBHOOK": f"{site.hooks.url}?by=javascript",
                "SITE_TLS_PORT": str(site.tls_port),
                "NODE_EXTRA_CA_CERTS": str(site.tls / "ca.pem"),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    client = site.clients[hook]
    assert client.stdin and client.stdout
    client.stdin.write(json.dumps([script, *arguments]) + "\n")
    client.stdin.flush()
    ready, _, _ = select.select([client.stdout], [], [], SCRIPT_SECONDS)
    line = client.stdout.readline() if ready else ""
    if not line:
        # It has ended, or is of no use to the next test.
        end(site.clients.pop(hook))
        raise AssertionError(f"{script} was not answered")
    told = json.loads(line)
    assert "error" not in told, told["error"]
    return told.get("value")


def end(client: subprocess.Popen[str]) -> None:
    """End a process of scripts."""
    client.kill()
    client.communicate()


@pytest.fixture(params=["proxyUrl", "requestMiddleware", "fetch", "names"])
def javascript(site: Site, request: pytest.FixtureRequest) -> JavaScript:
    """Run a script by each of the client's three hooks, and without any by fal's own names."""
    return partial(node, site, request.param)


@pytest.fixture(params=["fetch", "names"])
def own_requests(site: Site, request: pytest.FixtureRequest) -> JavaScript:
    """The same by the ways that reach what a proxy and the middleware do not."""
    return partial(node, site, request.param)
