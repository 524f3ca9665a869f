"""Which document a run uses: the draft or a published version; this is the one place that decides.

The editor runs the draft; where the owner pays, who may only run it gets what is published. API
keys, the dialects, visitors and other users get the published version, or the draft as long as none
is published. `?version=` names another one, by its number or its name.
"""

from __future__ import annotations

from django.db.models import Q

from workflows.errors import VersionNotFound
from workflows.graph.work import of_document
from workflows.models import Payer, Role, User, Version, Workflow
from workflows.nodes import registry

DRAFT, PUBLISHED = "draft", "published"
EXPECTED = "draft, published, the number of a published version, or the name of one"


def as_published(workflow: Workflow) -> Workflow:
    """Return a row, which is only to be read, as it was last published."""
    return workflow if workflow.published_id is None else _of(workflow, Q(pk=workflow.published_id))


def as_version(user: User, workflow: Workflow, wanted: str | None, *, by_key: bool) -> Workflow:
    """Return a row that a user may read, only to be read, in the version a caller wants.

    None is the draft for sessions of its owner and of whom it is shared with, but for who may only
    run what the owner pays for; and what is published for all others, who have no other. Raises
    VersionNotFound.
    """
    is_shared = workflow.role is not None
    wanted = wanted or (PUBLISHED if by_key or _runs_published(user, workflow) else DRAFT)
    if workflow.owner_id != user.pk and not is_shared:
        # It came as what is published already (`choices.as_seen_by`).
        if wanted == PUBLISHED:
            return workflow
        raise VersionNotFound(field="version", value=wanted[:80], expected=PUBLISHED)
    if wanted == DRAFT:
        return workflow
    if wanted == PUBLISHED:
        return as_published(workflow)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        return _of(workflow, Q(number=int(wanted)), wanted)
    if not wanted.isprintable():
        raise VersionNotFound(field="version", value=wanted[:80], expected=EXPECTED)
    return _of(workflow, Q(name=wanted), wanted)


def _runs_published(user: User, workflow: Workflow) -> bool:
    if workflow.role is None:
        return workflow.owner_id != user.pk
    return workflow.role == Role.RUN and workflow.payer == Payer.OWNER


def _of(workflow: Workflow, which: Q, value: str | None = None) -> Workflow:
    # Several may have a name; the newest has it.
    found = Version.objects.filter(which, workflow=workflow.pk).order_by("-pk").first()
    if found is None:
        raise VersionNotFound(field="version", value=value and value[:80], expected=EXPECTED)
    workflow.nodes, workflow.edges = found.document["nodes"], found.document["edges"]
    workflow.work = [row.row() for row in of_document(found.document, registry.node_types())]
    workflow.version = found.version
    workflow.taken = found
    return workflow
