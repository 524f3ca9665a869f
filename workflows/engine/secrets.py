"""Credentials while a run uses them: reading one for a node, and keeping it out of all it says.

This is the only reader of a stored secret. It goes to the origins its owner has bound it to, for
runs of its owner, and is taken out of every result, error, event and answer of that run.
"""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from workflows.errors import FetchRefused, NodeError
from workflows.media import fetch
from workflows.models import Credential
from workflows.types import Json

HIDDEN = "[secret]"
#: How providers want to be shown a key; others take it as a bearer.
_HEADERS = {"fal": ("Authorization", "Key {}"), "anthropic": ("x-api-key", "{}")}
#: Secrets that name their scheme themselves are sent as they are.
_SCHEMES = ("basic ", "bearer ", "key ", "token ")


class Secrets:
    """The secrets one run has used. What is scrubbed holds none of them, however it was written."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._texts)

    def add(self, secret: str) -> None:
        """Hide a secret from now on."""
        if secret in self._texts:
            return
        _, _, bare = secret.rpartition(" ")
        for text in {secret, bare} - {""}:
            raw = text.encode()
            forms = (text, json.dumps(text)[1:-1], quote(text, safe=""), quote(text))
            encoded = (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode())
            for form in (*forms, *encoded, *(part.rstrip("=") for part in encoded)):
                self._texts[form] = None
        # The longest first, so that no rest of one stays.
        self._texts = dict.fromkeys(sorted(self._texts, key=len, reverse=True))

    def text(self, text: str) -> str:
        """Return a text without the secrets."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text

    def body(self, body: bytes) -> bytes:
        """Return bytes without the secrets."""
        for secret in self._texts:
            raw = secret.encode()
            if raw in body:
                body = body.replace(raw, HIDDEN.encode())
        return body

    def json(self, value: Json) -> Json:
        """Return a JSON value without the secrets, keys included."""
        if not self._texts:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.json(item) for key, item in value.items()}
        return value


def credential_headers(
    owner_id: int, credential_id: Json, url: str, field: str, secrets: Secrets
) -> dict[str, str]:
    """Return the header that shows a credential to the origin of `url`; reads the database.

    Raises NodeError naming `field` when the owner has no such credential, or it is not for there.
    """
    text = str(credential_id)
    known = text.isascii() and text.isdigit() and len(text) <= 18
    row = Credential.objects.filter(owner_id=owner_id, pk=int(text)).first() if known else None
    if row is None:
        raise NodeError(
            "There is no such credential.", field=field, value=text[:80],
            expected="the id of one of your credentials",
        )  # fmt: skip
    try:
        origin = fetch.origin_of(url)
    except FetchRefused as error:
        raise NodeError(error.message, field="url", expected="an address") from error
    if origin not in row.allowed_origins:
        allowed = ", ".join(row.allowed_origins) or "nowhere"
        raise NodeError(
            f"The credential {row.name} is not for {origin}.", field=field, value=text,
            expected=f"an address at {allowed}",
        )  # fmt: skip
    return _header(row, secrets)


def provider_headers(
    owner_id: int, provider: str, url: str, secrets: Secrets
) -> dict[str, str] | None:
    """Return the header that shows a provider's credential to the origin of `url`, None without.

    Of several that may go there it is the one that was stored last. Reads the database.
    """
    rows = Credential.objects.filter(owner_id=owner_id, provider__iexact=provider).order_by("-pk")
    origin = fetch.origin_of(url)
    row = next((row for row in rows if origin in row.allowed_origins), None)
    return None if row is None else _header(row, secrets)


def _header(row: Credential, secrets: Secrets) -> dict[str, str]:
    secrets.add(row.secret)
    name, form = _HEADERS.get(row.provider.lower(), ("Authorization", "Bearer {}"))
    if row.secret.lower().startswith(_SCHEMES):
        name, form = "Authorization", "{}"
    return {name: form.format(row.secret)}
