"""/v1/workflows: creating, listing and reading, and how errors look there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.client import ECHO, Caller
from tests.api.conftest import TokenCaller
from tests.fal.contents import TEXTS
from tests.fal.test_storage import png
from tests.pure.fal_contents import BUILDER, VARIANTS
from workflows.media import storage
from workflows.models import User, Workflow


def create(caller: Caller, name: str = "poster", **more: Any) -> Any:
    body = {"name": name, "title": "Poster maker", "contents": TEXTS, **more}
    return caller.post("/v1/workflows", body)


@pytest.mark.parametrize("variant", VARIANTS)
def test_contents_come_back_as_they_were_sent(hers: Caller, variant: str) -> None:
    made = create(hers, contents=VARIANTS[variant])
    assert made.status_code == 201
    read = hers.get("/v1/workflows/alice/poster").json()["workflow"]
    assert read == made.json()["workflow"]
    assert json.dumps(read["contents"]) == json.dumps(VARIANTS[variant])
    if variant.startswith("V4"):
        return  # is no file of fal: it holds nothing fal could run
    exported = hers.get("/api/workflows/poster-maker/export?format=fal").json()
    assert json.dumps(exported.get("contents", exported)) == json.dumps(VARIANTS[variant])
    assert {key: read[key] for key in ("name", "title", "user_nickname", "is_public")} == {
        "name": "poster",
        "title": "Poster maker",
        "user_nickname": "alice",
        "is_public": False,
    }
    assert read["created_at"].endswith("Z")


def test_titles_may_be_longer_than_our_names(hers: Caller) -> None:
    title = "T" * 256
    assert create(hers, title=title).json()["workflow"]["title"] == title
    assert hers.get("/v1/workflows").json()["workflows"][0]["title"] == title


def test_a_workflow_of_the_canvas_is_read_as_lists_with_its_inputs(hers: Caller) -> None:
    slug = hers.create("Echo", **ECHO)["slug"]
    contents = hers.get(f"/v1/workflows/alice/{slug}").json()["workflow"]["contents"]
    assert [node["id"] for node in contents["nodes"]] == ["ask", "say", "end"]
    assert contents["schema"]["input"]["text"]["type"] == "string"


def test_others_read_public_workflows_only(hers: Caller, his: Caller) -> None:
    create(hers, "mine")
    create(hers, "shown", is_public=True)
    assert his.get("/v1/workflows/alice/shown").status_code == 200
    assert his.get("/v1/workflows/alice/mine").status_code == 404
    assert his.get("/v1/workflows").json()["workflows"] == []


def test_lists_are_paged_searched_and_filtered_by_app(hers: Caller) -> None:
    for number in range(3):
        create(hers, f"w-{number}")
    create(hers, "duo", title="Side by side", contents=BUILDER)
    first = hers.get("/v1/workflows?limit=3").json()
    assert (first["has_more"], first["total"], len(first["workflows"])) == (True, 4, 3)
    rest = hers.get(f"/v1/workflows?limit=3&cursor={first['next_cursor']}").json()
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)
    names = [row["name"] for row in [*first["workflows"], *rest["workflows"]]]
    assert names == ["duo", "w-2", "w-1", "w-0"]

    def found(query: str) -> list[str]:
        return [row["name"] for row in hers.get(f"/v1/workflows?{query}").json()["workflows"]]

    assert found("search=SIDE") == ["duo"]
    assert found("used_endpoint_ids=demo/side-by-side") == ["duo"]
    assert (
        len(found("used_endpoint_ids=x/y,demo/side-by-side&used_endpoint_ids=fal-ai/text-concat"))
        == 4
    )
    item = first["workflows"][0]
    assert item["endpoint_ids"] == ["demo/text-to-image", "demo/side-by-side"]
    assert {"name", "title", "user_nickname", "created_at", "tags"} <= item.keys()
    assert "contents" not in item


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a b"},
        {"name": "x" * 129},
        {"title": ""},
        {"title": "x" * 257},
        {"is_public": "yes"},
        {"contents": []},
        {"contents": {"nodes": {"a": {"type": "run", "app": "x/y", "depends": ["gone"]}}}},
    ],
)
def test_what_is_not_valid_is_a_400_of_fals(hers: Caller, wrong: dict[str, Any]) -> None:
    answer = hers.post("/v1/workflows", {"name": "a", "title": "A", "contents": {}, **wrong})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "validation_error")
    assert error["docs_url"] and error["request_id"] == answer["X-Request-Id"]
    assert not Workflow.objects.exists()


def test_a_name_that_is_taken_is_a_400(hers: Caller, his: Caller) -> None:
    assert create(hers).status_code == 201
    again = create(hers)
    assert (again.status_code, again.json()["error"]["type"]) == (400, "validation_error")
    assert "poster" in again.json()["error"]["message"]
    assert create(his).status_code == 201


def test_errors_have_fals_types(alice: User, nobody: Caller, token: TokenCaller) -> None:
    answer = nobody.get("/v1/workflows")
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authorization_error")
    reader = token(alice, "workflow:read")
    answer = create(reader)
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "authorization_error")
    answer = reader.get("/v1/workflows/alice/none")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found")


def test_the_key_scheme_of_fal_is_taken(alice: User, token: TokenCaller) -> None:
    key = token(alice).headers["x-api-key"]
    answer = Caller(headers={"Authorization": f"Key {key}"}).get("/v1/workflows")
    assert answer.status_code == 200


def test_a_cover_is_the_thumbnail_as_a_link_anybody_can_read(
    hers: Caller, nobody: Caller, alice: User
) -> None:
    create(hers, "poster")
    asset = storage.asset_create(alice, png(), "cover.png")
    hers.put("/api/workflows/poster-maker", {"cover": {"image": f"/media/{asset.pk}"}})
    for path, key in (("/v1/workflows", "workflows"), ("/fal/rest/workflows/", "items")):
        [row] = hers.get(path).json()[key]
        assert row["thumbnail_url"].startswith("http://testserver/fal/cdn/files/")
        shown = nobody.get(row["thumbnail_url"].removeprefix("http://testserver"))
        assert shown.content == png()
    hers.put("/api/workflows/poster-maker", {"cover": None, "thumbnail": "https://a.example/t.png"})
    [row] = hers.get("/v1/workflows").json()["workflows"]
    assert row["thumbnail_url"] == "https://a.example/t.png"


def test_a_template_everybody_may_read_is_public(hers: Caller, his: Caller) -> None:
    create(hers, "poster")
    hers.put("/api/workflows/poster-maker", {"isTemplate": True})
    assert his.get("/v1/workflows/alice/poster").json()["workflow"]["is_public"] is True


def test_the_library_finds_a_workflow_by_its_name_at_fal(hers: Caller) -> None:
    create(hers, "by-this-name")
    [row] = hers.get("/api/workflows?q=by-this").json()
    assert (row["slug"], row["appId"]) == ("poster-maker", "workflows/alice/by-this-name")


def test_an_error_says_what_kind_it_is(hers: Caller, nobody: Caller) -> None:
    create(hers, "poster")
    answer = nobody.post("/fal/run/workflows/alice/poster", {})
    assert (answer.status_code, answer.json()["error_type"]) == (401, "unauthorized")
