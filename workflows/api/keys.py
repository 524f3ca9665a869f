"""/api/api-keys: a user's keys, made, listed and revoked from their browser, or by a key for it."""

from __future__ import annotations

from rest_framework.response import Response

from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.models import Token
from workflows.services import webhooks
from workflows.services.identity import tokens
from workflows.types import JsonObject

READ, WRITE = "key:read", "key:write"


class KeyList(ApiView):
    """The person's keys."""

    capability = {"GET": READ, "POST": WRITE}

    def get(self, request: Request) -> Response:
        """List the keys, newest first; never their text."""
        return Response([shape(token) for token in tokens.token_list(user=request.user)])

    def post(self, request: Request) -> Response:
        """Make a key; its text stands in this answer and nowhere else, ever."""
        token, text = tokens.token_grant(
            owner=request.user,
            request=self.read(request, tokens.NewKey),
            by=self.caller(request).token,
        )
        return Response({**shape(token), "key": text}, status=201)


class KeyPresets(ApiView):
    """What a key can be given."""

    capability = {"GET": READ}

    def get(self, request: Request) -> Response:
        """Return the ready choices, and what the person's tier can grant."""
        presets = [
            {"preset": name, "label": label, "capabilities": list(capabilities)}
            for name, (label, capabilities) in tokens.PRESETS.items()
        ]
        return Response({"presets": presets, "ceiling": tokens.ceiling(request.user)})


class KeyDetail(ApiView):
    """One key."""

    capability = {"DELETE": WRITE}

    def delete(self, request: Request, id: str) -> Response:
        """Revoke a key, and the keys it has made; open streams end within a second."""
        tokens.token_revoke(user=request.user, token_id=id)
        return Response({"success": True})


def shape(token: Token) -> JsonObject:
    """Return a key in wire form, without its text."""
    webhook = webhooks.webhook_loaded(token)
    return {
        "id": str(token.pk),
        "name": token.name,
        "prefix": tokens.PREFIX + token.lookup,
        "capabilities": token.capabilities,
        "createdAt": moment(token.created_at),
        "lastUsedAt": moment(token.last_used_at),
        "expiresAt": moment(token.expires_at),
        "madeBy": None if token.made_by_id is None else str(token.made_by_id),
        "webhook": None if webhook is None else {"url": webhook.url},
    }
