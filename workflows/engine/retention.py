"""How long runs and changes are kept: KEEP_RUNS_DAYS and KEEP_CHANGES_DAYS, without them for ever.

A run goes with its steps, its events and the files it has made, but for files that are starred or
in a collection, and those that something else of its owner still names: a document, another run, a
cached result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from workflows.media import storage
from workflows.models import Asset, CacheEntry, Change, Run, Snapshot, Step, Version, Workflow

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def forget_runs(now: datetime, most: int) -> int:
    """Delete up to `most` runs that ended before the days to keep; return how many."""
    if settings.KEEP_RUNS_DAYS is None:
        return 0
    before = now - timedelta(days=settings.KEEP_RUNS_DAYS)
    rows = Run.objects.filter(finished_at__lt=before).values_list("owner_id", "pk")
    chosen: dict[int, list[UUID]] = {}
    for owner_id, run_id in rows[:most]:
        chosen.setdefault(owner_id, []).append(run_id)
    for owner_id, run_ids in chosen.items():
        _forget(owner_id, run_ids)
    return sum(len(run_ids) for run_ids in chosen.values())


def forget_changes(now: datetime, most: int) -> int:
    """Delete up to `most` changes older than the days to keep; return how many.

    An editor that missed one reads the whole document instead; versions that are named or published
    are kept by themselves, and stay, as do those of templates that copies were made from.
    """
    if settings.KEEP_CHANGES_DAYS is None:
        return 0
    before = now - timedelta(days=settings.KEEP_CHANGES_DAYS)
    old = Change.objects.filter(created_at__lt=before).values_list("pk", flat=True)
    chosen = list(old[:most])
    Change.objects.filter(pk__in=chosen).delete()
    checkpoints = Version.objects.filter(
        created_at__lt=before, name="", number=None, copies=None, taken_after=None
    )
    Version.objects.filter(pk__in=list(checkpoints.values_list("pk", flat=True)[:most])).delete()
    return len(chosen)


def _forget(owner_id: int, run_ids: list[UUID]) -> None:
    runs = Run.objects.filter(pk__in=run_ids)
    made = {
        str(id): id
        for id in Asset.objects.filter(
            run__in=run_ids, owner_id=owner_id, shares=None, starred=False, collections=None
        ).values_list("pk", flat=True)
    }
    for text in _texts(owner_id, run_ids):
        if not made:
            break
        for id in _UUID.findall(text):
            made.pop(id, None)
    with transaction.atomic():
        snapshots = list(runs.values_list("snapshot_id", flat=True))
        runs.delete()
        Snapshot.objects.filter(pk__in=snapshots, runs=None, label="").delete()
        for asset in Asset.objects.filter(pk__in=made.values()):
            storage.asset_delete(asset)


def _texts(owner_id: int, without: list[UUID]) -> Iterator[str]:
    """Yield every stored text of an owner, and of the cache, that may name a file."""
    others = Run.objects.filter(owner_id=owner_id).exclude(pk__in=without)
    columns: list[tuple[QuerySet[Model], tuple[str, ...]]] = [
        (Workflow.objects.filter(owner_id=owner_id), ("nodes", "cover", "thumbnail", "extra")),
        (Version.objects.filter(workflow__owner_id=owner_id), ("document",)),
        (others, ("inputs", "output")),
        (Snapshot.objects.filter(runs__in=others).distinct(), ("nodes",)),
        (Step.objects.filter(run__in=others), ("output",)),
        (CacheEntry.objects.all(), ("output",)),
    ]
    for rows, names in columns:
        for name in names:
            # As text: parsing it all would cost far more than looking for ids in it.
            texts = rows.annotate(_text=Cast(name, TextField())).values_list("_text", flat=True)
            yield from (text for text in texts.iterator(chunk_size=200) if text)
