"""/api/account: reading and changing it, the password, and whoami's part of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.api.client import Caller
from workflows.models import User
from workflows.models.people import Tier
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db

GOOD, NEW = "alice likes patch cables", "a much better passphrase"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    rates.forget()
    yield
    rates.forget()


def test_an_account_shows_its_tier_credits_and_limits(her_browser: Caller, alice: User) -> None:
    her_browser.create("One")
    body = her_browser.get("/api/account").json()
    limits = body.pop("limits")
    assert body == {
        "userId": str(alice.pk),
        "username": "alice",
        "email": "",
        "firstName": "",
        "lastName": "",
        "tier": "enterprise",
        "isStaff": False,
        "hasPassword": True,
        "credits": {"balance": 0, "monthly": 0, "unlimited": True},
    }
    assert (limits["workflows"], limits["maxWorkflows"], limits["ratePerMinute"]) == (1, None, None)
    assert limits["storageUsed"] == 0 < limits["storageBytes"]


def test_an_account_tells_how_many_runners_it_may_own(
    her_browser: Caller, alice: User, settings: Any
) -> None:
    def most() -> int | None:
        found: int | None = her_browser.get("/api/account").json()["limits"]["maxRunners"]
        return found

    assert most() == 0
    settings.RUNNERS_BY_USERS = True
    assert most() is None
    settings.MAX_RUNNERS = {"enterprise": 3.0}
    assert most() == 3
    settings.RUNNERS_BY_USERS = False
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert most() == 3


@pytest.mark.parametrize(
    ("tier", "credits"), [("free", 250), ("creator", 1700), ("pro", 5000), ("business", 11329)]
)
def test_a_tier_brings_its_credits(
    her_browser: Caller, alice: User, tier: str, credits: int
) -> None:
    User.objects.filter(pk=alice.pk).update(tier=tier)
    expected = {"balance": credits, "monthly": credits, "unlimited": False}
    assert her_browser.get("/api/account").json()["credits"] == expected
    assert her_browser.get("/api/whoami").json()["credits"] == expected


def test_names_and_email_can_be_changed_and_nothing_else(her_browser: Caller, alice: User) -> None:
    sent = {"firstName": " Alice ", "email": "a@example.com", "tier": "free", "username": "root"}
    body = her_browser.put("/api/account", sent).json()
    assert (body["firstName"], body["lastName"], body["email"]) == ("Alice", "", "a@example.com")
    alice.refresh_from_db()
    assert (alice.username, alice.tier) == ("alice", Tier.ENTERPRISE)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "no"}, "email"),
        ({"firstName": 1}, "firstName"),
        ({"lastName": "x" * 151}, "lastName"),
    ],
)
def test_a_wrong_value_is_named(her_browser: Caller, body: dict[str, object], field: str) -> None:
    response = her_browser.put("/api/account", body)
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_a_new_password_ends_every_other_session(her_browser: Caller, alice: User) -> None:
    other = Client()
    other.force_login(alice)
    body = {"current": GOOD, "new": NEW}
    assert her_browser.post("/api/account/password", body).json() == {"success": True}
    assert her_browser.get("/api/whoami").status_code == 200
    assert other.get("/api/whoami").status_code == 401
    form = {"username": "alice", "password": GOOD}
    assert Client().post("/login", form).status_code == 401
    assert Client().post("/login", {**form, "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"new": NEW}, "current"),
        ({"current": "wrong", "new": NEW}, "current"),
        ({"current": None, "new": NEW}, "current"),
        ({"current": [GOOD], "new": NEW}, "current"),
        ({"current": GOOD}, "new"),
        ({"current": GOOD, "new": ""}, "new"),
        ({"current": GOOD, "new": "short"}, "new"),
        ({"current": GOOD, "new": "password1234"}, "new"),
        ({"current": GOOD, "new": "x" * 1_001}, "new"),
    ],
)
def test_a_password_that_will_not_do_is_refused(
    her_browser: Caller, alice: User, body: dict[str, object], field: str
) -> None:
    response = her_browser.post("/api/account/password", body)
    assert (response.status_code, response.json()["field"]) == (400, field)
    alice.refresh_from_db()
    assert alice.check_password(GOOD)


def test_guessing_the_present_password_is_limited(her_browser: Caller) -> None:
    body = {"current": "wrong", "new": NEW}
    answers = [her_browser.post("/api/account/password", body) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert "Retry-After" in answers[5]


def test_who_came_by_a_link_sets_a_first_password_without_an_old_one(
    her_browser: Caller, alice: User
) -> None:
    alice.set_unusable_password()
    alice.save()
    her_browser.client.force_login(alice)
    her_browser.get("/api/whoami")
    her_browser.client.get("/")
    her_browser.headers["X-CSRFToken"] = her_browser.client.cookies["csrftoken"].value
    assert her_browser.get("/api/account").json()["hasPassword"] is False
    assert her_browser.post("/api/account/password", {"new": NEW}).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(NEW)
