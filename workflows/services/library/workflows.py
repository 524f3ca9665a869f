"""What users do with workflows: create, read, list, save, move, duplicate, delete.

Every verb checks permission, changes rows and writes the Change in one transaction. Another user's
workflow is as good as missing; templates can be read by everybody and written by their owner only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from workflows.bodies import UNSET, Body, Meta, Name, UnsetType, read
from workflows.errors import (
    IdempotencyConflict,
    PreconditionFailed,
    TemplateForbidden,
    VersionNotFound,
    WorkflowLimitReached,
)
from workflows.graph.diff import diff
from workflows.models import Collaborator, Folder, Role, Run, User, Workflow
from workflows.prepared import Parameter, PreparedQuery
from workflows.services.database import one
from workflows.services.library import assets, changes, choices, folders, originals
from workflows.services.library.access import workflow_lock, workflow_readable
from workflows.services.library.documents import check, document_from, document_of, document_store
from workflows.services.library.folders import FolderId
from workflows.services.library.slugs import insert_with_slug
from workflows.services.library.versions import document_at
from workflows.services.limits import idempotency
from workflows.services.locks import hold
from workflows.types import Json, JsonObject

#: What a copy does not inherit: flags, and what opens it to others.
NOT_COPIED = ("publicPlayground", "hidden", "archived")
OPENINGS = frozenset({"publicRun", "embedOrigins"})
#: Columns a list never reads, because parsing them costs more than all the rest.
HEAVY = ("nodes", "edges", "viewport", "extra")
#: More than any time in microseconds and any number of a row.
_FAR = 10**19

_LAST_RUN = PreparedQuery(
    lambda: Run.objects.filter(owner=Parameter("owner"), workflow=Parameter("workflow")).order_by(
        "-created_at"
    )[:1]
)


class Places(Body):
    """What a body says of a workflow besides its document."""

    folder_id: FolderId | UnsetType = UNSET
    is_template: bool | UnsetType = UNSET


class Move(Body):
    """The folder that a workflow is to be in."""

    folder_id: FolderId


class Copy(Body):
    """A copy's name and folder, which is the root if not given; `version` is no template's."""

    name: Name | None = None
    folder_id: FolderId = None
    version: Annotated[int, Meta(ge=1, extra={"expected": "a version of the document"})] | None = (
        None
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None: not at all. Each is compared with what a row shows.

    `folder` is a folder's id or "null" for the root, where the templates of others are too.
    `text` is searched in name, description, slug, name at fal and tags, whatever its case; `tag`
    is exact.
    """

    archived: bool | None = None
    hidden: bool | None = None
    template: bool | None = None
    folder: str | None = None
    text: str | None = None
    tag: str | None = None

    def lets_through(self, row: Workflow, user: User) -> bool:
        """Return whether a row passes; every database agrees, for none of them decides."""
        folder = row.folder_id if row.owner_id == user.pk else None
        if self.folder is not None and self.folder != ("null" if folder is None else str(folder)):
            return False
        flags = ((self.archived, row.archived), (self.hidden, row.hidden))
        if any(wanted not in (None, found) for wanted, found in flags):
            return False
        if self.template not in (None, row.is_template):
            return False
        if self.tag is not None and self.tag not in row.tags:
            return False
        text = (self.text or "").casefold()
        places = (row.name, row.description, row.slug, row.handle, *row.tags)
        return any(text in place.casefold() for place in places)


class Listed(NamedTuple):
    """A row of the list: a workflow and the user's own last run of it."""

    workflow: Workflow
    last_run: Run | None


def workflow_list(
    *, user: User, filters: Filters | None = None, shared: bool = False
) -> list[Listed]:
    """List the user's workflows, newest first, those shared with the user, then others' templates.

    Five queries at most.
    """
    newest = Run.objects.filter(workflow=OuterRef("pk"), owner=user).order_by("-created_at")
    owned = Workflow.objects.select_related("owner").defer(*HEAVY)
    rows = owned.annotate(last_run_id=Subquery(newest.values("pk")[:1]))
    own = rows.filter(owner=user)
    others = rows.filter(is_template=True, hidden=False, archived=False).exclude(owner=user)
    mine = Collaborator.objects.filter(user=user).values_list("workflow", "role")
    roles = dict(mine) if shared else {}
    parts = [own, others]
    if roles:
        with_me = rows.filter(pk__in=roles, archived=False)
        parts = [own, with_me, others.exclude(pk__in=roles)]
    found = [
        (_in_role(row, roles.get(row.pk)), row.last_run_id)
        for part in parts
        for row in part.order_by("-updated_at", "-pk")
        if filters is None or filters.lets_through(row, user)
    ]
    ids = [run_id for _, run_id in found if run_id]
    runs = {run.pk: run for run in Run.objects.filter(pk__in=ids).defer("inputs", "output")}
    return [Listed(row, runs.get(run_id)) for row, run_id in found]


