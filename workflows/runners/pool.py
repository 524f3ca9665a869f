"""Which runners there are for a graph, which one gets it, and their health.

Runners are matched by tags: one that has every requested tag, or one without tags, which takes
anything. `client.py` has the calls of a runner, `connections.py` the connections of an engine to
its runners. Plain functions are for threads.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from workflows.errors import PatchbayError
from workflows.graph.tags import fits
from workflows.models import Runner, RunnerCatalogue, RunnerStatus
from workflows.nodes.runner import Lacks
from workflows.runners.client import Client
from workflows.runners.endpoint import Endpoint, endpoint
from workflows.runners.http import Http
from workflows.runners.shapes import Queue
from workflows.types import JsonObject

logger = logging.getLogger(__name__)

R = TypeVar("R")

UP, DOWN, UNKNOWN = "up", "down", "unknown"
#: Node types are read again after so long, in case something was installed without a restart.
CATALOGUE_SECONDS = 600.0
#: The version of node types that must be read again before they are used.
DOUBTED = "?"
#: After so many probes in a row without a response a runner is passed over.
FAILURES_TO_BE_DOWN = 3


def match(owner_id: int, tags: Collection[str]) -> list[Runner]:
    """List the active runners an account may use that have all the tags, or none at all.

    Those whose health is down are left out, unless there are no others.
    """
    rows = Runner.objects.filter(
        Q(owner_id=owner_id) | Q(shared=True), status=RunnerStatus.ACTIVE
    ).order_by("created_at", "pk")
    found = [row for row in rows if fits(row.tags, tags)]
    return [row for row in found if not is_down(row)] or found


def knowing(candidates: list[Runner], lacks: Lacks) -> list[Runner]:
    """Narrow runners to those whose stored node types lack least.

    One whose node types are not known comes after those that lack nothing, and before all others.
    """
    if len(candidates) < 2:
        return candidates
    rows = RunnerCatalogue.objects.filter(runner__in=candidates).iterator(chunk_size=1)
    weights = {row.runner_id: lacks(row.object_info) for row in rows}
    ranks = [
        (1, (0, 0)) if (weight := weights.get(row.pk)) is None else (2 * any(weight), weight)
        for row in candidates
    ]
    best = min(ranks)
    return [row for row, rank in zip(candidates, ranks, strict=True) if rank == best]


def choose(
    candidates: Sequence[Runner],
    open_requests: Callable[[UUID], int] = lambda _: 0,
    strategy: str | None = None,
) -> Runner:
    """Pick one of the runners that match, by the setting RUNNER_STRATEGY.

    `open_requests` returns how many of our own requests are under way at a runner, of which its
    health may not know yet.
    """
    if (strategy or settings.RUNNER_STRATEGY) == "random":
        return random.choice(candidates)

    def busy(row: Runner) -> int:
        waiting = _health(row).get("queueRemaining")
        return max(waiting if isinstance(waiting, int) else 0, open_requests(row.pk))

    least = min(map(busy, candidates))
    return random.choice([row for row in candidates if busy(row) == least])


def is_down(runner: Runner) -> bool:
    """Return whether the last probes had no response."""
    return _health(runner).get("state") == DOWN


def endpoint_of(runner: Runner) -> Endpoint:
    """Return the URL of a runner with its headers. Raises FetchRefused."""
    return endpoint(runner.endpoint, json.loads(runner.headers), private=runner.private)


def probe(runner: Runner) -> JsonObject:
    """Probe a runner because a user wants to know; store and return its health.

    That is `{"state": "up" | "down" | "unknown", "checkedAt", "version", "queueRemaining",
    "devices": [{"name", "vramTotal", "vramFree"}], "error", "latencyMs"}`.
    """
    health = asyncio.run(examine(runner))
    keep_health(runner, health)
    return health


async def examine(runner: Runner, *, by_user: bool = True) -> JsonObject:
    """Return the health of a runner. Never raises for what the runner does.

    One that does not respond is `down` at once when a user has requested it, else after three
    probes in a row, and `unknown` until then.
    """
    try:
        health = await _call(runner, _examine)
    except PatchbayError as error:
        health = {**_NO_HEALTH, "error": error.message}
    before, failures = _health(runner), 0
    if health["state"] != UP:
        failures = int(before.get("failures") or 0) + 1
        down = by_user or failures >= FAILURES_TO_BE_DOWN
        health |= {"state": DOWN if down else UNKNOWN, "version": before.get("version", "")}
    checked_at = timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return health | {"failures": failures, "checkedAt": checked_at}


def keep_health(runner: Runner, health: JsonObject) -> None:
    """Write what a probe found into the runner's row."""
    changed: dict[str, Any] = {"health": health}
    if health["state"] == UP:
        changed["last_seen_at"] = timezone.now()
    # Not `save`: what a user changes meanwhile stays, and `updated_at` is theirs.
    Runner.objects.filter(pk=runner.pk, endpoint=runner.endpoint).update(**changed)
    for name, value in changed.items():
        setattr(runner, name, value)


