"""The description of the API covers what is there, says nothing else, and is the one committed."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.api.client import Caller
from workflows.api.openapi import FILE
from workflows.api.openapi.generate import ROWS, described, generate

DESCRIPTION = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_route_and_method_is_described_and_nothing_else_is() -> None:
    assert set(ROWS) == set(described())


def test_the_committed_description_is_the_generated_one() -> None:
    assert FILE.read_text(encoding="utf-8") == generate(), "run make openapi"


def test_it_is_openapi_3_1_with_every_operation() -> None:
    assert DESCRIPTION["openapi"] == "3.1.0"
    found = {
        (method.upper(), address)
        for address, operations in DESCRIPTION["paths"].items()
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
