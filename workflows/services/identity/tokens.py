"""API tokens: their text, what they may do, and finding the one a request carries.

A token's text is `pb_` + 8 look-up characters + 32 secret ones. Only SHA-256 of the text is stored:
190 random bits need no slow hash. What a token may do is its capabilities cut by its owner's tier,
read on every request, so that a downgrade acts at once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from workflows.bodies import Body, Meta, Name
from workflows.errors import (
    ApiKeyAccessDenied,
    CapabilityAboveCeiling,
    InvalidBody,
    InvalidCapability,
    KeyLimitReached,
    KeyNotFound,
    Unauthorized,
)
from workflows.models import Token, User
from workflows.models.people import Tier
from workflows.prepared import Parameter, PreparedQuery
from workflows.services.database import row_id
from workflows.services.locks import hold

PREFIX = "pb_"
LOOKUP_LENGTH = 8
SECRET_LENGTH = 32
_ALPHABET = string.ascii_letters + string.digits
_TEXT = re.compile(rf"{PREFIX}[A-Za-z0-9]{{{LOOKUP_LENGTH + SECRET_LENGTH}}}")
_NO_DIGEST = "0" * 64
#: `last_used_at` is written at most this often.
USED_EVERY = timedelta(minutes=1)

#: Verbs by resource (spec native 1.2).
VERBS: dict[str, frozenset[str]] = {
    "workflow": frozenset({"read", "write", "run"}),
    "model": frozenset({"run"}),
    "execution": frozenset({"read", "cancel"}),
    "webhook": frozenset({"receive", "read", "write"}),
    "agent": frozenset({"invoke"}),
    "runner": frozenset({"read", "write"}),
    "key": frozenset({"read", "write"}),
}
#: What is held by its own name alone, never by `*` or `<resource>:*`: it reaches beyond the key
#: that holds it, and many keys held those before it existed.
NAMED_ALONE = frozenset({"key:read", "key:write", "webhook:read", "webhook:write"})
#: Resources of which one can be named: `workflow:<slug>:run`.
_NAMED = frozenset({"workflow", "model"})
_NAME = re.compile(r"[a-z0-9-]{1,128}")

#: What a token can at most do, by tier; tiers that are not here have no external API.
CEILINGS: dict[str, frozenset[str]] = {
    Tier.PRO: frozenset({"workflow", "execution", "webhook", "runner", "key"}),
    Tier.BUSINESS: frozenset(VERBS),
    Tier.ENTERPRISE: frozenset(VERBS),
}
#: Ready choices of capabilities (spec native 1.2), and one of ours for what /v1 serves.
PRESETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "read-only": ("Read-only", ("workflow:read",)),
    "workflow-deploy": ("Workflow deploy", ("workflow:run", "workflow:read")),
    "webhook-receiver": ("Webhook receiver", ("webhook:receive",)),
    "full-deploy": ("Full deploy", ("workflow:run", "workflow:read", "workflow:write")),
    "comfyui-client": (
        "ComfyUI client",
        ("workflow:run", "workflow:read", "workflow:write", "runner:read", "runner:write"),
    ),
}
MAX_KEYS = 50
MAX_DAYS = 3_650
MAX_CAPABILITIES = 100

_BY_LOOKUP = PreparedQuery(
    lambda: Token.objects.select_related("owner").filter(lookup=Parameter("lookup"))
)

#: What a user with a browser session can do on every tier; models follow the tier's ceiling.
SESSION = frozenset({"workflow:*", "execution:*", "runner:*"}) | NAMED_ALONE
#: What a browser session can do by a request that any page can make a browser send.
READING = frozenset({"workflow:read", "execution:read", "runner:read", "key:read", "webhook:read"})


def capability_check(capability: str) -> str:
    """Return a well-formed capability; raise InvalidCapability naming what is wrong otherwise."""
    parts = capability.split(":") if isinstance(capability, str) else []
    if capability == "*":
        return capability
    if parts and parts[0] in VERBS:
        verbs = VERBS[parts[0]]
        if len(parts) == 2 and (parts[1] in verbs or (parts[1] == "*" and parts[0] != "key")):
            return capability
        if (
            len(parts) == 3
            and parts[0] in _NAMED
            and _NAME.fullmatch(parts[1])
            and parts[2] == "run"
        ):
            return capability
    raise InvalidCapability(
        f"{capability!r} is not a capability.",
        field="capabilities",
        value=capability,
        expected="workflow:read, workflow:write, workflow:run, workflow:<slug>:run, "
        "execution:read, execution:cancel, runner:read, runner:write, key:read, key:write, "
        "webhook:receive, webhook:read, webhook:write, <resource>:* or *",
    )


def ceiling(user: User) -> list[str]:
    """List what a user's tier can grant, a resource each; empty: no external API."""
    return sorted(f"{resource}:*" for resource in CEILINGS.get(user.tier, ()))


