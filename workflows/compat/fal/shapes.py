"""Runs in fal's words: events of a stream, the status object, logs, the answer of a failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django.http import HttpResponse

from workflows.api.parsers import encode
from workflows.compat.fal.errors import REQUEST_ID, error_type, failure, item
from workflows.compat.fal.links import outward
from workflows.compat.fal.places import places
from workflows.graph.fal_format.reading import APP, PORTS
from workflows.graph.strict_json import dumps
from workflows.models import Event, Run, RunStatus, Step
from workflows.models.runs import TERMINAL
from workflows.types import Json, JsonObject

#: Nodes that are the frame of a workflow and no steps of it.
_FRAME = frozenset({"requestInput", "responseOutput", "falOutput", "upload", "preview"})
CANCELLED = "The request was cancelled."
_LOGGED = ("submit", "progress", "completion", "skipped", "error")


def request_id(run_id: UUID, node_id: str) -> str:
    """Return the request id of one node of a run: always the same, and of no run of its own."""
    return str(uuid5(run_id, node_id))


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
            error = {"status": 500, "body": {"code": "failed"}}
            yield self._error(event.get("node_id") or "", event["message"], error)
        elif kind in ("submit", "completion") and self._types.get(node) not in _FRAME:
            yield from self._step(kind, str(node), event)

    def _step(self, kind: str, node: str, event: JsonObject) -> Iterator[JsonObject]:
        found = {"type": kind, "node_id": node, "app_id": self._apps.get(node)}
        if kind == "submit":
            yield {**found, "request_id": event.get("request_id") or request_id(self._run.pk, node)}
        else:
            output = event["output"]
            if self._types.get(node) in PORTS:
                output = output.get(PORTS[self._types[node]])
            yield {**found, "output": outward(output, self._origin, self._run.owner_id)}

    def _error(self, node: str, message: str, error: JsonObject) -> JsonObject:
        body, status = error.get("body") or {}, error.get("status", 500)
        detail = [item(message, str(body.get("code", "error")), body.get("field"), node or None,
                       body.get("value"))]  # fmt: skip
        error = {"status": status, "body": {"detail": detail, "error_type": error_type(status)}}
        return {"type": "error", "node_id": node, "message": message, "error": error}


def frame(data: JsonObject) -> str:
    """Return an event of a stream as every client reads it: `data:` alone, and ASCII."""
    return f"data: {dumps(data)}\n\n"


def urls(origin: str, app: str, run_id: UUID) -> JsonObject:
    """Return the addresses of a queued request."""
    base = f"{places(origin).queue}/{app}/requests/{run_id}"
    return {"response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"}


def status(run: Run, origin: str, app: str, logs: list[JsonObject] | None) -> JsonObject:
    """Return the status object of a request; `logs` are its lines, None: not asked for."""
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
            code, message, _ = failed(run)
            found |= {"error": message, "error_type": error_type(code)}
    elif run.status == RunStatus.RUNNING:
        found["status"] = "IN_PROGRESS"
    else:
        waiting = Run.objects.filter(status=RunStatus.QUEUED, created_at__lt=run.created_at)
        found["queue_position"] = waiting.count()
    return found


def logs_of(run: Run, after: int = 0) -> list[JsonObject]:
    """Return the lines of a request's log from the events behind `after`."""
    rows = Event.objects.filter(run_id=run.pk, seq__gt=after, type__in=_LOGGED).order_by("seq")
    return [line for row in rows if (line := log_line(row.type, row.data, row.at))]


def log_line(kind: str, data: JsonObject, at: datetime | str) -> JsonObject | None:
    """Return the log line of one event, None for an event that says nothing."""
    node = data.get("node_id")
    words = {
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
    level = "ERROR" if kind == "error" else "INFO"
    return {"message": message, "level": level, "source": "USER", "timestamp": moment,
            "labels": {}}  # fmt: skip


def result(run: Run, origin: str) -> HttpResponse:
    """Return the answer of a request that has ended: its bare output, or why there is none."""
    if run.status == RunStatus.COMPLETED:
        body = encode(outward(run.output, origin, run.owner_id))
        headers = {REQUEST_ID: str(run.pk)}
        return HttpResponse(body, content_type="application/json", headers=headers)
    code, message, detail = failed(run)
    return failure(code, message, detail, str(run.pk))


def failed(run: Run) -> tuple[int, str, Json]:
    """Return the HTTP status, message and `detail` of a run that did not complete."""
    if run.status == RunStatus.CANCELLED:
        return 499, CANCELLED, CANCELLED
    error = run.error or {}
    node, message = error.get("nodeId"), str(error.get("message") or "The request failed.")
    step = Step.objects.filter(run=run, node_id=node).first() if node else None
    facts = step.error if step is not None and isinstance(step.error, dict) else {}
    if not facts:
        return 500, message, message
    body = facts.get("body") or {}
    code = int(facts.get("status") or 500)
    detail = [item(str(facts.get("message", message)), str(body.get("code", "error")),
                   body.get("field"), node, body.get("value"))]  # fmt: skip
    return code, message, detail


def _seconds(run: Run) -> float:
    if run.started_at is None or run.finished_at is None:
        return 0.0
    return round((run.finished_at - run.started_at).total_seconds(), 3)
