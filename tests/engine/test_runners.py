"""Which runner gets a graph, and how it is known how they are."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from tests.clients.fake_comfyui import Server, serve
from tests.engine.comfy import PAINT, PROMPT, comfy, document, modern, quick, register
from tests.engine.runs import execute
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.errors import FetchError, FetchRefused
from workflows.models import Runner, RunnerCatalogue, User
from workflows.runners import health, pool
from workflows.runners.connections import Connections
from workflows.runners.endpoint import endpoint

__all__ = ["comfy", "modern", "quick"]


def _runner(owner: User, name: str, *tags: str, **more: Any) -> Runner:
    return Runner.objects.create(
        owner=owner, name=name, endpoint="http://127.0.0.1:9", tags=list(tags), private=True, **more
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((), {"any", "gpu", "both"}),
        (("gpu",), {"any", "gpu", "both"}),
        (("fast",), {"any", "both"}),
        (("fast", "gpu"), {"any", "both"}),
        (("GPU",), {"any"}),
        (("gpu", "else"), {"any"}),
    ],
)
def test_a_runner_needs_every_tag_or_has_none(
    alice: User, wanted: tuple[str, ...], found: set[str]
) -> None:
    for name, tags in (("any", ()), ("gpu", ("gpu",)), ("both", ("gpu", "fast"))):
        _runner(alice, name, *tags)
    assert {row.name for row in pool.match(alice.pk, wanted)} == found


def test_disabled_ones_and_those_of_others_do_not_match(alice: User, bob: User) -> None:
    _runner(alice, "off", status="disabled")
    _runner(bob, "bob's")
    _runner(bob, "shared", shared=True)
    _runner(bob, "shared and off", shared=True, status="disabled")
    assert [row.name for row in pool.match(alice.pk, ())] == ["shared"]


def test_one_that_is_down_is_passed_over_while_there_is_another(alice: User) -> None:
    down = _runner(alice, "down", health={"state": "down"})
    assert pool.match(alice.pk, ()) == [down]
    _runner(alice, "doubted", health={"state": "unknown"})
    assert [row.name for row in pool.match(alice.pk, ())] == ["doubted"]


def test_the_strategies(alice: User) -> None:
    rows = [_runner(alice, f"r{at}", health={"queueRemaining": at}) for at in range(3)]
    picked = Counter(pool.choose(rows, strategy="random").name for _ in range(300))
    assert set(picked) == {"r0", "r1", "r2"}
    least = {pool.choose(rows, strategy="least-queued").name for _ in range(20)}
    assert least == {"r0"}
    busy = {rows[0].pk: 5, rows[1].pk: 2}
    found = {pool.choose(rows, lambda id: busy.get(id, 0), "least-queued").name for _ in range(50)}
    assert found == {"r1", "r2"}


def test_a_probe_tells_version_queue_and_devices(alice: User, comfy: Server) -> None:
    row = register(alice, comfy)
    found = pool.probe(row)
    assert found["state"] == "up"
    assert found["version"] == {"old": "0.3.64", "new": "0.38.1"}[comfy.comfy.mode]
    assert found["queueRemaining"] == 0
    assert found["devices"][0] == {
        "name": "cuda:0 Test GPU",
        "vramTotal": 24 * 2**30,
        "vramFree": 20 * 2**30,
    }
    assert found["latencyMs"] >= 0
    row.refresh_from_db()
    assert row.health == found
    assert row.last_seen_at is not None


def test_who_does_not_answer_is_doubted_at_first_and_down_after_three_probes(
    alice: User, modern: Server
) -> None:
    row = register(alice, modern)
    pool.probe(row)
    seen = row.last_seen_at
    modern.stop()
    for state in ("unknown", "unknown", "down", "down"):
        found = asyncio.run(pool.examine(row, by_user=False))
        pool.keep_health(row, found)
        assert (found["state"], found["version"]) == (state, "0.38.1")
        assert "cannot be reached" in found["error"]
    assert row.last_seen_at == seen
    modern.start()
    assert pool.probe(row)["state"] == "up"
    modern.stop()
    assert pool.probe(row)["state"] == "down"
    modern.start()


@pytest.mark.parametrize("how", ["text", "types", "endless"])
def test_what_is_no_comfyui_server_is_down(alice: User, modern: Server, how: str) -> None:
    modern.misbehave(json=how)
    found = pool.probe(register(alice, modern))
    assert found["state"] == "down"
    assert found["error"]


def test_a_proxy_that_wants_a_key_is_told_as_one(alice: User, modern: Server) -> None:
    modern.misbehave(proxy=401)
    found = pool.probe(register(alice, modern))
    assert found["state"] == "down"
    assert "401" in found["error"]
    assert "header" in found["error"]


def test_a_private_address_is_not_probed_unless_that_is_allowed(
    alice: User, modern: Server
) -> None:
    found = pool.probe(register(alice, modern, private=False))
    assert (found["state"], modern.comfy.calls) == ("down", [])


def test_the_catalogue_is_read_once_for_each_version(alice: User, modern: Server) -> None:
    row = register(alice, modern)
    pool.probe(row)
    for _ in range(2):
        assert "LoadImage" in pool.catalogue(row)
    assert modern.comfy.calls.count("GET /object_info") == 1
    RunnerCatalogue.objects.filter(runner=row).update(version="0.1")
    pool.catalogue(row)
    assert modern.comfy.calls.count("GET /object_info") == 2
    pool.catalogue(row, fresh=True)
    assert modern.comfy.calls.count("GET /object_info") == 3


def test_the_queue_is_told_in_order(alice: User, modern: Server) -> None:
    row = register(alice, modern)

    def fill() -> None:
        # As the server keeps it: a heap, whose array is in no order.
        modern.comfy.queue = [(n, f"p{n}", {}, {}, []) for n in (1, 5, 2, 9, 6, 3)]

    modern.do(fill)
    found = pool.queue_of(row)
    assert found.pending == ("p1", "p2", "p3", "p5", "p6", "p9")
    assert [found.position(id) for id in ("p1", "p9", "p7")] == [0, 5, None]
    modern.do(modern.comfy.queue.clear)


def test_the_engine_looks_after_every_active_runner(quick: None, engine: None, owner: User) -> None:
    embedded.stop()
    with serve("new") as server:
        row, off = register(owner, server), register(owner, server, "off", status="disabled")
        embedded.start()
        wait_until(lambda: RunnerCatalogue.objects.filter(runner=row).exists())
        row.refresh_from_db()
        assert row.health["state"] == "up"
        off.refresh_from_db()
        assert off.health is None
        embedded.stop()


def test_a_round_asks_all_and_closes_what_nobody_uses(
    quick: None, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = register(owner, modern)

    async def go() -> int:
        connections = Connections()
        found = await connections.of(row.pk)
        assert found is not None
        monkeypatch.setattr("workflows.runners.connections.IDLE_SECONDS", 0.0)
        await health.HealthChecker(connections).round()
        return len(connections._entries)

    assert asyncio.run(go()) == 0
    row.refresh_from_db()
    assert row.health["state"] == "up"


def test_an_engine_that_has_lost_its_number_goes_by_another_id(
    quick: None, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.runners.connections.FRESH_SECONDS", 0.0)
    row, number = register(owner, modern), [0]

    async def go() -> list[str]:
        connections, ids = Connections(lambda: number[0]), list[str]()
        for number[0] in (0, 0, 1):
            found = await connections.of(row.pk)
            assert found is not None
            ids.append(found[1].client_id)
        # What has been submitted is heard of by the id that it was submitted with.
        found[1].watch("0b7e9c1a-0000-4000-8000-000000000000", submitted=False)
        number[0] = 2
        again = await connections.of(row.pk)
        assert again is not None
        ids.append(again[1].client_id)
        await connections.close()
        return ids

    first, same, other, kept = asyncio.run(go())
    assert first == same != other == kept


def test_a_runner_whose_url_has_changed_is_called_there(
    quick: None, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.runners.connections.FRESH_SECONDS", 0.0)
    row = register(owner, modern)
    execute(owner, document(PAINT, PROMPT, prompt="here"))
    with serve("old") as other:
        Runner.objects.filter(pk=row.pk).update(
            endpoint=f"{other.url}/api", headers=json.dumps({"X-Key": "k"})
        )
        run, _ = execute(owner, document(PAINT, PROMPT, prompt="there"))
        assert run.status == "completed", run.error
        assert (len(modern.comfy.taken), len(other.comfy.taken)) == (1, 1)
        assert all(call.split()[1].startswith("/api/") for call in other.comfy.calls)
        embedded.stop()


# --- Which URLs a runner may have ------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "ip", "private", "allowed"),
    [
        ("http://runner:8188", "192.168.1.100", True, True),
        ("http://runner:8188", "127.0.0.1", True, True),
        ("http://runner:8188", "fd12::1", True, True),
        ("http://runner:8188", "8.8.8.8", False, True),
        ("http://runner:8188", "192.168.1.100", False, False),
        ("http://runner:8188", "127.0.0.1", False, False),
        ("http://runner:8188", "169.254.169.254", True, False),
        ("http://runner:8188", "100.100.100.200", True, False),
        ("http://runner:8188", "0.0.0.0", True, False),
        ("http://runner:8000", "127.0.0.1", True, False),
        ("http://runner:8000", "::1", True, False),
        ("http://runner:8000", "8.8.8.8", False, True),
    ],
)
def test_where_a_runner_may_be(url: str, ip: str, private: bool, allowed: bool) -> None:
    found = endpoint(url, {}, private=private)
    assert found.permits([ip], found.url.port) is allowed
    assert found.permits(["8.8.8.8", ip], found.url.port) is allowed


@pytest.mark.parametrize(
    "headers",
    [{"Host": "x"}, {"Content-Length": "3"}, {"Connection": "close"}, {"X": "a\nb"}, {"X Y": "a"}],
)
def test_headers_of_the_connection_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(FetchRefused):
        endpoint("https://runner.example.com", headers, private=False)


@pytest.mark.parametrize("url", ["ftp://runner", "http://", "http://user:pw@runner", "runner:8188"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        endpoint(url, {}, private=True)
