"""The engine of the test process, its database, and a user who owns the runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine import nodes, provider
from workflows import database
from workflows.engine import embedded
from workflows.journal import follow
from workflows.models import User
from workflows.nodes import registry

#: The types of `nodes` and `provider`, which no other test shall meet in the registry.
OURS = {
    type: registry._registered.pop(type)
    for type, registered in list(registry._registered.items())
    if registered.function.__module__ in (nodes.__name__, provider.__name__)
}


@pytest.fixture
def ready(transactional_db: None) -> Iterator[None]:
    """A database that threads share, and node types that have never run."""
    for counter in (nodes.calls, nodes.busy, nodes.most):
        counter.clear()
    nodes.gates.clear()
    nodes.rejected.clear()
    follow.forget()
    registry._registered.update(OURS)
    yield
    embedded.stop()
    database.close()
    for type in OURS:
        del registry._registered[type]


@pytest.fixture
def engine(ready: None) -> None:
    """A running engine."""
    embedded.start()


@pytest.fixture
def owner(ready: None) -> User:
    """Somebody who runs things."""
    return User.objects.create_user(username="olga")
