"""The permission matrix: every route by every caller, on things of their own and of others.

Generated from the routes of the site and the table in `expected.py`. Each cell is a real request in
a savepoint that is rolled back. Nothing may answer otherwise than the table says, and what is
another user's must answer byte for byte like what never was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import override_settings

from tests.api.client import Caller, Response, a_node
from tests.api.expected import (
    API,
    BY_NAME,
    FILE,
    FOLDER,
    NOTHING,
    PAGES,
    RUN,
    SESSION,
    STAFF,
    WORKFLOW,
    Expected,
)
from tests.api.world import ALL, CANARY, ROLES, SHARED, Thing, Who, World, thread_of, world
from tests.sweep import EVERYTHING
from workflows.api.openapi.generate import methods, routes
from workflows.models import (
    User,
    Workflow,
)
from workflows.services.limits import rates

__all__ = ["world"]

pytestmark = pytest.mark.django_db

#: Where Django's admin is, whose routes all expect the same.
ADMINISTRATION = "/admin/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

#: Who is tried on every thing, and who on every other; the rest on some, others for each route.
WHOLE = "key for everything"
HALF = ("alice by session", "bob's key for everything")


def _some(things: list[Thing], turn: int) -> list[Thing]:
    """Return what is alice's; with every other turn one of the rest too, and what never was."""
    rest = things[1:-1]
    if turn % 2 or not rest:
        return things[:1]
    return [things[0], rest[turn // 2 % len(rest)], things[-1]]


def _tried(name: str, who: Who, expected: Expected, things: list[Thing], turn: int) -> list[Thing]:
    """Return what a caller is tried on: one thing where whoever calls decides the answer alone."""
    if name == WHOLE or EVERYTHING:
        return things
    if name in HALF:
        return [*things[turn % 2 : -1 : 2], things[-1]]
    if who.status is not None and expected.needs is not None:
        return [things[turn % len(things)]]
    return _some(things, turn)


def _holds(who: Who, expected: Expected, thing: Thing) -> bool:
    if expected.needs in (SESSION, STAFF):
        # A key has not got what only a user at a browser has, not even with `*`.
        at_browser = "x-api-key" not in who.caller.headers
        return at_browser and (expected.needs == SESSION or who.person == "erin")
    if expected.needs in BY_NAME and "x-api-key" in who.caller.headers:
        return expected.needs[0] in who.holds
    if who.holds == ALL or not expected.needs:
        return True
    for need in expected.needs:
        if need == "workflow:<any>:run":
            if any(held.count(":") == 2 and held.startswith("workflow:") for held in who.holds):
                return True
        elif need.replace("<slug>", thing.id) in who.holds:
            return True
    return False


def _verdict(who: Who, method: str, expected: Expected, thing: Thing) -> int:
    """Work out the status a cell must have."""
    if expected.needs is None:
        if expected.about == NOTHING or thing.state in expected.open_if:
            return expected.ok
        return 404
    if who.status is not None:
        return who.status
    if who.unsafe_status is not None and method != "GET":
        return who.unsafe_status
    if not _holds(who, expected, thing):
        return 403
    if expected.about == NOTHING:
        return expected.ok
    if thing.state in ("missing", "deleted"):
        return 404
    if who.role and thing.id == SHARED:
        if not expected.role:
            return 404
        enough = expected.role in ROLES and ROLES.index(who.role) >= ROLES.index(expected.role)
        return expected.ok if enough else 403
    if thing.owner == who.person or (expected.templates and thing.state == "template"):
        return expected.ok
    return 404


def _call(who: Who, method: str, route: str, expected: Expected, thing: Thing) -> Response:
    path = route.replace("{slug}", thing.id).replace("{id}", thing.id)
    path = path.replace("{thread}", thread_of(thing.id)).replace("{number}", "1")
    path = path.replace("{file}", str(uuid4())).replace("{name}", "gradient") + expected.query
    if route == "/api/uploads":
        return who.caller.upload(SimpleUploadedFile("a.txt", b"text"))
    if route == "/api/import":
        file = SimpleUploadedFile("a.json", b'{"nodes": [], "edges": []}')
        return who.caller.upload(file, to=route)
    body = expected.body
    return who.caller.send(method, path, json.dumps(body()) if body else "")


def _api() -> dict[tuple[str, str], Callable[..., object]]:
    found = {}
    for route, view in routes():
        if route.startswith(("/api/", "/media/")):
            for method in methods(view) or {"GET"}:
                found[method, route] = view
    return found


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(_api()) == set(API)
    # fal's dialect has its own test of who is let in (tests/fal/test_permissions.py).
    elsewhere = ("/api/", "/media/", "/v1/", "/fal/", "/^fal", "/^v1", ADMINISTRATION)
    assert {found for found, _ in routes() if not found.startswith(elsewhere)} == set(PAGES)


def test_every_cell_answers_as_the_table_says(world: World) -> None:
    wrong: list[str] = []
    cells = 0
    for at, ((method, route), expected) in enumerate(API.items()):
        things = world.things.get(expected.about, [Thing("nobody", "nothing", "")])
        for turn, (name, who) in enumerate(world.callers.items(), at):
            missing: list[tuple[str, Response]] = []
            for thing in _tried(name, who, expected, things, turn):
                rates.forget()
                with transaction.atomic():
                    answer = _call(who, method, route, expected, thing)
                    transaction.set_rollback(True)
                cells += 1
                verdict = _verdict(who, method, expected, thing)
                cell = f"{name}: {method} {route} of {thing.owner}, {thing.state}"
                if answer.status_code != verdict:
                    wrong.append(f"{cell}: {answer.status_code} instead of {verdict}")
                if answer.status_code == 404:
                    missing.append((cell, answer))
                if who.person != "bob" and not answer.streaming and CANARY in _text(answer):
                    wrong.append(f"{cell}: tells what is bob's")
            wrong += _different(missing)
    assert wrong == []
    assert cells > 2_500, cells


def _text(answer: Response) -> str:
    return answer.content.decode(errors="replace")


def _different(missing: list[tuple[str, Response]]) -> list[str]:
    """Name the 404s that differ from the one of what never was."""
    if not missing:
        return []
    _, never = missing[-1]

    def face(answer: Response) -> object:
        headers = {k: v for k, v in answer.headers.items() if k != "X-Request-Id"}
        return answer.content, headers

    return [
        f"{cell}: differs from what never was"
        for cell, answer in missing
        if face(answer) != face(never)
    ]


def test_every_other_method_is_refused(world: World) -> None:
    who = world.callers["key for everything"].caller
    taken: dict[str, set[str]] = {}
    for method, route in API:
        taken.setdefault(route, set()).add(method)
    for route, allowed in taken.items():
        path = route.replace("{slug}", "alice-private").replace("{name}", "gradient")
        path = path.replace("{id}", "1").replace("{file}", "1")
        for method in {*METHODS, "TRACE", "OPTIONS", "PROPFIND"} - allowed:
            answer = who.send(method, path)
            assert answer.status_code == 405, f"{method} {path}: {answer.status_code}"
            assert "TRACE" not in answer.get("Allow", "")


# No engine runs here, and health would say so.
@override_settings(ENGINE="none")
def test_a_page_shows_itself_to_whom_it_is_for(world: World) -> None:
    anonymous, alice = Caller(), world.callers["alice by session"].caller
    expected = {"login": 302, "open": 200, "redirect": 302, "not allowed": 405, "missing": 404}
    for route, kind in PAGES.items():
        if "{" not in route:
            answer = anonymous.get(route)
            assert answer.status_code == expected[kind], route
            if kind == "login":
                assert answer["Location"].startswith("/login"), route
                assert alice.get(route).status_code == 200, route
        elif kind == "missing":
            assert anonymous.get(route.replace("{key}", "nonsense")).status_code == 404, route
        else:
            _is_shown(world, route, kind == "public")


def _is_shown(world: World, route: str, public: bool) -> None:
    anonymous, alice = Caller(), world.callers["alice by session"].caller
    for thing in world.things[RUN if "{id}" in route else WORKFLOW]:
        path = route.replace("{slug}", thing.id).replace("{id}", thing.id)
        stranger, hers = anonymous.get(path), alice.get(path)
        shown = thing.owner == "alice" or thing.state == "template"
        gone = thing.state in ("deleted", "missing")
        is_open = public and thing.state in ("public", "open")
        assert stranger.status_code == (200 if is_open else 302), (path, thing)
        assert CANARY not in _text(stranger)
        wanted = 200 if (shown and not gone) or is_open else 404
        assert hers.status_code == wanted, (path, thing)
        assert CANARY not in _text(hers)


def test_the_administration_is_for_staff_in_a_browser_alone(world: World) -> None:
    found = sorted({route for route, _ in routes() if route.startswith(ADMINISTRATION)})
    paths = [re.sub(r"[{(].*?[})].*|[$^]", "1", route) for route in found]
    for name, who in world.callers.items():
        if name == "staff by session":
            assert not found or who.caller.get(ADMINISTRATION).status_code == 200
            continue
        for path in paths:
            for method in ("GET", "POST"):
                answer = who.caller.send(method, path)
                assert answer.status_code in (302, 403, 404, 405), f"{name}: {method} {path}"
                assert CANARY not in _text(answer)


FOREIGN_FOLDER: list[tuple[str, str, str, dict[str, object]]] = [
    ("POST", "/api/workflows", "folderId", {"name": "x"}),
    ("PUT", "/api/workflows/alice-private", "folderId", {}),
    ("PUT", "/api/workflows/alice-private/move", "folderId", {}),
    ("POST", "/api/workflows/alice-private/duplicate", "folderId", {}),
    ("POST", "/api/workflows/bob-template/duplicate", "folderId", {}),
    ("POST", "/api/folders", "parentId", {"name": "x"}),
    ("PUT", "/api/folders/<own>", "parentId", {}),
]


@pytest.mark.parametrize(("method", "path", "key", "body"), FOREIGN_FOLDER)
def test_a_foreign_folder_in_a_body_is_like_one_that_never_was(
    world: World, method: str, path: str, key: str, body: dict[str, object]
) -> None:
    folders = {(thing.owner, thing.state): thing.id for thing in world.things[FOLDER]}
    path = path.replace("<own>", folders["alice", "private"])
    caller = world.callers["key for everything"].caller
    before = list(Workflow.objects.order_by("pk").values_list("pk", "folder", "version"))
    faces = set()
    for id in (folders["bob", "private"], folders["bob", "deleted"], folders["nobody", "missing"]):
        answer = caller.send(method, path, json.dumps({**body, key: id}))
        assert answer.status_code == 404
        faces.add(answer.content.replace(id.encode(), b"<id>"))
    assert len(faces) == 1
    assert list(Workflow.objects.order_by("pk").values_list("pk", "folder", "version")) == before


def test_a_foreign_file_in_a_body_is_neither_shared_nor_shown(world: World) -> None:
    foreign = next(thing.id for thing in world.things[FILE] if thing.owner == "bob")
    caller = world.callers["key for everything"].caller
    reference = {"asset": foreign, "url": f"/media/{foreign}"}
    nodes = [a_node("a", "upload", asset=reference)]
    cover = {"image": f"/media/{foreign}"}
    made = caller.create("Thief", nodes=nodes, cover=cover, isTemplate=True)
    caller.put(f"/api/workflows/{made['slug']}", {"thumbnail": f"/media/{foreign}"})
    assert caller.get(f"/media/{foreign}").status_code == 404
    assert caller.get(f"/media/{foreign}?w=64").status_code == 404


def test_a_body_sets_nothing_that_is_the_servers(world: World, alice: User, bob: User) -> None:
    caller = world.callers["key for everything"].caller
    claims = {
        "createdBy": str(bob.pk),
        "slug": "bob-private",
        "createdAt": "2001-01-01T00:00:00Z",
        "updatedAt": "2001-01-01T00:00:00Z",
        "estimatedCreditCost": 99,
        "version": 77,
        "nodeCount": 5,
        "canEdit": False,
        "lastRun": {"status": "completed"},
        "id": 1,
        "owner": str(bob.pk),
    }
    made = caller.create("Claims", **claims)
    saved = caller.put(f"/api/workflows/{made['slug']}", claims).json()
    for row in (made, saved):
        assert row["createdBy"] == str(alice.pk)
        assert row["slug"] == "claims"
        assert row["canEdit"] is True
        assert (row["nodeCount"], row["lastRun"], row["estimatedCreditCost"]) == (0, None, None)
        assert not row["createdAt"].startswith("2001")
        assert row["version"] < 10
    assert Workflow.objects.get(slug="claims").owner == alice
