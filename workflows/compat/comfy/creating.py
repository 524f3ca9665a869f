"""Making a run: a graph, values for its placeholders, and tags, checked before it is stored."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from workflows.compat.comfy import generated
from workflows.compat.comfy.forms import Form
from workflows.compat.comfy.states import NODE
from workflows.errors import InvalidBody, ParameterLimitReached
from workflows.graph.comfy_format import (
    Placeholder,
    detect,
    document_of,
    placeholders,
    suggest,
    to_prompt,
)
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.models import Run, Token, User, Workflow
from workflows.models.runs import Source
from workflows.services import runner_catalogues
from workflows.services.execution.submissions import InputFile, Submission, run_submit
from workflows.types import Json, JsonObject

MAX_NAME = 200
PREFIXES = ("$", "#")
#: Key of a run's options: what was filled in when it was made.
NOTES = "generated"
NO_RUNNER = "No runner available with matching tags"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run: `graph` as its author wrote it, `form` with the values."""

    name: str
    graph: JsonObject
    tags: list[str]
    form: Form
    workflow: Workflow | None = None


def started(user: User, wanted: Wanted, token: Token | None) -> Run:
    """Start a run; `token` is the key that does.

    Raises InvalidBody naming node and input for a placeholder without a fitting value and for a
    value without a placeholder, ParameterLimitReached, and what `run_submit` raises.
    """
    candidates = runner_catalogues.runners_matching(user=user, tags=wanted.tags)
    if not candidates:
        raise InvalidBody(NO_RUNNER, field="tags", value=",".join(wanted.tags))
    # Without it the values of a graph in the form for editing have no names.
    catalogue = runner_catalogues.catalogue_of(
        candidates, graph=wanted.graph, read=detect(wanted.graph) == "ui"
    )
    placeholders = placeholders_of(wanted.graph, catalogue)
    _check_limit(user, placeholders)
    values = dict(_values(placeholders, wanted.form))
    _check_surplus(placeholders, wanted.form)
    rows = _rows(wanted.graph, catalogue)
    keys = {row["name"]: _field(row) for row in rows}
    now = round(time.time() * 1000)
    given = {name: values[field] for name, field in keys.items()}
    shown: dict[str, Json] = {
        name: str(value.name) if isinstance(value, UploadedFile) else value
        for name, value in given.items()
    }
    # What the runner would refuse is refused here, where it can be said which input it is.
    to_prompt(wanted.graph, shown, catalogue, now=now, inputs=rows)
    graph, notes = generated.fill(wanted.graph, catalogue, now=now)
    submission = Submission(
        name=wanted.name,
        document=document_of(graph, rows, [], wanted.tags),
        inputs={name: value for name, value in given.items() if isinstance(value, str)},
        tags=wanted.tags,
        files=[
            InputFile(name, str(value.name), value.chunks())
            for name, value in given.items()
            if isinstance(value, UploadedFile)
        ],
        notes={NOTES: notes} if notes else {},
        workflow=wanted.workflow,
    )
    return run_submit(user=user, source=Source.COMFY, submission=submission, token=token)


def placeholders_of(graph: JsonObject, catalogue: Catalogue | None) -> list[Placeholder]:
    """List the placeholders of a graph, each once. Raises InvalidBody naming node and input."""
    return [one for one in placeholders(graph, catalogue) if one.field is not None]


def graph_of(run: Run) -> JsonObject:
    """Return the graph of a run as its author wrote it."""
    value: JsonObject = node_of(run)["data"]["graph"]
    return generated.undo(value, run.options.get(NOTES, []))


def node_of(run: Run) -> JsonObject:
    """Return the ComfyUI node of a run."""
    return next(node for node in run.snapshot.nodes if node["id"] == NODE)


def parameters_of(run: Run) -> list[tuple[str, Json]]:
    """List a run's inputs as (form field, value)."""
    rows = node_of(run)["data"]["inputs"]
    return [(_field(row), run.inputs.get(row["name"])) for row in rows]


def _values(
    placeholders: list[Placeholder], form: Form
) -> Iterator[tuple[str, str | UploadedFile[bytes]]]:
    for one in placeholders:
        field = str(one.field)
        found: str | UploadedFile[bytes] | None = form.fields.get(field)
        other: str | UploadedFile[bytes] | None = form.files.get(field)
        if one.kind == "file":
            found, other = other, found
        found = one.default if found is None else found
        if found is None or other is not None:
            what = "a file" if one.kind == "file" else "a text"
            wrong = f"needs {what} in the field {field}"
            wrong += ", not the other kind" if other is not None else "; nothing is given"
            raise InvalidBody(
                f"Node {one.node}, input {one.input}: ${one.kind}({one.key}) {wrong}",
                field=field,
                node=one.node,
                input=one.input,
            )
        yield field, found


def _check_surplus(placeholders: list[Placeholder], form: Form) -> None:
    known = {one.field for one in placeholders}
    for name in (*form.fields, *form.files):
        if name.startswith(PREFIXES) and name not in known:
            expected = ", ".join(sorted(map(str, known))) or "no parameter"
            raise InvalidBody(
                f"The workflow has no placeholder for {name[:80]}",
                field=name[:80],
                expected=expected,
            )


def _check_limit(user: User, placeholders: list[Placeholder]) -> None:
    limit = settings.MAX_COMFY_PARAMETERS.get(user.tier)
    if limit is not None and len(placeholders) > limit:
        raise ParameterLimitReached(limit=int(limit), current=len(placeholders), tier=user.tier)


def _rows(graph: JsonObject, catalogue: Catalogue | None) -> list[JsonObject]:
    """Return a declared input for each placeholder; each takes what the form brings as it is.

    The driver brings texts into the types that the runner declares.
    """
    found: list[JsonObject] = []
    for row in suggest(graph, catalogue)[0]:
        target: Mapping[str, Json] = row["target"]
        if "placeholder" not in target:
            continue
        type = "file" if target["kind"] == "file" else "textarea"
        found.append({"name": row["name"], "label": row["label"], "type": type, "target": target})
    return found


def _field(row: JsonObject) -> str:
    target = row["target"]
    return f"{'#' if target['kind'] == 'choice' else '$'}{target['placeholder']}"
