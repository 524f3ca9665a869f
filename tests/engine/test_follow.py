"""Watching: every event once, in order, for everybody, at the price of one."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.engine import nodes
from tests.engine.runs import (
    cancel,
    chain,
    check_journal,
    create,
    execute,
    finish,
    graph,
    of,
    retry,
    start,
    watch,
)
from workflows.errors import ExecutionNotFound
from workflows.journal import follow as following
from workflows.journal import wake
from workflows.journal.events import Progress, follow
from workflows.journal.writer import Writer
from workflows.models import Run, User


def seqs(events: list[dict]) -> list[int]:
    """List the numbers of events."""
    return [event["seq"] for event in events]


def test_a_hundred_watchers_get_everything_and_share_the_reads(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[tuple] = []
    read = following._read

    def counted(*args: Any) -> Any:
        reads.append(args)
        return read(*args)

    monkeypatch.setattr(following, "_read", counted)
    run = create(owner, chain(300), start=False)

    async def watch_all() -> list[list[dict]]:
        watchers = [asyncio.create_task(watch(run.id)) for _ in range(100)]
        await asyncio.sleep(0)
        await asyncio.to_thread(start, run)
        return await asyncio.gather(*watchers)

    seen = asyncio.run(watch_all())
    check_journal(run)
    run.refresh_from_db()
    assert all(seqs(events) == list(range(1, run.last_seq + 1)) for events in seen)
    # A watcher alone reads each page once and now and then an empty one; a hundred do no more.
    assert len(reads) < 100


def test_watchers_of_one_page_get_the_same_text_object(
    engine: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = execute(owner, chain(5))
    # A page that is not the last one stays as it is, so it does not matter who reads it first.
    monkeypatch.setattr(following, "PAGE_EVENTS", 5)
    following.forget()

    async def frames() -> list[str]:
        async def first() -> str:
            async for page in follow(run.id):
                return page.frame
            raise AssertionError

        return await asyncio.gather(*(first() for _ in range(10)))

    found = asyncio.run(frames())
    assert all(frame is found[0] for frame in found)


def test_watching_goes_on_from_any_number(engine: None, owner: User) -> None:
    run, events = execute(owner, chain(3))
    for after in range(len(events)):
        assert asyncio.run(watch(run.id, after)) == events[after:]


def test_watching_past_the_end_ends_at_once(engine: None, owner: User) -> None:
    run, events = execute(owner, chain(3))
    assert asyncio.run(watch(run.id, len(events))) == []
    assert asyncio.run(watch(run.id, 10_000)) == []


def test_an_unknown_run_is_not_found(ready: None) -> None:
    with pytest.raises(ExecutionNotFound):
        asyncio.run(watch(uuid4()))


def test_pages_hold_five_hundred_events_and_say_where_they_begin(engine: None, owner: User) -> None:
    run, events = execute(owner, chain(800))
    following.forget()

    async def pages() -> list:
        return [page async for page in follow(run.id)]

    found = asyncio.run(pages())
    assert [(page.first, page.last, page.done) for page in found] == [
        (1, 500, False),
        (501, 1000, False),
        (1001, 1500, False),
        (1501, len(events), True),
    ]
    assert [event for page in found for event in json.loads(page.frame)] == events


@pytest.mark.parametrize("live", [True, False], ids=["live", "later"])
def test_pages_are_cut_by_bytes_and_one_event_may_be_more(
    ready: None, owner: User, live: bool
) -> None:
    limit = following.PAGE_BYTES
    sizes = [limit - 1, limit, limit + 1, 3 * limit, 110, limit // 2, limit // 2, 120, 130]
    run = create(owner, chain(1), start=False)
    writer = Writer()

    async def pages(after: int = 0) -> list:
        return [page async for page in follow(run.id, after)]

    async def write_and_watch() -> list:
        claim = await writer.claim(run.id, "me", [])
        watching = asyncio.create_task(pages())
        await asyncio.sleep(0.05)
        for seq, size in enumerate(sizes, 3):
            bare = len(following.line(seq, timezone.now(), "progress", Progress("n0", 0.5).line()))
            claim.journal.append(Progress("n0", 0.5, "x" * (size - bare)))
        await claim.journal.flush()
        await asyncio.to_thread(cancel, run)
        return await watching

    found = asyncio.run(write_and_watch())
    writer.close()
    if not live:
        following.forget()
        found = asyncio.run(pages())
    events = [event for page in found for event in page.events]
    assert seqs(events) == list(range(1, len(sizes) + 4))
    lines = [page.frame[start:end] for page in found for start, end in page.spans]
    assert [json.loads(line) for line in lines] == events
    assert [len(line) for line in lines[2:-1]] == sizes
    for page in found:
        assert page.frame == f"[{','.join(page.frame[a:b] for a, b in page.spans)}]"
        assert page.last == page.first or len(page.frame) - 2 <= limit
    # Pages are as full as they may be: no page and the event behind it would have gone together.
    firsts = [page.frame[slice(*next(iter(page.spans)))] for page in found]
    if not live:
        for page, following_line in zip(found, firsts[1:], strict=False):
            assert len(page.frame) - 2 + 1 + len(following_line) > limit


def test_a_retried_run_continues_past_its_first_end(engine: None, owner: User) -> None:
    run, _ = execute(owner, graph({"a": "testFailOnce"}))
    retry(run)
    events = finish(run)
    assert [event["type"] for event in events if event["type"] in ("failed", "output")] == [
        "failed",
        "output",
    ]
    assert seqs(events) == list(range(1, len(events) + 1))


def test_a_watcher_who_comes_after_a_retry_is_not_sent_away_by_an_older_page(
    engine: None, owner: User
) -> None:
    run = create(owner, graph({"a": ("testWait", {"gate": "g"})}))
    assert nodes.gate("g").arrived.wait(10)
    cancel(run)
    assert finish(run)[-1]["type"] == "cancelled"
    nodes.gate("g").open()
    retry(run)
    assert finish(run)[-1]["type"] == "output"


def test_who_is_expected_and_never_comes_is_forgotten() -> None:
    comes = uuid4()
    wake.expect(comes)
    with wake.watching(comes):
        for _ in range(2 * wake.MAX_RECENT):
            wake.expect(last := uuid4())
        assert wake.is_watched(comes)
        assert wake.is_watched(last)
        assert len(wake._watched) <= wake.MAX_RECENT + 1
    assert not wake.is_watched(comes)
    wake._expected.clear()
    wake._watched.clear()


def test_watchers_in_several_loops_are_woken(engine: None, owner: User) -> None:
    run = create(owner, graph({"a": ("testWait", {"gate": "g"}), "b": "testText"}, "a > b"))
    seen: list[list[dict]] = []
    threads = [threading.Thread(target=lambda: seen.append(finish(run))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert nodes.gate("g").arrived.wait(10)
    nodes.gate("g").open()
    for thread in threads:
        thread.join(20)
    assert len(seen) == 3
    assert seen[0] == seen[1] == seen[2]


def test_a_lost_wake_up_costs_a_reread_and_no_event(
    ready: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "REREAD_SECONDS", 0.01)
    monkeypatch.setattr("workflows.journal.wake.notify", lambda run_id, prepare=None: None)
    run = create(owner, chain(1), start=False)
    writer = Writer()

    async def write_and_watch() -> list[dict]:
        watcher = asyncio.create_task(watch(run.id))
        claim = await writer.claim(run.id, "me", [])
        claim.journal.append(Progress("n0", 0.5))
        await claim.journal.flush()
        await asyncio.to_thread(cancel, run)
        return await watcher

    events = asyncio.run(write_and_watch())
    writer.close()
    assert [event["type"] for event in events] == ["queued", "started", "progress", "cancelled"]


def test_events_have_the_documented_shape(engine: None, owner: User) -> None:
    run, events = execute(owner, chain(1))
    queued, started, submit, completion, output = events
    assert list(queued) == ["seq", "at", "type"]
    assert queued["at"].endswith("Z")
    assert {**started, "at": "", "runner": ""} == {
        "seq": 2,
        "at": "",
        "type": "started",
        "attempt": 1,
        "runner": "",
        "nodes": ["n0"],
    }
    assert {**submit, "at": ""} == {
        "seq": 3,
        "at": "",
        "type": "submit",
        "node_id": "n0",
        "app_id": "testText",
        "request_id": None,
    }
    assert {**completion, "at": "", "ms": 0} == {
        "seq": 4,
        "at": "",
        "type": "completion",
        "node_id": "n0",
        "app_id": "testText",
        "output": {"text": "hello"},
        "cached": False,
        "ms": 0,
    }
    assert output["output"] == {"text": "hello"}
    assert Run.objects.get(pk=run.pk).runner == started["runner"]


def test_no_event_names_a_fact_twice(engine: None, owner: User) -> None:
    run, _ = execute(
        owner, graph({"a": "testReports", "b": "testFail", "c": "testText"}, "a > b", "b > c")
    )

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    async def frames() -> list[str]:
        return [page.frame async for page in follow(run.id)]

    kinds = {
        event["type"]
        for frame in asyncio.run(frames())
        for event in json.loads(frame, object_pairs_hook=once)
    }
    assert kinds == {
        "queued",
        "started",
        "submit",
        "progress",
        "completion",
        "error",
        "skipped",
        "failed",
    }


def test_a_thousand_reports_of_progress_become_a_few(engine: None, owner: User) -> None:
    run, events = execute(owner, graph({"a": "testReports"}))
    reports = of(events, "progress")
    assert reports[0]["fraction"] == 0.0
    assert reports[-1]["fraction"] == 1.0
    assert len(reports) <= 4
    check_journal(run)