class NewKey(Body):
    """A key to make: it needs a preset or a list of capabilities."""

    name: Name
    preset: str | None = None
    capabilities: (
        Annotated[
            list[Annotated[Any, Meta(extra_json_schema={"type": "string"})]],
            Meta(min_length=1, max_length=MAX_CAPABILITIES),
        ]
        | None
    ) = None
    expires_in_days: Annotated[int, Meta(ge=1, le=MAX_DAYS)] | None = None


def token_grant(
    *, owner: User, request: NewKey, by: Token | None = None, now: datetime | None = None
) -> tuple[Token, str]:
    """Make a token that a user requests, and return it with its text.

    `by` is the key that requests it: what it makes may do no more than itself, and ends with it.
    Raises ApiKeyAccessDenied, InvalidBody, InvalidCapability, CapabilityAboveCeiling and
    KeyLimitReached.
    """
    if owner.tier not in CEILINGS:
        raise ApiKeyAccessDenied(tier=owner.tier)
    capabilities = _capabilities(request)
    for capability in capabilities:
        _check_ceiling(owner, capability)
        if by is not None and not allows(by.capabilities, capability):
            raise CapabilityAboveCeiling(
                "A key cannot grant what it does not hold.", attempted=capability, tier=owner.tier
            )
    days = request.expires_in_days
    expires_at = None if days is None else (now or timezone.now()) + timedelta(days=days)
    if by is not None and by.expires_at is not None:
        if expires_at is not None and expires_at > by.expires_at:
            raise InvalidBody(
                "A key cannot make one that lives longer than itself.",
                field="expiresInDays",
                value=days,
                expected=f"an end no later than {by.expires_at.isoformat(timespec='seconds')}",
            )
        expires_at = expires_at or by.expires_at
    with transaction.atomic():
        hold(f"owner:{owner.pk}")
        count = Token.objects.filter(owner=owner, revoked_at=None).count()
        if count >= MAX_KEYS:
            raise KeyLimitReached(limit=MAX_KEYS, current=count)
        if by is not None and token_valid(token_id=by.pk) is None:
            raise Unauthorized()  # revoked since the request
        return token_create(
            owner=owner,
            name=request.name.strip(),
            capabilities=capabilities,
            expires_at=expires_at,
            made_by=by,
        )


def token_list(*, user: User) -> list[Token]:
    """List a user's tokens that are not revoked, newest first, with their webhooks."""
    rows = Token.objects.filter(owner=user, revoked_at=None).select_related("webhook")
    return list(rows.order_by("-created_at", "-pk"))


def token_get(*, user: User, token_id: str) -> Token:
    """Return one of the user's tokens that is not revoked. Raises KeyNotFound."""
    rows = Token.objects.filter(owner=user, revoked_at=None).select_related("webhook")
    token = rows.filter(pk=row_id(token_id)).first()
    if token is None:
        raise KeyNotFound()
    return token


def token_revoke(*, user: User, token_id: str) -> None:
    """Make a token, and those it has made, worthless from now on.

    Open streams follow within a second. Raises KeyNotFound.
    """
    token, now = token_get(user=user, token_id=token_id), timezone.now()
    with transaction.atomic():
        hold(f"owner:{user.pk}")
        ends = [token.pk]
        while ends:
            Token.objects.filter(pk__in=ends, revoked_at=None).update(revoked_at=now)
            ends = list(Token.objects.filter(made_by__in=ends).values_list("pk", flat=True))


def _capabilities(request: NewKey) -> list[str]:
    if request.preset is not None and request.capabilities is None:
        if request.preset not in PRESETS:
            raise InvalidBody(
                "There is no such preset.",
                field="preset",
                value=request.preset,
                expected=", ".join(PRESETS),
            )
        return list(PRESETS[request.preset][1])
    if request.preset is not None or request.capabilities is None:
        raise InvalidBody(
            "A key needs a preset or a list of capabilities.",
            field="capabilities",
            expected=f"1 to {MAX_CAPABILITIES} capabilities, or a preset",
        )
    return [capability_check(capability) for capability in request.capabilities]


