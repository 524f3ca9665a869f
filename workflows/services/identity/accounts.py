"""Accounts: what a user says about themselves, their password, and how one is invited.

Registration is closed: an account comes from an invitation, the admin pages or the command line.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, TypedDict

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from workflows.billing.credits import Credits, account_credits
from workflows.bodies import SECRET, UNSET, Body, Meta, UnsetType
from workflows.errors import InvalidBody, InvitationNotFound
from workflows.media import storage
from workflows.models import Invitation, User, Workflow
from workflows.models.people import Tier
from workflows.services import runners
from workflows.services.identity import logins

INVITATION_LIFE = timedelta(days=7)
MAX_NAME = 150
MAX_PASSWORD = 1_000

_Name = Annotated[str, Meta(max_length=MAX_NAME)]
_Email = Annotated[str, Meta(max_length=254)]


class AccountFields(Body):
    """What a user may change of their account."""

    first_name: _Name | UnsetType = UNSET
    last_name: _Name | UnsetType = UNSET
    email: _Email | UnsetType = UNSET


class NewPassword(Body):
    """A new password, and the current one of a user who has one."""

    new: Annotated[
        str, Meta(min_length=1, max_length=MAX_PASSWORD, extra={**SECRET, "expected": "a password"})
    ]
    current: Annotated[str, Meta(extra=SECRET)] | None = None


class InvitationFields(Body):
    """Whom an invitation is for; both may be left out."""

    email: _Email = ""
    tier: Tier = Tier.FREE


class AccountLimits(TypedDict):
    """What an account may have, null: no limit, and what it has."""

    maxWorkflows: int | None
    workflows: int
    ratePerMinute: int | None
    maxRunners: Annotated[int | None, Meta(description="0: none may be registered.")]
    storageBytes: int
    storageUsed: int


class Account(TypedDict):
    """An account as its owner sees it."""

    userId: str
    username: str
    email: str
    firstName: str
    lastName: str
    tier: Tier
    isStaff: bool
    hasPassword: bool
    credits: Credits
    limits: AccountLimits


def account(*, user: User) -> Account:
    """Return an account with its credits and limits, as its owner sees it."""
    rate = settings.RATES.get(user.tier)
    return {
        "userId": str(user.pk),
        "username": user.get_username(),
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "tier": Tier(user.tier),
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


def account_save(*, user: User, request: AccountFields) -> None:
    """Set the names and the e-mail address that are given. Raises InvalidBody."""
    changes = {name: text.strip() for name, text in request.given().items()}
    if changes:
        _check_email(changes.get("email", ""))
        User.objects.filter(pk=user.pk).update(**changes)
        user.refresh_from_db()


def password_change(*, user: User, request: NewPassword, address: str) -> None:
    """Set a new password; every other session ends, because it holds the old one's mark.

    A user who has a password gives it as `current`. Raises InvalidBody, and RateLimitExceeded for
    guesses.
    """
    new, current = request.new, request.current
    if user.has_usable_password():
        name = user.get_username()
        logins.attempt(name=name, address=address)
        if current is None or not user.check_password(current):
            raise InvalidBody(
                "This is not your password.", field="current", expected="your present password"
            )
        logins.succeeded(name=name, address=address)
    _check_password(new, user, "new")
    user.set_password(new)
    user.save(update_fields=["password"])


def invitation_create(*, by: User, request: InvitationFields) -> tuple[Invitation, str]:
    """Make an invitation; returns it with the key of its link, which is kept nowhere.

    Raises InvalidBody.
    """
    email = request.email.strip()
    _check_email(email)
    key = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        digest=_digest(key),
        email=email,
        tier=request.tier,
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


def _check_email(text: str) -> None:
    """Refuse what is no e-mail address; none at all is allowed."""
    try:
        if text:
            validate_email(text)
    except ValidationError as error:
        raise InvalidBody(
            "This is not an e-mail address.", field="email", value=text, expected="name@example.com"
        ) from error


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
