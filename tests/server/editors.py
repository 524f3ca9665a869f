"""Editors of a workflow as programs: each holds a replica, sends batches, and repeats lost ones."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from typing import Any
from uuid import uuid4

from workflows.graph.operations import apply

#: A page waits before it tries again; so do these.
PAUSE_SECONDS = 0.05


class Editor(threading.Thread):
    """One editor: a replica of the document, and a thread that changes it until told to end."""

    def __init__(self, port: int, token: str, slug: str, number: int, pause: float) -> None:
        super().__init__(daemon=True, name=f"editor {number}")
        self.port, self.number, self.pause = port, number, pause
        self.path = f"/api/workflows/{slug}"
        self.headers = {"x-api-key": token, "Content-Type": "application/json"}
        self.chance = random.Random(number)
        self.acknowledged: dict[str, int] = {}
        self.conflicts = 0
        self.lost = 0
        self.failure: Exception | None = None
        self.over = threading.Event()
        self.connection: http.client.HTTPConnection | None = None
        found = self.ask("GET", self.path)[1]
        self.version = found["version"]
        self.document = {"nodes": found["nodes"], "edges": found["edges"]}
        self.own = [node["id"] for node in self.document["nodes"]]

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request, again until the server responds."""
        while True:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                text = None if body is None else json.dumps(body)
                self.connection.request(method, path, text, self.headers)
                response = self.connection.getresponse()
                content = response.read()
                if response.status < 500:
                    return response.status, json.loads(content)
            except (OSError, http.client.HTTPException):
                self.lost += 1
            self.close()
            self.connection = None
            time.sleep(PAUSE_SECONDS)

    def run(self) -> None:
        """Edit until the end."""
        try:
            while not self.over.is_set():
                self.edit()
                self.over.wait(self.pause)
        except Exception as error:  # the test reports it
            self.failure = error

    def close(self) -> None:
        """End the connection."""
        if self.connection is not None:
            self.connection.close()

    def edit(self) -> None:
        """Send one batch, made on what this editor knows; one without a target is given up."""
        batch = {
            "baseVersion": self.version,
            "batchId": str(uuid4()),
            "label": self.name,
            "operations": [self.operation()],
        }
        status, answer = self.ask("POST", f"{self.path}/changes", batch)
        assert status in (200, 409), answer
        if status == 200:
            self.acknowledged[batch["batchId"]] = answer["version"]
            own = {"version": answer["version"], "operations": batch["operations"]}
            self.take(answer["missed"] or [own])
        else:
            self.conflicts += 1
            self.take(answer["missed"])
        if status == 200 and answer["version"] > self.version:
            self.catch_up()

    def operation(self) -> dict[str, Any]:
        """Make up an edit: mostly fields, now and then a node that comes or goes."""
        nodes = [node["id"] for node in self.document["nodes"]]
        what = self.chance.random()
        if what < 0.1 or not nodes:
            id = f"n{self.number}-{uuid4().hex[:8]}"
            node = {"id": id, "type": "textBox", "position": {"x": 0, "y": 0}, "data": {}}
            return {"op": "node.add", "node": node, "index": self.chance.randrange(len(nodes) + 1)}
        id = self.chance.choice(nodes)
        if what < 0.15 and len(nodes) > 5:
            return {"op": "node.remove", "id": id}
        field = f"f{self.chance.randrange(5)}"
        return {"op": "field.set", "id": id, "field": field, "value": self.chance.randrange(1000)}

    def take(self, changes: list[dict[str, Any]]) -> None:
        """Apply what comes next in the log."""
        for change in changes:
            if change["version"] == self.version + 1:
                self.document = apply(self.document, change["operations"])
                self.version = change["version"]

    def catch_up(self) -> None:
        """Read what was missed."""
        _, found = self.ask("GET", f"{self.path}/changes?since={self.version}")
        if found["changes"] is None:
            whole = self.ask("GET", self.path)[1]
            self.document = {"nodes": whole["nodes"], "edges": whole["edges"]}
            self.version = whole["version"]
        else:
            self.take(found["changes"])
