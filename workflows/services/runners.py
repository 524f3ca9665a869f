"""Runners: the ComfyUI servers people register, and what may be seen and changed of them.

A person's own runners are theirs alone. Staff can share one: every account may then use it and see
its name, tags and health, never its address or headers. Values of headers are written and not read.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from workflows.errors import (
    FetchRefused,
    InvalidBody,
    PatchbayError,
    RunnerBusy,
    RunnerLimitReached,
    RunnerNotFound,
    RunnersForbidden,
    RunnerUnreachable,
)
from workflows.graph import formats
from workflows.media import fetch
from workflows.models import Runner, RunnerCatalogue, RunnerStatus, Step, StepStatus, User
from workflows.runners import pool
from workflows.services.database import one
from workflows.services.locks import hold
from workflows.types import Json, JsonObject

MAX_NAME = 100
MAX_ENDPOINT = 2_000
MAX_TAGS = 10
MAX_TAG = 64
MAX_HEADERS = 20
MAX_VALUE = 8_000
#: How often a runner is asked again for node types that a graph needs and it had not got.
ASK_AGAIN_SECONDS = 30.0
#: Of a longer queue only its beginning is shown.
MAX_QUEUE = 500
#: What stands for a header's value; given back, it means the value that is kept.
MASK = "••••"

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: Headers that belong to the connection, speak for another host, or that ComfyUI judges.
_FORBIDDEN = fetch.FORBIDDEN_HEADERS | {
    "accept", "content-encoding", "content-type", "cookie", "forwarded", "origin", "referer",
    "range", "proxy-authenticate", "via",
}  # fmt: skip
_FORBIDDEN_PREFIXES = ("sec-", "x-forwarded-", "if-", "access-control-")


@dataclass(frozen=True, slots=True)
class Queued:
    """One request at a runner: what it is called there, and which run of the person's it is."""

    prompt_id: str
    run_id: UUID | None


def runner_list(*, user: User) -> list[Runner]:
    """List a person's own runners, newest first, then those shared by others."""
    rows = Runner.objects.filter(Q(owner=user) | Q(shared=True))
    found = list(rows.order_by("-created_at", "-pk"))
    return sorted(found, key=lambda row: row.owner_id != user.pk)


def runner_limit(*, user: User) -> int | None:
    """Return how many runners a person may own: None for any number, 0 for who registers none."""
    if not (user.is_staff or settings.RUNNERS_BY_USERS):
        return 0
    limit = settings.MAX_RUNNERS.get(user.tier)
    return None if limit is None else int(limit)


def runners_own(*, user: User, status: str | None = None) -> QuerySet[Runner]:
    """Return a person's own runners, newest first; `status` narrows them."""
    rows = Runner.objects.filter(owner=user)
    rows = rows if status is None else rows.filter(status=status)
    return rows.order_by("-created_at", "-pk")


def runners_shared(*, user: User) -> QuerySet[Runner]:
    """Return the active runners that others share, newest first."""
    rows = Runner.objects.filter(shared=True, status=RunnerStatus.ACTIVE).exclude(owner=user)
    return rows.order_by("-created_at", "-pk")


def runner_get(*, user: User, runner_id: UUID | str) -> Runner:
    """Return a runner the person may use, their own or a shared one. Raises RunnerNotFound."""
    return _find(Runner.objects.filter(Q(owner=user) | Q(shared=True)), runner_id)


def runner_own(*, user: User, runner_id: UUID | str) -> Runner:
    """Return one of the person's own runners. Raises RunnerNotFound."""
    return _find(Runner.objects.filter(owner=user), runner_id)


