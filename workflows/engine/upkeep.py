"""What must not grow for ever: unused results, files whose time is over, old reports and runs."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from importlib import import_module
from typing import NamedTuple

from django.conf import settings

from workflows.engine import discards, retention
from workflows.media import parts, storage
from workflows.models import (
    Asset,
    CacheEntry,
    Delivery,
    RateWindow,
    Reservation,
    Run,
    Webhook,
    Worker,
)
from workflows.models.runs import UNFINISHED

logger = logging.getLogger(__name__)

#: A stored result that no one has used for so long is forgotten; it can be computed again.
CACHE_UNUSED = timedelta(days=30)
#: A webhook's delivery that has succeeded, or was given up, is listed for so long.
REPORTS_KEPT = timedelta(days=30)
#: An upload in parts that nothing comes to for so long is given up; its ticket is over by then.
PARTS_KEPT = timedelta(hours=2)
#: Rows of one round, so that a round never holds the database up.
ROWS = 500


class Tidied(NamedTuple):
    """How many of each kind a round has removed."""

    results: int = 0
    files: int = 0
    reports: int = 0
    runs: int = 0
    changes: int = 0


def tidy(now: datetime) -> Tidied:
    """Remove a round of each kind. For a thread."""
    return Tidied(
        results=_forget_results(now - CACHE_UNUSED),
        files=_delete_files(now),
        reports=_forget_reports(now - REPORTS_KEPT),
        runs=retention.forget_runs(now, ROWS),
        changes=retention.forget_changes(now, ROWS),
    )


def clear_sessions() -> None:
    """Delete sessions and windows of rates that are over, and what dead processes reserved.

    For a thread.
    """
    Reservation.objects.exclude(worker__in=Worker.objects.values("name")).delete()
    RateWindow.objects.filter(ends__lt=time.time()).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _forget_results(before: datetime) -> int:
    keys = CacheEntry.objects.filter(last_used_at__lt=before).values_list("key", flat=True)
    chosen = list(keys[:ROWS])
    CacheEntry.objects.filter(key__in=chosen, last_used_at__lt=before).delete()
    return len(chosen)


def _forget_reports(before: datetime) -> int:
    ended = Delivery.objects.filter(finished_at__lt=before).values_list("pk", flat=True)
    chosen = list(ended[:ROWS])
    Delivery.objects.filter(pk__in=chosen).delete()
    _forget_webhooks(before)
    return len(chosen)


def _forget_webhooks(before: datetime) -> None:
    """Remove the webhooks of single requests that have nothing to report any more."""
    waiting = Run.objects.filter(UNFINISHED, webhook__isnull=False).values("webhook_id")
    done = Webhook.objects.filter(token=None, deliveries=None, created_at__lt=before)
    chosen = list(done.exclude(pk__in=waiting).values_list("pk", flat=True)[:ROWS])
    Webhook.objects.filter(pk__in=chosen).delete()


def _delete_files(now: datetime) -> int:
    left = discards.delete_left(now, ROWS)
    return delete_expired(now) + left + parts.forget(now - PARTS_KEPT)


def delete_expired(now: datetime) -> int:
    """Delete a round of files whose time is over; return how many. For a thread.

    No one can read them from that second on (`Asset.objects.readable`); this frees their place.
    """
    expired = list(Asset.objects.filter(expires_at__lte=now)[:ROWS])
    for asset in expired:
        storage.asset_delete(asset)
    if expired:
        logger.info("%d files have expired", len(expired))
    return len(expired)
