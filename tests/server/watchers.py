"""Clients that watch runs of a real site, by event stream and by socket, well behaved or not."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from socket import create_connection
from socket import socket as Socket
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.api.client import a_node, an_edge
from tests.server.process import ROOT
from tests.server.test_serve import Site

Event = dict[str, Any]


@dataclass
class Watcher:
    """An account of a site, by key and by session."""

    site: Site
    key: str
    cookie: str

    def make(self, name: str, texts: list[str], previews: int = 1, *more: Event) -> str:
        """Create a workflow of texts `t0`, `t1` ..., all shown by each preview; return its slug."""
        told = [a_node(f"t{number}", "textBox", text=text) for number, text in enumerate(texts)]
        shown = [a_node(f"p{number}", "preview") for number in range(previews)]
        edges = [an_edge(t["id"], p["id"], "text", "value") for t in told for p in shown]
        body = {"name": name, "nodes": [*told, *shown, *more], "edges": edges}
        return str(self.post("/api/workflows", body)["slug"])

    def start(self, slug: str) -> str:
        """Start a run and return its id."""
        return str(
            self.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}})["executionId"]
        )

    def post(self, path: str, body: Any) -> Any:
        """Post JSON and return the response's."""
        answer = self.site.ask(
            "POST", path, json.dumps(body), x_api_key=self.key, Content_Type="application/json"
        )
        assert answer.status < 300, answer.body[:500]
        return answer.json()

    def head(self, path: str, method: str = "GET", body: str = "") -> bytes:
        """Return a request in HTTP/1.0: the response has no chunks and ends the connection."""
        return (
            f"{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nX-API-Key: {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    async def stream(self, path: str, method: str = "GET", body: str = "") -> list[Event]:
        """Read an event stream to its end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port, limit=2**26)
        writer.write(self.head(path, method, body))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.splitlines()[0], head
        text = (await reader.read(-1)).decode()
        writer.close()
        await writer.wait_closed()
        return [
            json.loads(line.removeprefix("data: "))
            for frame in text.split("\n\n")
            for line in frame.splitlines()
            if line.startswith("data: ")
        ]

    async def events(self, run: str) -> list[Event]:
        """Watch a run by event stream."""
        return await self.stream(f"/api/executions/{run}/events")

    def socket(self) -> connect:
        """Open a socket as the canvas does."""
        host = f"127.0.0.1:{self.site.port}"
        return connect(
            f"ws://{host}/ws/canvas",
            origin=Origin(f"http://{host}"),
            additional_headers={"Cookie": self.cookie},
            max_size=None,
            open_timeout=60,
        )

    async def messages(self, run: str) -> list[Event]:
        """Watch a run by socket."""
        events: list[Event] = []
        async with self.socket() as open_socket:
            await open_socket.send(json.dumps({"watch": run, "after": 0}))
            while True:
                frame = json.loads(await open_socket.recv())
                assert frame["type"] == "events", frame
                events += frame["events"]
                if frame["done"]:
                    return events
                await open_socket.send(json.dumps({"ack": frame["last"], "run": run}))

    def idle_stream(self, run: str) -> Socket:
        """Ask for a run's events and never read them."""
        connection = create_connection(("127.0.0.1", self.site.port))
        connection.sendall(self.head(f"/api/executions/{run}/events"))
        return connection


def watcher_of(site: Site, user: str = "ci") -> Watcher:
    """Return the account `Site.token` makes keys for, logged in as well."""
    key = site.token()
    done = subprocess.run(
        [sys.executable, "manage.py", "login_link", "--user", user],
        cwd=ROOT,
        env=site.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    path = re.search(r"(/login/\S+)", done.stdout)
    assert path is not None, done.stdout
    answer = site.log_in(path.group(1))
    cookie = re.search(r"sessionid=\w+", answer.headers["set-cookie"])
    assert cookie is not None
    return Watcher(site, key, cookie.group(0))


def memory(site: Site) -> int:
    """Return the resident memory of the site's process, in bytes."""
    assert site.process is not None
    with open(f"/proc/{site.process.pid}/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024
