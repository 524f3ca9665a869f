"""A browser that another site's page makes call us changes nothing, whatever is called.

Every route of every dialect by every method, and every socket, generated from the routes: each is
called with a session's cookies and without its token. Nothing may be written, no run may begin.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from channels.testing import WebsocketCommunicator
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from canvas.asgi import application
from canvas.login import login_link
from tests.api.client import ECHO, Caller
from tests.fal.contents import TEXTS
from tests.sweep import EVERYTHING
from workflows.billing.credits import account_credits
from workflows.media import storage
from workflows.models import Run, User
from workflows.services.identity.accounts import InvitationFields, invitation_create
from workflows.services.identity.tokens import token_create
from workflows.services.limits import rates

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EVIL = "https://evil.example"
#: How a browser calls us for another page: what it says of that page, and of why it calls.
CALLS: dict[str, dict[str, str]] = {
    "a link on another site": {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
        "Referer": f"{EVIL}/",
    },
    "an image on another site": {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "no-cors",
        "Sec-Fetch-Dest": "image",
    },
    "a form on a sibling site": {
        "Sec-Fetch-Site": "same-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
        "Origin": "http://other.testserver",
    },
    "a browser that says nothing": {},
    "an older browser": {"Origin": EVIL, "Referer": f"{EVIL}/"},
}
#: The call that is tried at every path; each of the others goes to every fifth one.
COMMON = "a form on a sibling site"
#: What is tried at one path of a route, and not at those of its other things too.
ONCE = ("HEAD", "OPTIONS")
#: What a browser does by GET alone.
LINKS = ("a link on another site", "an image on another site")
#: Two patterns name alternatives, which Django cannot turn around.
ALTERNATIVES = {r"^fal(?:/|$)": "fal/", r"^v1/(?:workflow|": "v1/workflow/nothing/here"}
BODY = json.dumps(
    {
        "name": "forged",
        "inputs": {},
        "prompt": "x",
        "text1": "a",
        "text2": "b",
        "url": EVIL,
        "allowed_apps": ["a"],
        "preset": "full-deploy",
        "new": "a new password of hers",
    }
)


def paths(things: dict[str, str]) -> Iterator[str]:
    """Yield a path for every route of the site, about these things."""
    for pattern in _patterns(get_resolver().url_patterns, ""):
        for beginning, alternative in ALTERNATIVES.items():
            if pattern.startswith(beginning):
                yield f"/{alternative}"
                break
        else:
            form, names = normalize(pattern)[0]
            yield "/" + form % {name: things[name] for name in names}


def _patterns(entries: Any, prefix: str) -> Iterator[str]:
    for entry in entries:
        part = entry.pattern.regex.pattern
        whole = prefix + part.removeprefix("^") if prefix else part
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, "" if whole == "^" else whole)
        elif isinstance(entry, URLPattern):
            yield whole.replace(r"\Z", "").replace(r"\/", "/")


@pytest.fixture
def world(alice: User, bob: User, hers: Caller, his: Caller) -> dict[str, list[dict[str, str]]]:
    """Alice, who may do everything, with one of everything; and bob's template."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    account_credits(user=alice)  # a month's grant is given when somebody first looks
    ContentType.objects.get_for_models(*apps.get_models())  # so are those of the admin pages
    hers.post("/v1/workflows", {"name": "texts", "title": "T", "contents": TEXTS})
    hers.create("Mine", **ECHO)
    his.create("Bait", **ECHO, isTemplate=True)
    folder = hers.post("/api/folders", {"name": "F"}).json()["id"]
    run = hers.post("/api/workflows/mine/run?async=true", {"inputs": {}}).json()["executionId"]
    key, _ = token_create(owner=alice, name="k", capabilities=["webhook:receive"])
    file = storage.asset_create(alice, b"a text of hers", "a.txt")
    _, invited = invitation_create(by=alice, request=InvitationFields())
    link = login_link(User.objects.get(pk=alice.pk)).rpartition("/")[2]
    common = {
        "owner": "alice",
        "name": "texts",
        "file": str(file.pk),
        "node": "n",
        "task": "chat",
        "signed": "x",
        "ticket": "x",
        "number": "1",
        "thread": "7349c0b0-8349-46c7-8cbb-574a0058d425",
        "app_label": "workflows",
        "url": "x",
        "object_id": str(alice.pk),
        "content_type_id": "1",
    }
    rows = [
        {"slug": "mine", "id": str(run), "app": "workflows/alice/texts", "key": link},
        {"slug": "bait", "id": str(folder), "app": "workflows/bob/bait", "key": invited},
        {"slug": "texts", "id": str(key.pk), "app": "fal-ai/text-concat", "key": link},
        {"slug": "mine", "id": str(file.pk), "app": "workflows/alice/texts/stream", "key": link},
        {"slug": "mine", "id": str(uuid4()), "app": "workflows/execute", "key": link},
    ]
    return {"things": [{**common, **row} for row in rows]}


def browser(user: User) -> Client:
    """Return the browser of somebody who is logged in; it sends its cookies and no token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user)
    client.get("/login")
    client.get("/")
    return client


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the statements that change a row of any table, the sessions' own excepted."""
    found: list[str] = []

    def noted(execute: Any, sql: str, *rest: Any) -> Any:
        if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", sql) and "django_session" not in sql:
            found.append(sql[:200])
        return execute(sql, *rest)

    with connection.execute_wrapper(noted):
        yield found


