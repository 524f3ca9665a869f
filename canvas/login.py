"""One-time login links: made on the console, good for one use and thirty minutes.

The token is Django's password-reset token with a salt of its own: it dies when the user logs in
(`last_login` is part of it) and after PASSWORD_RESET_TIMEOUT.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from workflows.models import User


class LoginTokens(PasswordResetTokenGenerator):
    """Makes and checks the tokens of login links."""

    key_salt = "canvas.login.LoginTokens"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """Unlike Django's, count microseconds of the last login, so that one use is one use."""
        last = "" if user.last_login is None else user.last_login.isoformat()
        return f"{user.pk}|{user.password}|{last}|{user.is_active}|{timestamp}"


_tokens = LoginTokens()


def login_link(user: User, base_url: str | None = None) -> str:
    """Return a one-time link that logs this user in."""
    base = (base_url or settings.PUBLIC_URL).rstrip("/")
    return f"{base}/login/{user.pk}-{_tokens.make_token(user)}"


def user_of_key(key: str) -> User | None:
    """Return whom a link is for without using it; None when it is used, expired or wrong."""
    return _user(key, User.objects.all())


@transaction.atomic
def login_by_key(request: HttpRequest, key: str) -> User | None:
    """Log the user of a link in, once; None when the link is used, expired or wrong."""
    # The lock makes two requests with one link come after each other: the second finds it used.
    user = _user(key, User.objects.select_for_update())
    if user is not None:
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def _user(key: str, users: QuerySet[User]) -> User | None:
    number, _, token = key.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    user = users.filter(pk=int(number), is_active=True).first()
    return user if user is not None and _tokens.check_token(user, token) else None
