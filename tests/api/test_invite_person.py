"""POST /api/invitations and the page behind the link: one account, once, within a week."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.api.client import Caller
from workflows.errors import InvitationNotFound
from workflows.models import Invitation, User
from workflows.services.identity import accounts

pytestmark = pytest.mark.django_db

FORM = {"username": "carol", "password": "carol paints with light"}


@pytest.fixture
def path(her_browser: Caller, alice: User) -> str:
    """The path of a fresh invitation to the pro tier."""
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    body = {"email": "carol@example.com", "tier": "pro"}
    response = her_browser.post("/api/invitations", body)
    assert response.status_code == 201, response.content
    return "/invitation/" + response.json()["url"].rpartition("/")[2]


def test_an_invitation_makes_one_account_and_logs_it_in(path: str) -> None:
    client = Client()
    assert client.get(path).status_code == 200
    assert client.post(path, FORM)["Location"] == "/"
    assert client.get("/api/whoami").json()["username"] == "carol"
    carol = User.objects.get(username="carol")
    assert (carol.tier, carol.email, carol.is_staff) == ("pro", "carol@example.com", False)
    assert carol.check_password(FORM["password"])
    for answer in (Client().get(path), Client().post(path, {**FORM, "username": "dora"})):
        assert answer.status_code == 404
    assert not User.objects.filter(username="dora").exists()


def test_only_a_digest_of_the_link_is_kept(path: str) -> None:
    assert Invitation.objects.get().digest not in path
    assert len(path) > len("/invitation/") + 30


def test_it_is_over_after_seven_days(path: str) -> None:
    key = path.rpartition("/")[2]
    later = timezone.now() + timedelta(days=7, seconds=1)
    with pytest.raises(InvitationNotFound):
        accounts.invitation_accept(key=key, name="carol", password=FORM["password"], now=later)
    assert not User.objects.filter(username="carol").exists()
    Invitation.objects.update(expires_at=timezone.now())
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"username": ""},
        {"username": "a b"},
        {"username": "alice"},
        {"username": "x" * 151},
        {"password": "short"},
        {"password": "carolcarol12", "username": "carolcarol12"},
    ],
)
def test_a_wrong_name_or_password_leaves_the_invitation_open(
    path: str, change: dict[str, str]
) -> None:
    before = User.objects.count()
    response = Client().post(path, {**FORM, **change})
    assert response.status_code == 400
    assert b'role="alert"' in response.content
    assert User.objects.count() == before
    assert Client().post(path, FORM).status_code == 302


def test_the_form_needs_its_csrf_token(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, FORM).status_code == 403


def test_only_staff_invite(her_browser: Caller) -> None:
    response = her_browser.post("/api/invitations", {})
    assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")


def test_nobody_registers_by_themselves() -> None:
    for path in ("/register", "/signup", "/invitation/", "/invitation/x"):
        assert Client().post(path, FORM).status_code == 404


@pytest.mark.parametrize(("body", "field"), [({"tier": "god"}, "tier"), ({"email": "x"}, "email")])
def test_a_malformed_invitation_names_the_field(
    path: str, her_browser: Caller, body: dict[str, str], field: str
) -> None:
    response = her_browser.post("/api/invitations", body)
    assert (response.status_code, response.json()["field"]) == (400, field)


@pytest.mark.django_db(transaction=True)
def test_ten_who_use_a_link_at_once_make_one_account(path: str) -> None:
    ready = threading.Barrier(10)

    def accept(number: int) -> int:
        try:
            ready.wait(30)
            form = {**FORM, "username": f"carol{number}"}
            return Client().post(path, form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(accept, range(10)))
    assert sorted(statuses) == [302] + [404] * 9
    assert User.objects.filter(username__startswith="carol").count() == 1