def _in_role(row: Workflow, role: str | None) -> Workflow:
    row.role = role
    return row


def list_place(user: User, listed: Listed) -> str:
    """Return a text by which `workflow_list` is sorted: one's own first, then the newest first."""
    row = listed.workflow
    age = _FAR - round(row.updated_at.timestamp() * 1e6)
    part = 0 if row.owner_id == user.pk else 1 if row.role is not None else 2
    return f"{part}.{age:020d}.{_FAR - row.pk:020d}"


def last_run_of(*, user: User, workflow: Workflow) -> Run | None:
    """Return the user's own last run of a workflow."""
    return _LAST_RUN.one(owner=user.pk, workflow=workflow.pk)


def workflow_create(
    *, user: User, body: JsonObject, idempotency_key: str | None = None
) -> Workflow:
    """Create a workflow from what a client sent; its slug follows from its name for ever.

    A repeated key returns the first workflow as it is now, as long as it exists. Raises
    InvalidBody, TooLarge, FolderNotFound, TemplateForbidden, WorkflowLimitReached and
    IdempotencyConflict.
    """
    document = {"nodes": [], "edges": [], **document_from(body)}
    # Checked before the transaction, for SQLite has one writer at a time.
    check(document)
    places = read(body, Places)
    creation = idempotency.creation(idempotency_key, "create", body)
    workflow = Workflow(owner=user, is_template=places.is_template is True, **creation)
    with transaction.atomic():
        hold(f"owner:{user.pk}")
        earlier = _earlier(user, creation)
        if earlier is not None:
            return earlier
        if places.folder_id is not UNSET:
            workflow.folder = _folder(user, places.folder_id)
        if workflow.is_template:
            _may_publish(user)
        return _insert(workflow, document)


@transaction.atomic
def workflow_save(
    *, user: User, slug: str, body: JsonObject, expected: Collection[int] | None = None
) -> Workflow:
    """Merge what a client sent into a workflow, as one Change; the slug stays.

    A body that changes nothing writes nothing. Raises WorkflowNotFound, PreconditionFailed (the
    version is another than expected), and what `workflow_create` raises.
    """
    places = read(body, Places)
    if places.given():
        hold(f"owner:{user.pk}")
    workflow = workflow_lock(user=user, slug=slug)
    check_version(workflow, expected)
    before = document_of(workflow)
    after = {**before, **document_from(body)}
    check(after)
    operations = diff(before, after)
    moved = _set_places(user, workflow, places)
    if not operations and not moved:
        return workflow
    return changes.change_write(
        workflow=workflow, author=user, operations=operations, label="Saved by the API"
    )


@transaction.atomic
def workflow_move(
    *, user: User, slug: str, request: Move, expected: Collection[int] | None = None
) -> Workflow:
    """Put a workflow into a folder of its owner, or with null at the root.

    Raises WorkflowNotFound, FolderNotFound, PreconditionFailed.
    """
    hold(f"owner:{user.pk}")
    workflow = workflow_lock(user=user, slug=slug)
    check_version(workflow, expected)
    if not _set_places(user, workflow, Places(folder_id=request.folder_id)):
        return workflow
    return changes.change_write(workflow=workflow, author=user, operations=[], label="Moved")


@transaction.atomic
def workflow_delete(*, user: User, slug: str, expected: Collection[int] | None = None) -> None:
    """Delete a workflow and its changes; its runs stay. Raises WorkflowNotFound."""
    workflow = workflow_lock(user=user, slug=slug)
    check_version(workflow, expected)
    workflow.delete()


