"""A new database gets its tables in one step; they are those of a database that took them all."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests import started
from tests.server.test_serve import Site
from tests.started import ROOT

pytestmark = pytest.mark.slow

ONE_BY_ONE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
executor.migrate([node for node in executor.loader.graph.leaf_nodes() if "squashed" not in node[1]])
"""


def tables(path: Path) -> dict[str, object]:
    """Return what the tables of ours are, without the order of their columns."""
    found: dict[str, object] = {}
    with sqlite3.connect(path) as database:
        rows = list(database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
        for type, name, table, sql in rows:
            if not table.startswith("workflows_") or sql is None:
                continue
            if type == "index":
                found[f"index {name}"] = sql
                continue
            columns = database.execute(f"PRAGMA table_info({name})")
            links = database.execute(f"PRAGMA foreign_key_list({name})")
            found[name] = (
                sorted(row[1:] for row in columns),
                sorted(row[2:] for row in links),
                sorted(re.findall(r'CONSTRAINT "\w+" (?:CHECK|UNIQUE) \([^\n]*?\)', sql)),
            )
    return found


def test_one_step_makes_the_tables_of_all_steps(tmp_path: Path) -> None:
    site = Site(tmp_path / "steps")
    # Whoever has taken all steps has nothing left to do.
    for command in (["shell", "-v0", "--no-imports", "-c", ONE_BY_ONE], ["migrate", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=site.environment(), check=True
        )
    steps = tables(site.folder / "patchbay.sqlite3")
    assert len(steps) > 70
    assert tables(started.migrated()) == steps
