"""Runs in this API's words: the workflow object, its details, outputs, one frame of a stream."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from uuid import UUID, uuid5

from django.db.models import Q

from workflows.compat.comfy.creating import NOTES, graph_of, parameters_of
from workflows.compat.comfy.links import link
from workflows.compat.comfy.states import NODE, state_of, steps_of
from workflows.models import Asset, Event, Run, Runner, RunStatus, Step
from workflows.models.runs import TERMINAL
from workflows.types import Json, JsonObject

#: Accounts have numbers here; this API's clients expect UUIDs.
_PEOPLE = UUID("6f0d1d0c-58b5-4f2e-9a5e-0c3f6f4f7d11")


def person_id(user_id: int) -> str:
    """Return the UUID that represents an account."""
    return str(uuid5(_PEOPLE, str(user_id)))


def moment(at: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC."""
    if at is None:
        return None
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


class Rows:
    """What a page of runs needs besides their rows, read at once."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._steps = steps_of(list(runs))
        self._began = _began(runs)
        self._changed = _changed(runs)

    def step(self, run: Run) -> Step | None:
        """Return the row of the run's ComfyUI node."""
        return self._steps.get(run.pk)

    def state(self, run: Run) -> str:
        """Return the state of the run."""
        return state_of(run, self.step(run))

    def began(self, run: Run) -> datetime | None:
        """Return when the runner began with it."""
        found = self._began.get(run.pk)
        if found is None and run.status == RunStatus.COMPLETED:
            # It was over before it was seen running.
            return run.started_at
        return found

    def changed(self, run: Run) -> datetime:
        """Return when something was last written about it."""
        return self._changed.get(run.pk, run.finished_at or run.created_at)


def summaries(runs: Sequence[Run]) -> list[JsonObject]:
    """Return runs as lists show them."""
    rows = Rows(runs)
    return [summary(run, rows) for run in runs]


def summary(run: Run, rows: Rows) -> JsonObject:
    """Return a run as lists and the create call show it."""
    return {
        "id": str(run.pk),
        "name": run.name,
        "status": rows.state(run),
        "tags": run.tags,
        "created_at": moment(run.created_at),
        "updated_at": moment(rows.changed(run)),
        "started_at": moment(rows.began(run)),
        "completed_at": moment(run.finished_at),
    }


def detail(run: Run) -> JsonObject:
    """Return a run with everything there is to know about it."""
    rows = Rows([run])
    step = rows.step(run)
    own, managed = _runner_ids(run, step)
    cause = _cause(run, step)
    return {
        **summary(run, rows),
        "user_id": person_id(run.owner_id),
        "user_runner_id": own,
        "managed_runner_id": managed,
        "workflow_json": graph_of(run),
        "workflow_params": list(_params(run)),
        "prompt_id": _prompt_id(rows.state(run), step),
        "queue_number": step.position if step is not None else None,
        "error_node": cause.get("node"),
        "exception_type": cause.get("exception_type"),
        "exception_message": cause.get("exception_message"),
        "traceback": cause.get("traceback"),
        "warnings": step.warnings if step is not None else [],
    }


def frame(run: Run, origin: str) -> JsonObject:
    """Return what a stream says of a run."""
    rows = Rows([run])
    step, state = rows.step(run), rows.state(run)
    prompt_id, cause = _prompt_id(state, step), _cause(run, step)
    keys = ("node_type", "exception_type", "exception_message")
    return {
        "status": state,
        "prompt": {"prompt_id": prompt_id} if prompt_id else None,
        "queue_number": step.position if step is not None else None,
        "outputs": outputs(run, origin) if state == RunStatus.COMPLETED else [],
        "cause": {key: cause.get(key) for key in keys} if cause else None,
        "started_at": moment(rows.began(run)),
        "completed_at": moment(run.finished_at),
    }


