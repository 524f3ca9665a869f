"""What grows is cut back, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from workflows.engine import upkeep
from workflows.media import storage
from workflows.models import Asset, CacheEntry, Delivery, Token, User, Webhook


@pytest.fixture
def now():
    """This moment."""
    return timezone.now()


def test_results_nobody_used_for_a_month_are_forgotten(owner: User, now) -> None:
    for key, days in (("old", 31), ("young", 29)):
        CacheEntry.objects.create(
            key=key, node_type="t", output={}, last_used_at=now - timedelta(days=days)
        )
    assert upkeep.tidy(now) == (1, 0, 0)
    assert CacheEntry.objects.get().key == "young"


def test_expired_files_go_and_others_with_the_same_content_stay(owner: User, now) -> None:
    expired = storage.asset_create(owner, b"same words", "a.txt")
    kept = storage.asset_create(owner, b"same words", "b.txt")
    lone = storage.asset_create(owner, b"other words", "c.txt")
    Asset.objects.filter(pk__in=(expired.pk, lone.pk)).update(expires_at=now)
    assert upkeep.tidy(now) == (0, 2, 0)
    assert Asset.objects.get() == kept
    assert storage.path(kept.sha256).is_file()
    assert not storage.path(lone.sha256).exists()
    assert upkeep.tidy(now) == (0, 0, 0)


def test_reports_that_ended_a_month_ago_go_and_those_that_wait_stay(owner: User, now) -> None:
    token = Token.objects.create(owner=owner, name="k", lookup="12345678", digest="x")
    webhook = Webhook.objects.create(token=token, url="https://a.example", secret="s" * 16)
    old = now - timedelta(days=31)
    for event, status, ended in (
        ("old", "delivered", old), ("young", "failed", now), ("waits", "pending", None),
    ):  # fmt: skip
        Delivery.objects.create(
            webhook=webhook, event=event, body="{}", status=status, created_at=old,
            finished_at=ended,
        )  # fmt: skip
    assert upkeep.tidy(now) == (0, 0, 1)
    assert set(Delivery.objects.values_list("event", flat=True)) == {"young", "waits"}
