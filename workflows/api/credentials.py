"""/api/credentials: providers' keys, written and never shown again; a browser session only."""

from __future__ import annotations

from typing import TypedDict

from django.utils import timezone
from rest_framework.response import Response

from workflows import models
from workflows.api.base import ApiView, Request
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.shapes import moment
from workflows.billing import calls
from workflows.billing.calls import KeyUse
from workflows.graph import credentials as slots
from workflows.models import Workflow
from workflows.nodes import registry
from workflows.services.identity import bindings, credentials
from workflows.services.identity.bindings import Choice
from workflows.services.library import access
from workflows.types import Time


class WorkflowName(TypedDict):
    """A workflow that a credential is in."""

    slug: str
    name: str


class Credential(TypedDict):
    """A credential without its secret; `workflows` choose it or have it bound.

    Caps are US dollars of a day and a month of UTC, null: none. What was spent counts a call whose
    provider does not say what it costs as what such a call usually costs.
    """

    id: str
    name: str
    provider: str
    allowedOrigins: list[str]
    last4: str
    createdAt: Time
    lastUsedAt: Time | None
    workflows: list[WorkflowName]
    capPerDay: float | None
    capPerMonth: float | None
    spentToday: float
    spentThisMonth: float
    callsThisMonth: int


class ChosenCredential(TypedDict):
    """The credential of a slot."""

    id: str
    name: str
    last4: str


class CredentialSlot(TypedDict):
    """Where a workflow wants a key, and the caller's own choice for it."""

    slot: str
    nodeId: str
    node: str
    field: str
    app: str
    provider: str
    origin: str
    wanted: bool
    editable: bool
    credential: ChosenCredential | None


class CredentialList(ApiView):
    """The user's credentials."""

    capability = {"GET": SESSION_ONLY, "POST": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """List the credentials by name, each with the last four characters of its secret."""
        used = bindings.uses(user=request.user)
        rows = credentials.credential_list(user=request.user)
        spent = calls.key_uses(user=request.user, now=timezone.now())
        return Response(
            [shape(row, used.get(row.public_id, []), spent.get(row.public_id)) for row in rows]
        )

    def post(self, request: Request) -> Response:
        """Keep a secret."""
        new = self.read(request, credentials.NewCredential)
        row = credentials.credential_create(user=request.user, request=new)
        return Response(shape(row, []), status=201)


class CredentialDetail(ApiView):
    """One credential."""

    capability = {"PUT": SESSION_ONLY, "DELETE": SESSION_ONLY}

    def put(self, request: Request, id: str) -> Response:
        """Change what may be spent on it."""
        caps = self.read(request, credentials.CredentialCaps)
        row = credentials.credential_save(user=request.user, credential_id=id, request=caps)
        used = bindings.uses(user=request.user).get(id, [])
        spent = calls.key_uses(user=request.user, now=timezone.now())
        return Response(shape(row, used, spent.get(id)))

    def delete(self, request: Request, id: str) -> Response:
        """Forget it."""
        credentials.credential_delete(user=request.user, credential_id=id)
        return Response({"success": True})


class WorkflowCredentials(ApiView):
    """Where the nodes of a workflow want keys, and which of the caller's own they get."""

    capability = {"GET": SESSION_ONLY, "PUT": SESSION_ONLY}

    def get(self, request: Request, slug: str) -> Response:
        """List the slots of a workflow the caller may run, with the caller's credentials."""
        rows = bindings.slot_list(user=request.user, slug=slug)
        return Response([slot_shape(row) for row in rows])

    def put(self, request: Request, slug: str) -> Response:
        """Bind a credential to a slot, or with null take it back; the response is the list."""
        access.workflow_runnable(user=request.user, slug=slug)
        binding = self.read(request, bindings.Binding)
        bindings.binding_set(user=request.user, slug=slug, request=binding)
        return self.get(request, slug)


def slot_shape(row: Choice) -> CredentialSlot:
    """Return a slot as JSON."""
    slot, chosen = row.slot, row.credential
    return {
        "slot": slot.name,
        # The node of this workflow that is the slot's, or that leads to it.
        "nodeId": (*slot.path, slot.node["id"])[0],
        "node": slots.title(slot.node, registry.node_types()),
        "field": slot.field.name,
        "app": row.app,
        "provider": slot.field.provider,
        "origin": row.origin,
        "wanted": row.wanted,
        "editable": row.editable,
        "credential": None
        if chosen is None
        else {"id": chosen.public_id, "name": chosen.name, "last4": chosen.last4},
    }


def shape(row: models.Credential, used: list[Workflow], spent: KeyUse | None = None) -> Credential:
    """Return a credential as JSON, without its secret; `used` are the workflows it is in."""
    spent = spent or KeyUse()
    return {
        "id": row.public_id,
        "name": row.name,
        "provider": row.provider,
        "allowedOrigins": row.allowed_origins,
        "last4": row.last4,
        "createdAt": moment(row.created_at),
        "lastUsedAt": moment(row.last_used_at),
        "workflows": [{"slug": each.slug, "name": each.name} for each in used],
        "capPerDay": None if row.cap_per_day is None else float(row.cap_per_day),
        "capPerMonth": None if row.cap_per_month is None else float(row.cap_per_month),
        "spentToday": float(spent.today),
        "spentThisMonth": float(spent.month),
        "callsThisMonth": spent.calls,
    }
