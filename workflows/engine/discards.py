"""Files that came with a run as its inputs: they go when the run has ended.

At once where a run ends or is cancelled, and by `upkeep.py` whatever a dead process has left.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from workflows.media import storage
from workflows.models import Asset
from workflows.models.runs import TERMINAL

#: Key of a run's options: such files came with it.
OPTION = "discards"
#: How long a file may be here whose run was not made (yet).
UNUSED = timedelta(hours=1)


def delete_inputs(run_id: UUID) -> None:
    """Delete the files that came with a run. For a thread."""
    for asset in Asset.objects.filter(run_id=run_id, discard=True):
        storage.asset_delete(asset)


def delete_left(now: datetime, most: int) -> int:
    """Delete up to `most` files of runs that have ended or never were; return how many."""
    ended = Q(run__status__in=TERMINAL) | Q(run=None, created_at__lt=now - UNUSED)
    # All of them have a last day, and only what has one is in the index.
    rows = Asset.objects.filter(ended, discard=True, expires_at__isnull=False)
    found = list(rows[:most])
    for asset in found:
        storage.asset_delete(asset)
    return len(found)
