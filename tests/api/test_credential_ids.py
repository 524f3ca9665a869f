"""Upgrading: credentials get ids that cannot be guessed, in their owners' own documents as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from tests.api.client import a_node

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = (
    ("workflows", "0012_warnings_and_cancels"),
    ("workflows", "0013_credential_ids"),
)


def step_by_step() -> MigrationExecutor:
    """Return what migrates without the one step that new databases take."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    for key, whole in executor.loader.replacements.items():
        executor.loader.graph.remove_replacement_node(key, whole.replaces)
    return executor


def migrate(to: tuple[str, str]) -> Any:
    step_by_step().migrate([to])
    return step_by_step().loader.project_state([to]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    """The tables as they were; afterwards they are as they should be."""
    newest = step_by_step().loader.graph.leaf_nodes("workflows")
    yield migrate(BEFORE)
    step_by_step().migrate(newest)


def test_the_owners_own_documents_follow_and_nobody_elses_do(before: Any) -> None:
    user, credential, workflow = (
        before.get_model("workflows", name) for name in ("User", "Credential", "Workflow")
    )
    alice, bob = (user.objects.create(username=name) for name in ("alice", "bob"))
    hers, his = (
        credential.objects.create(owner=owner, name="key", provider="p", secret="s" * 20)
        for owner in (alice, bob)
    )
    chosen = [str(hers.pk), hers.pk, str(his.pk), "999", "", None]
    nodes = [a_node(f"n{at}", "httpRequest", credential=one) for at, one in enumerate(chosen)]
    nodes.append(a_node("text", "textBox", credential=str(hers.pk)))
    made = {
        owner.username: workflow.objects.create(
            owner=owner,
            slug=owner.username,
            handle="w",
            name="w",
            nodes=nodes,
            node_types={"httpRequest": 6, "textBox": 1},
            updated_at=timezone.now(),
        ).pk
        for owner in (alice, bob)
    }
    after = migrate(AFTER)
    ids = dict(after.get_model("workflows", "Credential").objects.values_list("pk", "public_id"))
    assert len(set(ids.values())) == 2
    assert all(id.startswith("cred_") and len(id) == 27 for id in ids.values())
    workflow = after.get_model("workflows", "Workflow")
    found = {
        name: [node["data"]["credential"] for node in workflow.objects.get(pk=pk).nodes]
        for name, pk in made.items()
    }
    new, other = ids[hers.pk], ids[his.pk]
    assert found["alice"] == [new, new, str(his.pk), "999", "", None, str(hers.pk)]
    assert found["bob"] == [str(hers.pk), hers.pk, other, "999", "", None, str(hers.pk)]
    # An editor that is still open learns of it like of any other change.
    row = workflow.objects.get(pk=made["alice"])
    change = after.get_model("workflows", "Change").objects.get(workflow=row)
    assert (row.version, change.version) == (2, 2)
    assert [each["value"] for each in change.operations] == [new, new]