@transaction.atomic
def runner_create(*, user: User, body: JsonObject) -> Runner:
    """Register a ComfyUI server: `name`, `endpoint`, and may have `headers`, `tags`, `shared`.

    One of staff's may have a private address, and may be shared. Raises RunnersForbidden,
    InvalidBody and RunnerLimitReached.
    """
    _check_registers(user)
    hold(f"owner:{user.pk}")
    limit, current = runner_limit(user=user), Runner.objects.filter(owner=user).count()
    if limit is not None and current >= limit:
        raise RunnerLimitReached(limit=limit, current=current, tier=user.tier)
    runner = Runner(owner=user, headers="{}")
    _set(runner, user, {"name": None, "endpoint": None, **body})
    runner.save(force_insert=True)
    return runner


@transaction.atomic
def runner_update(*, user: User, runner_id: UUID | str, body: JsonObject) -> Runner:
    """Change what is given of one's own runner; a masked header keeps its value.

    Headers that are kept stay with their origin: an endpoint elsewhere needs them anew. Raises
    RunnerNotFound, RunnersForbidden and InvalidBody.
    """
    runner = _find(Runner.objects.select_for_update().filter(owner=user), runner_id)
    if {"endpoint", "headers", "shared"} & body.keys():
        _check_registers(user)
    before = runner.endpoint
    _set(runner, user, body)
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
            f"{running} run(s) are under way on this runner.", current=running,
            expected="none, or force=true",
        )  # fmt: skip
    runner.delete()


def runner_test(*, user: User, runner_id: UUID | str) -> JsonObject:
    """Ask one's own runner now how it is, and return what it says. Raises RunnerNotFound.

    Its node types are read again as well.
    """
    runner = runner_own(user=user, runner_id=runner_id)
    health = pool.probe(runner)
    if health["state"] == pool.UP:
        with suppress(PatchbayError):
            pool.catalogue(runner, fresh=True)
    return health


def runner_try(*, user: User, body: JsonObject) -> JsonObject:
    """Ask a server how it is before it is registered: `endpoint` and `headers`, nothing is kept.

    `id` names one's own runner that is being changed: its masked headers keep their values, as they
    do when it is saved. Raises RunnersForbidden, RunnerNotFound and InvalidBody.
    """
    _check_registers(user)
    runner = Runner(owner=user, headers="{}")
    if body.get("id") is not None:
        kept = runner_own(user=user, runner_id=str(body["id"]))
        runner.endpoint, runner.headers = kept.endpoint, kept.headers
    wish = {"endpoint": body.get("endpoint"), "headers": body.get("headers", {})}
    _set(runner, user, wish)
    return pool.probe(runner)


def runner_queue(*, user: User, runner_id: UUID | str) -> tuple[list[Queued], list[Queued]]:
    """Ask a runner the person may use what it executes, and what waits there, in order.

    Of what is not the person's they are told of a runner of their own what it is called. Raises
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

    def told(prompts: Sequence[str]) -> list[Queued]:
        found = []
        for prompt in prompts[:MAX_QUEUE]:
            run_id = runs.get(f"{runner.pk}/{prompt}")
            shown = run_id is not None or runner.owner_id == user.pk
            found.append(Queued(prompt if shown else "", run_id))
        return found

    return told(queue.running), told(queue.pending)


def runners_matching(*, user: User, tags: list[str]) -> list[Runner]:
    """List the runners that a person's run with these tags may be given to."""
    return pool.match(user.pk, tags)


def runner_lacking(
    *, user: User, graph: Json, tags: Json
) -> tuple[Runner, JsonObject | None] | None:
    """Say which runner that a graph may be given to lacks least of it, and what that is.

    None stands for no such runner, and for what is lacking where it has not told its node types. A
    runner that has not is asked. Raises InvalidBody for anything but a ComfyUI file.
    """
    formats.comfy_check(graph)
    candidates = runners_matching(user=user, tags=_tags(tags))
    if not candidates:
        return None
    lacks = partial(formats.comfy_lacks, graph)
    best = pool.knowing(candidates, lacks)[0]
    for _ in candidates:
        if pool.kept_catalogue(best) is not None or pool.is_down(best):
            break
        try:
            pool.catalogue(best)
        except PatchbayError:
            break
        # Now that it is known, another may lack less.
        best = pool.knowing(candidates, lacks)[0]
    found = pool.kept_catalogue(best)
    if found is None:
        return best, None
    return best, formats.comfy_lacking(graph, _completed(best, found, graph))


