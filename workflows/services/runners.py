"""Runners: the ComfyUI servers users register, and what may be seen and changed of them.

A user's own runners are theirs alone. Staff can share one: every account may then use it and see
its name, tags and health, never its URL or headers. Values of headers are written and not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from workflows.errors import (
    PatchbayError,
    RunnerBusy,
    RunnerLimitReached,
    RunnerNotFound,
    RunnersForbidden,
    RunnerUnreachable,
)
from workflows.models import Runner, RunnerStatus, Step, StepStatus, User
from workflows.runners import pool
from workflows.services.database import one
from workflows.services.locks import hold
from workflows.services.runner_fields import NewRunner, RunnerFields, RunnerTrial, write_fields
from workflows.types import JsonObject

#: Of a longer queue only its beginning is shown.
MAX_QUEUE = 500


@dataclass(frozen=True, slots=True)
class Queued:
    """One request at a runner: what it is called there, and which run of the user's it is."""

    prompt_id: str
    run_id: UUID | None


def runner_list(*, user: User) -> list[Runner]:
    """List a user's own runners, newest first, then those shared by others."""
    rows = Runner.objects.filter(Q(owner=user) | Q(shared=True))
    found = list(rows.order_by("-created_at", "-pk"))
    return sorted(found, key=lambda row: row.owner_id != user.pk)


def runner_limit(*, user: User) -> int | None:
    """Return how many runners a user may own: None for any number, 0 for who registers none."""
    if not (user.is_staff or settings.RUNNERS_BY_USERS):
        return 0
    limit = settings.MAX_RUNNERS.get(user.tier)
    return None if limit is None else int(limit)


def runners_own(*, user: User, status: str | None = None) -> QuerySet[Runner]:
    """Return a user's own runners, newest first; `status` narrows them."""
    rows = Runner.objects.filter(owner=user)
    rows = rows if status is None else rows.filter(status=status)
    return rows.order_by("-created_at", "-pk")


def runners_shared(*, user: User) -> QuerySet[Runner]:
    """Return the active runners that others share, newest first."""
    rows = Runner.objects.filter(shared=True, status=RunnerStatus.ACTIVE).exclude(owner=user)
    return rows.order_by("-created_at", "-pk")


def runner_get(*, user: User, runner_id: UUID | str) -> Runner:
    """Return a runner the user may use, their own or a shared one. Raises RunnerNotFound."""
    return _find(Runner.objects.filter(Q(owner=user) | Q(shared=True)), runner_id)


def runner_own(*, user: User, runner_id: UUID | str) -> Runner:
    """Return one of the user's own runners. Raises RunnerNotFound."""
    return _find(Runner.objects.filter(owner=user), runner_id)


@transaction.atomic
def runner_create(*, user: User, request: NewRunner) -> Runner:
    """Register a ComfyUI server.

    One of staff's may have a private address, and may be shared. Raises RunnersForbidden,
    InvalidBody and RunnerLimitReached.
    """
    check_registers(user=user)
    hold(f"owner:{user.pk}")
    limit, current = runner_limit(user=user), Runner.objects.filter(owner=user).count()
    if limit is not None and current >= limit:
        raise RunnerLimitReached(limit=limit, current=current, tier=user.tier)
    runner = Runner(owner=user, headers="{}")
    write_fields(runner, user, request)
    runner.save(force_insert=True)
    return runner


@transaction.atomic
def runner_update(*, user: User, runner_id: UUID | str, request: RunnerFields) -> Runner:
    """Change what is given of one's own runner; a masked header keeps its value.

    Stored headers stay with their origin: an endpoint elsewhere needs them again. Raises
    RunnerNotFound, RunnersForbidden and InvalidBody.
    """
    runner = _find(Runner.objects.select_for_update().filter(owner=user), runner_id)
    if {"endpoint", "headers", "shared"} & request.given().keys():
        check_registers(user=user)
    before = runner.endpoint
    write_fields(runner, user, request)
    if runner.endpoint != before:
        runner.health, runner.last_seen_at = None, None
    runner.save()
    pool.doubt_catalogue(runner)
    return runner


@transaction.atomic
def runner_delete(*, user: User, runner_id: UUID | str, force: bool = False) -> None:
    """Forget a runner; what it has made stays.

    Raises RunnerNotFound, and RunnerBusy while runs are under way on it unless `force` is set.
    """
    runner = _find(Runner.objects.select_for_update().filter(owner=user), runner_id)
    running = Step.objects.filter(
        status=StepStatus.RUNNING, request_id__startswith=f"{runner.pk}/"
    ).count()
    if running and not force:
        raise RunnerBusy(
            f"{running} run(s) are under way on this runner.",
            current=running,
            expected="none, or force=true",
        )
    runner.delete()


def runner_test(*, user: User, runner_id: UUID | str) -> JsonObject:
    """Probe one's own runner now, and return its status. Raises RunnerNotFound.

    Its node types are read again as well.
    """
    runner = runner_own(user=user, runner_id=runner_id)
    health = pool.probe(runner)
    if health["state"] == pool.UP:
        with suppress(PatchbayError):
            pool.catalogue(runner, fresh=True)
    return health


def runner_try(*, user: User, request: RunnerTrial) -> JsonObject:
    """Probe a server before it is registered; nothing is stored.

    Masked headers of a runner that is being changed keep their values, as they do when it is saved.
    Raises RunnersForbidden, RunnerNotFound and InvalidBody.
    """
    check_registers(user=user)
    runner = Runner(owner=user, headers="{}")
    if request.id is not None:
        stored = runner_own(user=user, runner_id=request.id)
        runner.endpoint, runner.headers = stored.endpoint, stored.headers
    fields = RunnerFields(endpoint=request.endpoint, headers=request.headers)
    write_fields(runner, user, fields)
    return pool.probe(runner)


def runner_queue(*, user: User, runner_id: UUID | str) -> tuple[list[Queued], list[Queued]]:
    """Read from a runner the user may use what it executes, and what waits there, in order.

    Of what is not the user's, the name is shown where the runner is their own. Raises
    RunnerNotFound and RunnerUnreachable.
    """
    runner = runner_get(user=user, runner_id=runner_id)
    try:
        queue = pool.queue_of(runner)
    except PatchbayError as error:
        mine = runner.owner_id == user.pk
        said = error.message if mine else "The runner cannot be reached."
        raise RunnerUnreachable(said) from error
    ids = [f"{runner.pk}/{prompt}" for prompt in (*queue.running, *queue.pending)]
    rows = Step.objects.filter(request_id__in=ids[:MAX_QUEUE], run__owner=user)
    runs = dict(rows.values_list("request_id", "run_id"))

    def listed(prompts: Sequence[str]) -> list[Queued]:
        found = []
        for prompt in prompts[:MAX_QUEUE]:
            run_id = runs.get(f"{runner.pk}/{prompt}")
            shown = run_id is not None or runner.owner_id == user.pk
            found.append(Queued(prompt if shown else "", run_id))
        return found

    return listed(queue.running), listed(queue.pending)


def _find(rows: QuerySet[Runner], runner_id: UUID | str) -> Runner:
    try:
        key = runner_id if isinstance(runner_id, UUID) else UUID(runner_id)
    except ValueError:
        raise RunnerNotFound() from None
    runner = one(rows.filter(pk=key))
    if runner is None:
        raise RunnerNotFound()
    return runner


def check_registers(*, user: User) -> None:
    """Raise RunnersForbidden for a user who may register no runner, whatever the request holds."""
    if not (user.is_staff or settings.RUNNERS_BY_USERS):
        raise RunnersForbidden()
