"""Accounts: what a person says about themselves, their password, and how one is invited.

Registration is closed: an account comes from an invitation, the admin pages or the command line.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from workflows.billing.credits import account_credits
from workflows.errors import InvalidBody, InvitationNotFound
from workflows.media import storage
from workflows.models import Invitation, User, Workflow
from workflows.models.people import Tier
from workflows.services import runners
from workflows.services.identity import logins
from workflows.types import Json, JsonObject

INVITATION_LIFE = timedelta(days=7)
MAX_NAME = 150
MAX_PASSWORD = 1_000
#: Column by name on the wire.
_TEXTS = {"firstName": "first_name", "lastName": "last_name"}


def account(*, user: User) -> JsonObject:
    """Return an account with its credits and limits, as its owner sees it."""
    rate = settings.RATES.get(user.tier)
    return {
        "userId": str(user.pk),
        "username": user.get_username(),
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "tier": user.tier,
        "isStaff": user.is_staff,
        "hasPassword": user.has_usable_password(),
        "credits": account_credits(user=user),
        "limits": {
            "maxWorkflows": settings.MAX_WORKFLOWS.get(user.tier),
            "workflows": Workflow.objects.filter(owner=user, is_template=False).count(),
            "maxRunners": runners.runner_limit(user=user),
            "ratePerMinute": None if rate is None else int(rate),
            "storageBytes": settings.LIMITS["storage_bytes_per_user"],
            "storageUsed": storage.used_bytes(user),
        },
    }


def account_save(*, user: User, body: JsonObject) -> None:
    """Set the names and the e-mail address that `body` holds. Raises InvalidBody."""
    changes: dict[str, str] = {}
    for name, column in _TEXTS.items():
        if name in body:
            changes[column] = _text(body[name], name, MAX_NAME)
    if "email" in body:
        changes["email"] = _email(body["email"])
    if changes:
        User.objects.filter(pk=user.pk).update(**changes)
        user.refresh_from_db()


def password_change(*, user: User, body: JsonObject, address: str) -> None:
    """Set a new password; every other session ends, because it holds the old one's mark.

    `current` is asked of whoever has a password. Raises InvalidBody, and RateLimitExceeded for
    guesses.
    """
    new, current = body.get("new"), body.get("current")
    if not isinstance(new, str) or not 0 < len(new) <= MAX_PASSWORD:
        raise InvalidBody("new must be a password.", field="new", expected="a password")
    if user.has_usable_password():
        name = user.get_username()
        logins.attempt(name=name, address=address)
        if not isinstance(current, str) or not user.check_password(current):
            raise InvalidBody(
                "This is not your password.", field="current", expected="your present password"
            )
        logins.succeeded(name=name, address=address)
    _check_password(new, user, "new")
    user.set_password(new)
    user.save(update_fields=["password"])


def invitation_create(*, by: User, body: JsonObject) -> tuple[Invitation, str]:
    """Make an invitation; returns it with the key of its link, which is kept nowhere.

    `body` may have `email` and `tier`. Raises InvalidBody.
    """
    tier = body.get("tier", Tier.FREE)
    if tier not in Tier.values:
        raise InvalidBody(
            "There is no such tier.", field="tier", value=tier, expected=", ".join(Tier.values)
        )
    key = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        digest=_digest(key),
        email=_email(body.get("email", "")),
        tier=tier,
        created_by=by,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    return invitation, key


def invitation_find(*, key: str, now: datetime | None = None, lock: bool = False) -> Invitation:
    """Return an invitation that can be used; `lock` keeps it until the transaction ends.

    Raises InvitationNotFound.
    """
    now = now or timezone.now()
    rows = Invitation.objects.select_for_update() if lock else Invitation.objects
    found = rows.filter(digest=_digest(key), used_at=None, expires_at__gt=now).first()
    if found is None:
        raise InvitationNotFound()
    return found


def invitation_accept(*, key: str, name: str, password: str, now: datetime | None = None) -> User:
    """Make the account of an invitation, once. Raises InvitationNotFound and InvalidBody."""
    now = now or timezone.now()
    user = User(username=User.normalize_username(name.strip()))
    try:
        user.clean_fields(exclude={"password", "last_login", "email"})
    except ValidationError as error:
        message = "The name may have letters, digits and @ . + - _ only."
        raise InvalidBody(message, field="username", expected=_sentence(error)) from error
    _check_password(password, user, "password")
    user.set_password(password)
    try:
        with transaction.atomic():
            invitation = invitation_find(key=key, now=now, lock=True)
            user.tier, user.email = invitation.tier, invitation.email
            user.save(force_insert=True)
            invitation.used_at, invitation.user = now, user
            invitation.save(update_fields=["used_at", "user"])
    except IntegrityError as error:
        raise InvalidBody(
            "This name is taken.", field="username", expected="another name"
        ) from error
    return user


def _check_password(password: str, user: User, field: str) -> None:
    if len(password) > MAX_PASSWORD:
        raise InvalidBody("The password is too long.", field=field, expected="a shorter one")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidBody(_sentence(error), field=field, expected="a better password") from error


def _sentence(error: ValidationError) -> str:
    return " ".join(error.messages)


def _text(value: Json, field: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise InvalidBody(
            f"{field} must be a text.", field=field, expected=f"at most {most} characters"
        )
    return value.strip()


def _email(value: Json) -> str:
    text = _text(value, "email", 254)
    try:
        if text:
            validate_email(text)
    except ValidationError as error:
        raise InvalidBody(
            "This is not an e-mail address.", field="email", value=text, expected="name@example.com"
        ) from error
    return text


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
