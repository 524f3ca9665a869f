"""Upgrading: what old workflows do is counted, and their ledgers stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.api.client import a_node

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = ("workflows", "0014_model_servers"), ("workflows", "0015_money")


def migrate(target: tuple[str, str]) -> Any:
    """Move the database to a state of its tables and return the models of that state."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    """The models of a database of the version before; it ends as it was."""
    yield migrate(BEFORE)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_an_old_workflow_gets_its_estimate_and_a_ledger_its_columns(before: Any) -> None:
    user, workflow, entry = (
        before.get_model("workflows", name) for name in ("User", "Workflow", "CreditEntry")
    )
    alice = user.objects.create(username="alice")
    nodes = [
        a_node("a", "generateImage", model="openai/gpt-image-2"),
        a_node("b", "generateImage", model="openai/gpt-image-2"),
        a_node("c", "speak"),
        a_node("d", "textBox", model={"odd": 1}),
    ]
    now = timezone.now()
    made = workflow.objects.create(
        owner=alice, slug="old", handle="old", name="Old", nodes=nodes, updated_at=now
    )
    entry.objects.create(owner=alice, kind="grant", amount=250, balance_after=250, period="once")
    after = migrate(AFTER)
    assert after.get_model("workflows", "Workflow").objects.get(pk=made.pk).work == [
        ["generateImage", "openai/gpt-image-2", 2],
        ["speak", "local/piper-joe", 1],
        ["textBox", "", 1],
    ]
    kept = after.get_model("workflows", "CreditEntry").objects.get()
    assert (kept.balance_after, kept.usd, kept.call, kept.model) == (250, None, "", "")
