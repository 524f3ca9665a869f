"""Pages of other sites can neither change nor read anything through somebody's browser."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.api.client import Caller
from tests.api.expected import API
from tests.sweep import EVERYTHING
from workflows.models import Change, Folder, Run, User, Workflow

pytestmark = pytest.mark.django_db

UNSAFE = sorted(
    (method, route)
    for (method, route), row in API.items()
    if method != "GET" and row.needs is not None
)
FOREIGN = (
    "https://evil.example",
    "http://testserver.evil.example",
    "http://testserver:81",
    "https://testserver",
    "http://sub.testserver",
    "null",
)
FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


def _path(route: str) -> str:
    for name, value in (("slug", "mine"), ("name", "gradient"), ("id", "1"), ("file", "1")):
        route = route.replace(f"{{{name}}}", value)
    return route


@pytest.mark.parametrize(("method", "route"), UNSAFE)
def test_a_session_changes_nothing_without_its_token_from_its_own_page(
    her_browser: Caller, method: str, route: str
) -> None:
    # Each route meets some of the forms and origins, and each of those a third of the routes.
    turn = UNSAFE.index((method, route))
    forms = FORMS if EVERYTHING else [FORMS[turn % len(FORMS)]]
    origins = FOREIGN if EVERYTHING else FOREIGN[turn % 3 :: 3]
    her_browser.create("Mine")
    path, token = _path(route), her_browser.headers.pop("X-CSRFToken")
    body = '{"name": "forged", "inputs": {}}'
    attempts = [
        her_browser.send(method, path, body),
        her_browser.send(method, path, body, X_CSRFToken="x" * len(token)),
        her_browser.send(method, path, body, X_CSRFToken=""),
        # The token as a form sends it does not count: only the header does.
        her_browser.send(
            method, path, urlencode({"csrfmiddlewaretoken": token}), content_type=FORMS[1]
        ),
        *(her_browser.send(method, path, body, content_type=form) for form in forms),
        *(her_browser.send(method, path, body, X_CSRFToken=token, Origin=at) for at in origins),
    ]
    found = {(answer.status_code, answer.json().get("code")) for answer in attempts}
    assert found == {(403, "CSRF_FAILED")}
    assert (Workflow.objects.count(), Folder.objects.count()) == (1, 0)
    assert not Run.objects.exists()
    assert not Change.objects.exists()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "route",
    sorted({a for _, a in API if "/public-" not in a and not a.endswith("/cover")}),
)
def test_no_answer_lets_another_site_read_it(hers: Caller, route: str) -> None:
    for origin in (FOREIGN[0], "null", "http://testserver"):
        asked = hers.send(
            "OPTIONS",
            _path(route),
            Origin=origin,
            Access_Control_Request_Method="POST",
            Access_Control_Request_Headers="x-api-key",
        )
        assert asked.status_code == 405
        for answer in (asked, hers.get(_path(route), Origin=origin)):
            assert not [name for name in answer.headers if name.lower().startswith("access-")]


def test_a_key_needs_neither_cookie_nor_token(hers: Caller) -> None:
    assert hers.post("/api/workflows", {"name": "x"}, Origin=FOREIGN[0]).status_code == 201


def test_a_session_does_not_lend_its_rights_to_a_bad_key(her_browser: Caller) -> None:
    answer = her_browser.post("/api/workflows", {"name": "x"}, x_api_key="pb_nonsense")
    assert answer.status_code == 401
