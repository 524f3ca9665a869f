"""Make a golden file of journals with the code of an earlier commit, by its own server.

    git worktree add --detach /tmp/old COMMIT
    .venv/bin/python -m tests.golden.make /tmp/old NAME

starts that checkout's server on a new folder, runs what `RUNS` has through its API, kills it in the
middle of the last run, and writes the rows and files to `tests/golden/NAME.json`.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port
from tests.waiting import wait_until

ENDED = ("completed", "failed", "cancelled")
HERE = Path(__file__).resolve().parent
#: Of which tables the rows are kept, and which of them.
_TABLES = {
    "workflows_user": "username = 'ci'",
    "workflows_token": "owner_id IN (SELECT id FROM workflows_user WHERE username = 'ci')",
    "workflows_workflow": "owner_id IN (SELECT id FROM workflows_user WHERE username = 'ci')",
    "workflows_snapshot": "id IN (SELECT snapshot_id FROM workflows_run)",
    "workflows_run": "1",
    "workflows_step": "1",
    "workflows_event": "1",
    "workflows_noderesult": "1",
    "workflows_cacheentry": "1",
    "workflows_recipe": "1",
    "workflows_part": "1",
    "workflows_asset": "owner_id IN (SELECT id FROM workflows_user WHERE username = 'ci')",
    "workflows_creditentry": "run_id IS NOT NULL",
}


def node(id: str, type: str, **data: Any) -> dict[str, Any]:
    """Return a node of a document."""
    return {"id": id, "type": type, "position": {"x": 0, "y": 0}, "data": data}


def edge(source: str, port: str, target: str, input: str) -> dict[str, Any]:
    """Return an edge of a document."""
    return {
        "id": f"{source}-{target}",
        "source": source,
        "sourceHandle": port,
        "target": target,
        "targetHandle": input,
    }


def runs(url: str) -> dict[str, dict[str, Any]]:
    """Return the documents by name; those that wait call `url`."""
    gradient = node("gradient", "gradient", width=32, height=24)
    other = node("other", "gradient", width=24, height=24)
    small = node("small", "resizeImage", mode="exact", width=16, height=12)
    end = node("end", "responseOutput")
    return {
        "texts": {
            "nodes": [
                node("text", "textBox", text="a few words"),
                node("join", "joinText"),
                end,
            ],
            "edges": [edge("text", "text", "join", "texts"), edge("join", "text", "end", "result")],
        },
        "images": {
            "nodes": [gradient, small, node("soft", "blurImage", radius=2), end],
            "edges": [
                edge("gradient", "image", "small", "image"),
                edge("small", "image", "soft", "image"),
                edge("soft", "image", "end", "result"),
            ],
        },
        "items": {
            "nodes": [gradient, other, node("all", "list"), small, end],
            "edges": [
                edge("gradient", "image", "all", "items"),
                edge("other", "image", "all", "items"),
                edge("all", "items", "small", "image"),
                edge("small", "image", "end", "result"),
            ],
        },
        "failed": {
            "nodes": [
                node("text", "textBox", text="no image"),
                node("call", "httpRequest", url="http://127.0.0.1:9/refused"),
                node("after", "joinText"),
            ],
            "edges": [edge("call", "text", "after", "texts")],
        },
        "cancelled": _waiting(url),
        "unfinished": _waiting(url),
    }


def _waiting(url: str) -> dict[str, Any]:
    return {
        "nodes": [
            node("text", "textBox", text="done before"),
            node("call", "httpRequest", url=url),
            node("join", "joinText"),
            node("end", "responseOutput"),
        ],
        "edges": [
            edge("text", "text", "join", "texts"),
            {**edge("call", "text", "join", "texts"), "id": "call-join"},
            edge("join", "text", "end", "result"),
        ],
    }


class Old:
    """The server of a checkout."""

    def __init__(self, checkout: Path, folder: Path, allowed: str) -> None:
        self.checkout, self.port = checkout, free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "FETCH_ALLOW": allowed,
            "RATES": "pro=100000",
        }
        names = "workflow:read,workflow:write,workflow:run,execution:read"
        token = self._manage("create_token", "--user", "ci", "--capabilities", names)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=checkout, env=self.environment
        )
        base, headers = f"http://127.0.0.1:{self.port}", {"x-api-key": token.strip()}
        self.http = httpx.Client(base_url=base, headers=headers, timeout=60)
        wait_until(self._is_up, 120)

    def start(self, name: str, document: dict[str, Any]) -> str:
        """Start a run and return its id."""
        made = self.http.post("/api/workflows", json={"name": name, **document})
        assert made.status_code == 201, made.text
        path = f"/api/workflows/{made.json()['slug']}/run?async=true"
        started = self.http.post(path, json={"inputs": {}})
        assert started.status_code == 202, started.text
        return str(started.json()["executionId"])

    def read(self, run: str) -> dict[str, Any]:
        """Return what the API says of a run."""
        return dict(self.http.get(f"/api/executions/{run}").json())

    def _manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.checkout, env=self.environment, check=True, capture_output=True
        )
        return done.stdout.decode()

    def _is_up(self) -> bool:
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.HTTPError:
            return False


def make(checkout: Path) -> dict[str, Any]:
    """Run everything with the code of a checkout and return the golden file."""
    with socket.create_server(("127.0.0.1", free_port())) as silent:
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "data"
            old = Old(checkout, folder, origin)
            try:
                ids, read = _run_all(old, silent, f"{origin}/x")
            finally:
                old.process.send_signal(signal.SIGKILL)
                old.process.wait(10)
            tables, migration = _rows(folder / "patchbay.sqlite3")
            files = _files(folder / "media", tables)
    commit = subprocess.run(
        ["git", "log", "-1", "--format=%h %ad", "--date=short"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    return {
        "commit": commit,
        "migration": migration,
        "origin": origin,
        "site": f"http://127.0.0.1:{old.port}",
        "runs": ids,
        "read": read,
        "tables": tables,
        "files": files,
    }


def _run_all(old: Old, silent: socket.socket, url: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Start every run and wait for its end, or until it waits; return ids and what is read."""
    silent.settimeout(60)
    ids, read = {}, {}
    for name, document in runs(url).items():
        run = ids[name] = old.start(name, document)
        if name in ("cancelled", "unfinished"):
            silent.accept()
            wait_until(lambda: "text" in _done(old.read(run)), 60)  # noqa: B023
        if name == "cancelled":
            old.http.post(f"/api/executions/{run}/cancel")
        if name != "unfinished":
            wait_until(lambda: old.read(run)["status"] in ENDED, 60)  # noqa: B023
        read[name] = old.read(run)
    return ids, read


