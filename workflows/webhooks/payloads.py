"""What is sent to a webhook about an ended run, and its signature: our own dialect, and others.

A dialect is a form of the body, headers made for each attempt, pauses between attempts and how long
one may take. Those that are not ours are named by the setting WEBHOOK_DIALECTS.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NotRequired, TypedDict

from django.conf import settings
from django.utils.module_loading import import_string

from workflows.media.links import Links, absolute, signed_links
from workflows.models import Run, RunStatus, Webhook
from workflows.models.connections import Dialect as Name
from workflows.types import Json, JsonObject

#: Pauses after the first, second, ... failed attempt; after the last, the report is given up.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1_800, 7_200, 21_600))
TIMEOUT_SECONDS = 10.0
TEST_EVENT = "webhook.test"
Status = Literal["completed", "failed", "cancelled"]
STATUS: dict[str, Status] = {
    RunStatus.COMPLETED: "completed",
    RunStatus.FAILED: "failed",
    RunStatus.INVALID: "failed",
    RunStatus.CANCELLED: "cancelled",
}


class ReportError(TypedDict):
    """Why a run failed."""

    code: str
    message: str


class Report(TypedDict):
    """What a webhook is sent of an ended run; of a test, without ids and a result.

    `event` is `execution.` and the status, or `webhook.test`. `error` is there when it has failed.
    """

    event: str
    executionId: str | None
    requestId: str | None
    userId: str
    workflowSlug: str | None
    modelIds: list[str]
    status: Status
    result: Json
    error: NotRequired[ReportError]


@dataclass(frozen=True, slots=True)
class Payload:
    """All that an attempt needs. A test has no run, and `run_id` is empty."""

    delivery_id: int
    dialect: str
    url: str
    secret: str
    body: bytes
    run_id: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How reports are written, signed and repeated.

    `body` is called in the transaction that ends the run, with the webhook it is for.
    """

    body: Callable[[Run, Webhook], Mapping[str, Json]]
    headers: Callable[[Payload, datetime], dict[str, str]]
    pauses: tuple[timedelta, ...]
    timeout_seconds: float


def dialect(name: str) -> Dialect:
    """Return a dialect by its name. Raises KeyError for an unknown one."""
    if name == Name.NATIVE:
        return NATIVE
    found = import_string(settings.WEBHOOK_DIALECTS[name])
    assert isinstance(found, Dialect)
    return found


def run_body(run: Run, webhook: Webhook) -> Report:
    """Return what is reported of an ended run (spec native 1.19)."""
    status, origin = STATUS[run.status], settings.PUBLIC_URL
    links = signed_links(origin, run.owner_id) if webhook.signed else Links(origin)
    body: Report = {
        "event": f"execution.{status}",
        "executionId": str(run.pk),
        "requestId": None,
        "userId": str(run.owner_id),
        "workflowSlug": run.workflow.slug if run.workflow else None,
        "modelIds": [run.options["model"]] if "model" in run.options else [],
        "status": status,
        "result": absolute(run.output, links),
    }
    if status == "failed":
        error: JsonObject = run.error or {}
        body["error"] = {
            "code": error.get("code") or "EXECUTION_FAILED",
            "message": error.get("message") or "The run failed.",
        }
    return body


def test_body(owner_id: int) -> Report:
    """Return what a test sends to the webhook of a key of this owner."""
    return {
        "event": TEST_EVENT,
        "executionId": None,
        "requestId": None,
        "userId": str(owner_id),
        "workflowSlug": None,
        "modelIds": [],
        "status": "completed",
        "result": None,
    }


def signature(secret: str, at: datetime, body: bytes) -> str:
    """Return the signature's header: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`."""
    seconds = int(at.timestamp())
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def _headers(payload: Payload, at: datetime) -> dict[str, str]:
    if not payload.secret:  # the webhook of one run, for which there is none
        return {}
    return {settings.WEBHOOK_SIGNATURE_HEADER: signature(payload.secret, at, payload.body)}


NATIVE = Dialect(run_body, _headers, PAUSES, TIMEOUT_SECONDS)
