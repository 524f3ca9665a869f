"""fal's webhooks: what is sent when a request has ended, its signature, and the keys to check it.

The message signed is the request's id, the user's id, the time and the body's SHA-256, a line
each, by Ed25519. The keys follow from ENCRYPTION_KEYS, so every process signs alike, and receivers
go on checking while these are exchanged.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.auth import Caller
from workflows.api.capabilities import require
from workflows.api.parsers import encode
from workflows.compat.fal import shapes
from workflows.compat.fal.errors import fal_view, running
from workflows.compat.fal.links import outward
from workflows.models import Run, RunStatus, Webhook
from workflows.models.connections import Dialect as Name
from workflows.services import webhooks
from workflows.types import JsonObject
from workflows.webhooks.payloads import Dialect, Payload

PARAMETER = "fal_webhook"
RECEIVE = "webhook:receive"
#: Ten further attempts within two hours.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 2_180)
)
TIMEOUT_SECONDS = 15.0
#: How long receivers may keep the keys, in seconds.
KEYS_SECONDS = 3_600


def wanted(request: HttpRequest, caller: Caller) -> Webhook | None:
    """Return where a request wants its end reported, if anywhere.

    Raises CapabilityDenied and InvalidBody.
    """
    url = request.GET.get(PARAMETER)
    if url is None:
        return None
    require(caller, RECEIVE)
    return webhooks.webhook_for_one(url=url, dialect=Name.FAL, field=PARAMETER)


@fal_view(running, "GET")
async def jwks(request: HttpRequest) -> HttpResponseBase:
    """Give the public keys that webhooks are signed by (RFC 8037), the newest first."""
    keys = [_public(key) for key in settings.ENCRYPTION_KEYS]
    headers = {"Cache-Control": f"public, max-age={KEYS_SECONDS}"}
    return HttpResponse(encode({"keys": keys}), content_type="application/json", headers=headers)


def _body(run: Run, webhook: Webhook) -> JsonObject:
    body: JsonObject = {"request_id": str(run.pk), "gateway_request_id": str(run.pk)}
    if run.status == RunStatus.COMPLETED:
        payload = outward(run.output, settings.PUBLIC_URL, run.owner_id)
        return {**body, "status": "OK", "payload": payload}
    wrong = shapes.failed(run)
    payload = {"detail": wrong.detail, "error_type": wrong.type}
    error = f"Invalid status code: {wrong.status}"
    return {**body, "status": "ERROR", "error": error, "payload": payload}


def _headers(payload: Payload, at: datetime) -> dict[str, str]:
    seconds = str(int(at.timestamp()))
    digest = hashlib.sha256(payload.body).hexdigest()
    message = "\n".join((payload.run_id, payload.owner_id, seconds, digest))
    signature = _key(settings.ENCRYPTION_KEYS[0]).sign(message.encode())
    return {
        "X-Fal-Webhook-Request-Id": payload.run_id,
        "X-Fal-Webhook-User-Id": payload.owner_id,
        "X-Fal-Webhook-Timestamp": seconds,
        "X-Fal-Webhook-Signature": signature.hex(),
    }


@cache
def _key(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"workflows.compat.fal.webhooks")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(secret.encode()))


def _public(secret: str) -> JsonObject:
    raw = _key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "x": x,
        "kid": hashlib.sha256(raw).hexdigest()[:16],
    }


FAL = Dialect(_body, _headers, PAUSES, TIMEOUT_SECONDS)
