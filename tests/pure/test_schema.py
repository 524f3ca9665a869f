"""The inputs of a workflow: what the schema endpoints show and what a run may be given."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import values
from tests.pure.types import graph, node
from workflows.graph.randomize import RandomNumbers
from workflows.graph.schema import describe, fields_of, json_schema, resolve

FIELDS = [
    {"name": "prompt", "type": "textarea", "label": "Prompt", "required": True, "default": ""},
    {"name": "ratio", "type": "pills", "options": ["1:1", "9:16"], "default": "1:1", "x": 1},
    {"name": "size", "type": "number", "min": 1, "max": 8, "help": "In metres"},
    {"name": "shiny", "type": "toggle", "default": False},
    {"name": "photo", "type": "image", "required": True},
    {"name": "tint", "type": "color"},
    {"name": "tones", "type": "curve"},
    {"name": "blend", "type": "gradient"},
    {"name": "odd", "type": "from the future"},
    "not a field",
    {"name": "", "type": "text"},
    {"type": "text"},
]
DOCUMENT = graph(
    node("a", text="x"),
    node("in", "requestInput", fields=FIELDS, values={"prompt": "jazz", "size": 2, "gone": 1}),
    node("again", "requestInput", fields=[{"name": "prompt", "type": "number"}]),
)


def test_fields_are_shown_as_declared_with_their_saved_values() -> None:
    shown = describe(DOCUMENT)
    assert shown["fields"] == FIELDS[:9]
    assert shown["values"] == {
        "prompt": "jazz",
        "ratio": "1:1",
        "size": 2,
        "shiny": False,
        "photo": None,
        "tint": None,
        "tones": None,
        "blend": None,
        "odd": None,
    }


def test_a_workflow_without_request_input_has_no_fields() -> None:
    assert describe(graph(node("a"))) == {"fields": [], "values": {}}
    empty = graph(node("in", "requestInput"), node("odd", "requestInput", fields={}, values=[]))
    assert describe(empty) == {"fields": [], "values": {}}
    assert "required" not in json_schema(empty)


def test_the_json_schema_says_what_a_run_takes() -> None:
    schema = json_schema(DOCUMENT)
    properties = schema["properties"]
    assert properties["prompt"] == {"type": "string", "title": "Prompt", "default": "jazz"}
    assert properties["ratio"]["enum"] == ["1:1", "9:16"]
    assert properties["size"] == {
        "type": "number",
        "description": "In metres",
        "minimum": 1,
        "maximum": 8,
        "default": 2,
    }
    assert properties["shiny"] == {"type": "boolean", "default": False}
    assert properties["photo"]["anyOf"][0] == {"type": "string", "format": "uri-reference"}
    assert properties["tones"] == {"type": "object"}
    assert properties["blend"] == {"type": "array"}
    assert properties["odd"] == {}
    assert schema["required"] == ["photo"]
    assert schema["additionalProperties"] is False


def test_options_and_limits_hold_for_what_a_run_is_given() -> None:
    given = {"ratio": "4:3", "size": 9, "shiny": "on", "tint": "red", "photo": "/media/6f"}
    found = resolve(fields_of(DOCUMENT), given, needed={"in"}, numbers=RandomNumbers())
    assert [(problem.field, problem.expected) for problem in found.problems] == [
        ("ratio", "one of 1:1, 9:16"),
        ("size", "a number from 1 to 8"),
        ("tint", "a color such as #ff8800"),
    ]
    assert found.values["shiny"] is True
    assert found.values["prompt"] == "jazz"


rows = st.dictionaries(
    st.sampled_from(["name", "type", "label", "options", "min", "max", "default", "required"]),
    st.one_of(values, st.sampled_from(["prompt", "select", "number", "image"])),
)


@given(
    st.one_of(values, st.lists(rows, max_size=4)),
    values,
    st.dictionaries(st.text(), values, max_size=20),
)
def test_whatever_fields_hold_they_are_shown_and_resolved(
    fields: Any, saved: Any, inputs: dict[str, Any]
) -> None:
    document = graph(node("in", "requestInput", fields=fields, values=saved))
    shown, schema = describe(document), json_schema(document)
    names = [field["name"] for field in shown["fields"]]
    assert list(shown["values"]) == names == list(schema["properties"])
    found = resolve(fields_of(document), inputs, needed={"in"}, numbers=RandomNumbers())
    refused = {problem.field for problem in found.problems}
    assert set(names) <= found.values.keys() | refused
    assert set(inputs) - set(names) <= refused