def outputs(run: Run, origin: str) -> list[JsonObject]:
    """Return the files a completed run has made, in the runner's order, and then its texts.

    A text has a `data:` URL (RFC 2397) as its `src`, so that it opens like a file, and is as it
    is in `text`.
    """
    step = Step.objects.filter(run=run, node_id=NODE).first()
    made = (step.output or {}) if step is not None else {}
    files = [
        {
            "id": file["asset"],
            "workflow_id": str(run.pk),
            "src": link(origin, file["asset"], run.owner_id, file.get("name") or ""),
        }
        for file in made.get("files") or []
    ]
    texts = [
        {
            "id": str(uuid5(run.pk, f"text {number}")),
            "workflow_id": str(run.pk),
            "src": f"data:text/plain;charset=utf-8;base64,{b64encode(text.encode()).decode()}",
            "text": text,
        }
        for number, text in enumerate(made.get("texts") or [])
    ]
    return [*files, *texts]


def gallery(assets: Iterable[Asset], origin: str) -> list[JsonObject]:
    """Return outputs of all runs as the gallery lists them."""
    return [
        {
            "id": str(asset.pk),
            "workflow_id": str(asset.run.pk),
            "workflow_name": asset.run.name,
            "src": link(origin, asset.pk, asset.owner_id, asset.name),
            "media_type": asset.content_type,
            "created_at": moment(asset.created_at),
        }
        for asset in assets
        if asset.run is not None
    ]


def _params(run: Run) -> Iterable[list[Json]]:
    for field, value in parameters_of(run):
        shown = value.get("name") if isinstance(value, dict) else value
        yield [field[1:], shown]
    for note in run.options.get(NOTES, []):
        # As text: JavaScript would round what is above 2^53.
        yield [f"{note['node']}.{note['input']}", _text(note["value"])]


def _text(value: Json) -> Json:
    return str(value) if isinstance(value, int | float) else value


def _prompt_id(state: str, step: Step | None) -> str | None:
    if step is None or not step.request_id or state in ("accepted", "uploaded"):
        return None
    return str(step.request_id).partition("/")[2] or None


def _runner_ids(run: Run, step: Step | None) -> tuple[str | None, str | None]:
    """Return the runner that has the run: as the user's own, or as another user's."""
    if step is None or not step.request_id:
        return None, None
    try:
        key = UUID(str(step.request_id).partition("/")[0])
    except ValueError:
        return None, None
    owner = Runner.objects.filter(pk=key).values_list("owner_id", flat=True).first()
    if owner is None:
        return None, None
    return (str(key), None) if owner == run.owner_id else (None, str(key))


def _cause(run: Run, step: Step | None) -> JsonObject:
    """Return why a run has failed: `node`, `node_type`, `exception_type`, `exception_message`."""
    if run.status not in (RunStatus.FAILED, RunStatus.INVALID):
        return {}
    error = (step.error if step is not None else None) or run.error or {}
    body = error.get("body") or {}
    cause: JsonObject = body["cause"] if isinstance(body.get("cause"), dict) else {}
    return {
        "node": cause.get("node"),
        "node_type": cause.get("node_type"),
        "exception_type": cause.get("exception_type") or body.get("code") or error.get("code"),
        "exception_message": cause.get("exception_message") or error.get("message"),
        "traceback": cause.get("traceback"),
    }


def _began(runs: Sequence[Run]) -> dict[object, datetime]:
    """Return when each run was first seen running."""
    ids = [run.pk for run in runs]
    found: dict[object, datetime] = {}
    for event in Event.objects.filter(run_id__in=ids, type="runner").order_by("seq"):
        if event.data.get("state") == "running":
            found.setdefault(event.run_id, event.at)
    return found


def _changed(runs: Sequence[Run]) -> dict[object, datetime]:
    """Return when the last line of each unfinished run was written."""
    places = [Q(run_id=run.pk, seq=run.last_seq) for run in runs if run.status not in TERMINAL]
    if not places:
        return {}
    rows = Event.objects.filter(reduce(or_, places)).values_list("run_id", "at")
    return dict(rows)
