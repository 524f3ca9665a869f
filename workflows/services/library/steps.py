"""What a user can undo and redo in a workflow: their own steps, read from the log.

A step is the changes that were sent under one id, or one change without any. Undoing and redoing
are changes with the id of the step; whether a step is undone is what its last change says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from workflows.models import Change, StepAction, User, Workflow
from workflows.types import JsonObject

#: Steps of one page, and changes read for it.
MAX_STEPS, MAX_READ = 50, 400


@dataclass(slots=True)
class Step:
    """One step with all its operations; `version` is that of the change that did it last."""

    id: UUID
    label: str
    version: int
    operations: list[JsonObject] = field(default_factory=list)
    inverse: list[JsonObject] = field(default_factory=list)


@dataclass(slots=True)
class Steps:
    """Steps to undo and to redo, each list the next one first; `next`: where older ones begin."""

    undo: list[Step]
    redo: list[Step]
    next: int | None


def step_page(*, user: User, workflow: Workflow, before: int | None = None) -> Steps:
    """Return what a user can undo, the newest first, and on the first page what they can redo."""
    own = Change.objects.filter(workflow=workflow, author=user).exclude(operations=[])
    rows = own.order_by("-version")
    if before is not None:
        rows = rows.filter(version__lt=before)
    read = list(rows[: MAX_READ + 1])
    more = len(read) > MAX_READ
    undone: dict[UUID, Change] = {}
    done: dict[UUID, Change] = {}
    edited = False
    for row in read[:MAX_READ]:
        id = _id(row)
        if id in done or id in undone:
            continue
        if row.action == StepAction.UNDO:
            # What was undone before a later edit cannot be redone, and is no step any more.
            undone[id] = row
            if edited:
                done.pop(id, None)
            continue
        edited = edited or row.action == StepAction.EDIT
        if len(done) == MAX_STEPS:
            more = True
            break
        done[id] = row
    first_edit = max((row.version for row in done.values() if not row.action), default=0)
    again = [row for row in undone.values() if row.version > first_edit and before is None]
    found = _steps(workflow, user, [*done.values(), *again])
    undo = [found[id] for id in done if id in found]
    last = min((row.version for row in done.values()), default=0)
    return Steps(
        undo, [found[_id(row)] for row in again if _id(row) in found], last if more else None
    )


def _steps(workflow: Workflow, user: User, rows: list[Change]) -> dict[UUID, Step]:
    """Return whole steps by id: what their edits did, in order."""
    found = {_id(row): Step(_id(row), row.label, row.version) for row in rows}
    edits = Change.objects.filter(workflow=workflow, author=user, action=StepAction.EDIT)
    named = list(edits.filter(step__in=found).order_by("version"))
    unnamed = list(edits.filter(step=None, batch_id__in=found).order_by("version"))
    for row in [*named, *unnamed]:
        step = found[_id(row)]
        step.label = row.label
        step.operations += row.operations
        step.inverse = [*row.inverse, *step.inverse]
    return {id: step for id, step in found.items() if step.operations}


def _id(row: Change) -> UUID:
    return row.step or row.batch_id
