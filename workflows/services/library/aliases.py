"""App aliases: listing, making and deleting the ids under which workflows run as apps.

An alias is a row that its owner, or for the whole site staff, has made; no document decides what an
id means. Built-in utilities and `workflows/<account>/…` keep their meaning.
"""

from __future__ import annotations

import re
from typing import Annotated

from django.db import transaction
from django.db.models import F, Q

from workflows.bodies import Body, Meta
from workflows.errors import (
    AliasExists,
    AliasForbidden,
    AliasNotFound,
    InvalidBody,
    WorkflowNotFound,
)
from workflows.models import Alias, User, Workflow
from workflows.nodes.fal import equivalents
from workflows.services.database import one, row_id
from workflows.services.library.access import workflow_readable
from workflows.services.locks import hold

NAMESPACE = "workflows"
MAX_APP = 300
#: Aliases of one owner.
MAX_ALIASES = 500
_EXPECTED = "an id such as fal-ai/flux/dev"
_APP = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+")
#: Parts that come behind or around an app's id in the URLs of a call.
_CALLS = frozenset({"stream", "realtime", "requests"})


class NewAlias(Body):
    """An app id, and the slug of the workflow that it is to run."""

    app: Annotated[str, Meta(min_length=1, max_length=MAX_APP, extra={"expected": _EXPECTED})]
    workflow: Annotated[
        str, Meta(extra={"expected": "a workflow's slug", "unknown": WorkflowNotFound})
    ]
    site: Annotated[bool, Meta(description="For every account of this server.")] = False


def alias_list(*, user: User) -> list[Alias]:
    """List the user's own aliases and those of the site, by app id."""
    rows = Alias.objects.filter(Q(owner=user) | Q(owner=None)).select_related("workflow__owner")
    return list(rows.order_by("app", F("owner").asc(nulls_last=True)))


@transaction.atomic
def alias_create(*, user: User, request: NewAlias) -> Alias:
    """Make an alias.

    Raises InvalidBody, WorkflowNotFound, AliasExists, and AliasForbidden for the site's.
    """
    site = request.site
    if site and not user.is_staff:
        raise AliasForbidden()
    app, workflow = _app(request.app), _workflow(user, request.workflow, site)
    hold("aliases" if site else f"owner:{user.pk}")
    owner = None if site else user
    if Alias.objects.filter(owner=owner, app=app).exists():
        raise AliasExists(field="app", value=app, expected="an id that has no alias yet")
    if Alias.objects.filter(owner=owner).count() >= MAX_ALIASES:
        raise InvalidBody(
            f"There are {MAX_ALIASES} aliases already.",
            field="app",
            value=app,
            expected=f"at most {MAX_ALIASES} aliases",
        )
    alias: Alias = Alias.objects.create(owner=owner, app=app, workflow=workflow)
    return alias


@transaction.atomic
def alias_delete(*, user: User, alias_id: str) -> None:
    """Delete an alias of the user's own, or as staff one of the site's.

    Raises AliasNotFound and AliasForbidden.
    """
    rows = Alias.objects.filter(Q(owner=user) | Q(owner=None), pk=row_id(alias_id))
    alias = one(rows)
    if alias is None:
        raise AliasNotFound()
    if alias.owner_id is None and not user.is_staff:
        raise AliasForbidden()
    alias.delete()


def _app(value: str) -> str:
    """Return an app id that may be given away. Raises InvalidBody."""
    app = value.strip().strip("/")
    if not _APP.fullmatch(app) or not _CALLS.isdisjoint(app.split("/")):
        raise InvalidBody(
            "app must be the id of an app.",
            field="app",
            value=value,
            expected=_EXPECTED,
        )
    owner = app.split("/")[1] if app.startswith(f"{NAMESPACE}/") else None
    taken = owner == "execute" or User.objects.filter(username=owner).exists()
    if equivalents.get(app) is not None or (owner is not None and taken):
        raise InvalidBody(
            f"{app} has its own meaning here.",
            field="app",
            value=app,
            expected="no built-in utility and no workflow of an account of this server",
        )
    return app


def _workflow(user: User, slug: str, site: bool) -> Workflow:
    workflow = workflow_readable(user=user, slug=slug)
    if site and not workflow.is_open:
        raise InvalidBody(
            "An alias of the whole site leads to a workflow everybody may read.",
            field="workflow",
            value=workflow.slug,
            expected="a public workflow or a template",
        )
    return workflow