def _check_ceiling(owner: User, capability: str) -> None:
    """Raise CapabilityAboveCeiling for what the owner cannot grant; `*` is staff's."""
    resource = capability.split(":", 1)[0]
    within = owner.is_staff if capability == "*" else resource in CEILINGS[owner.tier]
    if not within:
        raise CapabilityAboveCeiling(attempted=capability, tier=owner.tier)


def token_create(
    *,
    owner: User,
    name: str,
    capabilities: Iterable[str],
    expires_at: datetime | None = None,
    made_by: Token | None = None,
) -> tuple[Token, str]:
    """Make a token and return it with its text, which is shown once and stored nowhere.

    Raises ApiKeyAccessDenied for a tier without external API and InvalidCapability.
    """
    if owner.tier not in CEILINGS:
        raise ApiKeyAccessDenied(tier=owner.tier)
    checked = list(dict.fromkeys(capability_check(capability) for capability in capabilities))
    text = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(LOOKUP_LENGTH + SECRET_LENGTH))
    token = Token.objects.create(
        owner=owner,
        name=name,
        lookup=text[len(PREFIX) :][:LOOKUP_LENGTH],
        digest=_digest(text),
        capabilities=checked,
        expires_at=expires_at,
        made_by=made_by,
    )
    return token, text


def token_find(*, text: str, now: datetime | None = None) -> Token | None:
    """Return the valid token with this text and its owner, or None.

    A miss hashes and compares as a hit does, so that time reveals nothing.
    """
    now = now or timezone.now()
    token = None
    if _TEXT.fullmatch(text):
        lookup = text[len(PREFIX) :][:LOOKUP_LENGTH]
        token = _BY_LOOKUP.one(lookup=lookup)
    same = hmac.compare_digest(_digest(text), token.digest if token else _NO_DIGEST)
    if token is None or not same or not _is_valid(token, now):
        return None
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_EVERY)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token


def token_expired(*, text: str, now: datetime | None = None) -> bool:
    """Say whether a text is that of a token whose time alone is over; its holder may know."""
    if not _TEXT.fullmatch(text):
        return False
    token = _BY_LOOKUP.one(lookup=text[len(PREFIX) :][:LOOKUP_LENGTH])
    if token is None or token.revoked_at is not None:
        return False
    if not hmac.compare_digest(_digest(text), token.digest):
        return False
    return token.expires_at is not None and token.expires_at <= (now or timezone.now())


def token_valid(*, token_id: int, now: datetime | None = None) -> Token | None:
    """Return a token by its id, with its owner, if it may still be used; else None."""
    token = Token.objects.select_related("owner").filter(pk=token_id).first()
    return token if token is not None and _is_valid(token, now or timezone.now()) else None


def _is_valid(token: Token, now: datetime) -> bool:
    in_time = token.expires_at is None or token.expires_at > now
    return in_time and token.revoked_at is None and bool(token.owner.is_active)


def token_capabilities(token: Token) -> frozenset[str]:
    """Return what a token may do now: its capabilities within its owner's tier.

    Raises ApiKeyAccessDenied when the tier has no external API (any more).
    """
    ceiling = CEILINGS.get(token.owner.tier)
    if ceiling is None:
        raise ApiKeyAccessDenied(tier=token.owner.tier)
    held: set[str] = set()
    for capability in token.capabilities:
        if capability == "*":
            held.update(f"{resource}:*" for resource in ceiling if resource != "key")
        elif capability.split(":", 1)[0] in ceiling:
            held.add(capability)
    return frozenset(held)


def session_capabilities(user: User) -> frozenset[str]:
    """Return what a user may do with a browser session."""
    return SESSION | {"model:*"} if "model" in CEILINGS.get(user.tier, ()) else SESSION


def allows(held: Iterable[str], required: str) -> bool:
    """Return whether capabilities cover a required one, itself perhaps about one named thing.

    `workflow:poster:run` is covered by itself, by `workflow:run`, by `workflow:*` and by `*`;
    `key:write` (and the rest of NAMED_ALONE) by itself.
    """
    if required in NAMED_ALONE:
        return required in held
    resource, _, rest = required.partition(":")
    verb = rest.rpartition(":")[2]
    return not {"*", required, f"{resource}:{verb}", f"{resource}:*"}.isdisjoint(held)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
