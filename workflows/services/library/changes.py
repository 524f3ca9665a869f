"""Changes: the one way a document is altered, each with its inverse and a version of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from workflows.bodies import Body, Meta
from workflows.errors import (
    BatchReused,
    InvalidBody,
    OtherHistory,
    PatchbayError,
    VersionConflict,
)
from workflows.fields import encode, encode_long
from workflows.graph import operations as vocabulary
from workflows.graph.identity import ids_of
from workflows.media.references import media_ids
from workflows.models import Change, Role, StepAction, TakenVersion, User, Version, Workflow
from workflows.prepared import Parameter, PreparedQuery, insert, update
from workflows.services.library import access, assets, ids, live
from workflows.services.library.documents import (
    COLUMNS,
    check_applied,
    document_of,
    document_store,
)
from workflows.services.library.grouped import Grouped
from workflows.types import Json, JsonObject, described

MAX_OPERATIONS = 20_000
MAX_LABEL = 200
#: What opens a workflow to visitors, or says where it is in its owner's library.
OWNERS_KEYS = frozenset({"publicPlayground", "publicRun", "embedOrigins", "hidden", "archived"})
#: A version is made from the next stored one (`versions.py`): that is never further away than so
#: many bytes of inverses, each change counted as CHANGE_BYTES at least.
CHECKPOINT_BYTES, CHANGE_BYTES = 4 * 1024 * 1024, 8 * 1024


#: What `graph/operations.py` checks.
_Operation = Annotated[Json, described("Operation")]


class Changes(Body):
    """A batch of operations under an id of the caller's own."""

    base_version: Annotated[
        int, Meta(ge=1, extra={"expected": "the version the operations were made on"})
    ]
    batch_id: Annotated[UUID, Meta(extra={"expected": "a UUID of the caller's own"})]
    operations: Annotated[list[_Operation], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    label: Annotated[str, Meta(max_length=MAX_LABEL)] = ""
    epoch: Annotated[UUID | None, Meta(extra={"expected": "the epoch of baseVersion"})] = None
    step: Annotated[
        UUID | None,
        Meta(description="The step of undo it is part of; null: a step of its own."),
    ] = None
    action: Annotated[
        Literal["", "undo", "redo"],
        Meta(description="What it does with that step; empty: it is an edit."),
    ] = ""
    whole: Annotated[
        bool,
        Meta(
            description="It puts another document, such as a file's, in the place of all that is "
            "there, and may use the ids of nodes that were deleted, as PUT may."
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a batch; `missed` has the texts of all since its base, itself included.

    It is empty where there are no others' changes between, and where they are too many.
    """

    version: int
    epoch: UUID
    missed: list[str]


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch and whose it is."""

    user: User
    request: Changes
    shared: Role | None


#: The version and the batch that a change has made, or why there is none.
_Done = tuple[int, UUID] | PatchbayError


def change_apply(*, user: User, slug: str, request: Changes, shared: Role | None = None) -> Applied:
    """Apply a batch of operations to one's own workflow, on top of what others have changed.

    A batch that was applied before is not applied again and has the same response. Raises
    WorkflowNotFound; BatchReused when its id named other operations; IdReused when one adds
    something else under the id of a deleted node or edge; OtherHistory when the
    workflow never had the version it was made on; VersionConflict with `version` and `missed` when
    an operation has lost its target since `baseVersion`; InvalidBody for one that does not fit.
    Nothing is applied then. Batches of one workflow that come meanwhile share a commit.
    """
    batch = _Batch(user, request, shared)
    # Others must not wait for a transaction of the caller's.
    done = _apply(slug, [batch])[0] if connection.in_atomic_block else _applying.call(slug, batch)
    if isinstance(done, PatchbayError):
        raise done
    version, epoch = done
    missed: list[str] = []
    if version > request.base_version + 1:
        # Behind the commit: others do not wait for it.
        missed = live.texts_between(slug, request.base_version, version)
    return Applied(version, epoch, missed)


def _apply(slug: str, batches: Sequence[_Batch]) -> list[_Done]:
    """Apply batches in their order, each on top of the one before, in one transaction."""
    found: list[_Done] = []
    with transaction.atomic():
        log = _Log(access.workflow_locked(slug=slug))
        for batch in batches:
            try:
                found.append(_apply_one(log, batch))
            except PatchbayError as error:
                # Nothing of it is written: whatever raises does so before.
                found.append(error)
        log.save()
    return found


_applying = Grouped(_apply)


def _apply_one(log: _Log, batch: _Batch) -> _Done:
    workflow, user, request = log.workflow, batch.user, batch.request
    access.check_access(user=user, workflow=workflow, shared=batch.shared)
    digest = hashlib.sha256(encode(request.operations).encode()).hexdigest()
    earlier = _EARLIER.one(workflow=workflow.pk, batch=request.batch_id)
    if earlier is not None:
        version, known = earlier
        if known not in ("", digest):
            raise BatchReused(field="batchId", value=str(request.batch_id))
        return version, request.batch_id
    _check_epoch(workflow, request)
    if user.pk != workflow.owner_id:
        _check_keys(request.operations)
    try:
        log.append(
            author=user,
            operations=request.operations,
            label=request.label,
            batch_id=request.batch_id,
            digest=digest,
            base_version=request.base_version,
            step=request.step,
            action=StepAction(request.action),
            whole=request.whole and _replaces(log.document, request.operations),
        )
    except InvalidBody:
        if request.base_version == workflow.version:
            raise
        missed = live.changes_since(workflow, request.base_version) or []
        raise VersionConflict(version=workflow.version, missed=missed) from None
    if request.action and request.step is not None and workflow.copied_from_id is not None:
        _move_original(workflow, user, request.step, StepAction(request.action))
    return workflow.version, request.batch_id


def _move_original(workflow: Workflow, user: User, step: UUID, action: StepAction) -> None:
    """Make a copy one of the version that it had where a step that took another is undone."""
    taken = TakenVersion.objects.filter(
        change__workflow=workflow, change__author=user, change__batch_id=step
    )
    for row in taken:
        original_move(workflow, row.before_id if action == StepAction.UNDO else row.taken_id)


def original_move(workflow: Workflow, version_id: int) -> None:
    """Make a copy one of another version of its template, by the change that was written last."""
    before = workflow.copied_from_id
    if before is None or before == version_id:
        return
    change = Change.objects.get(workflow=workflow, version=workflow.version)
    moved = {"before_id": before, "taken_id": version_id}
    TakenVersion.objects.update_or_create(change=change, defaults=moved)
    workflow.copied_from_id = version_id
    workflow.save(update_fields=["copied_from"])


_EARLIER = PreparedQuery(
    lambda: Change.objects.filter(
        workflow=Parameter("workflow"),
        batch_id=Parameter("batch", Change._meta.get_field("batch_id")),
    ).values_list("version", "digest")
)


def _replaces(document: JsonObject, operations: list[JsonObject]) -> bool:
    """Return whether a batch removes every node there is."""
    rows = [row for row in operations if isinstance(row, dict) and row.get("op") == "node.remove"]
    return {node["id"] for node in document["nodes"]} <= {str(row.get("id")) for row in rows}


def _check_keys(operations: list[JsonObject]) -> None:
    """Raise InvalidBody where a batch sets what only an owner sets."""
    for index, operation in enumerate(operations):
        if not isinstance(operation, dict) or operation.get("op") != "meta.set":
            continue
        key = operation.get("key")
        if isinstance(key, str) and key in OWNERS_KEYS:
            raise InvalidBody(
                f"operations[{index}].key is {key}; only the owner sets that.",
                field="key",
                value=key,
                expected="a key that the owner leaves to others",
                index=index,
            )


def _check_epoch(workflow: Workflow, request: Changes) -> None:
    """Raise OtherHistory when the caller's version is not one that this workflow has had."""
    base = request.base_version
    if base > workflow.version:
        raise OtherHistory(version=workflow.version, epoch=str(workflow.epoch))
    if request.epoch is None:
        return
    known: UUID | None = workflow.epoch
    if base < workflow.version:
        rows = Change.objects.filter(workflow=workflow, version=base)
        known = rows.values_list("batch_id", flat=True).first()
    # Changes that are no longer stored cannot be compared.
    if known not in (None, request.epoch):
        raise OtherHistory(version=workflow.version, epoch=str(workflow.epoch))


class _Log:
    """A locked workflow to which changes are appended; `save` writes its row once for all."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.document = document_of(workflow)
        self._appended: list[live.Appended] = []

    def append(
        self,
        *,
        author: User,
        operations: list[JsonObject],
        label: str,
        batch_id: UUID,
        digest: str,
        base_version: int,
        step: UUID | None = None,
        action: StepAction = StepAction.EDIT,
        whole: bool = False,
    ) -> None:
        """Apply operations made on a version, and append the Change.

        `whole`: they make another document, which has its own ids. Writes nothing where it raises.
        """
        workflow, sent = self.workflow, operations
        if base_version == workflow.version:
            after, inverse = vocabulary.apply_and_invert(self.document, operations)
        else:
            after, inverse, operations = vocabulary.apply_rebased(self.document, operations)
        check_applied(after)
        used = ids_of(operations, inverse)
        if not whole:
            repeated = None if action == StepAction.EDIT else step
            ids.ids_check(workflow=workflow, ids=used, sent=sent, step=repeated)
        self.document = after
        follows, workflow.epoch = workflow.epoch, batch_id
        workflow.version += 1
        workflow.updated_at = timezone.now()
        workflow.unkept_bytes += max(CHANGE_BYTES, len(encode_long(inverse)))
        if workflow.unkept_bytes >= CHECKPOINT_BYTES:
            Version.objects.create(workflow=workflow, version=workflow.version, document=after)
            workflow.unkept_bytes = 0
        # After the check: what a batch adds and deletes again is not known from before.
        ids.ids_keep(workflow=workflow, ids=used)
        change = Change(
            workflow=workflow,
            version=workflow.version,
            author=author,
            batch_id=batch_id,
            digest=digest,
            base_version=base_version,
            label=label,
            step=step,
            action=action,
            operations=operations,
            inverse=inverse,
        )
        insert(change)
        self._appended.append((change, author, follows))

    def save(self, *, whole_row: bool = False) -> None:
        """Write the row, and show the changes to all who follow it once the transaction commits.

        `whole_row`: the caller has set columns beside the document.
        """
        if not self._appended:
            return
        workflow = self.workflow
        before = {column: getattr(workflow, column) for column in COLUMNS.values()}
        document_store(workflow, self.document)
        if whole_row:
            workflow.save()
        else:
            # What operations do not touch is still the same object.
            touched = [name for name in before if getattr(workflow, name) is not before[name]]
            update(workflow, [*_ALWAYS, *touched])
        for change, author, _ in self._appended:
            # Files are shared when a document begins to show them, and no more when it ends to.
            if whole_row or media_ids([change.operations, change.inverse]):
                assets.assets_share(workflow=workflow, document=self.document, author=author)
        live.changes_announce(workflow, self._appended)


#: The columns that every change writes.
_ALWAYS = ("version", "epoch", "updated_at", "unkept_bytes", "extra", "node_types", "work")


def change_write(
    *,
    workflow: Workflow,
    author: User,
    operations: list[JsonObject],
    label: str,
) -> Workflow:
    """Apply operations to a locked row, save it and append the Change, in the caller's transaction.

    No operations is allowed: then only what the caller set on the row beside the document changes.
    """
    log = _Log(workflow)
    log.append(
        author=author,
        operations=operations,
        label=label,
        batch_id=uuid4(),
        digest="",
        base_version=workflow.version,
        whole=True,
    )
    log.save(whole_row=True)
    return workflow
