"""What grows is cut back, and nothing else."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.engine.runs import create, graph
from workflows.engine import upkeep
from workflows.engine.upkeep import Tidied
from workflows.media import files, hashed, litter, storage
from workflows.models import (
    Asset,
    CacheEntry,
    Change,
    CreditEntry,
    Delivery,
    Event,
    Run,
    Snapshot,
    Step,
    Token,
    User,
    Webhook,
    Workflow,
)


@pytest.fixture
def now() -> Any:
    """This moment."""
    return timezone.now()


def test_results_nobody_used_for_a_month_are_forgotten(owner: User, now: datetime) -> None:
    for key, days in (("old", 31), ("young", 29)):
        CacheEntry.objects.create(
            key=key, node_type="t", output={}, last_used_at=now - timedelta(days=days)
        )
    assert upkeep.tidy(now) == Tidied(results=1)
    assert CacheEntry.objects.get().key == "young"


def test_expired_files_go_and_others_with_the_same_content_stay(owner: User, now: datetime) -> None:
    expired = storage.asset_create(owner, b"same words", "a.txt")
    kept = storage.asset_create(owner, b"same words", "b.txt")
    lone = storage.asset_create(owner, b"other words", "c.txt")
    Asset.objects.filter(pk__in=(expired.pk, lone.pk)).update(expires_at=now)
    assert upkeep.tidy(now) == Tidied(files=2)
    assert Asset.objects.get() == kept
    assert (files.local_folder("") / hashed.key(kept.sha256)).is_file()
    assert not (files.local_folder("") / hashed.key(lone.sha256)).exists()
    assert upkeep.tidy(now) == Tidied()


def test_reports_that_ended_a_month_ago_go_and_those_that_wait_stay(
    owner: User, now: datetime
) -> None:
    token = Token.objects.create(owner=owner, name="k", lookup="12345678", digest="x")
    webhook = Webhook.objects.create(token=token, url="https://a.example", secret="s" * 16)
    old = now - timedelta(days=31)
    for event, status, ended in (
        ("old", "delivered", old),
        ("young", "failed", now),
        ("waits", "pending", None),
    ):
        Delivery.objects.create(
            webhook=webhook,
            event=event,
            body="{}",
            status=status,
            created_at=old,
            finished_at=ended,
        )
    assert upkeep.tidy(now) == Tidied(reports=1)
    assert set(Delivery.objects.values_list("event", flat=True)) == {"young", "waits"}


def test_the_webhook_of_a_request_goes_after_its_reports_and_that_of_a_key_stays(
    owner: User, now: datetime
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
        webhook=hooks["reported"],
        event="e",
        body="{}",
        status="failed",
        created_at=old,
        finished_at=now,
    )
    run = create(owner, graph({"a": "testText"}), start=False)
    Run.objects.filter(pk=run.pk).update(webhook=hooks["waiting"])
    upkeep.tidy(now)
    kept = {name for name, hook in hooks.items() if Webhook.objects.filter(pk=hook.pk).exists()}
    assert kept == {"reported", "waiting", "young", "key"}


def test_runs_and_changes_are_kept_unless_a_setting_says_how_long(
    owner: User, now: datetime
) -> None:
    ended_run(owner, now - timedelta(days=4000))
    changed(owner, now - timedelta(days=4000))
    assert upkeep.tidy(now) == Tidied()
    assert Run.objects.count() == 1


def ended_run(owner: User, at: datetime) -> Run:
    """A run that ended at a time, with a step, its events and a line in the ledger."""
    run = create(owner, graph({"a": "testText"}), start=False)
    Run.objects.filter(pk=run.pk).update(status="completed", finished_at=at)
    Step.objects.create(run=run, node_id="a", status="completed", output={"text": "x"})
    CreditEntry.objects.create(owner=owner, run=run, node_id="a", amount=1, balance_after=1)
    return run


def changed(owner: User, at: datetime) -> Change:
    """A change of a document, saved at a time."""
    workflow = Workflow.objects.create(
        owner=owner,
        slug=f"w{Workflow.objects.count()}",
        handle=f"w{Workflow.objects.count()}",
        name="w",
        updated_at=at,
    )
    change = Change.objects.create(workflow=workflow, version=2, batch_id=workflow.uid)
    Change.objects.filter(pk=change.pk).update(created_at=at)
    return change


def test_a_run_goes_with_its_steps_and_events_after_the_days_to_keep(
    owner: User, now: datetime, settings: Any
) -> None:
    settings.KEEP_RUNS_DAYS = 30
    old, young = (ended_run(owner, now - timedelta(days=days)) for days in (31, 29))
    waiting = create(owner, graph({"b": "testText"}), start=False)
    Run.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(days=400))
    assert upkeep.tidy(now) == Tidied(runs=1)
    assert set(Run.objects.all()) == {young, waiting}
    assert not Event.objects.filter(run_id=old.pk).exists()
    assert not Step.objects.filter(run_id=old.pk).exists()
    assert CreditEntry.objects.count() == 2
    assert Snapshot.objects.filter(runs=None).count() == 0


def test_the_files_of_a_forgotten_run_go_but_for_those_that_something_still_names(
    owner: User, now: datetime, settings: Any
) -> None:
    settings.KEEP_RUNS_DAYS = 30
    run = ended_run(owner, now - timedelta(days=31))
    uses = ("nowhere", "document", "cover", "run input", "run output", "step", "snapshot", "cache")
    files = {use: storage.asset_create(owner, use.encode(), f"{use}.txt", run) for use in uses}
    shown = {use: storage.reference(file) for use, file in files.items()}
    Workflow.objects.create(
        owner=owner,
        slug="u",
        handle="u",
        name="u",
        updated_at=now,
        nodes=[{"id": "n", "data": {"file": shown["document"]}}],
        cover={"image": shown["cover"]["url"]},
    )
    young = create(
        owner, graph({"c": ("testText", {"text": shown["snapshot"]["url"]})}), start=False
    )
    Run.objects.filter(pk=young.pk).update(
        inputs={"file": shown["run input"]}, output={"files": [shown["run output"]]}
    )
    Step.objects.create(run=young, node_id="c", status="running", output={"f": shown["step"]})
    CacheEntry.objects.create(key="k", node_type="t", output=shown["cache"], last_used_at=now)
    assert upkeep.tidy(now) == Tidied(runs=1)
    left = {use for use, file in files.items() if Asset.objects.filter(pk=file.pk).exists()}
    assert left == set(uses) - {"nowhere"}
    assert not hashed.exists(files["nowhere"].sha256)


def test_changes_go_after_the_days_to_keep_and_the_documents_stay(
    owner: User, now: datetime, settings: Any
) -> None:
    settings.KEEP_CHANGES_DAYS = 10
    old, young = (changed(owner, now - timedelta(days=days)) for days in (11, 9))
    assert upkeep.tidy(now) == Tidied(changes=1)
    assert Change.objects.get() == young
    assert Workflow.objects.filter(pk=old.workflow_id).exists()


def aged(file: Path, now: datetime, age: timedelta) -> Path:
    """Give a file a time of change so long ago."""
    at = (now - age).timestamp()
    os.utime(file, (at, at))
    return file


def test_unfinished_files_and_files_without_a_row_go_when_nobody_can_be_writing_them(
    owner: User, now: datetime, settings: Any
) -> None:
    owned = aged(
        (
            files.local_folder("")
            / hashed.key(storage.asset_create(owner, b"owned", "a.txt").sha256)
        ),
        now,
        timedelta(days=400),
    )
    partial = files.local_folder("partial")
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR)
    for folder in (partial, uploads):
        folder.mkdir(exist_ok=True)
    old, young = timedelta(hours=3), timedelta(hours=1)
    gone = [aged(_touched(folder / "old"), now, old) for folder in (partial, uploads)]
    kept = [aged(_touched(folder / "young"), now, young) for folder in (partial, uploads)]
    orphan, fresh = (
        (files.local_folder("") / hashed.key(hashed.write(text, 9).sha256))
        for text in (b"or", b"fr")
    )
    gone.append(aged(orphan, now, timedelta(days=2)))
    kept += [aged(fresh, now, old), owned]
    assert litter.remove(now) == 3
    assert [file.exists() for file in gone] == [False] * 3
    assert [file.exists() for file in kept] == [True] * 4
    for file in kept:
        file.unlink()


def _touched(file: Path) -> Path:
    file.write_bytes(b"x")
    return file


def test_expired_sessions_go_and_open_ones_stay(owner: User, now: datetime) -> None:
    for key, hours in (("old", -1), ("open", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(hours=hours)
        )
    upkeep.clear_sessions()
    assert Session.objects.get().session_key == "open"
