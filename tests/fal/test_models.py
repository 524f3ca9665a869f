"""/v1/models: the catalogue of what can be called here, with OpenAPI, prices and usage."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import ECHO, Caller
from tests.fal.contents import TEXTS, UTIL
from tests.fal.test_running import make
from workflows.models import Workflow

TEXTS_ID, FLUX = "workflows/alice/texts", "fal-ai/flux/dev"
SITE = "/fal/site/api/openapi/queue/openapi.json"


@pytest.fixture(autouse=True)
def texts(db: None, hers: Caller) -> None:
    make(hers, "texts", TEXTS)
    hers.post("/api/aliases", {"app": FLUX, "workflow": "texts"})


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [model["endpoint_id"] for model in answer.json()["models"]]


def schemas(openapi: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Find input and output as clients do: by how their names end."""
    found = {name: schema for name, schema in openapi["components"]["schemas"].items()}
    [taken] = [schema for name, schema in found.items() if name.endswith("Input")]
    [given] = [schema for name, schema in found.items() if name.endswith("Output")]
    return taken, given


def test_workflows_aliases_and_utilities_are_listed_page_by_page(hers: Caller, his: Caller) -> None:
    whole = ids(hers.get("/v1/models?limit=500"))
    assert {TEXTS_ID, FLUX, f"{UTIL}/crop-image", "fal-ai/text-concat"} <= set(whole)
    assert len(whole) == len(set(whole))
    told, cursor = [], ""
    while cursor is not None:
        answer = hers.get(f"/v1/models?limit=7&cursor={cursor}")
        told += ids(answer)
        cursor = answer.json()["next_cursor"]
        assert answer.json()["has_more"] is (cursor is not None)
    assert told == whole
    assert not {TEXTS_ID, FLUX} & set(ids(his.get("/v1/models?limit=500")))
    assert ids(hers.get("/v1/models?q=FLUX")) == [FLUX]
    assert ids(hers.get("/v1/models?category=workflow&limit=500"))[-1] == FLUX


def test_some_are_found_by_id_and_others_are_left_out(hers: Caller, his: Caller) -> None:
    wanted = f"endpoint_id={FLUX}&endpoint_id=fal-ai/text-concat,workflows/alice/none"
    assert ids(hers.get(f"/v1/models?{wanted}")) == [FLUX, "fal-ai/text-concat"]
    assert ids(hers.get(f"/v1/models?endpoint_ids={TEXTS_ID}")) == [TEXTS_ID]
    assert ids(his.get(f"/v1/models?endpoint_id={TEXTS_ID}")) == []
    Workflow.objects.update(is_public=True)
    assert ids(his.get(f"/v1/models?endpoint_id={TEXTS_ID}")) == [TEXTS_ID]
    [model] = hers.get(f"/v1/models?endpoint_id={FLUX}").json()["models"]
    assert "openapi" not in model
    facts = model["metadata"]
    assert (facts["display_name"], facts["category"], facts["status"]) == (
        "texts",
        "workflow",
        "active",
    )


@pytest.mark.parametrize("app", [TEXTS_ID, FLUX])
def test_the_openapi_of_a_workflow_says_what_it_takes_and_gives(hers: Caller, app: str) -> None:
    url = f"/v1/models?endpoint_id={app}&expand=openapi-3.0"
    [model] = hers.get(url).json()["models"]
    taken, given = schemas(model["openapi"])
    assert taken["properties"]["prompt"] == {"type": "string", "title": "Prompt"}
    assert taken["required"] == ["prompt"]
    assert list(given["properties"]) == ["text"]
    assert f"/{app}" in model["openapi"]["paths"]
    assert model["openapi"] == hers.get(f"{SITE}?endpoint_id={app}").json()


def test_a_workflow_of_the_canvas_and_a_utility_are_described_too(hers: Caller) -> None:
    slug = hers.create("Echo", **ECHO)["slug"]
    url = f"/v1/models?expand=openapi-3.0&endpoint_id=workflows/alice/{slug},{UTIL}/image-grid"
    echo, grid = hers.get(url).json()["models"]
    taken, given = schemas(echo["openapi"])
    assert taken["properties"]["text"]["default"] == "hello"
    assert given["properties"] == {"text": {"type": "string"}}
    taken, given = schemas(grid["openapi"])
    assert taken["properties"]["image_urls"]["type"] == "array"
    assert given["properties"]["image"] == {"$ref": "#/components/schemas/File"}


def test_the_description_of_a_utility_is_everybodys(nobody: Caller, his: Caller) -> None:
    assert nobody.get(f"{SITE}?endpoint_id=fal-ai/text-concat").status_code == 200
    assert nobody.get(f"{SITE}?endpoint_id={TEXTS_ID}").status_code == 401
    assert his.get(f"{SITE}?endpoint_id={TEXTS_ID}").status_code == 404


def test_fals_own_site_leads_to_the_descriptions_and_to_nothing_else(hers: Caller) -> None:
    from workflows.compat.fal.places import inner_path

    assert inner_path("fal.ai", "/api/openapi/queue/openapi.json") == SITE
    assert hers.get(inner_path("fal.ai", "/models")).status_code == 404


def test_prices_are_said_of_each_endpoint(hers: Caller) -> None:
    answer = hers.get(f"/v1/models/pricing?endpoint_id={FLUX},fal-ai/text-concat")
    assert [row["endpoint_id"] for row in answer.json()["prices"]] == [FLUX, "fal-ai/text-concat"]
    assert answer.json()["prices"][0] == {
        "endpoint_id": FLUX,
        "unit_price": 0,
        "unit": "request",
        "currency": "credits",
    }


def test_usage_is_a_series_of_days(hers: Caller) -> None:
    body = hers.get("/v1/models/usage?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z").json()
    assert body == {"time_series": [], "next_cursor": None, "has_more": False}
