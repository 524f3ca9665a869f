"""Journals that earlier versions have written, read and continued by this one.

Each file here holds the rows and files of a site as its version left them, killed in the middle of
a run; `make.py` says how it was made. The database is brought to the tables of that version and
filled, and given to today's server, which migrates it by itself.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.server.test_serve import Site
from tests.started import ROOT
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
FILES = sorted(path.stem for path in HERE.glob("*.json"))
#: A version whose tables a squashed migration makes now.
_SQUASHED = {"0013_credential_ids": "0001_squashed_0013_credential_ids"}


@dataclass
class Loaded:
    """Today's server over what an earlier version has left."""

    golden: dict[str, Any]
    site: Site
    key: dict[str, str]
    called: list[str]

    def read(self, path: str) -> Any:
        """Return what the API says at a path."""
        got = self.site.ask("GET", path, **self.key)
        assert got.status == 200, got.body
        return json.loads(got.body)

    def events(self, run: str) -> list[dict[str, Any]]:
        """Return the events of an ended run, from its stream."""
        body = self.site.ask("GET", f"/api/executions/{run}/events", **self.key).body.decode()
        return [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: ")]


def _load(golden: dict[str, Any], folder: Path, origin: str) -> None:
    """Make a data folder as the earlier version left it; who waits calls `origin` now."""
    migration = _SQUASHED.get(golden["migration"], golden["migration"])
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", "workflows", migration],
        cwd=ROOT,
        env=Site(folder).environment(),
        check=True,
    )
    tables = json.loads(json.dumps(golden["tables"]).replace(golden["origin"], origin))
    with sqlite3.connect(folder / "patchbay.sqlite3") as database:
        for table, content in tables.items():
            names = ", ".join(f'"{name}"' for name in content["columns"])
            marks = ", ".join("?" for _ in content["columns"])
            insert = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            database.executemany(insert, content["rows"])
    database.close()
    for sha256, body in golden["files"].items():
        place = folder / "media" / sha256[:2] / sha256[2:4] / sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(base64.b64decode(body))


@pytest.fixture(
    scope="module",
    params=FILES,
)
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    golden = json.loads((HERE / f"{request.param}.json").read_text(encoding="utf-8"))
    called: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"came later")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    site = Site(tmp_path_factory.mktemp(request.param) / "data", FETCH_ALLOW=origin)
    _load(golden, site.folder, origin)
    site.start()
    names = "workflow:read,workflow:run,execution:read"
    made = subprocess.run(
        [sys.executable, "manage.py", "create_token", "--user", "ci", "--capabilities", names],
        cwd=ROOT,
        env=site.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    yield Loaded(golden, site, {"x_api_key": made.stdout.strip()}, called)
    site.stop()
    server.shutdown()
    server.server_close()


def test_the_api_reads_an_ended_run_as_its_version_did(loaded: Loaded) -> None:
    golden = loaded.golden
    for name in ("texts", "images", "items", "failed", "cancelled"):
        before = json.dumps(golden["read"][name])
        here = f"http://127.0.0.1:{loaded.site.port}"
        old = json.loads(before.replace(golden["site"], here))
        new = loaded.read(f"/api/executions/{golden['runs'][name]}")
        kept = ("status", "error", "cost", "lastSeq", "createdAt", "completedAt")
        assert {key: new[key] for key in kept} == {key: old[key] for key in kept}, name
        assert _without_signature(new["result"]) == old["result"]
        nodes = {node["id"]: node for node in new["nodes"]}
        for node in old["nodes"]:
            now = nodes[node["id"]]
            assert (now["status"], now["cost"]) == (node["status"], node["cost"]), node["id"]
            assert _without_signature(now["outputs"]) == node["outputs"]


def _without_signature(value: Any) -> Any:
    """Return a value whose URLs are as they were before they were signed."""
    if isinstance(value, dict):
        return {name: _without_signature(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_signature(item) for item in value]
    return value.partition("?")[0] if isinstance(value, str) and "/media/" in value else value


def test_its_files_and_its_journal_are_sent_as_they_were(loaded: Loaded) -> None:
    golden = loaded.golden
    (image,) = loaded.read(f"/api/executions/{golden['runs']['images']}")["result"]["images"]
    path = "/media/" + image["asset"]
    got = loaded.site.ask("GET", path, **loaded.key)
    assert got.body == base64.b64decode(golden["files"][image["sha256"]])
    table = golden["tables"]["workflows_event"]
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    for name in ("texts", "items", "failed", "cancelled"):
        run = golden["runs"][name]
        journal = [row for row in rows if row["run_id"] == run.replace("-", "")]
        events = loaded.events(run)
        assert [event["seq"] for event in events] == [row["seq"] for row in journal]
        assert [event["type"] for event in events] == [row["type"] for row in journal]
        for event, row in zip(events, journal, strict=True):
            facts = json.loads(row["data"])
            assert facts.keys() <= event.keys()
            plain = {key: fact for key, fact in facts.items() if isinstance(fact, str | int)}
            assert {key: event[key] for key in plain} == plain


def test_its_unfinished_run_goes_on_where_it_was(loaded: Loaded) -> None:
    run = loaded.golden["runs"]["unfinished"]
    path = f"/api/executions/{run}"
    wait_until(lambda: loaded.read(path)["status"] in ("completed", "failed"), 60)
    read = loaded.read(path)
    assert (read["status"], read["error"]) == ("completed", None)
    assert read["result"] == {"text": "done before\ncame later"}
    assert loaded.called == ["/x"]
    events = loaded.events(run)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    starts = [event["attempt"] for event in events if event["type"] == "started"]
    assert starts == [1, 2]
    done = [event["node_id"] for event in events if event["type"] == "completion"]
    assert sorted(done) == ["call", "end", "join", "text"]  # nothing a second time
