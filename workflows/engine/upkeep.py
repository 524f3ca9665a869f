"""What must not grow for ever: kept results nobody uses, and files whose time is over."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from workflows.media import storage
from workflows.models import Asset, CacheEntry

logger = logging.getLogger(__name__)

#: A kept result that nobody has used for so long is forgotten; it can be computed again.
CACHE_UNUSED = timedelta(days=30)
#: Rows of one round, so that a round never holds the database up.
ROWS = 500


def tidy(now: datetime) -> tuple[int, int]:
    """Remove a round of both kinds; return how many results and files went. For a thread."""
    return _forget_results(now - CACHE_UNUSED), _delete_files(now)


def _forget_results(before: datetime) -> int:
    keys = CacheEntry.objects.filter(last_used_at__lt=before).values_list("key", flat=True)
    chosen = list(keys[:ROWS])
    CacheEntry.objects.filter(key__in=chosen, last_used_at__lt=before).delete()
    return len(chosen)


def _delete_files(now: datetime) -> int:
    expired = list(Asset.objects.filter(expires_at__lte=now)[:ROWS])
    for asset in expired:
        storage.asset_delete(asset)
    if expired:
        logger.info("%d files have expired", len(expired))
    return len(expired)
