"""Models: a registered node type as an API of its own, run as a document of that one node.

A model's `internalName` is its node type's name in lowercase with hyphens (`blurImage` is
`blur-image`). The parts of a workflow's own interface (request input, response output, preview,
note, upload) do nothing alone and are no models.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypedDict

from workflows.billing.estimate import node_price
from workflows.errors import InvalidGraph, InvalidInputs, ModelNotFound, Problem
from workflows.graph.node_ports import inputs_of
from workflows.graph.ports import NodeType, Widget
from workflows.models import Run, Token, User, Webhook
from workflows.models.runs import Source
from workflows.nodes import registry
from workflows.services.execution.requests import RunRequest
from workflows.services.execution.starting import submit
from workflows.types import JsonObject, PortType

_INTERFACE = "Interface"
_UPPER = re.compile(r"(?<!^)([A-Z])")
#: The id of the one node of a model's document.
NODE = "model"


def internal_name(type: str) -> str:
    """Return the name by which a node type is called as a model."""
    return _UPPER.sub(r"-\1", type).lower()


class ModelInput(TypedDict):
    """One input of a model."""

    name: str
    label: str
    type: PortType
    widget: Widget | None
    required: bool
    default: Any
    options: list[str]
    min: float | None
    max: float | None
    step: float | None
    unit: str
    help: str
    many: bool


class ModelOutput(TypedDict):
    """One output of a model."""

    name: str
    label: str
    type: PortType


class Model(TypedDict):
    """A node type that runs alone."""

    internalName: str
    name: str
    description: str
    category: str
    fields: list[ModelInput]
    outputs: list[ModelOutput]
    creditCost: float | None


def model_list(*, tier: str) -> list[Model]:
    """List the models by name, with what each costs a tier."""
    found = [row for row in registry.node_types().values() if _is_model(row)]
    return [_shape(row, tier) for row in sorted(found, key=lambda row: internal_name(row.type))]


def model_get(*, name: str) -> NodeType:
    """Return the node type behind a model. Raises ModelNotFound."""
    for row in registry.node_types().values():
        if internal_name(row.type) == name and _is_model(row):
            return row
    raise ModelNotFound()


def model_run(
    *,
    user: User,
    name: str,
    request: RunRequest,
    source: str = Source.API,
    idempotency_key: str | None = None,
    webhook: Webhook | None = None,
    token: Token | None = None,
    awaited: bool = False,
    streamed: bool = False,
) -> Run:
    """Start a run of one model; `awaited` and `streamed` as in `starting.submit`.

    Raises ModelNotFound, InvalidGraph with every input that does not suit, IdempotencyConflict and
    TooManyRuns.
    """
    model = model_get(name=name)
    if request.only is not None:
        raise InvalidInputs("A model is one node; only is for workflows.", field="only")
    _check_names(model, request.inputs)
    node = {
        "id": NODE,
        "type": model.type,
        "position": {"x": 0, "y": 0},
        "data": request.inputs,
    }
    run = Run(
        owner=user,
        source=source,
        name=model.name,
        # The node has its values in the graph; the run's own inputs are a request input's.
        options={**request.options(), "model": name, "inputs": request.inputs},
        idempotency_key=idempotency_key,
        webhook=webhook,
        token=token,
    )
    try:
        fingerprint = request.fingerprint(f"model:{name}")
        return submit(run, [node], [], fingerprint, request, awaited=awaited, streamed=streamed)
    except InvalidGraph as error:
        # The graph is ours and has this one node: what is wrong with it was given.
        raise InvalidGraph([replace(item, of_inputs=True) for item in error.problems]) from error


def _is_model(row: NodeType) -> bool:
    return row.runs and row.category != _INTERFACE


def _check_names(model: NodeType, inputs: JsonObject) -> None:
    names = [port.name for port in inputs_of(model, inputs)]
    expected = "one of " + ", ".join(names)
    problems = [
        Problem(
            "UNKNOWN_INPUT",
            f"This model has no input {name[:80]!r}; expected {expected}.",
            field=name[:80],
            expected=expected,
            of_inputs=True,
        )
        for name in inputs
        if name not in names
    ]
    if problems:
        raise InvalidGraph(problems)


def _shape(row: NodeType, tier: str) -> Model:
    price = node_price(row.type, tier)
    return {
        "internalName": internal_name(row.type),
        "name": row.name,
        "description": row.description,
        "category": row.category,
        "fields": [
            {
                "name": port.name,
                "label": port.label,
                "type": port.type,
                "widget": port.widget,
                "required": port.required,
                "default": port.default,
                "options": list(port.options),
                "min": port.min,
                "max": port.max,
                "step": port.step,
                "unit": port.unit,
                "help": port.help,
                "many": port.many,
            }
            for port in row.inputs
        ],
        "outputs": [
            {"name": port.name, "label": port.label, "type": port.type} for port in row.outputs
        ],
        "creditCost": None if price is None else float(price),
    }