@pytest.mark.django_db
@pytest.mark.parametrize("call", CALLS)
def test_no_route_by_any_method_changes_anything_for_another_sites_page(
    world: dict[str, list[dict[str, str]]], alice: User, call: str
) -> None:
    client = browser(User.objects.get(pk=alice.pk))
    asked = list(dict.fromkeys(path for row in world["things"] for path in paths(row)))
    assert len(asked) > 120
    first = set(paths(world["things"][0]))
    if call != COMMON and not EVERYTHING:
        asked = asked[list(CALLS).index(call) :: len(CALLS)]
    rows, wrong = _rows(), []
    for path in asked:
        for method in METHODS:
            if call in LINKS and method not in ("GET", "HEAD"):
                continue
            if method in ONCE and path not in first and not EVERYTHING:
                continue
            rates.forget()
            query = "?prompt=x&text1=a&text2=b&word=x" if method == "GET" else ""
            with writes() as changed, transaction.atomic():
                answer = client.generic(
                    method,
                    path + query,
                    "" if method in ("GET", "HEAD") else BODY,
                    content_type="application/json",
                    headers=CALLS[call],
                )
                transaction.set_rollback(True)
            if changed or answer.status_code == 500:
                wrong.append((method, path, answer.status_code, changed[:2]))
    assert not wrong, wrong[:20]
    assert _rows() == rows


def _rows() -> dict[str, int]:
    skipped = ("sessions.Session",)
    found = {model._meta.label: model for model in apps.get_models()}
    return {
        name: row._default_manager.count() for name, row in found.items() if name not in skipped
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("call", CALLS)
async def test_no_socket_lets_another_sites_page_in(alice: User, call: str) -> None:
    from asgiref.sync import sync_to_async

    client = await sync_to_async(browser)(alice)
    session = client.cookies["sessionid"].value
    named = [(name.lower().encode(), value.encode()) for name, value in CALLS[call].items()]
    cookie = (b"cookie", f"sessionid={session}".encode())
    for path in _sockets():
        made = WebsocketCommunicator(
            application, path, headers=[(b"host", b"testserver"), cookie, *named]
        )
        accepted, _ = await made.connect()
        if accepted:
            # It is let in only to be told that it is not, and closed.
            said = await made.receive_output(timeout=5)
            assert said["type"] == "websocket.close" or "Unauthorized" in str(said), path
        await made.disconnect()
    assert not await sync_to_async(Run.objects.exists)()


def _sockets() -> list[str]:
    router = application._application.application_mapping["websocket"]
    routes = [str(route.pattern) for route in router.routes]
    assert routes[-1] == ""
    return ["/" + re.sub(r"<.*?>", "workflows/alice/texts", route) for route in routes[:-1]]


SITES = {
    None: 201,
    "none": 201,
    "same-origin": 201,
    "same-site": 401,
    "cross-site": 401,
    "": 401,
    "Same-Origin": 401,
    "same-origin, cross-site": 401,
    "null": 401,
    "*": 401,
}


@pytest.mark.django_db
@pytest.mark.parametrize("site", SITES)
def test_the_session_counts_for_pages_of_this_origin_alone(
    her_browser: Caller, hers: Caller, site: str | None
) -> None:
    said = {} if site is None else {"Sec_Fetch_Site": site}
    assert her_browser.post("/api/workflows", {"name": "x"}, **said).status_code == SITES[site]
    read = her_browser.get("/api/workflows", **said).status_code
    assert read == (200 if SITES[site] == 201 else 401)
    assert hers.post("/api/workflows", {"name": "x"}, **said).status_code == 201


@pytest.mark.django_db
def test_a_link_from_another_site_leads_to_a_page_and_a_frame_or_form_to_nothing(
    her_browser: Caller,
) -> None:
    def page(site: str, mode: str, shown: str, method: str = "GET", path: str = "/") -> int:
        answer = her_browser.send(
            method, path, Sec_Fetch_Site=site, Sec_Fetch_Mode=mode, Sec_Fetch_Dest=shown
        )
        return answer.status_code

    for site in ("cross-site", "same-site"):
        assert page(site, "navigate", "document") == 200
        assert page(site, "navigate", "iframe") == 302
        assert page(site, "no-cors", "image") == 302
        assert page(site, "navigate", "document", "POST", "/logout") == 403
    assert page("same-origin", "navigate", "document", "POST", "/logout") == 302


@pytest.mark.django_db
def test_an_origin_the_site_trusts_is_a_page_of_its_own(her_browser: Caller) -> None:
    said = {"Sec_Fetch_Site": "cross-site", "Origin": "https://canvas.example"}
    body = {"name": "x"}
    assert her_browser.post("/api/workflows", body, **said).status_code == 401
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://canvas.example"]):
        assert her_browser.post("/api/workflows", body, **said).status_code == 201


@pytest.mark.django_db
def test_a_session_starts_no_run_by_get_even_from_its_own_page(
    her_browser: Caller, hers: Caller, nobody: Caller
) -> None:
    hers.post("/v1/workflows", {"name": "texts", "title": "T", "contents": TEXTS})
    here = {"Sec_Fetch_Site": "same-origin"}
    app = "/fal/run/workflows/alice/texts"
    # What is called by POST alone is not there.
    for path in (f"{app}/stream", "/fal/run/workflows/execute"):
        assert her_browser.get(f"{path}?prompt=x&text1=a", **here).status_code == 404
    for path in (app, "/fal/run/fal-ai/text-concat"):
        answer = her_browser.get(f"{path}?prompt=x&text1=a", **here)
        assert answer.status_code == 403, path
        assert "POST" in answer.json()["message"]
    assert not Run.objects.exists()
