"""/api/runners: the ComfyUI servers a person may use, as our pages and clients see them."""

from __future__ import annotations

from rest_framework.response import Response

from workflows.api import query
from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.models import Runner, User
from workflows.services import runner_catalogues, runner_fields, runners
from workflows.types import Json, JsonObject

READ, WRITE = "runner:read", "runner:write"


class RunnerList(ApiView):
    """The runners a person may use."""

    capability = {"GET": READ, "POST": WRITE}

    def get(self, request: Request) -> Response:
        """List one's own runners, newest first, then those shared by others."""
        return Response(
            [shape(row, request.user) for row in runners.runner_list(user=request.user)]
        )

    def post(self, request: Request) -> Response:
        """Register a runner."""
        row = runners.runner_create(user=request.user, body=self.body(request))
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
        row = runners.runner_update(user=request.user, runner_id=id, body=self.body(request))
        return Response(shape(row, request.user))

    def delete(self, request: Request, id: str) -> Response:
        """Forget one's own runner; 409 while runs are under way on it, unless `?force=true`."""
        force = bool(query.flag(request, "force"))
        runners.runner_delete(user=request.user, runner_id=id, force=force)
        return Response({"success": True})


class RunnerTest(ApiView):
    """Asking a runner how it is."""

    capability = {"POST": WRITE}

    def post(self, request: Request, id: str) -> Response:
        """Ask one's own runner now, and return its health."""
        return Response(runners.runner_test(user=request.user, runner_id=id))


class RunnerLacking(ApiView):
    """What no runner has of a graph."""

    capability = {"POST": READ}

    def post(self, request: Request) -> Response:
        """Return which runner with the tags lacks least of a ComfyUI graph, and what it lacks."""
        body = self.body(request)
        found = runner_catalogues.runner_lacking(
            user=request.user, graph=body.get("graph"), tags=body.get("tags", [])
        )
        if found is None:
            return Response({"runner": None, "lacking": None})
        runner, lacking = found
        return Response({"runner": {"id": str(runner.pk), "name": runner.name}, "lacking": lacking})


class RunnerTrial(ApiView):
    """A server that may become a runner."""

    capability = {"POST": WRITE}

    def post(self, request: Request) -> Response:
        """Ask a server now by its endpoint and headers, and return its health; nothing is kept."""
        return Response(runners.runner_try(user=request.user, body=self.body(request)))


class RunnerQueue(ApiView):
    """What a runner has to do."""

    capability = {"GET": READ}

    def get(self, request: Request, id: str) -> Response:
        """Ask the runner what it executes and what waits."""
        running, pending = runners.runner_queue(user=request.user, runner_id=id)
        return Response(
            {
                "running": [queued(item) for item in running],
                "pending": [queued(item) for item in pending],
            }
        )


def queued(item: runners.Queued) -> JsonObject:
    """Return one request of a queue in wire form."""
    found: JsonObject = {"promptId": item.prompt_id, "mine": item.run_id is not None}
    return found if item.run_id is None else {**found, "executionId": str(item.run_id)}


def shape(row: Runner, viewer: User) -> JsonObject:
    """Return a runner in wire form; of somebody else's, nothing that leads to it."""
    mine = row.owner_id == viewer.pk
    return {
        "id": str(row.pk),
        "name": row.name,
        "endpoint": row.endpoint if mine else "",
        "tags": row.tags,
        "status": row.status,
        "shared": row.shared,
        "private": row.private,
        "mine": mine,
        "headers": runner_fields.headers_masked(row) if mine else {},
        "health": health(row, viewer),
        "lastSeenAt": moment(row.last_seen_at),
        "createdAt": moment(row.created_at),
    }


def health(row: Runner, viewer: User) -> Json:
    """Return what the last probe found; an error names addresses and is its owner's alone."""
    if row.health is None or row.owner_id == viewer.pk:
        return row.health
    return {**row.health, "error": ""}
