"""Runs in fal's words: events of a stream, the status object, logs, the response of a failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse

from workflows.api.parsers import encode
from workflows.compat.fal.errors import REQUEST_ID, TIMEOUT_TYPE, error_type, failure, item
from workflows.compat.fal.links import outward
from workflows.compat.fal.places import NAMESPACES, places
from workflows.graph.fal_format.reading import APP, PORTS
from workflows.graph.strict_json import dumps
from workflows.journal.transitions import START_TIMEOUT
from workflows.models import Event, Run, RunStatus, Step
from workflows.models.runs import TERMINAL
from workflows.types import Json, JsonObject

#: Nodes that are the frame of a workflow and no steps of it.
_FRAME = frozenset({"requestInput", "responseOutput", "falOutput", "upload", "preview"})
CANCELLED = "The request was cancelled."
_LOGGED = ("queued", "submit", "progress", "completion", "skipped", "error")


#: A step's request id is its run's with version 8 and the step's number in the last bits, so that
#: it names no run and yet leads to its own without being stored anywhere.
NUMBER = (1 << 16) - 1
_VERSION_AT = 76


def step_id(run_id: UUID, number: int) -> UUID:
    """Return the request id of a run's node by its place in the document."""
    return UUID(int=_bare(run_id) | 8 << _VERSION_AT | min(number, NUMBER))


def run_ids(id: UUID) -> tuple[UUID, UUID] | None:
    """Return the first and last id the run of a step can have; None for an id of no step."""
    if id.version != 8:
        return None
    low = _bare(id) | 4 << _VERSION_AT
    return UUID(int=low), UUID(int=low | NUMBER)


def _bare(id: UUID) -> int:
    return id.int & ~(0xF << _VERSION_AT) & ~NUMBER


class Failure(NamedTuple):
    """Why there is no result, as it is returned."""

    status: int
    message: str
    detail: Json
    type: str

    def response(self, request_id: str) -> HttpResponse:
        """Return the response to it; a limit the caller has set differs from ours."""
        headers = {TIMEOUT_TYPE: "user"} if self.type == "request_timeout" else {}
        return failure(self.status, self.message, self.detail, request_id, headers, self.type)


class Events:
    """Turns the events of a run's journal into those of a workflow stream.

    Each is one of submit, completion, output and error, with `node_id` everywhere; the last one is
    `output` or `error`, and nothing follows it.
    """

    def __init__(self, run: Run, origin: str) -> None:
        self._run = run
        self._origin = origin
        self._failed = False
        self._apps = {
            node["id"]: node["data"].get("app") if node["type"] == APP else node["type"]
            for node in run.snapshot.nodes
        }
        self._types = {node["id"]: node["type"] for node in run.snapshot.nodes}
        self._ids = {
            node["id"]: str(step_id(run.pk, number))
            for number, node in enumerate(run.snapshot.nodes)
        }

    def of(self, event: JsonObject) -> Iterator[JsonObject]:
        """Yield what a stream says for one event of the journal."""
        kind, node = event["type"], event.get("node_id")
        if kind == "output":
            output = outward(event["output"], self._origin, self._run.owner_id)
            yield {"type": "output", "node_id": "output", "output": output}
        elif kind == "error":
            self._failed = True
            yield self._error(str(node), event["message"], event["error"])
        elif kind == "cancelled":
            error: JsonObject = {"status": 499, "body": {"code": "cancelled"}}
            yield self._error("", CANCELLED, error)
        elif kind == "failed" and not self._failed:
            late = event.get("code") == START_TIMEOUT
            error = {"status": 504 if late else 500, "body": {"code": event.get("code", "failed")}}
            yield self._error(event.get("node_id") or "", event["message"], error)
        elif kind in ("submit", "completion") and self._types.get(node) not in _FRAME:
            yield from self._step(kind, str(node), event)

    def _step(self, kind: str, node: str, event: JsonObject) -> Iterator[JsonObject]:
        found = {"type": kind, "node_id": node, "app_id": self._apps.get(node)}
        if kind == "submit":
            # With a request id it says that another process has the step now; it has begun before.
            if event.get("request_id") is None:
                yield {**found, "request_id": self._ids[node]}
        else:
            output = event["output"]
            if self._types.get(node) in PORTS:
                output = output.get(PORTS[self._types[node]])
            yield {**found, "output": outward(output, self._origin, self._run.owner_id)}

    def _error(self, node: str, message: str, error: JsonObject) -> JsonObject:
        wrong = _failure(error, message, node or None)
        body = {"detail": wrong.detail, "error_type": wrong.type}
        error = {"status": wrong.status, "body": body}
        return {"type": "error", "node_id": node, "message": message, "error": error}


def frame(data: JsonObject) -> str:
    """Return an event of a stream as every client reads it: `data:` alone, and ASCII."""
    return f"data: {dumps(data)}\n\n"


def urls(origin: str, app: str, run_id: UUID) -> JsonObject:
    """Return the URLs of a queued request, as clients make them: without a path of the app's."""
    parts = app.split("/")
    name = "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])
    base = f"{places(origin).queue}/{name}/requests/{run_id}"
    return {"response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"}


