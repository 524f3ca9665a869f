"""/api/workflows/<slug>/template: the newer version of a copy's template, and taking it over."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.response import Response

from workflows.api import shapes
from workflows.api.base import ApiView, Request
from workflows.api.etag import etag_of
from workflows.api.versions import Comparison, KeptVersion, comparison, kept
from workflows.services.library import access, originals


class NewerTemplate(TypedDict):
    """The newer version of a copy's template, compared with the one the copy was made from."""

    copiedFrom: shapes.CopiedFrom
    version: KeptVersion
    comparison: Comparison


class TakenTemplate(TypedDict):
    """The version of the copy there is now; `leftOut` counts changes that met the copy's own."""

    version: int
    leftOut: int


class WorkflowTemplate(ApiView):
    """The template of a copy."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request, slug: str) -> Response:
        """Return its newer version, and what it has changed since the copy was made."""
        workflow = access.workflow_own_get(user=request.user, slug=slug)
        newer = originals.newer_get(user=request.user, workflow=workflow)
        compared = newer.comparison
        found: NewerTemplate = {
            "copiedFrom": shapes.copied_from(newer.original),
            "version": kept(newer.version, newer.version.pk, request.user),
            "comparison": comparison(request, compared, newer.base.version, newer.version.version),
        }
        return Response(found)

    def post(self, request: Request, slug: str) -> Response:
        """Take the newer version over as one change, or leave it."""
        access.workflow_own(user=request.user, slug=slug)
        taken = originals.newer_decide(
            user=request.user, slug=slug, request=self.read(request, originals.NewerVersion)
        )
        found: TakenTemplate = {"version": taken.version, "leftOut": taken.left_out}
        return Response(found, headers={"ETag": etag_of(taken.version)})
