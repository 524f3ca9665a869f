"""Watching on a real site: every event of every size, whatever others read or do not read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from canvas.connections import FRAME_BYTES
from tests.api.client import a_node, an_edge
from tests.browser.gate import Gate
from tests.server.test_serve import Site
from tests.server.watchers import Event, Watcher, memory, watcher_of
from workflows.api.streams import CHUNK_BYTES
from workflows.journal.follow import PAGE_BYTES

pytestmark = pytest.mark.slow

MB = 1024 * 1024
#: What anything is cut by on its way to a watcher, in bytes.
LIMITS = sorted({FRAME_BYTES, CHUNK_BYTES, PAGE_BYTES})
HUGE = 5_000_000


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """A web server that answers when it is told to."""
    made = Gate()
    yield made
    made.close()


@pytest.fixture(scope="module")
def ci(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watcher]:
    """An account of a site that runs one run at a time."""
    site = Site(tmp_path_factory.mktemp("watched") / "data")
    start(site, gate)
    yield watcher_of(site)
    assert site.stop() == 0


def start(site: Site, gate: Gate) -> None:
    """Start the site."""
    site.start(
        ACTIVE_RUNS="1",
        MAX_WATCHERS_PER_USER="400",
        FETCH_ALLOW=gate.origin,
        RATES="enterprise=1000000",
    )


def seqs(events: list[Event]) -> list[int]:
    """List the numbers of events."""
    return [event["seq"] for event in events]


def whole(events: list[Event]) -> bool:
    """Return whether the events are 1...N and end the run."""
    assert seqs(events) == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "output", str(events[-1])[:1000]
    return True


def lengths(events: list[Event]) -> list[int]:
    """Return how long the text of each text node is, by number; fails for a node told twice."""
    found: dict[int, int] = {}
    for event in events:
        if event["type"] == "completion" and event["node_id"].startswith("t"):
            number, output = int(event["node_id"][1:]), event["output"]
            assert number not in found
            found[number] = len(output["text"] if isinstance(output, dict) else output)
    return [found[number] for number in sorted(found)]


def test_events_of_every_size_arrive_once_by_every_way_live_and_later(
    ci: Watcher, gate: Gate
) -> None:
    # The event has some more bytes than its text; which exactly depends on how long a node took.
    sizes = [limit - 120 + more for limit in LIMITS for more in range(0, 24, 3)] + [HUGE]
    slug = ci.make("Sizes", ["x" * size for size in sizes])
    ask = a_node("ask", "httpRequest", url=f"{gate.origin}/go.png")
    show = an_edge("ask", "p0", "status", "value")
    body = {"name": "Block", "nodes": [ask, a_node("p0", "preview")], "edges": [show]}
    # The next run waits until this one is let go, so whoever watches it sees it live.
    ci.start(str(ci.post("/api/workflows", body)["slug"]))

    async def live() -> list[list[Event]]:
        run = ci.start(slug)
        status = f"/fal/queue/workflows/ci/{slug}/requests/{run}/status/stream?logs=1"
        watching = [
            asyncio.create_task(ci.events(run)),
            asyncio.create_task(ci.messages(run)),
            asyncio.create_task(ci.stream(status)),
            asyncio.create_task(ci.stream(f"/fal/run/workflows/ci/{slug}/stream", "POST", "{}")),
        ]
        await asyncio.sleep(0.5)
        assert not any(task.done() for task in watching), watching
        await asyncio.to_thread(gate.open, "go")
        seen = list(await asyncio.gather(*watching))
        return [*seen, await ci.events(run), await ci.messages(run), await ci.stream(status)]

    seen = asyncio.run(live())
    stream, messages, status, fal, later_stream, later_messages, later_status = seen
    assert whole(messages)
    assert lengths(messages) == sizes
    assert stream == later_stream == later_messages == messages
    assert lengths(fal) == sizes
    assert fal[-1]["type"] == "output"
    names = [f"t{number}" for number in range(len(sizes))]
    wanted = {f"{id}: {what}" for id in names for what in ("started", "done")}
    for frames in (status, later_status):
        lines = [line["message"] for frame in frames for line in frame["logs"] or ()]
        assert len(lines) == len(set(lines))
        assert wanted <= set(lines)
        assert frames[-1]["status"] == "COMPLETED"


def test_who_never_reads_costs_next_to_nothing_however_much_there_is_to_read(
    ci: Watcher, gate: Gate
) -> None:
    site = ci.site
    slug = ci.make("Much", ["x" * 6_200_000], previews=4)
    run = ci.start(slug)
    assert whole(asyncio.run(ci.events(run)))
    # A new process, because what the run took has not all been given back.
    site.stop()
    start(site, gate)
    base = memory(site)

    async def stall() -> tuple[int, int]:
        """Return what the process takes by the streams, and with sixty sockets that stall too."""
        await asyncio.sleep(3)
        streams = memory(site)
        opened = [await ci.socket() for _ in range(60)]
        for one in opened:
            await one.send(json.dumps({"watch": run, "after": 0}))
            one.transport.pause_reading()
        await asyncio.sleep(3)
        used = memory(site)
        for one in opened:
            one.transport.abort()
        return streams, used

    # Twice, so that what stays behind would show.
    for _ in range(2):
        readers = [ci.idle_stream(run) for _ in range(20)]
        try:
            streams, used = asyncio.run(stall())
        finally:
            for reader in readers:
                reader.close()
        print(f"{base // MB} MB, streams {(streams - base) // MB}, sockets {(used - base) // MB}")
        # What is freed does not all go back to the system; after ten times it was 150 MB.
        assert streams - base < 130 * MB
        assert used - base < 150 * MB


@pytest.mark.parametrize("nodes", [1_000, pytest.param(5_000, marks=pytest.mark.soak)])
def test_a_run_of_thousands_of_nodes_is_watched_live_and_later(ci: Watcher, nodes: int) -> None:
    slug = ci.make("Many", [""] * (nodes - 1))
    run = ci.start(slug)
    live = asyncio.run(ci.messages(run))
    assert whole(live)
    assert len(live) == 2 * nodes + 3
    assert asyncio.run(ci.messages(run)) == live


def test_three_hundred_watchers_of_one_run_miss_nothing(ci: Watcher) -> None:
    slug = ci.make("Wide", ["z"] * 401)

    async def watch() -> list[list[Event]]:
        run = ci.start(slug)
        return await asyncio.gather(
            *(ci.messages(run) for _ in range(100)), *(ci.events(run) for _ in range(200))
        )

    seen = asyncio.run(watch())
    assert whole(seen[0])
    assert len(seen[0]) == 2 * 402 + 3
    assert all(events == seen[0] for events in seen)
