"""The description of the API covers what is there, says nothing else, and is the one committed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings as site
from hypothesis import given
from jsonschema import Draft202012Validator

from tests.api.client import Caller
from tests.pure import comfy_files, comfy_ui
from workflows.api.nodes import catalogue
from workflows.api.openapi import FILE
from workflows.api.openapi.classes import component
from workflows.api.openapi.generate import ROWS, described, generate
from workflows.errors import Problem
from workflows.fields import encode
from workflows.graph import formats
from workflows.types import Json, JsonObject
from workflows.webhooks.deliveries import ID_HEADER

DESCRIPTION = json.loads(FILE.read_text(encoding="utf-8"))


@dataclass
class Unknown:
    """Has what JSON has not."""

    parts: complex


def test_every_route_and_method_is_described_and_nothing_else_is() -> None:
    assert set(ROWS) == set(described())


def test_the_committed_description_is_the_generated_one() -> None:
    assert FILE.read_text(encoding="utf-8") == generate(), "run make openapi"


def test_it_is_openapi_3_1_with_every_operation() -> None:
    assert DESCRIPTION["openapi"] == "3.1.0"
    found = {
        (method.upper(), path)
        for path, operations in DESCRIPTION["paths"].items()
        for method in operations
    }
    assert found == set(ROWS)
    names = [row.name for row in ROWS.values()]
    assert len(names) == len(set(names))


def test_every_shape_is_a_schema_and_every_reference_leads_somewhere() -> None:
    schemas = DESCRIPTION["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    text = FILE.read_text(encoding="utf-8")
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(schemas)


def bare_objects(part: Json, path: str = "") -> Iterator[str]:
    """Yield where a schema says `object` and neither its keys nor that they are free."""
    if isinstance(part, dict):
        kinds = part.get("type")
        if "object" in (kinds if isinstance(kinds, list) else [kinds]) and not part.keys() & {
            "properties",
            "additionalProperties",
        }:
            yield path
        for key, inner in part.items():
            yield from bare_objects(inner, f"{path}/{key}")
    elif isinstance(part, list):
        for at, inner in enumerate(part):
            yield from bare_objects(inner, f"{path}/{at}")


def test_no_object_is_bare() -> None:
    assert list(bare_objects(DESCRIPTION)) == []
    assert list(bare_objects({"a": [{"type": ["object", "null"]}]})) == ["/a/0"]


def faults(name: str, value: Json) -> list[str]:
    """Return what of a value is not as its shape describes."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    return [error.message[:200] for error in Draft202012Validator(schema).iter_errors(value)]


def test_the_catalogue_is_as_described() -> None:
    assert faults("Catalogue", json.loads(encode(catalogue()[0]))) == []


@given(comfy_ui.files())
def test_a_drawn_graph_and_its_ports_are_as_described(file: JsonObject) -> None:
    assert faults("ComfyView", formats.comfy_view(file, comfy_files.CATALOGUE)) == []
    assert faults("ComfyPorts", formats.comfy_ports(file, comfy_files.CATALOGUE)) == []


def test_a_drawn_prompt_is_as_described() -> None:
    drawn = formats.comfy_view(comfy_files.API, comfy_files.CATALOGUE)
    assert faults("ComfyView", drawn) == []
    assert drawn["nodes"] and drawn["links"]


def test_a_problem_is_as_described() -> None:
    keys = DESCRIPTION["components"]["schemas"]["Problem"]["properties"]
    whole = Problem("CODE", "It is wrong.", "a", "field", 1, "2", "e").as_json()
    assert list(whole) == list(keys)
    assert faults("Problem", whole) == faults("Problem", Problem("CODE", "So.").as_json()) == []


def test_what_is_sent_to_webhooks_is_described_with_its_headers() -> None:
    sent = DESCRIPTION["webhooks"]["executionEnded"]["post"]
    assert [header["name"] for header in sent["parameters"]] == [
        ID_HEADER,
        site.WEBHOOK_SIGNATURE_HEADER,
    ]
    assert sent["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Report"
    }


def test_a_class_with_a_type_there_is_no_schema_for_is_an_error() -> None:
    with pytest.raises(TypeError, match="custom types"):
        component(Unknown)


@pytest.mark.django_db
def test_the_server_shows_it_to_everybody() -> None:
    nobody = Caller()
    response = nobody.get("/api/openapi.json")
    assert response.json() == DESCRIPTION
    again = nobody.get("/api/openapi.json", If_None_Match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    page = nobody.get("/api/docs")
    assert page.status_code == 200
    assert b"<script>" not in page.content
    assert b"http" not in page.content.split(b"<body>")[1]