def _done(run: dict[str, Any]) -> set[str]:
    nodes = run["nodes"]
    rows = nodes.items() if isinstance(nodes, dict) else ((row["id"], row) for row in nodes)
    return {id for id, row in rows if row["status"] == "completed"}


def _rows(path: Path) -> tuple[dict[str, Any], str]:
    tables: dict[str, Any] = {}
    with sqlite3.connect(path) as database:
        known = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        for table, condition in _TABLES.items():
            if table not in known:
                continue
            rows = database.execute(f"SELECT * FROM {table} WHERE {condition}")
            columns = [column[0] for column in rows.description]
            if found := rows.fetchall():
                tables[table] = {"columns": columns, "rows": found}
        query = "SELECT max(name) FROM django_migrations WHERE app = 'workflows'"
        (migration,) = database.execute(query).fetchone()
    return tables, migration


def _files(folder: Path, tables: dict[str, Any]) -> dict[str, str]:
    text = json.dumps(tables)
    return {
        path.name: base64.b64encode(path.read_bytes()).decode()
        for path in sorted(folder.glob("??/??/*"))
        if path.name in text
    }


if __name__ == "__main__":
    made = make(Path(sys.argv[1]).resolve())
    (HERE / f"{sys.argv[2]}.json").write_text(
        json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
