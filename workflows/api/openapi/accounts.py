"""The rows about accounts, keys, webhooks and credentials: what a browser session manages."""

from __future__ import annotations

from django.conf import settings

from workflows.api.openapi.classes import components
from workflows.api.openapi.row import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    TIME,
    UUID,
    Row,
    listed,
    nullable,
    one,
    parameter,
    ref,
)
from workflows.services.identity.tokens import NewKey
from workflows.services.webhooks import WebhookFields
from workflows.types import JsonObject
from workflows.webhooks.deliveries import ID_HEADER
from workflows.webhooks.payloads import Report, ReportError

_NAME: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}
_TIER: JsonObject = {"enum": ["free", "creator", "pro", "business", "enterprise"]}
_DONE = {200: ("Done.", one("success", success={"const": True}))}
_DELIVERY_STATUS: JsonObject = {"enum": ["pending", "delivered", "failed"]}
_KEY: dict[str, JsonObject] = {
    "id": STRING,
    "name": STRING,
    "prefix": STRING,
    "capabilities": listed(STRING),
    "createdAt": TIME,
    "lastUsedAt": nullable(TIME),
    "expiresAt": nullable(TIME),
    "madeBy": nullable(STRING),
    "webhook": nullable(one("url", url=STRING)),
}
_CREDENTIAL: dict[str, JsonObject] = {
    "id": STRING,
    "name": STRING,
    "provider": STRING,
    "allowedOrigins": listed(STRING),
    "last4": STRING,
    "createdAt": TIME,
    "lastUsedAt": nullable(TIME),
    "workflows": listed(one("slug", "name", slug=STRING, name=STRING)),
}
_SLOT: dict[str, JsonObject] = {
    "slot": STRING,
    "nodeId": STRING,
    "node": STRING,
    "field": STRING,
    "app": STRING,
    "provider": STRING,
    "origin": STRING,
    "wanted": BOOLEAN,
    "editable": BOOLEAN,
    "credential": nullable(one("id", "name", "last4", id=STRING, name=STRING, last4=STRING)),
}

_ENTRY: dict[str, JsonObject] = {
    "at": TIME,
    "kind": {"enum": ["grant", "charge", "usage", "adjustment"]},
    "amount": NUMBER,
    "balanceAfter": NUMBER,
    "executionId": nullable(STRING),
    "workflowSlug": nullable(STRING),
    "nodeId": nullable(STRING),
    "keyId": nullable(STRING),
    "keyName": nullable(STRING),
}

ACCOUNT_SHAPES: JsonObject = {
    **components([Report, ReportError]),
    "ApiKey": one(*_KEY, **_KEY),
    "NewApiKey": one(*_KEY, "key", **_KEY, key=STRING),
    "Delivery": one(
        "at",
        "event",
        "executionId",
        "status",
        "attempt",
        "error",
        id=STRING,
        at=TIME,
        event=STRING,
        executionId=nullable(STRING),
        status=_DELIVERY_STATUS,
        attempt=INTEGER,
        url=STRING,
        keyId=nullable(STRING),
        error=nullable(STRING),
        nextAt=nullable(TIME),
        finishedAt=nullable(TIME),
    ),
    "Webhook": one(
        "url",
        "signed",
        "deliveries",
        url=STRING,
        signed=BOOLEAN,
        secret=STRING,
        deliveries=listed(ref("Delivery")),
    ),
    "Credential": one(*_CREDENTIAL, **_CREDENTIAL),
    "CredentialSlot": one(*_SLOT, **_SLOT),
    "Credits": one(
        "balance", "monthly", "unlimited", balance=NUMBER, monthly=NUMBER, unlimited=BOOLEAN
    ),
    "Account": one(
        "userId",
        "username",
        "email",
        "firstName",
        "lastName",
        "tier",
        "isStaff",
        "hasPassword",
        "credits",
        "limits",
        userId=STRING,
        username=STRING,
        email=STRING,
        firstName=STRING,
        lastName=STRING,
        tier=_TIER,
        isStaff=BOOLEAN,
        hasPassword=BOOLEAN,
        credits=ref("Credits"),
        limits=one(
            "maxWorkflows",
            "workflows",
            "ratePerMinute",
            "maxRunners",
            "storageBytes",
            "storageUsed",
            maxWorkflows=nullable(INTEGER),
            workflows=INTEGER,
            ratePerMinute=nullable(INTEGER),
            maxRunners={**nullable(INTEGER), "description": "0: none may be registered."},
            storageBytes=INTEGER,
            storageUsed=INTEGER,
        ),
    ),
    "Usage": one(
        "entries",
        "byDay",
        "byKey",
        "byWorkflow",
        entries=listed(ref("UsageEntry")),
        byDay=listed(ref("UsageDay")),
        byKey=listed(
            one(
                "keyId",
                "keyName",
                "amount",
                "runs",
                keyId=nullable(STRING),
                keyName=nullable(STRING),
                amount=NUMBER,
                runs=INTEGER,
            )
        ),
        byWorkflow=listed(
            one(
                "workflowSlug",
                "amount",
                "runs",
                workflowSlug=nullable(STRING),
                amount=NUMBER,
                runs=INTEGER,
            )
        ),
    ),
    "UsageEntry": one(*_ENTRY, **_ENTRY),
    "UsageDay": one(
        "day",
        "amount",
        "runs",
        day={**STRING, "format": "date", "description": "A day of UTC."},
        amount=NUMBER,
        runs=INTEGER,
    ),
    "Invitation": one("url", "expiresAt", url=STRING, email=STRING, tier=_TIER, expiresAt=TIME),
    "NewCredential": one(
        "name",
        "provider",
        "secret",
        name=_NAME,
        provider=STRING,
        allowedOrigins=listed(STRING),
        secret=STRING,
    ),
    "KeyPreset": one(
        "preset",
        "label",
        "capabilities",
        preset=STRING,
        label=STRING,
        capabilities=listed(STRING),
    ),
    "KeyPresets": one(
        "presets",
        "ceiling",
        presets=listed(ref("KeyPreset")),
        ceiling={**listed(STRING), "description": "What the account's tier can grant at most."},
    ),
}

