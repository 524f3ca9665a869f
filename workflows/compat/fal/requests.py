"""What has a request id: a run, and each step of one. Both are read in the same way."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django.http import HttpResponse

from workflows.api.parsers import encode
from workflows.compat.fal import shapes
from workflows.compat.fal.errors import REQUEST_ID, error_type
from workflows.compat.fal.links import outward
from workflows.errors import ExecutionNotFound
from workflows.graph.fal_format.reading import PORTS
from workflows.models import Event, Run, RunStatus, Step, StepStatus, User
from workflows.models.runs import TERMINAL
from workflows.services.database import one
from workflows.services.execution import runs
from workflows.types import JsonObject

SKIPPED = "This step did not run."


class Request(Protocol):
    """Something that was submitted, in a state between waiting and done."""

    run: Run
    id: UUID

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        ...

    def status(self, origin: str, app: str, logs: list[JsonObject] | None) -> JsonObject:
        """Return the status object; `logs` are its lines, None: not requested."""
        ...

    def logs(self, after: int = 0) -> list[JsonObject]:
        """Return the lines of its log from the events behind `after`."""
        ...

    def result(self, origin: str) -> HttpResponse:
        """Return the response, or why there is none; for one that has ended."""
        ...


def find(user: User, id: str) -> Request:
    """Return one of the user's requests. Raises ExecutionNotFound."""
    try:
        given = UUID(id)
    except ValueError:
        raise ExecutionNotFound() from None
    ids = shapes.run_ids(given)
    if ids is None:
        return Whole(runs.run_get(user=user, run_id=given))
    near = Run.objects.filter(owner=user, pk__gte=ids[0], pk__lte=ids[1])
    run, number = one(near.select_related("snapshot")), given.int & shapes.NUMBER
    if run is None or number >= len(run.snapshot.nodes):
        raise ExecutionNotFound()
    return Part(run, given, run.snapshot.nodes[number])


class Whole:
    """A run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.id = run.pk

    @property
    def ended(self) -> bool:
        """Whether the run has come to its end."""
        return self.run.status in TERMINAL

    def status(self, origin: str, app: str, logs: list[JsonObject] | None) -> JsonObject:
        """Return the status of the run."""
        return shapes.status(self.run, origin, app, logs)

    def logs(self, after: int = 0) -> list[JsonObject]:
        """Return what its steps have said."""
        return shapes.logs_of(self.run, after)

    def result(self, origin: str) -> HttpResponse:
        """Return its output."""
        return shapes.result(self.run, origin)


class Part:
    """One step of a run; it waits until its node begins."""

    def __init__(self, run: Run, id: UUID, node: JsonObject) -> None:
        self.run = run
        self.id = id
        self._node = node
        self._step: Step | None = one(Step.objects.filter(run=run, node_id=node["id"]))

    @property
    def ended(self) -> bool:
        """Whether the step has a result or will have none."""
        if self.run.status in TERMINAL:
            return True
        return self._step is not None and self._step.status != StepStatus.RUNNING

    def status(self, origin: str, app: str, logs: list[JsonObject] | None) -> JsonObject:
        """Return the status of the step."""
        found: JsonObject = {
            "status": "IN_QUEUE",
            "request_id": str(self.id),
            **shapes.urls(origin, app, self.id),
            "logs": logs,
        }
        if self.ended:
            found |= {"status": "COMPLETED", "metrics": {"inference_time": self._seconds()}}
            if not self._has_result:
                wrong = self._failure()
                found |= {"error": wrong.message, "error_type": wrong.type}
        elif self._step is not None:
            found["status"] = "IN_PROGRESS"
        else:
            found["queue_position"] = 0
        return found

    def logs(self, after: int = 0) -> list[JsonObject]:
        """Return what the step has said."""
        rows = Event.objects.filter(run_id=self.run.pk, seq__gt=after).order_by("seq")
        if not self.ended:  # later lines are for the next time; after the end there is none
            rows = rows.filter(seq__lte=self.run.last_seq)
        own = [row for row in rows if row.data.get("node_id") == self._node["id"]]
        return [line for row in own if (line := shapes.log_line(row.type, row.data, row.at))]

    def result(self, origin: str) -> HttpResponse:
        """Return the result of the step."""
        if not self._has_result:
            return self._failure().response(str(self.id))
        output = self._step.output if self._step is not None else None
        if self._node["type"] in PORTS and isinstance(output, dict):
            output = output.get(PORTS[self._node["type"]])
        body = encode(outward(output, origin, self.run.owner_id))
        headers = {REQUEST_ID: str(self.id)}
        return HttpResponse(body, content_type="application/json", headers=headers)

    @property
    def _has_result(self) -> bool:
        return self._step is not None and self._step.status == StepStatus.COMPLETED

    def _failure(self) -> shapes.Failure:
        if self._step is not None and self._step.status == StepStatus.FAILED:
            return shapes.step_failure(self._step)
        if self.run.status == RunStatus.CANCELLED:
            return shapes.failed(self.run)
        return shapes.Failure(424, SKIPPED, SKIPPED, error_type(424))

    def _seconds(self) -> float:
        step = self._step
        if step is None or step.started_at is None or step.finished_at is None:
            return 0.0
        return round((step.finished_at - step.started_at).total_seconds(), 3)
