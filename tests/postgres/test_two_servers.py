"""Two servers on one database, each with a folder of its own: one works, and it is never both."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.server.test_serve import Site
from tests.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Make = Callable[[str], Site]


@contextmanager
def makes(folder: Path, url: str) -> Iterator[Make]:
    """Make servers over the same database; all are killed afterwards."""
    made: list[Site] = []

    def new(name: str) -> Site:
        (folder / name).mkdir()
        site = Site(folder / name / "data", DATABASE_URL=url)
        made.append(site)
        return site

    yield new
    for site in made:
        if site.process is not None and site.process.poll() is None:
            site.process.kill()
            site.process.wait()


@pytest.fixture
def make(tmp_path: Path, migrated_url: str) -> Iterator[Make]:
    """Make servers over a database that has its tables."""
    with makes(tmp_path, migrated_url) as new:
        yield new


@pytest.fixture
def make_at_first(tmp_path: Path, database_url: str) -> Iterator[Make]:
    """Make servers over an empty database."""
    with makes(tmp_path, database_url) as new:
        yield new


def test_the_second_refuses_and_names_the_first(make: Make) -> None:
    first, second = make("first"), make("second")
    first.start()
    said = second.refuse()
    assert "already runs on this database" in said
    assert f":{first.process.pid}" in said
    assert "\n" not in said
    assert first.healthy()


def test_a_server_that_was_killed_is_replaced_within_ten_seconds(make: Make) -> None:
    first, second = make("first"), make("second")
    first.start()
    first.process.kill()
    first.process.wait()
    began = time.monotonic()
    second.start()
    print(f"replaced after {time.monotonic() - began:.1f} s")
    assert second.healthy()


def test_a_server_that_slept_through_the_loss_of_its_lock_ends_with_a_sentence(
    make: Make, migrated_url: str
) -> None:
    first, second = make("first"), make("second")
    first.start()
    os.kill(first.process.pid, signal.SIGSTOP)
    with psycopg.connect(migrated_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'patchbay %' AND datname = current_database()"
        )
    second.start()
    os.kill(first.process.pid, signal.SIGCONT)
    try:
        assert first.process.wait(20) == 1
    except subprocess.TimeoutExpired:
        pytest.fail(first.output())
    assert "Another Patchbay runs on this database now" in first.output()
    assert f":{second.process.pid}" in first.output()
    assert second.healthy()


def test_a_lost_lock_is_taken_again_and_runs_go_on(make: Make, migrated_url: str) -> None:
    site = make("first")
    site.start()
    # Of this database alone: other tests have theirs in the same server.
    query = (
        "SELECT pid FROM pg_stat_activity "
        "WHERE application_name LIKE 'patchbay %' AND datname = current_database()"
    )
    with psycopg.connect(migrated_url, autocommit=True) as admin:
        wait_until(lambda: admin.execute(query).fetchone())
        (before,) = admin.execute(query).fetchone()
        admin.execute("SELECT pg_terminate_backend(%s)", [before])
        wait_until(lambda: (admin.execute(query).fetchone() or (before,))[0] != before)
    key = {"x_api_key": site.token(), "Content_Type": "application/json"}
    nodes = '[{"id":"g","type":"gradient","position":{"x":0,"y":0},"data":{}}]'
    site.ask("POST", "/api/workflows", f'{{"name":"Art","nodes":{nodes}}}', **key)
    assert site.ask("POST", "/api/workflows/art/run", '{"inputs":{}}', **key).status == 200


def test_a_first_start_and_a_first_token_at_once_both_succeed(make_at_first: Make) -> None:
    site = make_at_first("first")
    with ThreadPoolExecutor() as pool:
        token = pool.submit(site.token)
        site.start()
    assert site.ask("GET", "/api/workflows", x_api_key=token.result()).status == 200
