"""The rows about accounts, keys, webhooks and credentials: what a browser session manages."""

from __future__ import annotations

from django.conf import settings

from workflows.api.account import Invitation, Usage
from workflows.api.credentials import Credential, CredentialSlot
from workflows.api.keys import ApiKey, KeyPresets, NewApiKey
from workflows.api.openapi.row import DONE, INTEGER, STRING, TIME, UUID, Row, parameter, ref
from workflows.api.webhooks import Delivery, Webhook
from workflows.models import DeliveryStatus
from workflows.services.identity.accounts import (
    Account,
    AccountFields,
    InvitationFields,
    NewPassword,
)
from workflows.services.identity.bindings import Binding
from workflows.services.identity.credentials import CredentialCaps, NewCredential
from workflows.services.identity.tokens import NewKey
from workflows.services.webhooks import WebhookFields
from workflows.types import JsonObject
from workflows.webhooks.deliveries import ID_HEADER

ACCOUNTS: dict[tuple[str, str], Row] = {
    ("GET", "/api/api-keys"): Row(
        "listKeys",
        "Keys",
        "List keys",
        {200: ("Newest first.", list[ApiKey])},
    ),
    ("POST", "/api/api-keys"): Row(
        "createKey",
        "Keys",
        "Create an API key",
        {201: ("The key; its text is shown here and never again.", NewApiKey)},
        body=NewKey,
        more="A key it creates can do no more than itself and ends with it.",
    ),
    ("GET", "/api/api-keys/presets"): Row(
        "listKeyPresets",
        "Keys",
        "List what a key can be given",
        {200: ("Ready choices, and what the tier can grant.", KeyPresets)},
    ),
    ("DELETE", "/api/api-keys/{id}"): Row(
        "revokeKey",
        "Keys",
        "Revoke a key",
        DONE,
        more="The keys it has created end with it.",
    ),
    ("GET", "/api/api-keys/{id}/webhook"): Row(
        "getWebhook",
        "Webhooks",
        "Read a key's webhook",
        {200: ("The webhook.", Webhook)},
    ),
    ("PUT", "/api/api-keys/{id}/webhook"): Row(
        "setWebhook",
        "Webhooks",
        "Set a key's webhook",
        {200: ("The webhook; a generated secret is shown only here.", Webhook)},
        body=WebhookFields,
    ),
    ("DELETE", "/api/api-keys/{id}/webhook"): Row(
        "deleteWebhook",
        "Webhooks",
        "Delete the webhook of a key",
        DONE,
    ),
    ("POST", "/api/api-keys/{id}/webhook/test"): Row(
        "testWebhook",
        "Webhooks",
        "Send a test report",
        {200: ("How it went.", Delivery)},
    ),
    ("GET", "/api/webhooks/deliveries"): Row(
        "listDeliveries",
        "Webhooks",
        "List deliveries",
        {200: ("Of all one's webhooks, newest first.", list[Delivery])},
        query=(
            parameter("status", {"enum": DeliveryStatus.values}, "Those that stand so."),
            parameter("executionId", UUID, "Those of this run."),
            parameter(
                "before",
                {"anyOf": [STRING, TIME]},
                "Older than this time, or behind this delivery of the list.",
            ),
            parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100}, "How many."),
        ),
    ),
    ("POST", "/api/webhooks/deliveries/{id}/redeliver"): Row(
        "redeliver",
        "Webhooks",
        "Send a delivery again",
        {202: ("The delivery, under the same id.", Delivery)},
    ),
    ("GET", "/api/credentials"): Row(
        "listCredentials",
        "Credentials",
        "List credentials",
        {200: ("By name, without their secrets.", list[Credential])},
    ),
    ("POST", "/api/credentials"): Row(
        "createCredential",
        "Credentials",
        "Store a provider's secret",
        {201: ("The credential, without its secret.", Credential)},
        body=NewCredential,
        errors=(409,),
    ),
    ("PUT", "/api/credentials/{id}"): Row(
        "updateCredential",
        "Credentials",
        "Change what may be spent on a secret",
        {200: ("The credential.", Credential)},
        body=CredentialCaps,
    ),
    ("DELETE", "/api/credentials/{id}"): Row(
        "deleteCredential",
        "Credentials",
        "Forget a secret",
        DONE,
    ),
    ("GET", "/api/workflows/{slug}/credentials"): Row(
        "listCredentialSlots",
        "Credentials",
        "List where a workflow wants keys",
        {200: ("Its slots, with the caller's own choices.", list[CredentialSlot])},
    ),
    ("PUT", "/api/workflows/{slug}/credentials"): Row(
        "bindCredential",
        "Credentials",
        "Choose the key for a slot",
        {200: ("The slots.", list[CredentialSlot])},
        body=Binding,
    ),
    ("GET", "/api/account"): Row(
        "getAccount",
        "Account",
        "Read one's account",
        {200: ("The account.", Account)},
    ),
    ("PUT", "/api/account"): Row(
        "saveAccount",
        "Account",
        "Change names and e-mail address",
        {200: ("The account.", Account)},
        body=AccountFields,
    ),
    ("POST", "/api/account/password"): Row(
        "changePassword",
        "Account",
        "Set a new password",
        DONE,
        body=NewPassword,
        more="All other sessions end.",
    ),
    ("GET", "/api/account/usage"): Row(
        "getUsage",
        "Account",
        "Read what was spent",
        {200: ("The ledger.", Usage)},
        query=(
            parameter("days", INTEGER, "How far back, 1 to 366."),
            parameter("keyId", STRING, "Lines of this key."),
            parameter("workflow", STRING, "Lines of this workflow."),
        ),
    ),
    ("POST", "/api/invitations"): Row(
        "invite",
        "Account",
        "Invite a user",
        {201: ("A link that makes one account, once, within 7 days.", Invitation)},
        body=InvitationFields,
        more="Staff only.",
    ),
}

#: What Patchbay sends, and to whom: the URL of a key's webhook, or the one of a run's body.
WEBHOOKS: JsonObject = {
    "executionEnded": {
        "post": {
            "operationId": "executionEnded",
            "tags": ["Webhooks"],
            "summary": "A run has ended",
            "description": "Sent until it returns a status of 2xx, under one id.",
            "parameters": [
                {
                    "name": ID_HEADER,
                    "in": "header",
                    "required": True,
                    "schema": STRING,
                    "description": "The delivery, the same at every attempt.",
                },
                {
                    "name": settings.WEBHOOK_SIGNATURE_HEADER,
                    "in": "header",
                    "schema": STRING,
                    "description": "With a secret: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "
                    '"t.body">`.',
                },
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": ref("Report")}},
            },
            "responses": {"2XX": {"description": "It has arrived."}},
        },
    },
}