def catalogue_of(
    runners: list[Runner], *, graph: Json = None, ask: bool = False
) -> JsonObject | None:
    """Return the node types of the first of these runners that has told them, or None.

    With a `graph` that of the one which lacks least of it; if something is lacking still, a runner
    that answers is asked again now and then. With `ask` one is asked where none has told them;
    raises RunnerUnreachable when it does not answer.
    """
    if graph is not None:
        runners = pool.knowing(runners, partial(formats.comfy_lacks, graph))
    for runner in runners:
        found = pool.kept_catalogue(runner)
        if found is not None:
            return found if graph is None else _completed(runner, found, graph)
    # What an earlier version has told is better than nothing.
    earlier = RunnerCatalogue.objects.filter(runner__in=runners).order_by("-updated_at").first()
    if earlier is not None or not (ask and runners):
        return None if earlier is None else earlier.object_info
    try:
        return pool.catalogue(runners[0])
    except PatchbayError as error:
        raise RunnerUnreachable(
            f"The runner {runners[0].name} does not say which nodes it has."
        ) from error


def _completed(runner: Runner, found: JsonObject, graph: Json) -> JsonObject:
    """Ask a runner again where its kept node types lack something of a graph."""
    if (
        not pool.is_down(runner)
        and any(formats.comfy_lacks(graph, found))
        and not pool.asked_lately(runner, ASK_AGAIN_SECONDS)
    ):
        with suppress(PatchbayError):
            return pool.catalogue(runner, fresh=True)
    return found


def headers_masked(runner: Runner) -> JsonObject:
    """Return a runner's headers by name, their values hidden."""
    return dict.fromkeys(json.loads(runner.headers), MASK)


def tags_read(text: str) -> list[str]:
    """Read a comma-separated list of tags: trimmed, empty ones dropped, each once.

    Raises InvalidBody for too many or too long ones.
    """
    return _tags([part for part in text.split(",") if part.strip()])


def _find(rows: QuerySet[Runner], runner_id: UUID | str) -> Runner:
    try:
        key = runner_id if isinstance(runner_id, UUID) else UUID(runner_id)
    except ValueError:
        raise RunnerNotFound() from None
    runner = one(rows.filter(pk=key))
    if runner is None:
        raise RunnerNotFound()
    return runner


def _check_registers(user: User) -> None:
    if not (user.is_staff or settings.RUNNERS_BY_USERS):
        raise RunnersForbidden()


def _set(runner: Runner, user: User, body: JsonObject) -> None:
    """Write checked values of the known keys into the row."""
    if "name" in body:
        runner.name = _name(body["name"])
    if "tags" in body:
        runner.tags = _tags(body["tags"])
    if "status" in body:
        runner.status = _status(body["status"])
    if "shared" in body:
        runner.shared = _shared(user, body["shared"])
    before = runner.endpoint
    if "endpoint" in body:
        runner.private = user.is_staff
        runner.endpoint = _endpoint(body["endpoint"], private=runner.private)
    kept = json.loads(runner.headers)
    moved = bool(kept) and fetch.origin_of(before) != fetch.origin_of(runner.endpoint)
    if "headers" in body:
        # Whoever may change the address must not learn by it what the headers hold.
        runner.headers = json.dumps(_headers(body["headers"], {} if moved else kept))
    elif moved:
        raise InvalidBody(
            "This endpoint has another origin; its headers must be given again.",
            field="headers", value=sorted(kept), expected="every header with its value",
        )  # fmt: skip


def _name(value: Json) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidBody(
            "name cannot be empty", field="name", expected=f"1 to {MAX_NAME} characters"
        )
    if len(value.strip()) > MAX_NAME:
        raise InvalidBody(
            "name is too long", field="name", value=len(value.strip()),
            expected=f"1 to {MAX_NAME} characters",
        )  # fmt: skip
    return value.strip()


