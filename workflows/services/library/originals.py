"""Copies of templates: the version that each was made from, and what its template has since become.

A copy keeps the version itself, so that both can be compared however far the template has gone on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from workflows.bodies import Body
from workflows.errors import VersionNotFound
from workflows.graph.diff import diff
from workflows.graph.effects import effects_of
from workflows.graph.merge import merge
from workflows.graph.operations import apply_and_invert
from workflows.models import User, Version, Workflow
from workflows.services.library import assets, changes
from workflows.services.library.access import workflow_lock
from workflows.services.library.choices import without_choices
from workflows.services.library.documents import check, document_of
from workflows.services.library.history import Comparison
from workflows.services.library.versions import NOT_RESTORED, document_at
from workflows.types import JsonObject

#: What of a copy is not its template's matter.
_OWN = NOT_RESTORED | {"name", "cover", "thumbnail"}


class NewerVersion(Body):
    """A newer version of the template: whether to take it over or to leave it."""

    number: int
    take: bool


@dataclass(frozen=True, slots=True)
class Original:
    """A template as its copy knows it: the number it had, and that of a newer version or None."""

    slug: str
    name: str
    number: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Newer:
    """The newer version of a template beside the one that a copy was made from."""

    original: Original
    base: Version
    version: Version
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Taken:
    """The version of the copy there is now, and how many changes were left out for one's own."""

    version: int
    left_out: int


def version_copied(*, source: Workflow, at: int | None) -> Version | None:
    """Return the version of a template that a copy of `source` comes from, or None for no template.

    `at` is a version of the document, None: what is to be seen. Call it in a transaction.
    """
    if not source.is_template:
        return source.copied_from
    if at is None and source.taken is not None:
        return source.taken
    wanted = source.version if at is None else at
    known = Version.objects.filter(workflow=source, version=wanted).order_by("-number").first()
    if known is not None:
        return known
    # The row that is copied may have been read for another user; the log has it as it is.
    document = document_at(Workflow.objects.get(pk=source.pk), wanted)
    return Version.objects.create(workflow=source, version=wanted, document=document)


def originals_of(rows: Iterable[Workflow], user: User) -> dict[int, Original]:
    """Return the templates that a user's own workflows were copied from, by their keys."""
    copies = [row.pk for row in rows if row.copied_from_id is not None and row.owner_id == user.pk]
    if not copies:
        return {}
    found = {}
    template = "copied_from__workflow"
    rows = Workflow.objects.filter(
        Q(**{f"{template}__is_template": True}) | Q(**{f"{template}__owner": user}), pk__in=copies
    ).values_list(
        "pk",
        "declined_version",
        "copied_from__version",
        "copied_from__number",
        f"{template}__published__version",
        f"{template}__published__number",
        f"{template}__slug",
        f"{template}__name",
    )
    for pk, declined, base, number, live, newest, slug, name in rows:
        is_newer = live is not None and live > max(base, declined)
        found[pk] = Original(slug, name, number, newest if is_newer else None)
    return found


def newer_get(*, user: User, workflow: Workflow) -> Newer:
    """Compare what one's own copy was made from with the newer version of its template.

    Raises VersionNotFound when there is none.
    """
    original = originals_of([workflow], user).get(workflow.pk)
    if original is None or original.newer is None:
        raise VersionNotFound(
            field="slug", value=workflow.slug, expected="a copy of a template with a newer version"
        )
    base = Version.objects.select_related("workflow__published").get(copies=workflow)
    newest = base.workflow.published
    assert newest is not None
    old, new = _shown(base.document), _shown(newest.document)
    operations = diff(old, new)
    _, inverse = apply_and_invert(old, operations)
    comparison = Comparison(old, new, effects_of(operations, inverse))
    return Newer(original, base, newest, comparison)


@transaction.atomic
def newer_decide(*, user: User, slug: str, request: NewerVersion) -> Taken:
    """Take a newer version over into one's own copy, as one change, or leave it at the copy.

    What the copy has changed itself stays. Neither is offered again, unless the change is undone.
    Raises WorkflowNotFound, VersionNotFound when the version is no longer the newest, InvalidBody,
    TooLarge.
    """
    workflow = workflow_lock(user=user, slug=slug)
    newer = newer_get(user=user, workflow=workflow)
    if newer.version.number != request.number:
        raise VersionNotFound(
            field="number", value=request.number, expected=str(newer.version.number)
        )
    left_out = 0
    if request.take:
        mine = document_of(workflow)
        base = assets.assets_own(user=user, document=newer.comparison.before)
        theirs = assets.assets_copy(user=user, document=newer.comparison.after)
        found = merge(base, theirs, mine, skip=_OWN)
        check(found.document)
        left_out = found.left_out
        operations = diff(mine, found.document)
        if operations:
            label = f"Version {request.number} of the template"
            changes.change_write(workflow=workflow, author=user, operations=operations, label=label)
            changes.original_move(workflow, newer.version.pk)
        workflow.copied_from = newer.version
    else:
        workflow.declined_version = newer.version.version
    workflow.save(update_fields=["copied_from", "declined_version"])
    return Taken(workflow.version, left_out)


def _shown(document: JsonObject) -> JsonObject:
    """Return a template's document as others see it."""
    nodes, _ = without_choices(document["nodes"])
    own = {key: value for key, value in document.items() if key not in _OWN}
    return {**own, "name": document["name"], "nodes": nodes}
