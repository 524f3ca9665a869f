"""Who is let in: every route of this API by visitors, keys that hold too little, and others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from tests.comfy.conftest import MakeRun
from tests.comfy.test_create import send
from tests.comfy.test_states import outputs_of
from tests.comfy.test_templates import keep
from workflows.compat.comfy.urls import urlpatterns
from workflows.models import Runner, User

pytestmark = pytest.mark.django_db

#: (method, route, a capability that is enough, what the owner gets); {run}, {template} and
#: {runner} stand for ids, "multipart" for a body that is a form.
CLOSED: list[tuple[str, str, str, int]] = [
    ("GET", "/v1/workflow", "execution:read", 200),
    ("POST", "/v1/workflow", "workflow:run", 201),
    ("GET", "/v1/workflow/{run}", "execution:read", 200),
    ("GET", "/v1/workflow/{run}", "workflow:run", 200),
    ("DELETE", "/v1/workflow/{run}", "workflow:write", 204),
    ("POST", "/v1/workflow/{run}/cancel", "execution:cancel", 400),
    ("GET", "/v1/workflow/{run}/outputs", "execution:read", 200),
    ("GET", "/v1/workflow/{run}/subscribe", "execution:read", 200),
    ("POST", "/v1/workflow/{run}/rerun", "workflow:run", 201),
    ("GET", "/v1/template", "workflow:read", 200),
    ("POST", "/v1/template", "workflow:write", 201),
    ("GET", "/v1/template/{template}", "workflow:read", 200),
    ("PUT", "/v1/template/{template}", "workflow:write", 415),
    ("DELETE", "/v1/template/{template}", "workflow:write", 204),
    ("GET", "/v1/template/{template}/parameters", "workflow:read", 200),
    ("POST", "/v1/template/{template}/run", "workflow:run", 201),
    ("POST", "/v1/template/{template}/run", "workflow:cups:run", 201),
    ("GET", "/v1/runner", "runner:read", 200),
    ("POST", "/v1/runner", "runner:write", 201),
    ("GET", "/v1/runner/{runner}", "runner:read", 200),
    ("PUT", "/v1/runner/{runner}", "runner:write", 200),
    ("DELETE", "/v1/runner/{runner}", "runner:write", 204),
    ("POST", "/v1/runner/{runner}/test", "runner:write", 200),
    ("GET", "/v1/runner/{runner}/health", "runner:read", 200),
    ("GET", "/v1/managed-runner", "runner:read", 200),
    ("GET", "/v1/managed-runner/{runner}", "runner:read", 404),
    ("GET", "/v1/gallery", "execution:read", 200),
    ("GET", "/v1/user", "webhook:receive", 200),
]
#: Those that a credential of any kind opens.
OPEN_TO_ALL = ("/v1/user",)
#: The two that carry a permission of their own, and the one for what is nowhere.
SIGNED = 3
BODIES: dict[str, Any] = {
    "/v1/runner": {"name": "new", "endpoint": "https://comfy.example", "headers": {}, "tags": []},
    "/v1/runner/{runner}": {"name": "other"},
}


@pytest.fixture
def ids(hers: Caller, a_run: MakeRun, runner: Runner, settings: Any) -> dict[str, str]:
    """Things of alice's, by what stands for them in a route."""
    settings.RUNNERS_BY_USERS = True
    settings.COMFY_CALLS = 0
    run = a_run("completed")
    outputs_of(run, "a.png")
    graph = {"1": {"class_type": "A", "inputs": {}}}
    template = keep(hers, graph).json()["id"]
    return {"{run}": str(run.pk), "{template}": template, "{runner}": str(runner.pk)}


def call(caller: Caller, method: str, route: str, ids: dict[str, str]) -> Any:
    path = route
    for name, id in ids.items():
        path = path.replace(name, id)
    if (method, route) == ("POST", "/v1/workflow"):
        return send(caller)
    if (method, route) == ("POST", "/v1/template"):
        return keep(caller)
    if route in BODIES and method in ("POST", "PUT"):
        return caller.send(method, path, json.dumps(BODIES[route]))
    return caller.send(method, path, content_type="application/json")


def test_every_route_is_in_the_table() -> None:
    id = "7349c0b0-8349-46c7-8cbb-574a0058d425"
    tried = {route.replace("{", "").replace("}", "") for _, route, _, _ in CLOSED}
    tried = {route.replace("/run/", f"/{id}/") for route in tried}
    found = {
        str(entry.pattern)
        for entry in urlpatterns[:-1]
        if any(entry.resolve(route.lstrip("/")) for route in tried)
    }
    assert len(found) == len(urlpatterns) - SIGNED


@pytest.mark.parametrize(("method", "route", "needed", "status"), CLOSED)
def test_strangers_and_keys_that_hold_too_little_are_refused(
    alice: User,
    nobody: Caller,
    token: TokenCaller,
    ids: dict[str, str],
    method: str,
    route: str,
    needed: str,
    status: int,
) -> None:
    refused = call(nobody, method, route, ids)
    assert (refused.status_code, refused.json()) == (
        401,
        {"status": 401, "message": "Invalid token"},
    )
    if route not in OPEN_TO_ALL:
        poor = call(token(alice, "webhook:receive"), method, route, ids)
        assert (poor.status_code, poor.json()["status"]) == (403, 403)
    assert call(token(alice, needed), method, route, ids).status_code == status


@pytest.mark.parametrize(("method", "route"), [row[:2] for row in CLOSED if "{" in row[1]])
def test_what_is_somebody_elses_is_like_what_never_was(
    his: Caller, ids: dict[str, str], method: str, route: str
) -> None:
    never = dict.fromkeys(ids, "7349c0b0-8349-46c7-8cbb-574a0058d425")
    foreign, missing = (call(his, method, route, which) for which in (ids, never))
    assert (foreign.status_code, foreign.content) == (404, missing.content)


def test_a_session_reads_and_subscribes_and_changes_with_its_csrf_token(
    her_browser: Caller, ids: dict[str, str]
) -> None:
    path = f"/v1/workflow/{ids['{run}']}"
    assert her_browser.get(path).status_code == 200
    assert her_browser.get(f"{path}/subscribe").status_code == 200
    token = her_browser.headers.pop("X-CSRFToken")
    for method, below in (("POST", "/cancel"), ("POST", "/rerun"), ("DELETE", "")):
        assert her_browser.send(method, path + below).status_code == 403
    assert send(her_browser).status_code == 403
    her_browser.headers["X-CSRFToken"] = token
    assert her_browser.delete(path).status_code == 204


def test_a_token_in_the_url_is_refused(nobody: Caller, hers: Caller) -> None:
    text = hers.headers["x-api-key"]
    for query in (f"token={text}", f"access_token={text}", f"page={text}"):
        answer = nobody.get(f"/v1/workflow?{query}")
        assert (answer.status_code, answer.json()["status"]) == (400, 400)
        assert text not in answer.content.decode()
