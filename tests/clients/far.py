"""A second Patchbay that stands for fal, and a first one whose apps run there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.browser.server import ROOT, Server

ALL = "workflow:*,execution:*"


class Gate(ThreadingHTTPServer):
    """A URL that answers `{"passed": true}`, but only once it has been opened."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.arrived, self.opened = threading.Event(), threading.Event()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Asked(BaseHTTPRequestHandler):
    server: Gate

    def do_GET(self) -> None:
        self.server.arrived.set()
        self.server.opened.wait(60)
        body = b'{"passed": true}'
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked was cancelled

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def gate() -> Iterator[Gate]:
    """Serve for as long as the block lasts; open at its end."""
    server = Gate()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.opened.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Place:
    """A server with an account, its key, and what a test does there."""

    def __init__(self, server: Server, user: str) -> None:
        self.server, self.user = server, user
        self.key = self._manage("create_token", "--user", user, "--capabilities", ALL)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as the account and return the JSON, with the status under `status_code`."""
        url = path if path.startswith("http") else f"{self.server.url}{path}"
        request = urllib.request.Request(
            url,
            None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Key {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {**json.load(error), "status_code": error.code}

    def workflow(self, name: str, document: dict[str, Any]) -> str:
        """Make a workflow and return what it is called as an app."""
        made = self.call("POST", "/api/workflows", {"name": name, **document})
        return f"workflows/{self.user}/{made['slug']}"

    def upload(self, body: bytes, name: str, kind: str) -> str:
        """Upload a file as fal's clients do and return its URL."""
        asked = {"file_name": name, "content_type": kind}
        place = self.call("POST", "/fal/rest/storage/upload/initiate", asked)
        sent = urllib.request.Request(
            place["upload_url"], body, {"Content-Type": kind}, method="PUT"
        )
        urllib.request.urlopen(sent, timeout=60).close()
        return str(place["file_url"])

    def publish(self, name: str, contents: dict[str, Any]) -> str:
        """Make a workflow in fal's format and return what it is called as an app."""
        body = {"name": name, "title": name, "contents": contents}
        made = self.call("POST", "/v1/workflows", body)["workflow"]
        return f"workflows/{self.user}/{made['name']}"

    def events(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Follow the statuses of a queued request, with their new log lines."""
        asked = urllib.request.Request(
            f"{request['status_url']}/stream?logs=1", headers={"Authorization": f"Key {self.key}"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])

    def runs(self) -> list[dict[str, Any]]:
        """List all runs of the account, newest first."""
        found: list[dict[str, Any]] = self.call("GET", "/api/executions")
        return found

    def keep_key(self, key: str, origin: str) -> None:
        """Store a key for what stands for fal, as the settings page does."""
        self._python(
            "from workflows.models import User\n"
            "from workflows.services.identity.credentials import NewCredential\n"
            "from workflows.services.identity.credentials import credential_create\n"
            f"user = User.objects.get(username={self.user!r})\n"
            f"new = NewCredential(name='far', provider='fal', secret={key!r})\n"
            f"new.allowed_origins = [{origin!r}]\n"
            "credential_create(user=user, request=new)\n"
        )

    def texts(self) -> str:
        """Return everything the database and the log of this place say, as one text."""
        files = [path for path in self.server.folder.rglob("*") if path.is_file()]
        return "".join(path.read_bytes().decode("latin-1") for path in files)

    def _python(self, script: str) -> str:
        return self._run("-c", f"import django\ndjango.setup()\n{script}")

    def _manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments).split()[-1]

    def _run(self, *arguments: str) -> str:
        environment = {
            **os.environ,
            "DATA_DIR": str(self.server.folder / "data"),
            "DJANGO_SETTINGS_MODULE": "canvas.settings",
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def folder(parent: Path, name: str) -> Path:
    """Make a folder for a server."""
    made = parent / name
    made.mkdir()
    return made
