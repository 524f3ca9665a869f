"""Ids with a path behind them, handles, and calls of what is no app."""

from __future__ import annotations

import pytest

from tests.api.client import Caller
from tests.fal.contents import TEXTS, UTIL
from tests.fal.test_running import ended, make
from workflows.models import Run

pytestmark = pytest.mark.usefixtures("engine")

INPUT = {"prompt": "a", "texts": ["a"], "text1": "a", "text2": "b"}


@pytest.fixture(autouse=True)
def texts(transactional_db: None, hers: Caller) -> None:
    make(hers, "texts", TEXTS)


def handle(base: str, request_id: str) -> dict[str, str]:
    """What clients make of an app's owner and name and the id of a request, by themselves."""
    url = f"http://testserver/fal/queue/{base}/requests/{request_id}"
    return {"response_url": url, "status_url": f"{url}/status", "cancel_url": f"{url}/cancel"}


@pytest.mark.parametrize(
    ("app", "base"),
    [
        ("workflows/alice/texts", "workflows/alice/texts"),
        (f"{UTIL}/merge-text", UTIL),
        ("fal-ai/text-concat", "fal-ai/text-concat"),
        ("demo/painter/v2/image-to-image", "demo/painter"),
    ],
)
def test_a_handle_made_of_the_app_and_the_id_is_the_one_that_was_given(
    hers: Caller, app: str, base: str
) -> None:
    hers.post("/api/aliases", {"app": "demo/painter/v2/image-to-image", "workflow": "texts"})
    body = hers.post(f"/fal/queue/{app}", INPUT).json()
    made = handle(base, body["request_id"])
    assert {key: body[key] for key in made} == made
    last = ended(hers, body)[-1]
    assert last["status"] == "COMPLETED" and {key: last[key] for key in made} == made
    assert hers.get(made["response_url"]).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/fal/run/workflows/alice/texts/schema"),
        ("GET", "/fal/run/workflows/alice/texts/openapi.json"),
        ("GET", "/fal/run/workflows/alice/texts/stream"),
        ("GET", "/fal/run/workflows/execute"),
        ("GET", "/fal/run/fal-ai/text-concat/openapi.json"),
        ("GET", "/fal/run/fal-ai/flux/dev/schema"),
        ("POST", "/fal/run/workflows/alice/texts/schema"),
        ("POST", "/fal/run/workflows/alice/texts/schema/stream"),
        ("POST", "/fal/queue/workflows/alice/texts/image-to-image"),
        ("POST", "/fal/run/workflows/execute/more"),
        ("POST", "/fal/run/fal-ai/text-concat/more"),
    ],
)
def test_what_is_no_call_of_an_app_is_404_and_runs_nothing(
    hers: Caller, method: str, path: str
) -> None:
    answer = hers.send(method, f"{path}?prompt=a", "" if method == "GET" else '{"prompt": "a"}')
    assert answer.status_code == 404
    assert {"detail", "error_type", "message"} <= answer.json().keys()
    assert answer["x-fal-error-type"] == answer.json()["error_type"]
    assert not Run.objects.exists()


def test_a_get_of_an_app_runs_it_with_the_query_as_input(hers: Caller) -> None:
    answer = hers.get("/fal/run/workflows/alice/texts?prompt=a")
    assert answer.json() == {"text": "a & more|ünï"}


@pytest.mark.parametrize("path", ["/v1/users/me", "/v1/nothing", "/v1", "/v1/models/a/b"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_of_the_platform_api_is_its_json_error(
    hers: Caller, method: str, path: str
) -> None:
    answer = hers.send(method, path)
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["type"], answer["Content-Type"]) == ("not_found", "application/json")
    assert {"message", "docs_url", "request_id"} <= error.keys()
