"""What an author says of the fields of the form rules the schemas, the API and fal's dialect."""

from __future__ import annotations

import pytest

from tests.api.client import Caller, a_node, an_edge
from workflows.graph import planner, schema
from workflows.nodes import registry
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db

FIELDS = [
    {"name": "scene", "type": "text", "label": "Scene", "group": "Words", "required": True},
    {"name": "style", "type": "text", "default": "oil", "hidden": True, "group": 7},
    {"name": "size", "type": "number", "default": 2, "min": 1, "max": 4, "advanced": True},
]


def form() -> JsonObject:
    """Return a workflow whose second field is hidden."""
    return {
        "nodes": [
            a_node("ask", "requestInput", fields=FIELDS, values={"style": "ink"}),
            a_node("say", "template", text="{scene} in {style}"),
            a_node("end", "responseOutput"),
        ],
        "edges": [
            an_edge("ask", "say", "scene", "scene"),
            an_edge("ask", "say", "style", "style"),
            an_edge("say", "end", "text", "result"),
        ],
    }


def test_a_hidden_field_is_in_no_schema_and_its_value_is_kept(hers: Caller, his: Caller) -> None:
    slug = hers.create("Form", **form(), publicPlayground=True)["slug"]
    for path in ("schema", "public-schema"):
        found = hers.get(f"/api/workflows/{slug}/{path}").json()
        assert [field["name"] for field in found["fields"]] == ["scene", "size"]
        assert found["values"] == {"scene": None, "size": 2}
        assert found["fields"][0]["group"] == "Words"
    assert list(schema.json_schema(form())["properties"]) == ["scene", "size"]
    planned = planner.compile(form(), {"scene": "fog"}, registry.node_types())
    assert planned.inputs == {"scene": "fog", "style": "ink", "size": 2}


def test_a_hidden_field_cannot_be_given(hers: Caller) -> None:
    slug = hers.create("Form", **form())["slug"]
    body = {"inputs": {"scene": "fog", "style": "mine"}}
    refused = hers.post(f"/api/workflows/{slug}/run?async=true", body)
    (issue,) = refused.json()["issues"]
    assert (issue["code"], issue["field"]) == ("UNKNOWN_INPUT", "style")
    assert issue["expected"] == "one of scene, size"
    known, ignored = schema.declared(schema.fields_of(form()), body["inputs"])
    assert (known, ignored) == ({"scene": "fog"}, ["style"])


def test_what_an_author_says_of_fields_comes_back_as_it_was_saved(hers: Caller) -> None:
    saved = hers.create("Form", **form())
    again = hers.get(f"/api/workflows/{saved['slug']}").json()
    assert again["nodes"][0]["data"]["fields"] == FIELDS
    put = hers.put(f"/api/workflows/{saved['slug']}", {"nodes": again["nodes"]})
    assert put.json()["nodes"] == again["nodes"]
