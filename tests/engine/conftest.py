"""The engine of the test process, its database, and a person who owns the runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine import nodes
from workflows.engine import database, embedded, follow
from workflows.models import User


@pytest.fixture
def ready(transactional_db: None) -> Iterator[None]:
    """A database that threads share, and node types that have never run."""
    for counter in (nodes.calls, nodes.busy, nodes.most):
        counter.clear()
    nodes.gates.clear()
    follow.forget()
    yield
    embedded.stop()
    database.close()


@pytest.fixture
def engine(ready: None) -> None:
    """A running engine."""
    embedded.start()


@pytest.fixture
def owner(ready: None) -> User:
    """Somebody who runs things."""
    return User.objects.create_user(username="olga")
