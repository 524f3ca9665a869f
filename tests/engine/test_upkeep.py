"""What grows is cut back, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from workflows.engine import upkeep
from workflows.media import storage
from workflows.models import Asset, CacheEntry, User


@pytest.fixture
def now():
    """This moment."""
    return timezone.now()


def test_results_nobody_used_for_a_month_are_forgotten(owner: User, now) -> None:
    for key, days in (("old", 31), ("young", 29)):
        CacheEntry.objects.create(
            key=key, node_type="t", output={}, last_used_at=now - timedelta(days=days)
        )
    assert upkeep.tidy(now) == (1, 0)
    assert CacheEntry.objects.get().key == "young"


def test_expired_files_go_and_others_with_the_same_content_stay(owner: User, now) -> None:
    expired = storage.asset_create(owner, b"same words", "a.txt")
    kept = storage.asset_create(owner, b"same words", "b.txt")
    lone = storage.asset_create(owner, b"other words", "c.txt")
    Asset.objects.filter(pk__in=(expired.pk, lone.pk)).update(expires_at=now)
    assert upkeep.tidy(now) == (0, 2)
    assert Asset.objects.get() == kept
    assert storage.path(kept.sha256).is_file()
    assert not storage.path(lone.sha256).exists()
    assert upkeep.tidy(now) == (0, 0)
