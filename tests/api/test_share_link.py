"""/share/<key> and /api/workflows/<slug>/link: who joins, in which role, and when no one does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.client import ECHO, Caller
from tests.api.test_sharing import PATH, pages, share
from workflows.media import storage
from workflows.models import Collaborator, ShareLink, User
from workflows.services.library import sharing

__all__ = ["pages"]

pytestmark = pytest.mark.django_db


def link(hers: Caller, role: str | None, **more: Any) -> Any:
    response = hers.put(f"{PATH}/link", {"role": role, **more})
    assert response.status_code == 200, response.content
    return response.json()


def made(hers: Caller, role: str = "view") -> str:
    """Make a link and return the path of its page."""
    return "/share/" + str(link(hers, role, renew=True)["url"]).rpartition("/")[2]


def opened(user: User, path: str) -> Any:
    """Open a link and press the button of its page."""
    client = Client()
    client.force_login(user)
    return client.post(path)


def test_a_link_lets_in_with_its_role_whoever_opens_it_logged_in(
    pages: tuple[Caller, Caller], bob: User
) -> None:
    hers, his = pages
    path = made(hers, "run")
    client = Client()
    client.force_login(bob)
    page = client.get(path).content.decode()
    assert "alice shares" in page
    assert "run it" in page
    # Any page can make a browser open a link: that joins nothing.
    assert his.get(PATH).status_code == 404
    assert client.post(path)["Location"] == "/app/editor/poster"
    assert his.get(PATH).json()["role"] == "run"
    assert "poster" in {row["slug"] for row in his.get("/api/workflows").json()}
    assert client.get(path)["Location"] == "/app/editor/poster"
    assert his.get(f"{PATH}/link").status_code == 404
    assert his.put(f"{PATH}/link", {"role": "edit"}).status_code == 404


def test_who_is_not_logged_in_logs_in_and_comes_back(
    pages: tuple[Caller, Caller], bob: User
) -> None:
    path = made(pages[0])
    bob.set_password("bob likes patch cables")
    bob.save()
    client = Client()
    to_login = client.get(path)
    assert to_login["Location"] == f"/login?next={path}"
    assert client.post(path)["Location"] == f"/login?next={path}"
    form = {"username": "bob", "password": "bob likes patch cables", "next": path}
    assert client.post("/login", form)["Location"] == path
    assert client.get(path).status_code == 200
    assert not Collaborator.objects.exists()


def test_a_link_that_is_revoked_or_replaced_lets_no_one_in_and_who_has_joined_stays(
    pages: tuple[Caller, Caller], bob: User
) -> None:
    hers, his = pages
    first = made(hers, "edit")
    second = made(hers, "edit")
    assert opened(bob, first).status_code == 404
    assert opened(bob, second).status_code == 302
    assert link(hers, None) == {"role": None, "last4": None, "createdAt": None, "url": None}
    gone = opened(User.objects.create_user("carol"), second)
    assert gone.status_code == 404
    assert "no longer valid" in gone.content.decode()
    assert his.get(PATH).json()["role"] == "edit"
    assert not ShareLink.objects.exists()


def test_only_a_digest_is_kept_and_the_url_is_shown_once(pages: tuple[Caller, Caller]) -> None:
    hers, _ = pages
    assert hers.get(f"{PATH}/link").json()["role"] is None
    new = link(hers, "view")
    key = new["url"].rpartition("/")[2]
    row = ShareLink.objects.get()
    assert key not in (row.digest, row.last4)
    assert len(row.digest) == 64
    shown = hers.get(f"{PATH}/link").json()
    assert (shown["url"], shown["last4"], shown["role"]) == (None, key[-4:], "view")
    changed = link(hers, "run")
    assert (changed["url"], changed["last4"]) == (None, key[-4:])
    wrong = hers.put(f"{PATH}/link", {"role": "own"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "role")


def test_a_link_takes_no_role_away_and_its_owner_just_opens_the_workflow(
    pages: tuple[Caller, Caller], alice: User, bob: User
) -> None:
    hers, his = pages
    share(hers, "bob", "run")
    path = made(hers, "view")
    assert opened(bob, path).status_code == 302
    assert his.get(PATH).json()["role"] == "run"
    opened(bob, made(hers, "edit"))
    assert his.get(PATH).json()["role"] == "edit"
    assert opened(alice, path).status_code == 404
    assert opened(alice, made(hers))["Location"] == "/app/editor/poster"
    assert Collaborator.objects.count() == 1


def test_who_joins_reads_the_files_and_no_more_join_than_there_may_be(
    pages: tuple[Caller, Caller], alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, his = pages
    asset = storage.asset_create(alice, b"shown", "a.txt")
    reference = {"asset": str(asset.pk), "url": f"/media/{asset.pk}"}
    node = {"id": "u", "type": "upload", "position": {"x": 0, "y": 0}, "data": {"asset": reference}}
    hers.put(PATH, {"nodes": [*ECHO["nodes"], node]})
    path = made(hers)
    monkeypatch.setattr(sharing, "MAX_COLLABORATORS", 0)
    full = opened(bob, path)
    assert (full.status_code, "at most" in full.content.decode()) == (400, False)
    assert "shared with 0 users" in full.content.decode()
    monkeypatch.undo()
    opened(bob, path)
    assert his.get(f"/media/{asset.pk}").status_code == 200


def test_another_sites_form_joins_nothing(pages: tuple[Caller, Caller], bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert client.post(made(pages[0])).status_code == 403
    assert not Collaborator.objects.exists()
