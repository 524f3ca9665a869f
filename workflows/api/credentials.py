"""/api/credentials: providers' keys, written and never shown again; a browser session only."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from workflows.api.base import ApiView
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.shapes import moment
from workflows.models import Credential
from workflows.services import credentials
from workflows.types import JsonObject


class CredentialList(ApiView):
    """The person's credentials."""

    capability = {"GET": SESSION_ONLY, "POST": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """List the credentials by name, each with the last four letters of its secret."""
        return Response([shape(row) for row in credentials.credential_list(user=request.user)])

    def post(self, request: Request) -> Response:
        """Keep a secret."""
        row = credentials.credential_create(user=request.user, body=self.body(request))
        return Response(shape(row), status=201)


class CredentialDetail(ApiView):
    """One credential."""

    capability = {"DELETE": SESSION_ONLY}

    def delete(self, request: Request, id: str) -> Response:
        """Forget it."""
        credentials.credential_delete(user=request.user, credential_id=id)
        return Response({"success": True})


def shape(row: Credential) -> JsonObject:
    """Return a credential in wire form, without its secret."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "provider": row.provider,
        "allowedOrigins": row.allowed_origins,
        "last4": row.last4,
        "createdAt": moment(row.created_at),
    }