def _endpoint(value: Json, *, private: bool) -> str:
    expected = "an address such as http://192.168.1.100:8188"
    text = value.strip() if isinstance(value, str) else ""
    try:
        origin = fetch.origin_of(text)
    except FetchRefused as error:
        raise InvalidBody(
            f"invalid endpoint URL format: {error.message}", field="endpoint", value=text[:200],
            expected=expected,
        ) from error  # fmt: skip
    parts = urlsplit(text)
    if parts.query or parts.fragment or len(text) > MAX_ENDPOINT:
        raise InvalidBody(
            "invalid endpoint URL format: an endpoint ends with its path.", field="endpoint",
            value=text[:200], expected=expected,
        )  # fmt: skip
    if not private and _is_private(parts.hostname or ""):
        raise InvalidBody(
            "Only runners of staff may have a private address.", field="endpoint",
            value=text[:200], expected="a public address",
        )  # fmt: skip
    return origin + parts.path.rstrip("/")


def _is_private(host: str) -> bool:
    """Say whether a host is a numeric address nobody in public has; names are judged when dialled.

    The driver judges what it dials as well: this only says it earlier.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return not fetch.is_public(host)


def _tags(value: Json) -> list[str]:
    expected = f"at most {MAX_TAGS} tags of 1 to {MAX_TAG} characters, without commas"
    if not isinstance(value, list):
        raise InvalidBody("tags must be a list.", field="tags", expected=expected)
    found: list[str] = []
    for entry in value:
        tag = entry.strip() if isinstance(entry, str) else ""
        if not 0 < len(tag) <= MAX_TAG or "," in tag or not tag.isprintable():
            raise InvalidBody(
                "This is not a tag.", field="tags", value=str(entry)[:80], expected=expected
            )
        if tag not in found:
            found.append(tag)
    if len(found) > MAX_TAGS:
        raise InvalidBody("These are too many tags.", field="tags", value=len(found),
                          expected=expected)  # fmt: skip
    return found


def _status(value: Json) -> str:
    if value not in RunnerStatus.values:
        raise InvalidBody(
            "status must be active or disabled.", field="status", value=str(value)[:80],
            expected="active or disabled",
        )  # fmt: skip
    return str(value)


def _shared(user: User, value: Json) -> bool:
    if not isinstance(value, bool):
        raise InvalidBody("shared must be true or false.", field="shared", expected="true or false")
    if value and not user.is_staff:
        raise RunnersForbidden("Only staff may share a runner.", field="shared")
    return value


def _headers(value: Json, kept: dict[str, str]) -> dict[str, str]:
    """Check headers and put kept values where a mask stands. No value is ever repeated."""
    expected = f"at most {MAX_HEADERS} headers as {{name: value}}"
    if not isinstance(value, dict) or len(value) > MAX_HEADERS:
        raise InvalidBody("headers must be an object.", field="headers", expected=expected)
    found: dict[str, str] = {}
    for name, text in value.items():
        lower = name.lower()
        if (
            not _NAME.fullmatch(name)
            or lower in _FORBIDDEN
            or lower.startswith(_FORBIDDEN_PREFIXES)
            or lower in {other.lower() for other in found}
        ):
            raise InvalidBody(
                "This header cannot be set.", field="headers", value=name[:100],
                expected="another header, such as Authorization or X-Api-Key",
            )  # fmt: skip
        if text == MASK:
            text = kept.get(name)
        if not isinstance(text, str) or not _is_line(text):
            raise InvalidBody(
                f"The value of the header {name} cannot be sent.", field="headers", value=name,
                expected=f"one line of 1 to {MAX_VALUE} letters",
            )  # fmt: skip
        found[name] = text.strip()
    return found


def _is_line(text: str) -> bool:
    stripped = text.strip()
    printable = all(letter.isprintable() and ord(letter) < 256 for letter in stripped)
    return 0 < len(stripped) <= MAX_VALUE and printable and stripped != MASK