ACCOUNTS: dict[tuple[str, str], Row] = {
    ("GET", "/api/api-keys"): Row(
        "listKeys",
        "Keys",
        "List keys",
        {200: ("Newest first.", listed(ref("ApiKey")))},
        "`key:read`",
    ),
    ("POST", "/api/api-keys"): Row(
        "createKey",
        "Keys",
        "Create an API key",
        {201: ("The key; its text is shown here and never again.", ref("NewApiKey"))},
        "`key:write`",
        body=NewKey,
        more="A key it creates can do no more than itself and ends with it.",
    ),
    ("GET", "/api/api-keys/presets"): Row(
        "listKeyPresets",
        "Keys",
        "List what a key can be given",
        {200: ("Ready choices, and what the tier can grant.", ref("KeyPresets"))},
        "`key:read`",
    ),
    ("DELETE", "/api/api-keys/{id}"): Row(
        "revokeKey",
        "Keys",
        "Revoke a key",
        _DONE,
        "`key:write`",
        more="The keys it has created end with it.",
    ),
    ("GET", "/api/api-keys/{id}/webhook"): Row(
        "getWebhook",
        "Webhooks",
        "Read a key's webhook",
        {200: ("The webhook.", ref("Webhook"))},
        "`webhook:read`",
    ),
    ("PUT", "/api/api-keys/{id}/webhook"): Row(
        "setWebhook",
        "Webhooks",
        "Set a key's webhook",
        {200: ("The webhook; a generated secret is shown only here.", ref("Webhook"))},
        "`webhook:write`",
        body=WebhookFields,
    ),
    ("DELETE", "/api/api-keys/{id}/webhook"): Row(
        "deleteWebhook",
        "Webhooks",
        "Delete the webhook of a key",
        _DONE,
        "`webhook:write`",
    ),
    ("POST", "/api/api-keys/{id}/webhook/test"): Row(
        "testWebhook",
        "Webhooks",
        "Send a test report",
        {200: ("How it went.", ref("Delivery"))},
        "`webhook:write`",
    ),
    ("GET", "/api/webhooks/deliveries"): Row(
        "listDeliveries",
        "Webhooks",
        "List deliveries",
        {200: ("Of all one's webhooks, newest first.", listed(ref("Delivery")))},
        "`webhook:read`",
        query=(
            parameter("status", _DELIVERY_STATUS, "Those that stand so."),
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
        {202: ("The delivery, under the same id.", ref("Delivery"))},
        "`webhook:write`",
    ),
    ("GET", "/api/credentials"): Row(
        "listCredentials",
        "Credentials",
        "List credentials",
        {200: ("By name, without their secrets.", listed(ref("Credential")))},
        session=True,
    ),
    ("POST", "/api/credentials"): Row(
        "createCredential",
        "Credentials",
        "Store a provider's secret",
        {201: ("The credential, without its secret.", ref("Credential"))},
        session=True,
        body=ref("NewCredential"),
        errors=(409,),
    ),
    ("DELETE", "/api/credentials/{id}"): Row(
        "deleteCredential",
        "Credentials",
        "Forget a secret",
        _DONE,
        session=True,
    ),
    ("GET", "/api/workflows/{slug}/credentials"): Row(
        "listCredentialSlots",
        "Credentials",
        "List where a workflow wants keys",
        {200: ("Its slots, with the caller's own choices.", listed(ref("CredentialSlot")))},
        session=True,
    ),
    ("PUT", "/api/workflows/{slug}/credentials"): Row(
        "bindCredential",
        "Credentials",
        "Choose the key for a slot",
        {200: ("The slots.", listed(ref("CredentialSlot")))},
        session=True,
        body=one("slot", "credential", slot=STRING, credential=nullable(STRING)),
    ),
    ("GET", "/api/account"): Row(
        "getAccount",
        "Account",
        "Read one's account",
        {200: ("The account.", ref("Account"))},
        session=True,
    ),
    ("PUT", "/api/account"): Row(
        "saveAccount",
        "Account",
        "Change names and e-mail address",
        {200: ("The account.", ref("Account"))},
        session=True,
        body=one(firstName=STRING, lastName=STRING, email=STRING),
    ),
    ("POST", "/api/account/password"): Row(
        "changePassword",
        "Account",
        "Set a new password",
        _DONE,
        session=True,
        body=one("new", current=ANY, new=STRING),
        more="All other sessions end.",
    ),
    ("GET", "/api/account/usage"): Row(
        "getUsage",
        "Account",
        "Read what was spent",
        {200: ("The ledger.", ref("Usage"))},
        session=True,
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
        {201: ("A link that makes one account, once, within 7 days.", ref("Invitation"))},
        session=True,
        body=one(email=STRING, tier=_TIER),
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
