"""The secrets a run has used, taken out of every result, error, event and response of it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from workflows.types import Json

HIDDEN = "[secret]"


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
