"""A live server and ComfyUI servers beside it, driven by curl alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.browser.server import ROOT, Server

SECONDS = "60"


@dataclass
class Answer:
    """What curl got."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Site:
    """A running Patchbay, and a key of its administrator's."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.url, self.folder, self.server = server.url, folder, server
        made = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "create_token",
                "--user",
                "admin",
                "--capabilities",
                "workflow:*,execution:*,runner:*",
            ],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(server.folder / "data")},
            capture_output=True,
            text=True,
            check=True,
        )
        self.key = next(word for word in made.stdout.split() if word.startswith("pb_"))

    def curl(self, path: str, *arguments: str, key: bool = True) -> Answer:
        """Call with curl."""
        url = path if path.startswith("http") else self.url + path
        done = subprocess.run(
            [
                "curl",
                "-sS",
                "--max-time",
                SECONDS,
                "-w",
                "\n%{http_code}",
                *self._key(key),
                *arguments,
                url,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        text, _, status = done.stdout.rpartition("\n")
        return Answer(int(status), text)

    def runner(self, name: str, endpoint: str, *tags: str, **headers: str) -> str:
        """Register a runner and return its id."""
        body = {"name": name, "endpoint": endpoint, "tags": tags, "headers": headers}
        made = self.curl("/v1/runner", "--json", json.dumps(body))
        assert made.status == 201, made.text
        return str(made.json["id"])

    def create(self, graph: Any, *fields: str, tags: str = "") -> dict[str, Any]:
        """Create a workflow; `fields` are as curl takes them behind -F."""
        made = self.try_create(graph, *fields, tags=tags)
        assert made.status == 201, made.text
        return dict(made.json)

    def try_create(self, graph: Any, *fields: str, tags: str = "") -> Answer:
        """Create a workflow, whatever comes of it."""
        file = self.folder / f"{uuid4()}.json"
        file.write_text(json.dumps(graph), encoding="utf-8")
        parts = ["name=cup", f"workflow_json=@{file}", f"tags={tags}", *fields]
        return self.curl("/v1/workflow", *(word for part in parts for word in ("-F", part)))

    def get(self, id: str) -> dict[str, Any]:
        """Read a workflow."""
        return dict(self.curl(f"/v1/workflow/{id}").json)

    def cancel(self, id: str) -> Answer:
        """Cancel a workflow."""
        return self.curl(f"/v1/workflow/{id}/cancel", "-X", "POST")

    def subscribe(self, id: str) -> Stream:
        """Follow a workflow."""
        command = [
            "curl",
            "-sSN",
            "--max-time",
            SECONDS,
            *self._key(True),
            f"{self.url}/v1/workflow/{id}/subscribe",
        ]
        return Stream(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))

    def _key(self, wanted: bool) -> list[str]:
        return ["-H", f"Authorization: Bearer {self.key}"] if wanted else []


@dataclass
class Stream:
    """What a subscription tells."""

    process: subprocess.Popen[str]
    frames: list[dict[str, Any]] = field(default_factory=list)

    def until(self, *states: str) -> dict[str, Any]:
        """Read on until one of the states is told, and return its frame."""
        for frame in self._rest():
            if frame["status"] in states:
                return frame
        raise AssertionError(f"the stream ended with {self.states}")

    def to_the_end(self) -> dict[str, Any]:
        """Read until the server closes, and return the last frame."""
        list(self._rest())
        code = self.process.wait(20)
        self.close()
        assert code == 0
        return self.frames[-1]

    @property
    def states(self) -> list[str]:
        """What was told, each once in a row."""
        told = [frame["status"] for frame in self.frames]
        return [one for at, one in enumerate(told) if at == 0 or told[at - 1] != one]

    def close(self) -> None:
        """Stop listening."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _rest(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("data: "):
                self.frames.append(json.loads(line.removeprefix("data: ")))
                yield self.frames[-1]


class Killable:
    """A ComfyUI server as a process of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        """Start it and return when it listens."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.clients.fake_comfyui", "--port", str(self.port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == self.url

    def kill(self) -> None:
        """End it at once, as a power failure would."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def do(self, **what: Any) -> None:
        """Tell it something, such as `open="gate"`."""
        subprocess.run(
            ["curl", "-sS", "--json", json.dumps(what), f"{self.url}/test/do"],
            check=True,
            capture_output=True,
        )

    def log(self) -> dict[str, Any]:
        """Return what it has taken and executed."""
        done = subprocess.run(
            ["curl", "-sS", f"{self.url}/test/log"], check=True, capture_output=True
        )
        return dict(json.loads(done.stdout))
