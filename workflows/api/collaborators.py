"""/api/workflows/<slug>/collaborators, /link, /payment: who shares a workflow, and who pays.

For its owner at a page.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api.base import ApiView, Request, origin_of
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.shapes import ROLES, moment
from workflows.services.execution.paid import paid_runs_end
from workflows.services.library import access, links, paying, sharing
from workflows.types import Time


class Collaborator(TypedDict):
    """A user with whom a workflow is shared."""

    user: str
    role: Literal["edit", "run", "view"]
    createdAt: Time


class PaymentTerms(TypedDict):
    """Who pays for runs by others; `number` is the published version that an owner can pay for."""

    payer: models.Payer
    dailyUsd: float
    number: int | None


class SharingLink(TypedDict):
    """The link by which users join, all null: none. `url` is shown once, when it is new."""

    role: Literal["edit", "run", "view"] | None
    last4: str | None
    createdAt: Time | None
    url: str | None


class CollaboratorList(ApiView):
    """The users of a workflow besides its owner."""

    capability = {"GET": SESSION_ONLY, "POST": SESSION_ONLY}

    def get(self, request: Request, slug: str) -> Response:
        """List them by name."""
        access.workflow_own(user=request.user, slug=slug)
        rows = sharing.collaborator_list(user=request.user, slug=slug)
        return Response([shape(row) for row in rows])

    def post(self, request: Request, slug: str) -> Response:
        """Share the workflow with a user, change the user's role, or end the share."""
        access.workflow_own(user=request.user, slug=slug)
        body = self.read(request, sharing.Sharing)
        sharing.workflow_share(user=request.user, slug=slug, request=body)
        paid_runs_end(user=request.user, slug=slug)
        return self.get(request, slug)


class WorkflowPayment(ApiView):
    """Who pays for runs by the users of a workflow."""

    capability = {"GET": SESSION_ONLY, "PUT": SESSION_ONLY}

    def get(self, request: Request, slug: str) -> Response:
        """Return who pays, and what the owner allows each user a day."""
        workflow = access.workflow_own_get(user=request.user, slug=slug)
        return Response(_payment(workflow))

    def put(self, request: Request, slug: str) -> Response:
        """Choose who pays; runs that are paid for no more end."""
        access.workflow_own(user=request.user, slug=slug)
        body = self.read(request, paying.Payment)
        workflow = paying.payment_set(user=request.user, slug=slug, request=body)
        paid_runs_end(user=request.user, slug=slug)
        return Response(_payment(workflow))


def _payment(workflow: models.Workflow) -> PaymentTerms:
    return {
        "payer": models.Payer(workflow.payer),
        "dailyUsd": float(workflow.payer_daily_usd),
        "number": paying.number_paid(workflow),
    }


class WorkflowLink(ApiView):
    """The link by which users join a workflow."""

    capability = {"GET": SESSION_ONLY, "PUT": SESSION_ONLY}

    def get(self, request: Request, slug: str) -> Response:
        """Return its role; its URL is shown once, when it is made."""
        workflow = access.workflow_own_get(user=request.user, slug=slug)
        return Response(_link(request, links.link_get(workflow=workflow), ""))

    def put(self, request: Request, slug: str) -> Response:
        """Make it, change its role, replace it, or revoke it."""
        access.workflow_own(user=request.user, slug=slug)
        body = self.read(request, links.LinkFields)
        link, key = links.link_set(user=request.user, slug=slug, request=body)
        return Response(_link(request, link, key))


def _link(request: Request, link: models.ShareLink | None, key: str) -> SharingLink:
    return {
        "role": None if link is None else ROLES[link.role],
        "last4": None if link is None else link.last4,
        "createdAt": None if link is None else moment(link.created_at),
        "url": f"{origin_of(request)}/share/{key}" if key else None,
    }


def shape(share: models.Collaborator) -> Collaborator:
    """Return a share as the API shows it."""
    return {
        "user": share.user.username,
        "role": ROLES[share.role],
        "createdAt": moment(share.created_at),
    }
