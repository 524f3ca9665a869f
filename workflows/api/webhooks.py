"""/api/api-keys/<id>/webhook: where a key's runs report their end; /api/webhooks: deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api import query
from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.models import DeliveryStatus
from workflows.services import webhooks
from workflows.types import Time

READ, WRITE = "webhook:read", "webhook:write"


class Delivery(TypedDict):
    """A report, and the status of its sending."""

    id: str
    at: Time
    event: str
    url: str
    keyId: str | None
    executionId: str | None
    status: DeliveryStatus
    attempt: int
    error: str | None
    nextAt: Time | None
    finishedAt: Time | None


class Webhook(TypedDict):
    """A webhook with its last deliveries; `secret` is there when it was generated now."""

    url: str
    signed: bool
    deliveries: list[Delivery]
    secret: NotRequired[str]


class WebhookDetail(ApiView):
    """The webhook of one key."""

    capability = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    def get(self, request: Request, id: str) -> Response:
        """Return the webhook and its last deliveries; never the secret."""
        return Response(shape(webhooks.webhook_get(user=request.user, token_id=id)))

    def put(self, request: Request, id: str) -> Response:
        """Set what is given; a generated secret is shown only here."""
        fields = self.read(request, webhooks.WebhookFields)
        webhook, made = webhooks.webhook_save(user=request.user, token_id=id, request=fields)
        found = shape(webhook)
        if made:
            found["secret"] = made
        return Response(found)

    def delete(self, request: Request, id: str) -> Response:
        """Delete the webhook of a key."""
        webhooks.webhook_delete(user=request.user, token_id=id)
        return Response({"success": True})


class WebhookTest(ApiView):
    """The test button."""

    capability = {"POST": WRITE}

    def post(self, request: Request, id: str) -> Response:
        """Send a test report now and return how it went."""
        return Response(delivery(webhooks.webhook_test(user=request.user, token_id=id)))


class DeliveryList(ApiView):
    """What the webhooks of all the caller's keys, and of single runs, have reported."""

    capability = {"GET": READ}

    def get(self, request: Request) -> Response:
        """List deliveries, newest first: `?status=`, `?executionId=`, `?before=` and `?limit=`."""
        query.paged_by(request, "limit", "before")
        rows = webhooks.delivery_list(
            user=request.user,
            status=query.choice(request, "status", tuple(DeliveryStatus.values)),
            run_id=query.uuid(request, "executionId"),
            before=_before(request),
            limit=query.number(
                request, "limit", default=webhooks.SHOWN, low=1, high=webhooks.MAX_LIST
            ),
        )
        return Response([delivery(row) for row in rows])


class Redelivery(ApiView):
    """Sending a report once more."""

    capability = {"POST": WRITE}

    def post(self, request: Request, id: str) -> Response:
        """Send a report again, under its id and with its text; 202 with the delivery."""
        row = webhooks.delivery_redeliver(user=request.user, delivery_id=id)
        return Response(delivery(row), status=202)


def _before(request: Request) -> datetime | int | None:
    text = query.one(request, "before")
    if text is not None and text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return query.time(request, "before")


def shape(webhook: models.Webhook) -> Webhook:
    """Return a webhook as JSON."""
    rows = webhooks.deliveries(webhook=webhook)
    return {
        "url": webhook.url,
        "signed": webhook.signed,
        "deliveries": [delivery(row) for row in rows],
    }


def delivery(row: models.Delivery) -> Delivery:
    """Return a delivery as JSON."""
    return {
        "id": str(row.pk),
        "at": moment(row.created_at),
        "event": row.event,
        "url": row.webhook.url,
        "keyId": None if row.webhook.token_id is None else str(row.webhook.token_id),
        "executionId": None if row.run_id is None else str(row.run_id),
        "status": DeliveryStatus(row.status),
        "attempt": row.attempt,
        "error": row.error or None,
        "nextAt": moment(row.next_at),
        "finishedAt": moment(row.finished_at),
    }
