"""The engine's own tests again, on PostgreSQL: journal, following, cancel, fencing, crashes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.engine.conftest import engine, owner, ready  # noqa: F401
from tests.engine.crashlab import Lab
from tests.engine.runs import chain, check_journal, create, finish, graph
from tests.engine.test_cancel import *  # noqa: F403
from tests.engine.test_crash import (  # noqa: F401
    test_a_death_at_each_named_place_loses_nothing,
    test_a_node_that_kills_is_blamed_and_those_beside_it_complete,
    test_a_stop_hands_runs_back_and_the_next_process_finishes_them,
    test_random_kills_lose_nothing,
)
from tests.engine.test_fencing import *  # noqa: F403
from tests.engine.test_follow import *  # noqa: F403
from tests.engine.test_writer import *  # noqa: F403
from workflows.models import User

pytestmark = pytest.mark.postgres


@pytest.fixture
def lab(tmp_path: Path, migrated_url: str) -> Iterator[Lab]:
    """Processes over a database of their own on the same server."""
    with Lab(tmp_path, migrated_url) as found:
        yield found


def test_a_run_survives_the_loss_of_every_connection(
    engine: None,  # noqa: F811
    owner: User,  # noqa: F811
) -> None:
    from tests.engine import nodes

    run = create(
        owner, graph({"a": ("testWait", {"gate": "g", "text": "x"}), "b": "testEffect"}, "a > b")
    )
    assert nodes.gate("g").arrived.wait(10)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    nodes.gate("g").open()
    finish(run)
    check_journal(run)
    assert run.status == "completed"


def test_a_chain_of_a_thousand_runs(engine: None, owner: User) -> None:  # noqa: F811
    run = create(owner, chain(1000))
    finish(run)
    check_journal(run)
    assert run.status == "completed"
    connections.close_all()
