"""/api/aliases: the app ids that run as a workflow, listed, made and deleted."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.models import User
from workflows.services.library import aliases
from workflows.types import Time


class AliasWorkflow(TypedDict):
    """What an alias runs."""

    slug: str
    name: str
    owner: str


class Alias(TypedDict):
    """An app id that runs a workflow; null once the user may not read it."""

    id: str
    app: str
    site: bool
    workflow: AliasWorkflow | None
    createdAt: Time


class AliasList(ApiView):
    """The caller's app aliases and those of the site."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request) -> Response:
        """List the aliases by app id."""
        rows = aliases.alias_list(user=request.user)
        return Response([shape(row, request.user) for row in rows])

    def post(self, request: Request) -> Response:
        """Make an alias; one of the whole site as staff."""
        new = self.read(request, aliases.NewAlias)
        alias = aliases.alias_create(user=request.user, request=new)
        return Response(shape(alias, request.user), status=201)


class AliasDetail(ApiView):
    """One app alias."""

    capability = {"DELETE": "workflow:write"}

    def delete(self, request: Request, id: str) -> Response:
        """Delete an alias; the workflow stays."""
        aliases.alias_delete(user=request.user, alias_id=id)
        return Response({"success": True})


def shape(alias: models.Alias, user: User) -> Alias:
    """Return an alias as the API shows it."""
    workflow = alias.workflow
    shown: AliasWorkflow = {
        "slug": workflow.slug,
        "name": workflow.name,
        "owner": workflow.owner.username,
    }
    return {
        "id": str(alias.pk),
        "app": alias.app,
        "site": alias.owner_id is None,
        "workflow": shown if alias.is_readable_for(user.pk) else None,
        "createdAt": moment(alias.created_at),
    }
