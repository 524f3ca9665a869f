"""/api/runners: the ComfyUI servers a user may use, as our pages and clients see them."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict, cast

from rest_framework.response import Response

from workflows import models
from workflows.api import query
from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.journal.events import RunnerName
from workflows.models import RunnerStatus, User
from workflows.services import runner_catalogues, runner_fields, runners
from workflows.types import Time, Uuid

READ, WRITE = "runner:read", "runner:write"


class RunnerDevice(TypedDict):
    """A device of a runner and its memory in bytes."""

    name: str
    vramTotal: float | None
    vramFree: float | None


class RunnerHealth(TypedDict):
    """What the last probe has found."""

    state: Literal["up", "down", "unknown"]
    checkedAt: Time | None
    version: str
    queueRemaining: int | None
    devices: list[RunnerDevice]
    error: str
    latencyMs: float | None


class Runner(TypedDict):
    """A runner; of another user's, nothing that leads to it."""

    id: Uuid
    name: str
    endpoint: str
    tags: list[str]
    status: RunnerStatus
    shared: bool
    private: bool
    mine: bool
    headers: dict[str, str]
    health: RunnerHealth | None
    lastSeenAt: Time | None
    createdAt: Time


class RunnerQueueItem(TypedDict):
    """One request at a runner, and whose run it is where that is the caller's."""

    promptId: str
    mine: bool
    executionId: NotRequired[Uuid]


class RunnerQueue(TypedDict):
    """What a runner executes and what waits there, in order."""

    running: list[RunnerQueueItem]
    pending: list[RunnerQueueItem]


class LackingOption(TypedDict):
    """A value that a node of a graph asks for."""

    node: str
    nodeType: str
    input: str
    value: str


class Lacking(TypedDict):
    """Classes of nodes, and values of their inputs."""

    classes: list[str]
    options: list[LackingOption]


class RunnerLacking(TypedDict):
    """The runner that lacks least of a graph, and what, if that is known."""

    runner: RunnerName | None
    lacking: Lacking | None


class RunnerList(ApiView):
    """The runners a user may use."""

    capability = {"GET": READ, "POST": WRITE}

    def get(self, request: Request) -> Response:
        """List one's own runners, newest first, then those shared by others."""
        return Response(
            [shape(row, request.user) for row in runners.runner_list(user=request.user)]
        )

    def post(self, request: Request) -> Response:
        """Register a runner."""
        runners.check_registers(user=request.user)
        new = self.read(request, runner_fields.NewRunner)
        row = runners.runner_create(user=request.user, request=new)
        return Response(shape(row, request.user), status=201)


class RunnerDetail(ApiView):
    """One runner."""

    capability = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    def get(self, request: Request, id: str) -> Response:
        """Return a runner."""
        row = runners.runner_get(user=request.user, runner_id=id)
        return Response(shape(row, request.user))

    def put(self, request: Request, id: str) -> Response:
        """Change what is given of one's own runner."""
        fields = self.read(request, runner_fields.RunnerFields)
        row = runners.runner_update(user=request.user, runner_id=id, request=fields)
        return Response(shape(row, request.user))

    def delete(self, request: Request, id: str) -> Response:
        """Forget one's own runner; 409 while runs are under way on it, unless `?force=true`."""
        force = bool(query.flag(request, "force"))
        runners.runner_delete(user=request.user, runner_id=id, force=force)
        return Response({"success": True})


class RunnerTest(ApiView):
    """Reading the status of a runner."""

    capability = {"POST": WRITE}

    def post(self, request: Request, id: str) -> Response:
        """Ask one's own runner now, and return its health."""
        return Response(runners.runner_test(user=request.user, runner_id=id))


class RunnerLackingSearch(ApiView):
    """What no runner has of a graph."""

    capability = {"POST": READ}

    def post(self, request: Request) -> Response:
        """Return which runner with the tags lacks least of a ComfyUI graph, and what it lacks."""
        question = self.read(request, runner_catalogues.TaggedGraph)
        found = runner_catalogues.runner_lacking(user=request.user, request=question)
        shown: RunnerLacking = {"runner": None, "lacking": None}
        if found is not None:
            runner, lacking = found
            named: RunnerName = {"id": str(runner.pk), "name": runner.name}
            shown = {"runner": named, "lacking": cast(Lacking | None, lacking)}
        return Response(shown)


class RunnerTrial(ApiView):
    """A server that may become a runner."""

    capability = {"POST": WRITE}

    def post(self, request: Request) -> Response:
        """Ask a server now by its endpoint and headers, and return its health; nothing is kept."""
        runners.check_registers(user=request.user)
        trial = self.read(request, runner_fields.RunnerTrial)
        return Response(runners.runner_try(user=request.user, request=trial))


class RunnerQueueDetail(ApiView):
    """What a runner has to do."""

    capability = {"GET": READ}

    def get(self, request: Request, id: str) -> Response:
        """Ask the runner what it executes and what waits."""
        running, pending = runners.runner_queue(user=request.user, runner_id=id)
        found: RunnerQueue = {
            "running": [queued(item) for item in running],
            "pending": [queued(item) for item in pending],
        }
        return Response(found)


def queued(item: runners.Queued) -> RunnerQueueItem:
    """Return one request of a queue as JSON."""
    found: RunnerQueueItem = {"promptId": item.prompt_id, "mine": item.run_id is not None}
    return found if item.run_id is None else {**found, "executionId": str(item.run_id)}


def shape(row: models.Runner, viewer: User) -> Runner:
    """Return a runner as JSON."""
    mine = row.owner_id == viewer.pk
    return {
        "id": str(row.pk),
        "name": row.name,
        "endpoint": row.endpoint if mine else "",
        "tags": row.tags,
        "status": RunnerStatus(row.status),
        "shared": row.shared,
        "private": row.private,
        "mine": mine,
        "headers": runner_fields.headers_masked(row) if mine else {},
        "health": health(row, viewer),
        "lastSeenAt": moment(row.last_seen_at),
        "createdAt": moment(row.created_at),
    }


def health(row: models.Runner, viewer: User) -> RunnerHealth | None:
    """Return what the last probe found; an error names URLs and is its owner's alone."""
    found: RunnerHealth | None = row.health
    if found is None or row.owner_id == viewer.pk:
        return found
    return {**found, "error": ""}
