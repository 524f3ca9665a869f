"""/api/api-keys: a user's keys, made, listed and revoked from their browser, or by a key for it."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.response import Response

from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.models import Token
from workflows.services import webhooks
from workflows.services.identity import tokens
from workflows.types import Time

READ, WRITE = "key:read", "key:write"


class KeyWebhook(TypedDict):
    """Where the runs of a key report their end."""

    url: str


class ApiKey(TypedDict):
    """A key without its text; `madeBy` is the key that has made it."""

    id: str
    name: str
    prefix: str
    capabilities: list[str]
    createdAt: Time
    lastUsedAt: Time | None
    expiresAt: Time | None
    madeBy: str | None
    webhook: KeyWebhook | None


class NewApiKey(ApiKey):
    """A key with its text, which is shown once."""

    key: str


class KeyPreset(TypedDict):
    """A ready choice of capabilities."""

    preset: str
    label: str
    capabilities: list[str]


class KeyPresets(TypedDict):
    """The ready choices, and as `ceiling` what the account's tier can grant at most."""

    presets: list[KeyPreset]
    ceiling: list[str]


class KeyList(ApiView):
    """The user's keys."""

    capability = {"GET": READ, "POST": WRITE}

    def get(self, request: Request) -> Response:
        """List the keys, newest first; never their text."""
        return Response([shape(token) for token in tokens.token_list(user=request.user)])

    def post(self, request: Request) -> Response:
        """Make a key; its text is in this response and nowhere else, ever."""
        token, text = tokens.token_grant(
            owner=request.user,
            request=self.read(request, tokens.NewKey),
            by=self.caller(request).token,
        )
        made: NewApiKey = {**shape(token), "key": text}
        return Response(made, status=201)


class KeyPresetList(ApiView):
    """What a key can be given."""

    capability = {"GET": READ}

    def get(self, request: Request) -> Response:
        """Return the ready choices, and what the user's tier can grant."""
        found: KeyPresets = {
            "presets": [
                {"preset": name, "label": label, "capabilities": list(capabilities)}
                for name, (label, capabilities) in tokens.PRESETS.items()
            ],
            "ceiling": tokens.ceiling(request.user),
        }
        return Response(found)


class KeyDetail(ApiView):
    """One key."""

    capability = {"DELETE": WRITE}

    def delete(self, request: Request, id: str) -> Response:
        """Revoke a key, and the keys it has made; open streams end within a second."""
        tokens.token_revoke(user=request.user, token_id=id)
        return Response({"success": True})


def shape(token: Token) -> ApiKey:
    """Return a key as JSON, without its text."""
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
