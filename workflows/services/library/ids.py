"""The ids that a workflow has used: one that was deleted is given to no other node or edge.

There is a row for each that was deleted, so that an edit reads the few ids that it adds and does
not read the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from workflows.errors import IdReused
from workflows.graph.identity import Ids, Key, added_by, is_the_same
from workflows.models import Change, DeletedId, Workflow
from workflows.types import JsonObject

#: Rows of one statement.
_ROWS = 400


def ids_keep(*, workflow: Workflow, ids: Ids) -> None:
    """Note which ids the newest version has deleted."""
    DeletedId.objects.bulk_create(
        (
            DeletedId(workflow=workflow, noun=noun, item=id, version=workflow.version)
            for noun, id in ids.deleted
        ),
        batch_size=_ROWS,
        update_conflicts=True,
        unique_fields=["workflow", "item", "noun"],
        update_fields=["version"],
    )


def ids_check(
    *, workflow: Workflow, ids: Ids, sent: list[JsonObject], step: UUID | None = None
) -> None:
    """Raise IdReused where a batch adds something else under an id that was deleted.

    `sent` are its operations as the caller has sent them, `step` the step that they undo or redo.
    What a step has deleted or added, and what comes back as it was, has its id again.
    """
    before = dict(_deleted(workflow, ids.added))
    items = {key: item for key, (item, _) in ids.again.items()} | {
        key: ids.added[key] for key in before
    }
    if not items:
        return
    known = {key: [gone] for key, (_, gone) in ids.again.items()} | before
    if step is not None:
        known = _of_step(workflow, step)
    for key, item in items.items():
        if not is_the_same(item, known.get(key, ()), by_undo=step is not None):
            raise _reused(key, sent)


def _deleted(
    workflow: Workflow, added: dict[Key, JsonObject]
) -> Iterator[tuple[Key, list[JsonObject]]]:
    """Yield those of some ids that were deleted, with what they were if that is still known."""
    ids = list({id for _, id in added})
    for start in range(0, len(ids), _ROWS):
        rows = DeletedId.objects.filter(workflow=workflow, item__in=ids[start : start + _ROWS])
        by_version: dict[int, list[Key]] = {}
        for noun, item, version in rows.values_list("noun", "item", "version"):
            if (noun, item) in added:
                by_version.setdefault(version, []).append((noun, item))
        changes = Change.objects.filter(workflow=workflow, version__in=by_version)
        found = dict(changes.values_list("version", "inverse"))
        for version, keys in by_version.items():
            gone = added_by(found.get(version, ()))
            yield from ((key, gone.get(key, [])) for key in keys)


def _of_step(workflow: Workflow, step: UUID) -> dict[Key, list[JsonObject]]:
    """Return what the changes of a step have added and deleted."""
    rows = Change.objects.filter(Q(step=step) | Q(step=None, batch_id=step), workflow=workflow)
    found = rows.values_list("operations", "inverse")
    return added_by(operation for pair in found for part in pair for operation in part)


def _reused(key: Key, sent: list[JsonObject]) -> IdReused:
    noun, id = key
    at = next(
        index
        for index, row in enumerate(sent)
        if row["op"] == f"{noun}.add" and row[noun]["id"] == id
    )
    return IdReused(
        f"operations[{at}].{noun}.id is {id[:80]}, which was the id of a {noun} that was deleted.",
        field=f"{noun}.id",
        value=id,
        expected=f"an id that no {noun} of this workflow has had, or that {noun} as it was",
        index=at,
    )