def catalogue(runner: Runner, *, fresh: bool = False) -> JsonObject:
    """Return the node types a runner has (`/object_info`), as they are stored or read now.

    `fresh` reads them even if they are stored. Raises PatchbayError when the runner is called and
    does not respond.
    """
    stored = None if fresh else stored_catalogue(runner)
    if stored is not None:
        return stored
    response = asyncio.run(read_catalogue(runner))
    store_catalogue(runner, response)
    return response


def stored_catalogue(runner: Runner) -> JsonObject | None:
    """Return the node types that a runner of this version has returned before."""
    row = RunnerCatalogue.objects.filter(runner_id=runner.pk, version=_version(runner)).first()
    found: JsonObject | None = row.object_info if row is not None else None
    return found


def is_catalogue_due(runner: Runner) -> bool:
    """Return whether a runner's node types are unknown, doubted, of another version, or old."""
    rows = RunnerCatalogue.objects.filter(runner_id=runner.pk, version=_version(runner))
    return not (rows.exists() and read_lately(runner, CATALOGUE_SECONDS))


def doubt_catalogue(runner: Runner) -> None:
    """Have a runner's node types read again before they are used."""
    RunnerCatalogue.objects.filter(runner_id=runner.pk).update(version=DOUBTED)


async def read_catalogue(runner: Runner) -> JsonObject:
    """Read the node types of a runner. Raises PatchbayError."""
    return await _call(runner, Client.object_info)


def read_lately(runner: Runner, seconds: float) -> bool:
    """Return whether a runner's node types have been read within so many seconds."""
    since = timezone.now() - timedelta(seconds=seconds)
    rows = RunnerCatalogue.objects.filter(runner_id=runner.pk, updated_at__gt=since)
    return bool(rows.exists())


def store_catalogue(runner: Runner, object_info: JsonObject) -> None:
    """Store the node types that a runner has just returned."""
    version = _version(runner)
    with transaction.atomic():
        # It may have been deleted while they were read.
        if Runner.objects.select_for_update().filter(pk=runner.pk).first() is None:
            return
        RunnerCatalogue.objects.update_or_create(
            runner_id=runner.pk, defaults={"version": version, "object_info": object_info}
        )


def queue_of(runner: Runner) -> Queue:
    """Return the prompt ids a runner executes and has waiting, in order. Raises PatchbayError."""
    return asyncio.run(_call(runner, Client.queue))


def active() -> list[Runner]:
    """List the runners that are probed."""
    return list(Runner.objects.filter(status=RunnerStatus.ACTIVE).order_by("pk"))


def _health(runner: Runner) -> JsonObject:
    found: JsonObject = runner.health or {}
    return found


def _version(runner: Runner) -> str:
    return str(_health(runner).get("version") or "")


_NO_HEALTH: JsonObject = {
    "state": UNKNOWN,
    "checkedAt": None,
    "version": "",
    "queueRemaining": None,
    "devices": [],
    "error": "",
    "latencyMs": None,
}


async def _examine(client: Client) -> JsonObject:
    began = time.perf_counter()
    found = await client.stats()
    latency = round((time.perf_counter() - began) * 1000)
    remaining = await client.remaining()
    return {
        **_NO_HEALTH,
        **found,
        "state": UP,
        "latencyMs": latency,
        "queueRemaining": remaining,
    }


async def _call(runner: Runner, call: Callable[[Client], Coroutine[Any, Any, R]]) -> R:
    """Call a runner over connections of its own."""
    http = Http(endpoint_of(runner))
    try:
        return await call(Client(http))
    finally:
        await http.close()