def status(run: Run, origin: str, app: str, logs: list[JsonObject] | None) -> JsonObject:
    """Return the status object of a request; `logs` are its lines, None: not requested."""
    found: JsonObject = {
        "status": "IN_QUEUE",
        "request_id": str(run.pk),
        **urls(origin, app, run.pk),
        "logs": logs,
    }
    if run.status in TERMINAL:
        found["status"] = "COMPLETED"
        found["metrics"] = {"inference_time": _seconds(run)}
        if run.status != RunStatus.COMPLETED:
            wrong = failed(run)
            found |= {"error": wrong.message, "error_type": wrong.type}
    elif run.status == RunStatus.RUNNING:
        found["status"] = "IN_PROGRESS"
    else:
        waiting = Run.objects.filter(status=RunStatus.QUEUED, created_at__lt=run.created_at)
        found["queue_position"] = waiting.count()
    return found


def submitted(run: Run, origin: str, app: str) -> JsonObject:
    """Return the response of a submit: as fal's, it says queued, however soon the run begins."""
    found = status(run, origin, app, None)
    if found["status"] == "IN_PROGRESS":
        found |= {"status": "IN_QUEUE", "queue_position": 0}
    return found


def logs_of(run: Run, after: int = 0) -> list[JsonObject]:
    """Return the lines of a request's log from the events behind `after`.

    What came after the run was read is left for the next time, which begins behind its `last_seq`.
    """
    logged = Event.objects.filter(run_id=run.pk, seq__gt=after, seq__lte=run.last_seq)
    rows = logged.filter(type__in=_LOGGED).order_by("seq")
    return [line for row in rows if (line := log_line(row.type, row.data, row.at))]


def _accepted(data: JsonObject) -> str:
    """Return what the first event reports of a run's inputs."""
    drawn = [
        f"{name} = {number}"
        for row in data.get("randomized", {}).values()
        for name, number in row.items()
    ]
    said = []
    if ignored := data.get("ignored"):
        said.append(f"Ignored, for the workflow does not declare them: {', '.join(ignored)}")
    if drawn:
        said.append(f"Random numbers of this run: {', '.join(drawn)}")
    return "; ".join(said)


def log_line(kind: str, data: JsonObject, at: datetime | str) -> JsonObject | None:
    """Return the log line of one event, None for an event that says nothing."""
    node = data.get("node_id")
    words = {
        "queued": _accepted(data),
        "submit": f"{node}: started",
        "completion": f"{node}: done",
        "skipped": f"{node}: skipped, {data.get('reason')}",
        "error": f"{node}: {data.get('message')}",
        "progress": f"{node}: {data['text']}" if data.get("text") else "",
    }
    message = words.get(kind)
    if not message:
        return None
    moment = at if isinstance(at, str) else at.astimezone(UTC).isoformat(timespec="milliseconds")
    level = {"error": "ERROR", "queued": "WARN"}.get(kind, "INFO")
    return {"message": message, "level": level, "source": "USER", "timestamp": moment, "labels": {}}


def result(run: Run, origin: str) -> HttpResponse:
    """Return the response of a request that has ended: its bare output, or why there is none."""
    if run.status == RunStatus.COMPLETED:
        body = encode(outward(run.output, origin, run.owner_id))
        headers = {REQUEST_ID: str(run.pk)}
        return HttpResponse(body, content_type="application/json", headers=headers)
    return failed(run).response(str(run.pk))


def failed(run: Run) -> Failure:
    """Return why a run did not complete."""
    if run.status == RunStatus.CANCELLED:
        return Failure(499, CANCELLED, CANCELLED, error_type(499))
    error = run.error or {}
    node, message = error.get("nodeId"), str(error.get("message") or "The request failed.")
    if error.get("code") == START_TIMEOUT:
        return Failure(504, message, message, error_type(504))
    step = Step.objects.filter(run=run, node_id=node).first() if node else None
    if step is None or not step.error:
        return Failure(500, message, message, error_type(500))
    return step_failure(step)


def step_failure(step: Step) -> Failure:
    """Return why a step failed."""
    error = step.error if isinstance(step.error, dict) else {}
    message = str(error.get("message") or "The step failed.")
    return _failure(error, message, step.node_id)


def _failure(error: JsonObject, message: str, node: str | None) -> Failure:
    """Read a step's error; what fal itself has said of it is handed on as it said it."""
    body, status = error.get("body") or {}, int(error.get("status") or 500)
    kind = body.get("error_type") or error_type(status)
    detail = body.get("detail")
    if isinstance(detail, list):
        detail = [{**row, "ctx": {"node_id": node}} for row in detail]
    elif detail is None:
        code = str(body.get("code", "error"))
        detail = [item(message, code, body.get("field"), node, body.get("value"))]
    return Failure(status, message, detail, str(kind))


def _seconds(run: Run) -> float:
    if run.started_at is None or run.finished_at is None:
        return 0.0
    return round((run.finished_at - run.started_at).total_seconds(), 3)
