"""/admin: staff see users, keys and ledgers; nobody else sees anything."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from tests.api.client import Caller
from workflows.billing import ledger
from workflows.models import CreditEntry, Token, User
from workflows.models.people import Tier
from workflows.services.identity.tokens import token_create

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_content_type_of_another_test() -> None:
    """Each test finds the types made again; their ids outlive them in a cache."""
    ContentType.objects.clear_cache()


@pytest.fixture
def staff(alice: User) -> Client:
    """Alice's browser, now that she runs the place."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(alice)
    return client


def test_strangers_log_in_at_the_one_login_page_and_others_are_refused(
    her_browser: Caller, hers: Caller
) -> None:
    for caller in (Client(), hers.client):
        answer = caller.get("/admin/workflows/user/")
        assert answer.status_code == 302
        answer = caller.get(answer["Location"])
        assert answer["Location"] == "/login?next=/admin/workflows/user/"
    form = {"username": "alice", "password": "alice likes patch cables"}
    guess = Client().post("/admin/login/", form)
    assert guess["Location"].startswith("/login?")
    assert "sessionid" not in guess.cookies
    assert her_browser.get("/admin/login/").status_code == 403


def test_every_list_and_every_row_can_be_read(staff: Client, alice: User, bob: User) -> None:
    token, text = token_create(owner=bob, name="ci", capabilities=["workflow:read"])
    ledger.adjust(bob.pk, Decimal(5))
    paths = [
        "/admin/",
        "/admin/workflows/user/",
        f"/admin/workflows/user/{bob.pk}/change/",
        "/admin/workflows/user/add/",
        "/admin/workflows/token/",
        f"/admin/workflows/token/{token.pk}/change/",
        "/admin/workflows/creditentry/",
        "/admin/workflows/creditentry/add/",
        "/admin/workflows/invitation/",
        f"/admin/workflows/creditentry/{CreditEntry.objects.get().pk}/change/",
    ]
    for path in paths:
        response = staff.get(path)
        assert response.status_code == 200, path
        page = response.content.decode()
        assert text not in page
        assert token.digest not in page
        assert not re.search(r"<script(?![^>]*src=)(?![^>]*application/json)", page), path


def test_a_tier_can_be_changed(staff: Client, bob: User) -> None:
    path = f"/admin/workflows/user/{bob.pk}/change/"
    form = {"username": "bob", "tier": Tier.PRO, "is_active": "on"}
    response = staff.post(path, form)
    assert response.status_code == 302, response.content
    assert b"was changed successfully" in staff.get("/admin/workflows/user/").content
    bob.refresh_from_db()
    assert bob.tier == Tier.PRO


def test_keys_and_ledger_are_read_only_and_people_are_not_deleted(staff: Client, bob: User) -> None:
    token, _ = token_create(owner=bob, name="ci", capabilities=["workflow:read"])
    entry = ledger.adjust(bob.pk, Decimal(5))
    for path in (
        "/admin/workflows/token/add/",
        f"/admin/workflows/token/{token.pk}/delete/",
        f"/admin/workflows/creditentry/{entry.pk}/delete/",
        f"/admin/workflows/user/{bob.pk}/delete/",
    ):
        assert staff.post(path, {"post": "yes"}).status_code == 403, path
    staff.post(f"/admin/workflows/token/{token.pk}/change/", {"name": "mine"})
    staff.post(f"/admin/workflows/creditentry/{entry.pk}/change/", {"amount": "99"})
    assert Token.objects.get().name == "ci"
    assert CreditEntry.objects.get().amount == 5


def test_staff_adjust_an_account_through_the_ledger(staff: Client, bob: User) -> None:
    ledger.adjust(bob.pk, Decimal(5))
    form = {"owner": bob.pk, "amount": "-2.5"}
    assert staff.post("/admin/workflows/creditentry/add/", form).status_code == 302
    assert CreditEntry.objects.count() == 2
    assert ledger.balance(bob.pk) == Decimal("2.5")
