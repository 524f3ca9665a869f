"""What a workflow asks for: /api/workflows/<slug>/schema for its users, /public-schema for all."""

from __future__ import annotations

from typing import Annotated, TypedDict

from rest_framework.response import Response

from workflows.api.assets import Cover, cover_urls
from workflows.api.base import ApiView, Request, version_requested
from workflows.api.capabilities import check_slug
from workflows.billing.estimate import cost_estimate
from workflows.graph.schema import describe
from workflows.models import Role, Workflow
from workflows.services.library import access
from workflows.types import Json, JsonObject, described


class PublicSchema(TypedDict):
    """The inputs of a workflow as its author has declared them, and their saved values."""

    name: str
    description: str
    cover: Cover | None
    fields: list[Annotated[Json, described("RequestField")]]
    values: JsonObject


class Schema(PublicSchema):
    """The inputs of a workflow, and what a run costs the caller.

    `version` is the number of the published version they are of, null: of the draft.
    """

    estimatedCreditCost: float | None
    version: int | None


class WorkflowSchema(ApiView):
    """The inputs of a workflow the caller may read."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request, slug: str) -> Response:
        """Return the declared fields, their saved values, and what a run costs the caller."""
        workflow = access.workflow_readable(
            user=request.user, slug=slug, shared=request.auth.sharing(Role.VIEW)
        )
        workflow = version_requested(request, request.auth, workflow)
        cost = cost_estimate(workflow.work, request.user.tier)
        version = None if workflow.taken is None else workflow.taken.number
        found: Schema = {**schema(workflow), "estimatedCreditCost": cost, "version": version}
        return Response(found)


class PublicSchemaDetail(ApiView):
    """The inputs of a workflow whose playground is public; no credential is required or read."""

    authentication_classes = []
    permission_classes = []

    def get(self, request: Request, slug: str) -> Response:
        """Return the declared fields, as they were declared, and their saved values."""
        check_slug(slug)
        return Response(schema(access.workflow_public(slug=slug)))


def schema(workflow: Workflow) -> PublicSchema:
    """Return what both schemas have in common."""
    found = describe({"nodes": workflow.nodes})
    return {
        "name": workflow.name,
        "description": workflow.description,
        "cover": cover_urls(workflow),
        "fields": found["fields"],
        "values": found["values"],
    }
