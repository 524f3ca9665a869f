"""Users who edit one workflow, each with a session, a replica, a socket and an undo of their own.

Each edits nodes of their own alone, so that what their undo gives back can be told exactly.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import Any
from uuid import uuid4

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.server.editors import PAUSE_SECONDS, Editor
from tests.server.process import ROOT
from tests.server.test_serve import Site
from workflows.graph.document import same
from workflows.graph.operations import apply, apply_rebased
from workflows.types import JsonObject

_CSRF = "c" * 32
_MAKE = """
import json
from django.test import Client
from workflows.models import Collaborator, User
from workflows.services.library.workflows import workflow_create
users = [User.objects.create_user(f"person-{at}") for at in range(%d)]
nodes = [
    {"id": f"a{at}", "type": "textBox", "position": {"x": at %% 20 * 400, "y": at // 20 * 300},
     "data": {}}
    for at in range(%d)
]
made = workflow_create(user=users[0], body={"name": "Shared", "nodes": nodes})
keys = []
for at, user in enumerate(users):
    if at:
        Collaborator.objects.create(workflow=made, user=user, role="edit")
    client = Client()
    client.force_login(user)
    keys.append(client.cookies["sessionid"].value)
print(json.dumps(keys))
"""


def make_people(site: Site, count: int, nodes: int) -> list[dict[str, str]]:
    """Make users who share a workflow, `shared`; return the cookies of a session of each."""
    script = _MAKE % (count, nodes)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", script],
        cwd=ROOT,
        env=site.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    keys = json.loads(done.stdout.splitlines()[-1])
    return [{"sessionid": key, "csrftoken": _CSRF} for key in keys]


class Person(Editor):
    """An editor with a session, who edits nodes of their own and can take it all back."""

    def __init__(self, port: int, cookies: dict[str, str], number: int, of: int) -> None:
        self.of = of
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        #: When each batch was first sent; those that had to be sent again are not here.
        self.sent: dict[str, float] = {}
        super().__init__(port, "", "shared", number, 0.2)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request as a page does, again until the server responds."""
        self.headers = {
            "Cookie": self.cookie,
            "X-CSRFToken": _CSRF,
            "Content-Type": "application/json",
        }
        began, lost = time.monotonic(), self.lost
        status, found = super().ask(method, path, body)
        if isinstance(body, dict) and self.lost == lost and body.get("action") is None:
            self.sent[body["batchId"]] = began
        return status, found

    def owns(self, id: str) -> bool:
        """Return whether a node is this user's to edit."""
        if id.startswith("a"):
            return int(id[1:]) % self.of == self.number
        return id.startswith(f"n{self.number}-")

    def operation(self) -> JsonObject:
        """Make up an edit of a node of one's own."""
        whole = self.document
        own = [node for node in whole["nodes"] if self.owns(node["id"])]
        self.document = {**whole, "nodes": own}
        try:
            found = super().operation()
        finally:
            self.document = whole
        if "index" in found:
            found["index"] = self.chance.randrange(len(whole["nodes"]) + 1)
        return found

    def undo_all(self) -> int:
        """Take back all of one's own steps, as far as the document is as they have left it."""
        count, place = 0, ""
        while True:
            page = self.ask("GET", f"{self.path}/steps{place}")[1]
            for step in page["undo"]:
                self.undo(step)
                count += 1
            if page["next"] is None:
                return count
            place = f"?before={page['next']}"

    def undo(self, step: JsonObject) -> None:
        """Take one step back."""
        self.catch_up()
        back: list[JsonObject] = []
        document = self.document
        done = reversed(step["operations"])
        for operation, inverse in zip(done, step["inverse"], strict=True):
            assert _is_left(document, operation), "another user has changed what is one's own"
            # A node comes back where there is a place for it now, as in the page.
            document, _, fitting = apply_rebased(document, [inverse])
            back += fitting
        batch = {
            "baseVersion": self.version,
            "batchId": str(uuid4()),
            "label": step["label"],
            "operations": back,
            "step": step["id"],
            "action": "undo",
        }
        status, answer = self.ask("POST", f"{self.path}/changes", batch)
        assert status == 200, answer
        self.catch_up()


def _is_left(document: JsonObject, operation: JsonObject) -> bool:
    """Return whether what an operation has set is still so; of those that people here make."""
    found = {node["id"]: node for node in document["nodes"]}
    if operation["op"] == "node.add":
        return same(found.get(operation["node"]["id"]), operation["node"])
    if operation["op"] == "node.remove":
        return operation["id"] not in found
    node = found.get(operation["id"])
    return node is not None and same(node["data"].get(operation["field"]), operation["value"])


class Watcher(threading.Thread):
    """The socket of a page: a replica made of what it brings, which comes again after each loss."""

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True, name=f"watcher {person.number}")
        self.person = person
        self.document, self.version = person.document, person.version
        #: When each batch was seen, and when there was no connection.
        self.seen: dict[str, float] = {}
        self.away: list[tuple[float, float]] = []
        self.over = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Follow until told to end."""
        lost_at = time.monotonic()
        while not self.over.is_set():
            try:
                self._follow(lost_at)
            except (OSError, WebSocketException):
                pass
            except Exception as error:  # the test reports it
                self.failure = error
                return
            lost_at = time.monotonic()
            self.over.wait(PAUSE_SECONDS)

    def _follow(self, lost_at: float) -> None:
        host = f"127.0.0.1:{self.person.port}"
        with connect(
            f"ws://{host}/ws/canvas",
            origin=Origin(f"http://{host}"),
            additional_headers={"Cookie": self.person.cookie},
            max_size=None,
        ) as socket:
            socket.send(json.dumps({"edit": "shared", "after": self.version}))
            met = False
            while not self.over.is_set():
                try:
                    frame = json.loads(socket.recv(timeout=1))
                except TimeoutError:
                    continue
                now = time.monotonic()
                if not met:
                    met = True
                    self.away.append((lost_at, now))
                if frame["type"] == "changes":
                    self._take(frame["changes"], now)
                else:
                    assert frame["type"] in ("presence", "comments"), frame

    def _take(self, changes: list[JsonObject], now: float) -> None:
        for change in changes:
            assert change["version"] == self.version + 1
            self.document = apply(self.document, change["operations"])
            self.version = change["version"]
            self.seen[change["batchId"]] = now

    def times(self, sent: dict[str, float]) -> list[float]:
        """Return how long others' edits took to be seen, those that met an outage left out."""
        return [
            self.seen[id] - at
            for id, at in sent.items()
            if id in self.seen
            and not any(lost < self.seen[id] + 1e-9 and at <= back for lost, back in self.away)
        ]
