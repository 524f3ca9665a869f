"""Measures the API in this process: `python bench/api.py [--reps 15]`.

Lists of 1,000 workflows, and reading, saving and changing a 5,000-node document, beside what `json`
alone takes for the same bytes. Requests go through all of Django without a socket, over SQLite on
disk. Figures are medians with [least, most] in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WORKFLOWS = 1_000
NODES = 5_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=15)
    reps = parser.parse_args().reps
    with tempfile.TemporaryDirectory(prefix="patchbay-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"
        (Path(folder) / "tmp").mkdir()
        import django

        django.setup()
        caller = _prepare()
        print(f"API, {reps} repetitions, milliseconds: median [least, most]")
        _lists(caller, reps)
        _documents(caller, reps)


def _prepare() -> Any:
    from django.conf import settings

    from tests.api.client import Caller
    from workflows.models import User
    from workflows.services.database import migrate_if_needed
    from workflows.services.identity.tokens import token_create

    settings.ALLOWED_HOSTS.append("testserver")
    migrate_if_needed()
    user = User.objects.create_user("bench", tier="enterprise")
    _, text = token_create(owner=user, name="bench", capabilities=["workflow:*"])
    return Caller({"x-api-key": text})


def _lists(caller: Any, reps: int) -> None:
    from django.utils import timezone

    from workflows.models import User, Workflow

    user, now = User.objects.get(), timezone.now()
    nodes = _nodes(20)
    Workflow.objects.bulk_create(
        Workflow(
            owner=user,
            slug=f"w-{n}",
            handle=f"w-{n}",
            name=f"Workflow {n}",
            updated_at=now,
            nodes=nodes,
            node_types={"template": 20},
            tags=["print", "a3"],
        )
        for n in range(WORKFLOWS)
    )
    rows = json.loads(caller.get("/api/workflows").content)
    assert len(rows) == WORKFLOWS
    _row(f"list of {WORKFLOWS:,} workflows", _get(caller, "/api/workflows"), reps)
    _row("the same, filtered by text", _get(caller, "/api/workflows?q=workflow+99"), reps)
    _row("  json.dumps of its rows alone", lambda: json.dumps(rows), reps)


def _documents(caller: Any, reps: int) -> None:
    document = {"name": "Big", "nodes": _nodes(NODES), "edges": []}
    made = caller.post("/api/workflows", document)
    assert made.status_code == 201, made.content[:200]
    path = f"/api/workflows/{made.json()['slug']}"
    text = json.dumps(document)
    print(f"a document of {NODES:,} nodes, {len(text) / 1e6:.1f} MB")
    _row("GET", _get(caller, path), reps)
    _row("  json.dumps of it alone", lambda: json.dumps(document), reps)

    turn = 0

    def save() -> None:
        nonlocal turn
        turn += 1
        document["nodes"][turn]["data"]["text"] = f"saved {turn}"
        answer = caller.put(path, document)
        assert answer.status_code == 200, answer.content[:200]

    _row("PUT of the whole, one field changed", save, reps)
    _row("  json.loads and json.dumps alone", lambda: json.dumps(json.loads(text)), reps)
    version = caller.get(path).json()["version"]

    def change() -> None:
        nonlocal version
        operations = [{"op": "field.set", "id": "n7", "field": "text", "value": f"v{version}"}]
        body = {"baseVersion": version, "batchId": str(uuid4()), "operations": operations}
        answer = caller.post(f"{path}/changes", body)
        assert answer.status_code == 200, answer.content[:200]
        version = answer.json()["version"]

    _row("a change of one field", change, reps)
    _row("GET that has not changed (304)", lambda: _unchanged(caller, path, version), reps)


def _nodes(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"n{n}",
            "type": "template",
            "position": {"x": n % 100 * 320.5, "y": n // 100 * 240.25},
            "data": {"text": f"Node {n}: a poster of {{subject}} in teal and copper", "label": ""},
        }
        for n in range(count)
    ]


def _get(caller: Any, path: str) -> Callable[[], None]:
    def ask() -> None:
        assert caller.get(path).status_code == 200

    return ask


def _unchanged(caller: Any, path: str, version: int) -> None:
    assert caller.get(path, If_None_Match=f'"v{version}"').status_code == 304


def _row(name: str, work: Callable[[], Any], reps: int) -> None:
    work()
    taken = []
    for _ in range(reps):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    middle, least, most = statistics.median(taken), min(taken), max(taken)
    print(f"  {name:<40} {middle:9.1f}  [{least:.1f}, {most:.1f}]", flush=True)


if __name__ == "__main__":
    main()
