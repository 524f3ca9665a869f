"""Reports of ended runs to webhooks: written with the end of the run, sent until they arrive.

The rows are the queue, so nothing is lost when the process dies; a report may then arrive twice,
and its receiver recognizes it by its id. The text is made once; only its signature is made again
for each attempt. The form of both is the dialect's (`payloads.py`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import DatabaseError, transaction
from django.utils import timezone

from workflows import broadcast, database
from workflows.boundaries import background
from workflows.errors import PatchbayError
from workflows.media import fetch
from workflows.models import Delivery, DeliveryStatus, Run, Webhook
from workflows.types import Json
from workflows.webhooks import payloads
from workflows.webhooks.payloads import Payload

logger = logging.getLogger(__name__)

#: How long an attempt may keep a report to itself; longer than any attempt takes.
LEASE = timedelta(seconds=60)
#: How often the rows are read without a wake.
POLL_SECONDS = 30.0
AT_ONCE = 20
MAX_RESPONSE_BYTES = 64 * 1024
#: The topic on which a process without a delivery worker says that there is something to deliver.
TOPIC = "deliveries"
#: The id of a delivery, the same at every attempt.
ID_HEADER = "X-Patchbay-Delivery"

#: What wakes the delivery worker of this process.
_bells: set[Callable[[], None]] = set()


def record(run_ids: Iterable[UUID], now: datetime | None = None) -> None:
    """Put the reports of runs that end into the queue, in the transaction that ends them."""
    now = now or timezone.now()
    runs = Run.objects.select_related("workflow", "webhook").filter(pk__in=list(run_ids))
    rows = [
        Delivery(
            webhook=run.webhook,
            run=run,
            event=f"execution.{payloads.STATUS[run.status]}",
            body=body,
            created_at=now,
            next_at=now,
        )
        for run in runs
        if run.webhook is not None and (body := _body(run, run.webhook))
    ]
    if rows:
        Delivery.objects.bulk_create(rows)
        transaction.on_commit(ring)


def _body(run: Run, webhook: Webhook) -> str:
    """Return the text of a report, or nothing: no report may keep a run from ending."""
    try:
        return _text(payloads.dialect(webhook.dialect).body(run, webhook))
    except DatabaseError:  # the transaction is lost, and with it the end
        raise
    except Exception:
        logger.exception("a report cannot be written", extra={"run_id": run.pk})
        return ""


def send_test(webhook: Webhook, owner_id: int) -> Delivery:
    """Send a test to the webhook of an owner's key once, now; return its row with the outcome.

    Not for a coroutine.
    """
    now = timezone.now()
    # Not pending: no delivery worker must send it too.
    row: Delivery = Delivery.objects.create(
        webhook=webhook,
        event=payloads.TEST_EVENT,
        body=_text(payloads.test_body(owner_id)),
        status=DeliveryStatus.FAILED,
        created_at=now,
    )
    problem = async_to_sync(_post)(_payload(row.pk), now)
    _note(row.pk, problem, timezone.now(), again=False)
    row.refresh_from_db()
    return row


def ring() -> None:
    """Wake the delivery worker of this process, or those of others; callable from any thread."""
    for bell in list(_bells):
        bell()
    if not _bells:
        broadcast.publish(TOPIC)


class DeliveryWorker:
    """Sends what is due. `clock` says what time it is."""

    def __init__(self, clock: Callable[[], datetime] = timezone.now) -> None:
        self._clock = clock

    async def run(self) -> None:
        """Send reports until cancelled."""
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def bell() -> None:
            # A loop that has closed meanwhile has nothing to do any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(rung.set)

        def hear(_: str | None) -> None:
            bell()

        _bells.add(bell)
        broadcast.subscribe(TOPIC, hear)
        try:
            while True:
                rung.clear()
                wait = POLL_SECONDS
                with background(logger, "webhooks could not be served"):
                    due = await self.round()
                    if due is not None:
                        wait = min(wait, max(0.0, (due - self._clock()).total_seconds()))
                with suppress(TimeoutError):
                    await asyncio.wait_for(rung.wait(), wait)
        finally:
            broadcast.unsubscribe(TOPIC, hear)
            _bells.discard(bell)

    async def round(self) -> datetime | None:
        """Send everything that is due; return when the next report is, None when there is none."""
        while due := await database.read(_take, self._clock()):
            async with asyncio.TaskGroup() as group:
                for payload in due:
                    group.create_task(self._send(payload))
        return await database.read(_next_due)

    async def _send(self, payload: Payload) -> None:
        problem = await _post(payload, self._clock())
        await database.read(_note, payload.delivery_id, problem, self._clock(), True)


async def _post(payload: Payload, at: datetime) -> str:
    """Make one attempt; return what went wrong, or nothing."""
    dialect = payloads.dialect(payload.dialect)
    headers = {
        "Content-Type": "application/json",
        ID_HEADER: str(payload.delivery_id),
        **dialect.headers(payload, at),
    }
    try:
        response = await fetch.fetch(
            payload.url,
            method="POST",
            headers=headers,
            body=payload.body,
            timeout_seconds=dialect.timeout_seconds,
            max_bytes=MAX_RESPONSE_BYTES,
            redirects=0,
        )
    except PatchbayError as error:
        return f"{error.code}: {error.message}"
    if 200 <= response.status < 300:
        return ""
    return f"The receiver returned {response.status}."


def _take(now: datetime) -> list[Payload]:
    """Take reports that are due; no other worker takes them before their lease is over."""
    due = Delivery.objects.filter(finished_at=None, next_at__lte=now)
    taken: list[int] = []
    for pk, next_at in due.order_by("next_at").values_list("pk", "next_at")[:AT_ONCE]:
        mine = Delivery.objects.filter(pk=pk, status=DeliveryStatus.PENDING, next_at=next_at)
        if mine.update(next_at=now + LEASE):
            taken.append(pk)
    found = []
    for pk in taken:
        row = Delivery.objects.select_related(
            "webhook__token__owner", "run__owner", "run__token__owner"
        ).get(pk=pk)
        reason = _why_not(row)
        if reason:
            _end(row, DeliveryStatus.FAILED, reason, now)
        else:
            found.append(_payload(pk))
    return found


def _why_not(row: Delivery) -> str:
    """Return why a report is not sent any more, or nothing."""
    token = row.webhook.token
    if token is None:  # the webhook of one request
        if row.run is None or not row.run.owner.is_active:
            return "The run or its owner is gone."
        token = row.run.token
    if token is None:
        return ""
    gone = token.revoked_at is not None or not token.owner.is_active
    return "The key has been revoked." if gone else ""


def _payload(pk: int) -> Payload:
    row = Delivery.objects.select_related("webhook", "run").get(pk=pk)
    run, hook = row.run, row.webhook
    return Payload(
        pk,
        hook.dialect,
        hook.url,
        hook.secret,
        row.body.encode(),
        "" if run is None else str(run.pk),
        "" if run is None else str(run.owner_id),
    )


def _note(pk: int, problem: str, now: datetime, again: bool) -> None:
    """Write down how an attempt went, and when the next one is."""
    row = Delivery.objects.select_related("webhook").filter(pk=pk).first()
    if row is None:  # the webhook has been deleted meanwhile
        return
    row.attempt += 1
    if not problem:
        return _end(row, DeliveryStatus.DELIVERED, "", now)
    pauses = payloads.dialect(row.webhook.dialect).pauses
    if not again or row.attempt > len(pauses):
        return _end(row, DeliveryStatus.FAILED, problem, now)
    row.error = problem[:500]
    row.next_at = now + pauses[row.attempt - 1]
    row.save(update_fields=["attempt", "error", "next_at"])
    return None


def _end(row: Delivery, status: str, problem: str, now: datetime) -> None:
    row.status, row.error, row.finished_at, row.next_at = status, problem[:500], now, None
    row.save(update_fields=["status", "error", "finished_at", "next_at", "attempt"])


def _next_due() -> datetime | None:
    due = Delivery.objects.filter(finished_at=None, next_at__isnull=False).order_by("next_at")
    found: datetime | None = due.values_list("next_at", flat=True).first()
    return found


def _text(body: Mapping[str, Json]) -> str:
    return json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
