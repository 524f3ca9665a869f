"""Callers: a user's browser, a token's script, and the engine behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.api.client import Caller
from workflows import database
from workflows.engine import embedded
from workflows.journal import follow
from workflows.models import User
from workflows.services.identity.tokens import token_create

EVERYTHING = ("workflow:*", "execution:*", "model:*", "runner:*")

TokenCaller = Callable[..., Caller]


@pytest.fixture
def nobody() -> Caller:
    """Somebody without any credential."""
    return Caller()


@pytest.fixture
def token() -> TokenCaller:
    """Make a caller with a new token of a user: `token(alice, "workflow:read")`."""

    def make(user: User, *capabilities: str) -> Caller:
        _, text = token_create(owner=user, name="test", capabilities=capabilities or EVERYTHING)
        return Caller(headers={"x-api-key": text})

    return make


@pytest.fixture
def hers(alice: User, token: TokenCaller) -> Caller:
    """Alice's script."""
    return token(alice)


@pytest.fixture
def his(bob: User, token: TokenCaller) -> Caller:
    """Bob's script."""
    return token(bob)


@pytest.fixture
def her_browser(alice: User) -> Caller:
    """Alice's browser: session cookie and CSRF token, as after a login."""
    caller = Caller(enforce_csrf_checks=True)
    caller.client.force_login(alice)
    caller.client.get("/login")
    caller.client.get("/")
    caller.headers["X-CSRFToken"] = caller.client.cookies["csrftoken"].value
    return caller


@pytest.fixture
def engine(transactional_db: None) -> Iterator[None]:
    """A running engine over a database that threads share."""
    follow.forget()
    embedded.start()
    yield
    embedded.stop()
    database.close()
