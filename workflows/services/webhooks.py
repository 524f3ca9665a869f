"""Webhooks of keys and of single runs, and their deliveries.

Sending is the matter of `webhooks/deliveries.py`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from workflows.bodies import SECRET, Body, Meta
from workflows.errors import DeliveryNotFound, FetchRefused, InvalidBody, WebhookNotFound
from workflows.media import fetch
from workflows.models import Delivery, DeliveryStatus, Token, User, Webhook
from workflows.models.connections import Dialect
from workflows.services.database import row_id
from workflows.services.identity.tokens import allows, token_get
from workflows.webhooks.deliveries import ring, send_test

MAX_URL = 2_000
SHOWN = 50
MAX_LIST = 100
#: The field of a run's body that names its webhook.
RUN_URL = "webhookUrl"
_PREFIX = "whsec_"


def webhook_of(*, token: Token) -> Webhook | None:
    """Return the webhook of a key, if it has one."""
    return Webhook.objects.filter(token=token).first()


def webhook_loaded(token: Token) -> Webhook | None:
    """Return the webhook of a key that was read with it; reads nothing from the database."""
    return getattr(token, "webhook", None)


def webhook_get(*, user: User, token_id: str) -> Webhook:
    """Return the webhook of one of the user's keys. Raises KeyNotFound and WebhookNotFound."""
    webhook = webhook_of(token=token_get(user=user, token_id=token_id))
    if webhook is None:
        raise WebhookNotFound()
    return webhook


Secret = Annotated[
    str,
    Meta(min_length=16, max_length=256, extra=SECRET),
]


class WebhookFields(Body):
    """A key's webhook. Without `secret` the secret stays, or is made the first time."""

    url: str
    secret: Secret | None = None
    signed: Annotated[
        bool | None,
        Meta(description="Whether URLs of files in its reports open without a key, for a while."),
    ] = None


class RunWebhook(Body):
    """What the body of a run says of a webhook for this run alone."""

    webhook_url: str | None = None
    webhook_signed: bool | None = None
    webhook_secret: Secret | None = None


@transaction.atomic
def webhook_save(
    *, user: User, token_id: str, request: WebhookFields
) -> tuple[Webhook, str | None]:
    """Set a key's webhook; returns it with its secret if that was made now.

    Raises KeyNotFound and InvalidBody (also when the key may not receive webhooks).
    """
    token = token_get(user=user, token_id=token_id)
    if not allows(token.capabilities, "webhook:receive"):
        raise InvalidBody(
            "This key may not receive webhooks.", field="capabilities", expected="webhook:receive"
        )
    url, given = _url(request.url), request.secret
    webhook = Webhook.objects.select_for_update().filter(token=token).first()
    made = None
    if webhook is None:
        webhook = Webhook(token=token)
        if given is None:
            made = given = _PREFIX + secrets.token_urlsafe(32)
    webhook.url = url
    if request.signed is not None:
        webhook.signed = request.signed
    if given is not None:
        webhook.secret = given
    webhook.save()
    return webhook, made


def webhook_delete(*, user: User, token_id: str) -> None:
    """Delete the webhook of a key; what waits is dropped. Raises KeyNotFound, WebhookNotFound."""
    webhook_get(user=user, token_id=token_id).delete()


def webhook_test(*, user: User, token_id: str) -> Delivery:
    """Send a test once, now, and return how it went. Raises KeyNotFound and WebhookNotFound."""
    return send_test(webhook_get(user=user, token_id=token_id), user.pk)


def webhook_of_run(*, request: RunWebhook, token: Token | None) -> Webhook | None:
    """Return the webhook that the body of a run requests, for this run alone; None: none.

    It is signed with `webhookSecret`, or else with the secret of the key's own webhook; without
    either, its reports carry no signature. Raises InvalidBody.
    """
    if request.webhook_url is None:
        others = {"webhookSecret": request.webhook_secret, "webhookSigned": request.webhook_signed}
        for field, value in others.items():
            if value is not None:
                raise InvalidBody(
                    f"{field} says nothing without {RUN_URL}.",
                    field=RUN_URL,
                    expected="an https URL",
                )
        return None
    webhook = webhook_for_one(url=request.webhook_url, dialect=Dialect.NATIVE, field=RUN_URL)
    secret = request.webhook_secret
    if secret is None:
        own = webhook_of(token=token) if token is not None else None
        secret = own.secret if own else ""
    webhook.secret, webhook.signed = secret, request.webhook_signed or False
    return webhook


def webhook_for_one(*, url: str, dialect: str, field: str) -> Webhook:
    """Return the webhook of one request, which is stored with its run.

    `field` is how the caller names the URL. Raises InvalidBody.
    """
    return Webhook(url=_url(url, field), dialect=dialect)


def deliveries(*, webhook: Webhook) -> list[Delivery]:
    """List the last reports of a webhook, newest first."""
    rows = Delivery.objects.select_related("webhook").filter(webhook=webhook)
    return list(rows.order_by("-created_at", "-pk")[:SHOWN])


def delivery_list(
    *,
    user: User,
    status: str | None = None,
    run_id: UUID | None = None,
    before: datetime | int | None = None,
    limit: int = SHOWN,
) -> list[Delivery]:
    """List the reports of all the user's webhooks, newest first.

    `before` continues a list: behind a delivery of it, or before a time.
    """
    rows = _of(user)
    if status is not None:
        rows = rows.filter(status=status)
    if run_id is not None:
        rows = rows.filter(run=run_id)
    if before is not None:
        rows = (
            rows.filter(pk__lt=before)
            if isinstance(before, int)
            else (rows.filter(created_at__lt=before))
        )
    return list(rows.order_by("-pk")[: max(1, min(limit, MAX_LIST))])


@transaction.atomic
def delivery_redeliver(*, user: User, delivery_id: str) -> Delivery:
    """Send a report again from the first attempt on, under its id and with its text.

    Raises DeliveryNotFound.
    """
    row = _of(user).filter(pk=row_id(delivery_id)).first()
    if row is None:
        raise DeliveryNotFound()
    row.status, row.attempt, row.error = DeliveryStatus.PENDING, 0, ""
    row.next_at, row.finished_at = timezone.now(), None
    row.save(update_fields=["status", "attempt", "error", "next_at", "finished_at"])
    transaction.on_commit(ring)
    return row


def _of(user: User) -> QuerySet[Delivery]:
    """Return what the webhooks of a user's keys, and of their single runs, report."""
    own = Q(webhook__token__owner=user) | Q(webhook__token=None, run__owner=user)
    return Delivery.objects.select_related("webhook").filter(own)


def _url(value: str, field: str = "url") -> str:
    if not 0 < len(value.strip()) <= MAX_URL:
        raise InvalidBody(f"{field} must be a URL.", field=field, expected="an https URL")
    url = value.strip()
    try:
        fetch.origin_of(url)
        allowed = fetch.is_allowed(url)
    except FetchRefused as error:
        raise InvalidBody(error.message, field=field, value=url, expected="a URL") from error
    plain = settings.PUBLIC_URL.startswith("http://")
    if urlsplit(url).scheme.lower() != "https" and not plain and not allowed:
        raise InvalidBody(
            f"{field} must begin with https.", field=field, value=url, expected="https"
        )
    return url
