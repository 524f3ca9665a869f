"""Webhooks of keys and of single requests. Sending is the matter of `engine/deliveries.py`."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from workflows.engine.deliveries import send_test
from workflows.errors import FetchRefused, InvalidBody, WebhookNotFound
from workflows.media import fetch
from workflows.models import Delivery, Token, User, Webhook
from workflows.services.tokens import allows, token_get
from workflows.types import Json, JsonObject

MAX_URL = 2_000
SECRET_LENGTHS = (16, 256)
SHOWN = 50
_PREFIX = "whsec_"


def webhook_of(*, token: Token) -> Webhook | None:
    """Return the webhook of a key, if it has one."""
    return Webhook.objects.filter(token=token).first()


def webhook_loaded(token: Token) -> Webhook | None:
    """Return the webhook of a key that was read with it; asks the database nothing."""
    return getattr(token, "webhook", None)


def webhook_get(*, user: User, token_id: str) -> Webhook:
    """Return the webhook of one of the person's keys. Raises KeyNotFound and WebhookNotFound."""
    webhook = webhook_of(token=token_get(user=user, token_id=token_id))
    if webhook is None:
        raise WebhookNotFound()
    return webhook


@transaction.atomic
def webhook_save(*, user: User, token_id: str, body: JsonObject) -> tuple[Webhook, str | None]:
    """Set a key's webhook; returns it with its secret if that was made now.

    `body` has `url` and may have `secret`; without, the secret stays, or is made the first time.
    Raises KeyNotFound and InvalidBody (also when the key may not receive webhooks).
    """
    token = token_get(user=user, token_id=token_id)
    if not allows(token.capabilities, "webhook:receive"):
        raise InvalidBody(
            "This key may not receive webhooks.", field="capabilities", expected="webhook:receive"
        )
    url, given = _url(body.get("url")), _secret(body.get("secret"))
    webhook = Webhook.objects.select_for_update().filter(token=token).first()
    made = None
    if webhook is None:
        webhook = Webhook(token=token)
        if given is None:
            made = given = _PREFIX + secrets.token_urlsafe(32)
    webhook.url = url
    if given is not None:
        webhook.secret = given
    webhook.save()
    return webhook, made


def webhook_delete(*, user: User, token_id: str) -> None:
    """Report to nobody any more; what waits is dropped. Raises KeyNotFound, WebhookNotFound."""
    webhook_get(user=user, token_id=token_id).delete()


def webhook_test(*, user: User, token_id: str) -> Delivery:
    """Send a test once, now, and return how it went. Raises KeyNotFound and WebhookNotFound."""
    return send_test(webhook_get(user=user, token_id=token_id))


def webhook_for_one(*, url: Json, dialect: str, field: str) -> Webhook:
    """Return the webhook of one request, which is stored with its run.

    `field` is how the caller names the address. Raises InvalidBody.
    """
    return Webhook(url=_url(url, field), dialect=dialect)


def deliveries(*, webhook: Webhook) -> list[Delivery]:
    """List the last reports of a webhook, newest first."""
    return list(Delivery.objects.filter(webhook=webhook).order_by("-created_at", "-pk")[:SHOWN])


def _url(value: Json, field: str = "url") -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_URL:
        raise InvalidBody(f"{field} must be an address.", field=field, expected="an https address")
    url = value.strip()
    try:
        fetch.origin_of(url)
        allowed = fetch.is_allowed(url)
    except FetchRefused as error:
        raise InvalidBody(error.message, field=field, value=url, expected="an address") from error
    plain = settings.PUBLIC_URL.startswith("http://")
    if urlsplit(url).scheme.lower() != "https" and not plain and not allowed:
        raise InvalidBody(
            f"{field} must begin with https.", field=field, value=url, expected="https"
        )
    return url


def _secret(value: Json) -> str | None:
    if value is None:
        return None
    low, high = SECRET_LENGTHS
    if not isinstance(value, str) or not low <= len(value) <= high:
        raise InvalidBody(
            "secret is too short or too long.", field="secret", expected=f"{low} to {high} letters"
        )
    return value
