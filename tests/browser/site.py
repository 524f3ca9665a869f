"""The API as the signed-in user uses it from a page: the cookies and the CSRF header."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any, Self

import httpx


class Site:
    """A thin client; every call must succeed unless the test says otherwise."""

    def __init__(self, url: str, state: Any) -> None:
        cookies = {cookie["name"]: cookie["value"] for cookie in state["cookies"]}
        self._client = httpx.Client(
            base_url=url,
            cookies=cookies,
            headers={"X-CSRFToken": cookies.get("csrftoken", ""), "Referer": f"{url}/"},
            timeout=60,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        """Read JSON."""
        return self._client.get(path).raise_for_status().json()

    def file(self, path: str) -> bytes:
        """Read a file."""
        return self._client.get(path).raise_for_status().content

    def post(self, path: str, body: Any) -> Any:
        """Send JSON and read JSON."""
        return self._client.post(path, json=body).raise_for_status().json()

    def put(self, path: str, body: Any) -> None:
        """Change something."""
        self._client.put(path, json=body).raise_for_status()

    def upload(self, name: str, body: bytes) -> dict[str, Any]:
        """Send a file and return its media reference."""
        answer = self._client.post("/api/uploads", files={"file": (name, body)})
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def delete(self, path: str) -> None:
        """Delete something."""
        self._client.delete(path).raise_for_status()

    def create(self, name: str, nodes: list[Any], edges: list[Any] | None = None) -> str:
        """Make a workflow and return its slug."""
        body = {"name": name, "nodes": nodes, "edges": edges or []}
        return str(self.post("/api/workflows", body)["slug"])

    def workflow(self, slug: str) -> dict[str, Any]:
        """Read a workflow."""
        found: dict[str, Any] = self.get(f"/api/workflows/{slug}")
        return found

    def change(self, slug: str, *operations: Any) -> int:
        """Edit a workflow as another page would; return its new version."""
        body = {
            "baseVersion": self.workflow(slug)["version"],
            "batchId": str(uuid.uuid4()),
            "label": "From elsewhere",
            "operations": list(operations),
        }
        return int(self.post(f"/api/workflows/{slug}/changes", body)["version"])

    def last_run(self, slug: str) -> dict[str, Any]:
        """Read the newest run of a workflow, its nodes included."""
        newest = self.get(f"/api/executions?workflow={slug}&limit=1")[0]
        found: dict[str, Any] = self.get(f"/api/executions/{newest['executionId']}")
        return found

    def until_gone(self, slug: str, seconds: float = 10.0) -> None:
        """Return when a workflow is no longer there."""
        pause = threading.Event()
        deadline = time.monotonic() + seconds
        while self._client.get(f"/api/workflows/{slug}").status_code != 404:
            assert time.monotonic() < deadline, f"{slug} is still there"
            pause.wait(0.05)

    def events(self, run: str) -> list[dict[str, Any]]:
        """Read the whole journal of a run that has ended."""
        text = self._client.get(f"/api/executions/{run}/events").raise_for_status().text
        lines = [line[5:] for line in text.splitlines() if line.startswith("data:")]
        return [json.loads(line) for line in lines]


def node(id: str, type: str, x: float, y: float, **data: Any) -> dict[str, Any]:
    """Return a node of a document."""
    return {"id": id, "type": type, "position": {"x": x, "y": y}, "data": data}


def edge(source: str, output: str, target: str, input: str) -> dict[str, Any]:
    """Return an edge of a document, as the canvas writes it."""
    return {
        "id": f"{source}.{output}-{target}.{input}",
        "source": source,
        "target": target,
        "sourceHandle": f"{output}-out",
        "targetHandle": f"{input}-in",
    }