@transaction.atomic
def workflow_duplicate(
    *,
    user: User,
    slug: str,
    body: JsonObject,
    idempotency_key: str | None = None,
    shared: Role | None = None,
) -> Workflow:
    """Copy one's own workflow, a shared one or a template, as an ordinary workflow of one's own.

    One's own choices of credentials come along: those in a workflow of one's own, and those that
    one has bound to another user's. `body` is read as a Copy; a repeated key returns the first
    copy. Raises WorkflowNotFound, InvalidBody, FolderNotFound,
    WorkflowLimitReached and IdempotencyConflict.
    """
    source = workflow_readable(user=user, slug=slug, shared=shared)
    request = read(body, Copy)
    whole = document_of(source) if request.version is None else _at(user, source, request.version)
    own = {key: value for key, value in whole.items() if key not in OPENINGS}
    document = {**own, **dict.fromkeys(NOT_COPIED, False)}
    default = f"{source.name[:194]} copy" if source.owner_id == user.pk else source.name
    if source.owner_id != user.pk:
        source.nodes, _ = choices.without_choices(document["nodes"])
        document["nodes"] = choices.with_bindings(user=user, workflow=source)
    document["name"] = default if request.name is None else request.name
    check(document)
    hold(f"owner:{user.pk}")
    creation = idempotency.creation(idempotency_key, f"duplicate:{slug}", body)
    earlier = _earlier(user, creation)
    if earlier is not None:
        return earlier
    workflow = Workflow(owner=user, folder=_folder(user, request.folder_id), **creation)
    workflow.copied_from = originals.version_copied(source=source, at=request.version)
    return _insert(workflow, assets.assets_copy(user=user, document=document))


def _at(user: User, source: Workflow, version: int) -> JsonObject:
    """Return a workflow as it was; a template has no version but the published one."""
    if source.owner_id != user.pk and source.role is None:
        raise VersionNotFound(field="version", value=version, expected="null")
    return document_at(source, version)


def workflow_insert(*, user: User, document: JsonObject, handle: str, public: bool) -> Workflow:
    """Insert a workflow under a given name; call it in a transaction that holds the owner's lock.

    Raises InvalidBody, TooLarge and WorkflowLimitReached.
    """
    check(document)
    return _insert(Workflow(owner=user, is_public=public), document, handle)


def _earlier(user: User, creation: dict[str, str]) -> Workflow | None:
    """Return the workflow a creation's key has made before; needs the owner's lock."""
    key = creation.get("creation_key")
    found = one(Workflow.objects.filter(owner=user, creation_key=key)) if key else None
    if found is not None and found.creation_digest != creation["creation_digest"]:
        raise IdempotencyConflict(field=idempotency.HEADER, value=key)
    return found


def check_version(workflow: Workflow, expected: Collection[int] | None) -> None:
    """Raise PreconditionFailed when a caller expects other versions than the current one."""
    if expected is not None and workflow.version not in expected:
        value: Json = sorted(expected)[0] if len(expected) == 1 else sorted(expected)
        raise PreconditionFailed(version=workflow.version, value=value)


def _insert(workflow: Workflow, document: JsonObject, handle: str | None = None) -> Workflow:
    """Store a new workflow under a free slug, within the owner's cap; needs the owner's lock."""
    if not workflow.is_template:
        _check_cap(workflow.owner, adding=1)
    document_store(workflow, document)
    workflow.created_at = workflow.updated_at = timezone.now()
    insert_with_slug(workflow, handle=handle)
    if workflow.is_template:
        assets.assets_share(workflow=workflow, document=document)
    return workflow


def _check_cap(owner: User, *, adding: int) -> None:
    """Raise WorkflowLimitReached when the owner's tier has no room; needs the owner's lock."""
    limit = settings.MAX_WORKFLOWS.get(owner.tier)
    if limit is None:
        return
    current = Workflow.objects.filter(owner=owner, is_template=False).count()
    if current + adding > limit:
        raise WorkflowLimitReached(limit=limit, current=current, tier=owner.tier)


def _set_places(user: User, workflow: Workflow, places: Places) -> bool:
    """Set what is outside the document, folder and template flag; say whether it changed."""
    before = (workflow.folder_id, workflow.is_template)
    if places.folder_id is not UNSET:
        workflow.folder = _folder(user, places.folder_id)
    if places.is_template is not UNSET:
        wanted = places.is_template
        if wanted and not workflow.is_template:
            _may_publish(user)
        if workflow.is_template and not wanted:
            _check_cap(user, adding=1)
        workflow.is_template = wanted
    return before != (workflow.folder_id, workflow.is_template)


def _may_publish(user: User) -> None:
    if settings.TEMPLATE_PUBLISHERS == "staff" and not user.is_staff:
        raise TemplateForbidden()


def _folder(user: User, folder_id: FolderId) -> Folder | None:
    """Find a folder of the user's own; needs the owner's lock, so that it is still there."""
    if folder_id is None:
        return None
    return folders.folder_get(user=user, folder_id=folder_id, field="folderId")
