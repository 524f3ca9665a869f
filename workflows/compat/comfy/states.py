"""The state of a run in this API's words, by its row and that of its ComfyUI node.

accepted → uploaded → queued → running → completed, failed, cancelled or invalid; each of the first
four may be passed over, and the last four never change.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflows.models import Run, RunStatus, Step, StepStatus
from workflows.models.runs import ACTIVE, TERMINAL

#: The id of the ComfyUI node in the documents of these runs.
NODE = "comfy"
#: A paused run has none of its own here: it waits, as one that is accepted does.
STATES = tuple(str(status) for status in RunStatus if status != RunStatus.PAUSED)
#: What the node's row says while the runner has the work.
_ON_RUNNER = ("uploaded", "queued", "running")


def state_of(run: Run, step: Step | None) -> str:
    """Return the state of a run."""
    found = step.state if step is not None else ""
    if run.status in TERMINAL:
        refused = run.status == RunStatus.FAILED and found == "invalid"
        return str(RunStatus.INVALID if refused else run.status)
    if step is not None and step.status == StepStatus.COMPLETED:
        # The runner is done; that the run has completed is about to be written.
        return "running"
    if found == "invalid":
        # The runner has refused it; that the run has failed is about to be written.
        return "uploaded"
    return found if found in _ON_RUNNER else "accepted"


def in_state(rows: QuerySet[Run], state: str) -> QuerySet[Run]:
    """Narrow runs to those in a state; agrees with `state_of`."""
    steps = Step.objects.filter(run=OuterRef("pk"), node_id=NODE)
    refused = Exists(steps.filter(state="invalid"))
    if state == RunStatus.INVALID:
        return rows.filter(Q(status=RunStatus.INVALID) | Q(refused, status=RunStatus.FAILED))
    if state == RunStatus.FAILED:
        return rows.filter(~refused, status=RunStatus.FAILED)
    if state in TERMINAL:
        return rows.filter(status=state)
    active = rows.filter(status__in=ACTIVE)
    done = Q(status=StepStatus.COMPLETED)
    if state == "accepted":
        return active.filter(~Exists(steps.filter(Q(state__in=(*_ON_RUNNER, "invalid")) | done)))
    if state == "running":
        return active.filter(Exists(steps.filter(Q(state=state) | done)))
    wanted = ("uploaded", "invalid") if state == "uploaded" else (state,)
    return active.filter(Exists(steps.filter(~done, state__in=wanted)))


def steps_of(runs: list[Run]) -> dict[object, Step]:
    """Return the rows of the ComfyUI nodes by run."""
    ids = [run.pk for run in runs]
    rows = Step.objects.filter(run_id__in=ids, node_id=NODE).defer("output")
    return {step.run_id: step for step in rows}
