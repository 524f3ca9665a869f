"""A live Patchbay whose providers are servers on this machine, and a user logged in to it."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.browser.server import Server
from tests.logging_in import log_in
from tests.ports import free_port
from tests.waiting import wait_until

CLIENTS = Path(__file__).resolve().parent.parent / "clients"
ROOT = CLIENTS.parent.parent
ENDED = ("completed", "failed", "cancelled")


class Outside:
    """A process that prints its URL and runs until it is ended."""

    def __init__(self, command: list[str], folder: Path) -> None:
        with (folder / f"{Path(command[1]).stem}.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=CLIENTS, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http"), self.process.poll()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


def tiny_model(folder: Path) -> Outside:
    """Start llama.cpp's server with a tiny model."""
    python = str(ROOT / ".venv-clients" / "bin" / "python")
    return Outside([python, "tiny_model.py", str(folder), str(free_port())], folder)


class Refused(Exception):
    """A response that is no success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class User:
    """Somebody at a browser of the live server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        cookies = log_in(server.login_link)
        self._headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": next(value for name, value in cookies.items() if "csrf" in name),
            "Content-Type": "application/json",
            "Origin": server.url,
        }

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API and return its JSON. Raises Refused."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.server.url + path, content, self._headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.load(error)) from error

    def connect(self, provider: str, secret: str = "a-key-of-the-tests") -> str:
        """Store a key of a provider and return its id."""
        body = {"name": f"{provider} {time.monotonic()}", "provider": provider, "secret": secret}
        return str(self.call("POST", "/api/credentials", body)["id"])

    def upload(self, file: Path, kind: str) -> Any:
        """Upload a file and return its reference."""
        edge = "----edge"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()
        body = head + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        headers = {**self._headers, "Content-Type": f"multipart/form-data; boundary={edge}"}
        request = urllib.request.Request(
            f"{self.server.url}/api/uploads", body, headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def run(self, type: str, **inputs: Any) -> Any:
        """Run one node alone and return its result. Raises Refused when it fails."""
        nodes = [
            {"id": "it", "type": type, "position": {"x": 0, "y": 0}, "data": inputs},
            {"id": "out", "type": "responseOutput", "position": {"x": 400, "y": 0}, "data": {}},
        ]
        return self.run_graph(nodes, [])

    def run_graph(self, nodes: list[Any], edges: list[Any]) -> Any:
        """Store a workflow, run it, and return the outputs of its nodes by id."""
        made = self.call(
            "POST", "/api/workflows", {"name": "Models", "nodes": nodes, "edges": edges}
        )
        only = {"only": ["it"]} if len(nodes) == 2 else {}
        body = {"inputs": {}, **only}
        run = self.call("POST", f"/api/workflows/{made['slug']}/run?async=true", body)
        return self.ended(run["executionId"])

    def ended(self, id: str) -> Any:
        """Wait for a run and return it."""
        path = f"/api/executions/{id}"
        wait_until(lambda: self.call("GET", path)["status"] in ENDED, 120)
        return self.call("GET", path)


def step_of(run: Any) -> Any:
    """Return the node `it` of a run."""
    return next(row for row in run["nodes"] if row["id"] == "it")


def output_of(run: Any) -> Any:
    """Return what the node `it` of a run has made. Fails with the run's error."""
    assert run["status"] == "completed", run["error"]
    return step_of(run)["outputs"]
