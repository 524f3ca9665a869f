"""Runs inside runs: a node that runs a whole workflow waits for a run of its own.

The child is an ordinary run, found again by its idempotency key when the process has died over its
parent. It starts at once, over and above ACTIVE_RUNS: a parent must never wait for a place that it
holds itself. Who may run what is decided by the service that starts it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from workflows import database
from workflows.billing.calls import nested_key
from workflows.errors import (
    CredentialNotBound,
    InvalidGraph,
    NodeError,
    PatchbayError,
    WorkflowNotFound,
)
from workflows.journal import transitions
from workflows.journal.follow import follow
from workflows.models import Alias, Run, RunStatus, User
from workflows.nodes.context import Inputs
from workflows.types import JsonObject, NodeId

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun

#: Workflows that run workflows: the parent of all is at depth 0.
MAX_DEPTH = 8

#: Starts a run: parent, node, owner and name of the workflow, inputs, key.
Starter = Callable[[Run, NodeId, str, str, Inputs, str], Run]

_starter = ("", "")


def started_by(module: str, function: str) -> None:
    """Name the function that starts nested runs; it is imported when it is first needed."""
    global _starter
    _starter = (module, function)


def is_account(name: str) -> bool:
    """Return whether a user here has that name; reads the database."""
    return bool(User.objects.filter(username=name).exists())


def alias_of(owner_id: int, app: str) -> tuple[str, str] | None:
    """Return the owner and name of the workflow an app id is an alias of; reads the database.

    Raises NodeError when the alias leads to what the run's owner may not read.
    """
    try:
        workflow = Alias.objects.workflow_for(owner_id, app)
    except WorkflowNotFound as error:
        raise NodeError(
            f"{app} is the alias of a workflow that is not to be had any more.",
            field="app",
            value=app,
            expected="a workflow of one's own, a public one or a template",
        ) from error
    return None if workflow is None else (workflow.owner.username, workflow.handle)


async def run(
    active: ActiveRun, node_id: NodeId, owner: str, name: str, inputs: Inputs
) -> JsonObject:
    """Run a workflow for a node and return its result; a cancelled node cancels it.

    Raises NodeError.
    """
    key = f"{nested_key(active.run_id)}{node_id}:{active.past.retries}"[:200]
    child = await database.read(_start, active.run_id, node_id, owner, name, inputs, key)
    active.host.start(child.pk, active.owner_id)
    try:
        async for _ in follow(child.pk):
            pass
    except BaseException:  # cancelled, or the journal is lost: no one waits for the child
        if not active.goes_on and await database.read(_cancel, child.pk):
            active.host.abort(child.pk)
        raise
    done = await database.read(Run.objects.get, pk=child.pk)
    if done.status == RunStatus.COMPLETED:
        return done.output if isinstance(done.output, dict) else {"output": done.output}
    error = done.error or {}
    message = error.get("message") or f"it was {done.status}"
    # What its user can do about it is done from here as well.
    unbound = (error.get("body") or {}).get("code") == CredentialNotBound.code
    raise (CredentialNotBound if unbound else NodeError)(
        f"workflows/{owner}/{name} did not finish: {message}",
        field="app",
        value=str(child.pk),
        expected="a run that completes",
    )


def _cancel(run_id: UUID) -> bool:
    with transaction.atomic():
        return transitions.cancel(run_id)


def _start(
    parent_id: UUID, node_id: NodeId, owner: str, name: str, inputs: Inputs, key: str
) -> Run:
    rows = Run.objects.select_related("owner", "workflow")
    parent = rows.defer("workflow__nodes", "workflow__edges").get(pk=parent_id)
    if parent.options.get("depth", 0) >= MAX_DEPTH:
        raise NodeError(
            f"workflows/{owner}/{name} is nested too deep in workflows that run workflows.",
            field="app",
            value=f"workflows/{owner}/{name}",
            expected=f"at most {MAX_DEPTH} levels",
        )
    module, function = _starter
    starter: Starter = getattr(importlib.import_module(module), function)
    try:
        return starter(parent, node_id, owner, name, inputs, key)
    except NodeError:
        raise
    except InvalidGraph as error:
        problem = error.context["issues"][0]
        raise NodeError(
            f"workflows/{owner}/{name} cannot run: {problem['message']}",
            field="arguments",
            value=problem.get("field"),
            expected=problem.get("expected"),
        ) from error
    except PatchbayError as error:
        raise NodeError(
            f"workflows/{owner}/{name}: {error.message}",
            field="app",
            value=f"workflows/{owner}/{name}",
            expected="a workflow of one's own, a public one or a template",
        ) from error
