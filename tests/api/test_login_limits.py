"""Guessing passwords: five failures an account, twenty an IP address, and then waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client, override_settings

from canvas import views
from workflows.models import User
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db

GOOD = "alice likes patch cables"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    rates.forget()
    yield
    rates.forget()


def guess(name: str, password: str = "wrong", ip: str = "192.0.2.1", **more: Any) -> int:
    form = {"username": name, "password": password}
    return Client().post("/login", form, REMOTE_ADDR=ip, **more).status_code


def test_the_sixth_guess_is_not_looked_at_not_even_a_right_one(alice: User) -> None:
    assert [guess("alice") for _ in range(5)] == [401] * 5
    assert guess("alice", GOOD) == 429
    assert guess("ALICE", GOOD, "192.0.2.9") == 429
    response = Client().post("/login", {"username": "alice", "password": GOOD})
    assert 1 <= int(response["Retry-After"]) <= 900
    assert b"Try again in 15 minutes" in response.content


def test_a_right_password_forgets_the_failures(alice: User) -> None:
    for _ in range(8):
        assert [guess("alice") for _ in range(4)] == [401] * 4
        assert guess("alice", GOOD) == 302
        rates.clear("login-address:192.0.2.1")


def test_twenty_failures_stop_an_ip_address_whatever_names_it_tries(alice: User) -> None:
    assert [guess(f"name{number}") for number in range(20)] == [401] * 20
    assert guess("alice", GOOD) == 429
    assert guess("alice", GOOD, "192.0.2.2") == 302


def test_successes_do_not_count_against_an_ip_address(alice: User) -> None:
    assert [guess("alice", GOOD) for _ in range(30)] == [302] * 30


def test_the_window_is_over_after_fifteen_minutes(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [guess("alice") for _ in range(6)] == [401] * 5 + [429]
    for seconds, status in ((890, 429), (901, 302)):
        later = time.monotonic() + seconds
        with monkeypatch.context() as patch:
            patch.setattr(time, "monotonic", lambda later=later: later)
            assert guess("alice", GOOD) == status


def test_a_forged_forwarded_ip_address_changes_nothing(alice: User) -> None:
    statuses = [
        guess(f"n{number}", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}") for number in range(21)
    ]
    assert statuses == [401] * 20 + [429]


@override_settings(TRUSTED_PROXIES=frozenset({"127.0.0.1"}))
def test_behind_a_trusted_proxy_the_ip_address_it_saw_counts(alice: User) -> None:
    def through(number: int, seen: str) -> int:
        forged = f"203.0.113.{number}, {seen}"
        return guess(f"n{number}", ip="127.0.0.1", HTTP_X_FORWARDED_FOR=forged)

    assert [through(number, "198.51.100.1") for number in range(21)] == [401] * 20 + [429]
    assert through(99, "198.51.100.2") == 401


@pytest.mark.django_db(transaction=True)
def test_a_hundred_guesses_at_once_get_five_looks(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, lock = [0], threading.Lock()

    def counted(*args: object, **kwargs: object) -> object:
        with lock:
            looks[0] += 1
        return authenticate(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "authenticate", counted)

    def one(number: int) -> int:
        try:
            return guess("alice", ip=f"192.0.2.{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(one, range(100)))
    assert looks == [5]
    assert sorted(statuses) == [401] * 5 + [429] * 95
