"""What grows is cut back, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.engine.runs import create, graph
from workflows.engine import upkeep
from workflows.media import storage
from workflows.models import Asset, CacheEntry, Delivery, Run, Token, User, Webhook


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


def test_the_webhook_of_a_request_goes_after_its_reports_and_that_of_a_key_stays(
    owner: User, now
) -> None:
    token = Token.objects.create(owner=owner, name="k", lookup="12345678", digest="x")
    old = now - timedelta(days=31)
    hooks = {
        name: Webhook.objects.create(url=f"https://{name}.example", dialect="fal")
        for name in ("done", "reported", "waiting", "young")
    }
    hooks["key"] = Webhook.objects.create(token=token, url="https://key.example")
    Webhook.objects.exclude(pk=hooks["young"].pk).update(created_at=old)
    Delivery.objects.create(
        webhook=hooks["reported"], event="e", body="{}", status="failed", created_at=old,
        finished_at=now,
    )  # fmt: skip
    run = create(owner, graph({"a": "testText"}), start=False)
    Run.objects.filter(pk=run.pk).update(webhook=hooks["waiting"])
    upkeep.tidy(now)
    kept = {name for name, hook in hooks.items() if Webhook.objects.filter(pk=hook.pk).exists()}
    assert kept == {"reported", "waiting", "young", "key"}
