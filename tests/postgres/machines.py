"""A site on several machines: web processes and workers over one database, with test nodes."""

from __future__ import annotations

import http.client
import json
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from tests.engine.crashlab import Lab, Process
from tests.engine.runs import graph
from tests.logging_in import form_of, log_in
from tests.ports import free_port
from tests.waiting import wait_until

#: How long to wait for a run whose worker is gone to go on elsewhere. That takes five to six
#: seconds; a busy machine may keep the process from looking that has to find out.
TAKEN_UP_SECONDS = 60.0


class Web:
    """A web process without an engine, and what is asked of it."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port
        self.token = ""

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"x-api-key": self.token, "Content-Type": "application/json"}
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()

    def healthy(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def events(self, run: str) -> Iterator[dict[str, Any]]:
        """Watch a run by its event stream, to its end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            path = f"/api/executions/{run}/events"
            connection.request("GET", path, headers={"x-api-key": self.token})
            response = connection.getresponse()
            assert response.status == 200
            for line in response:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            connection.close()

    def log_in(self, name: str, password: str) -> int:
        """Try a password as the login page does; return the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/login")
            page = connection.getresponse()
            cookie = str(page.getheader("set-cookie")).partition(";")[0]
            form = form_of(page.read().decode()).decode()
            form += "&" + urlencode({"username": name, "password": password})
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/login", form, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def socket(self, cookies: dict[str, str]) -> ClientConnection:
        """Open the canvas's socket."""
        host = f"127.0.0.1:{self.port}"
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return connect(
            f"ws://{host}/ws/canvas",
            origin=Origin(f"http://{host}"),
            additional_headers={"Cookie": cookie},
        )


class Machines:
    """The processes of a site, and its database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.lab = Lab(folder, database_url)
        self.database = psycopg.connect(database_url, autocommit=True)
        self.processes: list[Process] = []
        self._token = ""

    def close(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGKILL)
            process.finish()
        self.lab.__exit__(None, None, None)
        self.database.close()

    def web(self, **settings: str) -> Web:
        port = free_port()
        process = self._start("serve", PORT=str(port), **{"ENGINE": "none", **settings})
        web = Web(process, port)
        wait_until(web.healthy, 60)
        web.token = self._token = self._token or self._key()
        return web

    def worker(self, *arguments: str, **settings: str) -> Process:
        process = self._start("work", *arguments, **settings)
        assert "Executing up to" in process.output.readline()
        return process

    def kill(self, process: Process, number: int = signal.SIGKILL) -> int:
        """End a process by a signal and return its exit status."""
        self.processes.remove(process)
        process.send_signal(number)
        return process.finish()[0]

    def log_in(self, web: Web) -> dict[str, str]:
        """Log in at a web process by a link that another process has made; return the cookies."""
        command = ["login_link", "--user", "ci"]
        status, link = self.lab.start("manage", *command, PORT=str(web.port)).finish()
        assert status == 0, link
        return log_in(link.strip())

    def start(self, web: Web, nodes: dict[str, Any], *edges: str, **body: Any) -> str:
        """Start a run of a graph and return its id."""
        status, started = self.try_start(web, nodes, *edges, **body)
        assert status == 202, started
        return str(started["executionId"])

    def try_start(self, web: Web, nodes: dict[str, Any], *edges: str, **body: Any) -> Any:
        """Ask for a run of a graph; return the status and the response."""
        status, made = web.ask(
            "POST", "/api/workflows", {"name": uuid.uuid4().hex, **graph(nodes, *edges)}
        )
        assert status == 201, made
        path = f"/api/workflows/{made['slug']}/run?async=true"
        return web.ask("POST", path, {"inputs": {}, **body})

    def as_user(self, web: Web, name: str) -> Web:
        """Return the same web process as another account sees it."""
        other = Web(web.process, web.port)
        other.token = self._key(name)
        return other

    def row(self, run: str) -> tuple[str, int, str]:
        """Read the status of a run, its attempt, and who has it."""
        query = "SELECT status, attempt, runner FROM workflows_run WHERE id = %s"
        found = self.database.execute(query, [run]).fetchone()
        assert found is not None
        return found

    def status(self, run: str) -> str:
        return self.row(run)[0]

    def has_completed(self, run: str) -> bool:
        return self.status(run) == "completed"

    def ran_at(self, run: str) -> int:
        """Return the number of the process that has executed a run last, 0 while it is no one's."""
        runner = self.row(run)[2]
        return int(runner.split(":")[1]) if runner else 0

    def progressed(self, before: int) -> bool:
        """Return whether more nodes are done than so many."""
        query = "SELECT count(*) FROM workflows_event WHERE type = 'completion'"
        (count,) = self.database.execute(query).fetchone() or (0,)
        return int(count) > before

    def is_quiet(self) -> bool:
        """Return whether every run has ended."""
        query = "SELECT 1 FROM workflows_run WHERE finished_at IS NULL LIMIT 1"
        return self.database.execute(query).fetchone() is None

    def types(self, run: str) -> list[str]:
        query = "SELECT type FROM workflows_event WHERE run_id = %s ORDER BY seq"
        return [type for (type,) in self.database.execute(query, [run])]

    def worker_of(self, run: str) -> int:
        """Return the number of the process that executes a run."""
        wait_until(lambda: self.status(run) == "running")
        return self.ran_at(run)

    def calls(self, run: str) -> list[str]:
        """List the nodes of a run that have done something outside, in order."""
        if not self.lab.ledger.exists():
            return []
        lines = self.lab.ledger.read_text("ascii").splitlines()
        return [line.split()[1] for line in lines if line.startswith(run)]

    def _start(self, *arguments: str, **settings: str) -> Process:
        process = self.lab.start("manage", *arguments, **settings)
        self.processes.append(process)
        return process

    def _key(self, user: str = "ci") -> str:
        names = "workflow:read,workflow:write,workflow:run"
        command = ["create_token", "--user", user, "--capabilities", names]
        status, output = self.lab.start("manage", *command).finish()
        assert status == 0, output
        return output.strip()
