"""The shapes of graphs: documents and their operations, the node catalogue, drawn ComfyUI files."""

from __future__ import annotations

from workflows.api.openapi.classes import component, components
from workflows.api.openapi.row import (
    ANY,
    BOOLEAN,
    FREE,
    INTEGER,
    NUMBER,
    STRING,
    UUID,
    listed,
    nullable,
    one,
    opened,
    ref,
    whole,
)
from workflows.graph.operations import SHAPES
from workflows.graph.ports import MEDIA, Input, NodeType, Output
from workflows.types import JsonObject

_LABEL: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200}
_CHOICE: JsonObject = {
    "anyOf": [STRING, NUMBER, one("value", value={"type": ["string", "number"]}, label=STRING)]
}
#: What the keys of an operation hold.
_KEYS: dict[str, JsonObject] = {
    "node": ref("Node"),
    "edge": ref("Edge"),
    "id": STRING,
    "key": STRING,
    "field": STRING,
    "value": ANY,
    "ids": listed(STRING),
    "index": {"type": "integer", "minimum": 0},
}


def _operation(verb: str) -> JsonObject:
    needed, allowed = SHAPES[verb]
    parts = {key: _KEYS[key] for key in _KEYS if key in needed | allowed}
    shape = one("op", *sorted(needed), op={"const": verb}, **parts)
    return {**shape, "additionalProperties": False}


GRAPH_SHAPES: dict[str, JsonObject] = {
    "Node": opened(
        whole(
            id=_LABEL,
            type=_LABEL,
            position=opened(whole(x=NUMBER, y=NUMBER)),
            data=FREE,
        )
    ),
    "Edge": opened(
        whole(
            "sourceHandle",
            "targetHandle",
            id=_LABEL,
            source=_LABEL,
            target=_LABEL,
            sourceHandle=nullable(STRING),
            targetHandle=nullable(STRING),
        )
    ),
    "Viewport": opened(whole(x=NUMBER, y=NUMBER, zoom=NUMBER)),
    "Operation": {"oneOf": [_operation(verb) for verb in SHAPES]},
    "Change": whole(
        version=INTEGER,
        batchId=UUID,
        follows=nullable(UUID),
        baseVersion=INTEGER,
        label=STRING,
        author=nullable(whole(id=STRING, name=STRING)),
        operations=listed(ref("Operation")),
    ),
    "RequestField": {
        **opened(
            one(
                "name",
                "type",
                name=STRING,
                label=STRING,
                type=STRING,
                default=ANY,
                required=BOOLEAN,
                options=listed(_CHOICE),
                min=nullable(NUMBER),
                max=nullable(NUMBER),
                step=nullable(NUMBER),
                help=STRING,
                unit=STRING,
                advanced=BOOLEAN,
                multiline=BOOLEAN,
                randomize=BOOLEAN,
                group=STRING,
                hidden=BOOLEAN,
                kind=STRING,
                items=STRING,
            )
        ),
        "description": "An input as its author has declared it. What is of another type than here "
        "counts as not given.",
    },
    "DeclaredInput": {
        "allOf": [
            ref("RequestField"),
            one(
                target={
                    "anyOf": [
                        whole(node=STRING, input=STRING),
                        one("placeholder", placeholder=STRING, kind=STRING),
                    ]
                }
            ),
        ],
        "description": "An input that a node declares, and what in its graph the value goes to.",
    },
    "DeclaredOutput": {
        **whole("label", name=STRING, label=STRING, type=STRING, node=STRING),
        "description": "An output that a node declares: the results of one node of its graph.",
    },
    **components([Input, Output]),
    "NodeType": opened(component(NodeType, without=("extra", "pixel_bytes", "joins"))),
    "Catalogue": whole(
        nodeTypes=listed(ref("NodeType")),
        fieldTypes={"type": "object", "additionalProperties": STRING},
        portTypes=listed(STRING),
        portLabels={"type": "object", "additionalProperties": STRING},
        conversions=ref("Conversions"),
    ),
    "Conversions": whole(
        automatic={"type": "object", "additionalProperties": listed(STRING)},
        parsedFromText=listed(STRING),
        media=listed({"enum": sorted(MEDIA)}),
    ),
    "ComfyPorts": whole(
        inputs=listed(ref("DeclaredInput")),
        outputs=listed(ref("DeclaredOutput")),
    ),
}
