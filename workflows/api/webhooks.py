"""/api/api-keys/<id>/webhook: where a key's runs report their end; a browser session only."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from workflows.api.base import ApiView
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.shapes import moment
from workflows.models import Delivery, Webhook
from workflows.services import webhooks
from workflows.types import JsonObject


class WebhookDetail(ApiView):
    """The webhook of one key."""

    capability = {"GET": SESSION_ONLY, "PUT": SESSION_ONLY, "DELETE": SESSION_ONLY}

    def get(self, request: Request, id: str) -> Response:
        """Return the webhook and its last deliveries; never the secret."""
        return Response(shape(webhooks.webhook_get(user=request.user, token_id=id)))

    def put(self, request: Request, id: str) -> Response:
        """Set the address, and the secret if one is given; one that was made is shown here only."""
        body = self.body(request)
        webhook, made = webhooks.webhook_save(user=request.user, token_id=id, body=body)
        return Response({**shape(webhook), **({"secret": made} if made else {})})

    def delete(self, request: Request, id: str) -> Response:
        """Report to nobody any more."""
        webhooks.webhook_delete(user=request.user, token_id=id)
        return Response({"success": True})


class WebhookTest(ApiView):
    """The test button."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request, id: str) -> Response:
        """Send a test report now and return how it went."""
        return Response(delivery(webhooks.webhook_test(user=request.user, token_id=id)))


def shape(webhook: Webhook) -> JsonObject:
    """Return a webhook in wire form."""
    rows = webhooks.deliveries(webhook=webhook)
    return {"url": webhook.url, "deliveries": [delivery(row) for row in rows]}


def delivery(row: Delivery) -> JsonObject:
    """Return a delivery in wire form."""
    return {
        "id": str(row.pk),
        "at": moment(row.created_at),
        "event": row.event,
        "executionId": None if row.run_id is None else str(row.run_id),
        "status": row.status,
        "attempt": row.attempt,
        "error": row.error or None,
        "nextAt": moment(row.next_at),
        "finishedAt": moment(row.finished_at),
    }
