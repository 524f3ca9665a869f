"""/api/aliases: the app ids that run as a workflow, listed, made and deleted."""

from __future__ import annotations

from rest_framework.response import Response

from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.models import Alias, User
from workflows.services.library import aliases
from workflows.types import JsonObject


class AliasList(ApiView):
    """The caller's app aliases and those of the site."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request) -> Response:
        """List the aliases by app id."""
        rows = aliases.alias_list(user=request.user)
        return Response([shape(row, request.user) for row in rows])

    def post(self, request: Request) -> Response:
        """Make an alias; one of the whole site as staff."""
        alias = aliases.alias_create(user=request.user, body=self.body(request))
        return Response(shape(alias, request.user), status=201)


class AliasDetail(ApiView):
    """One app alias."""

    capability = {"DELETE": "workflow:write"}

    def delete(self, request: Request, id: str) -> Response:
        """Delete an alias; the workflow stays."""
        aliases.alias_delete(user=request.user, alias_id=id)
        return Response({"success": True})


def shape(alias: Alias, user: User) -> JsonObject:
    """Return an alias as the API shows it; `workflow` is null once the user may not read it."""
    workflow = alias.workflow
    shown = {"slug": workflow.slug, "name": workflow.name, "owner": workflow.owner.username}
    return {
        "id": str(alias.pk),
        "app": alias.app,
        "site": alias.owner_id is None,
        "workflow": shown if alias.is_readable_for(user.pk) else None,
        "createdAt": moment(alias.created_at),
    }
