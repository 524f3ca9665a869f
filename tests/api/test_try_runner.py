"""/api/runners/test: a server is asked how it is before it is registered, and nothing is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller
from tests.clients.fake_comfyui import Server, serve
from workflows.models import Runner, User
from workflows.services.identity.tokens import token_create

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/runners/test"


@pytest.fixture
def staff(db: None) -> Caller:
    """A script of one of staff."""
    erin = User.objects.create_user(username="erin", tier="enterprise", is_staff=True)
    _, text = token_create(owner=erin, name="t", capabilities=["*"])
    return Caller({"x-api-key": text})


def secrets_of(server: Server) -> set[str | None]:
    """What requests have had in the header that a proxy would look at."""
    return {headers.get("x-secret") for headers in server.comfy.headers}


def test_a_server_tells_how_it_is_and_is_not_kept(staff: Caller) -> None:
    with serve("new") as comfy:
        found = staff.post(PATH, {"endpoint": comfy.url, "headers": {"X-Secret": "canary"}})
        assert found.status_code == 200, found.content
        health = found.json()
        assert (health["state"], health["version"]) == ("up", "0.38.1")
        assert secrets_of(comfy) == {"canary"}
    assert Runner.objects.count() == 0
    gone = staff.post(PATH, {"endpoint": comfy.url, "headers": {}}).json()
    assert gone["state"] == "down"
    assert gone["error"]


def test_masked_headers_of_a_runner_are_lent_to_its_own_origin_alone(staff: Caller) -> None:
    with serve("new") as comfy:
        wish = {"name": "a", "endpoint": comfy.url, "headers": {"X-Secret": "canary"}}
        made = staff.post("/api/runners", wish).json()
        body: dict[str, Any] = {"id": made["id"], "endpoint": comfy.url, "headers": made["headers"]}
        assert staff.post(PATH, body).json()["state"] == "up"
        assert secrets_of(comfy) == {"canary"}
        refused = staff.post(PATH, {**body, "endpoint": "http://127.0.0.1:9"})
        assert (refused.status_code, refused.json()["field"]) == (400, "headers")
    assert Runner.objects.get().health is None


def test_who_may_not_register_may_not_try(hers: Caller, settings: Any) -> None:
    wish = {"endpoint": "https://comfy.example", "headers": {}}
    refused = hers.post(PATH, wish)
    assert (refused.status_code, refused.json()["code"]) == (403, "RUNNERS_FORBIDDEN")
    settings.RUNNERS_BY_USERS = True
    private = hers.post(PATH, {"endpoint": "http://127.0.0.1:8188", "headers": {}})
    assert (private.status_code, private.json()["field"]) == (400, "endpoint")
    foreign = Runner.objects.create(
        owner=User.objects.create_user(username="bo"), name="b", endpoint="https://b.example"
    )
    assert hers.post(PATH, {**wish, "id": str(foreign.pk)}).status_code == 404
    assert hers.post(PATH, {"headers": {}}).json()["field"] == "endpoint"
