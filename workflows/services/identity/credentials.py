"""Credentials: providers' keys of a user. They can be written and deleted, never read again.

The one reader is the engine, for a node of its owner's run, towards the origins it is bound to.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.db import IntegrityError, transaction

from workflows.bodies import SECRET, UNSET, Body, Meta, Name, UnsetType, name_of
from workflows.errors import (
    CredentialExists,
    CredentialLimitReached,
    CredentialNotFound,
    FetchRefused,
    InvalidBody,
)
from workflows.media import fetch, guard
from workflows.models import Credential, ModelServer, User
from workflows.nodes.fal import service as fal
from workflows.nodes.models import providers
from workflows.services.database import one
from workflows.services.locks import hold

MAX_CREDENTIALS = 100
MAX_ORIGINS = 20
MAX_PROVIDER = 100
#: US dollars; a user who spends more needs no cap.
MAX_CAP = 1_000_000
#: A shorter secret would be found, and hidden, in texts that have nothing to do with it.
MIN_SECRET, MAX_SECRET = 8, 8_000
_SECRET = f"one line of {MIN_SECRET} to {MAX_SECRET} characters"


_CAP = Meta(
    ge=0,
    le=MAX_CAP,
    extra={"expected": f"US dollars, 0 to {MAX_CAP:,}, or null for no cap"},
)
Cap = Annotated[float, _CAP] | None


class CredentialCaps(Body):
    """What may be spent on a credential in a day and a month of UTC, in US dollars."""

    cap_per_day: Cap | UnsetType = UNSET
    cap_per_month: Cap | UnsetType = UNSET


class NewCredential(Body):
    """A secret to store, and where it may be sent to: named, or known of the provider."""

    name: Name
    provider: Annotated[str, name_of(MAX_PROVIDER)]
    secret: Annotated[str, Meta(extra={**SECRET, "expected": _SECRET})]
    allowed_origins: Annotated[list[str], Meta(max_length=MAX_ORIGINS)] | None = None
    cap_per_day: Cap | UnsetType = UNSET
    cap_per_month: Cap | UnsetType = UNSET


def credential_list(*, user: User) -> list[Credential]:
    """List a user's credentials by name, without reading a secret."""
    return list(Credential.objects.filter(owner=user).defer("secret").order_by("name"))


def has_credential(*, user: User, provider: str, origin: str) -> bool:
    """Return whether a user has stored a key of a provider that may be sent to an origin."""
    rows = Credential.objects.filter(owner=user, provider__iexact=provider).defer("secret")
    return any(origin in row.allowed_origins for row in rows)


def credential_create(*, user: User, request: NewCredential) -> Credential:
    """Keep a secret, encrypted, for the origins it may be sent to.

    For a service that is known here they need not be named.
    Raises InvalidBody, CredentialExists and CredentialLimitReached.
    """
    secret, provider = request.secret.strip(), request.provider.strip()
    if not MIN_SECRET <= len(secret) <= MAX_SECRET or not _is_line(secret):
        raise InvalidBody(f"secret must be {_SECRET}.", field="secret", expected=_SECRET)
    credential = Credential(
        owner=user,
        name=request.name.strip(),
        provider=provider,
        allowed_origins=_origins(request.allowed_origins or _known(provider)),
        secret=secret,
        last4=secret[-4:],
    )
    _set_caps(credential, request)
    try:
        with transaction.atomic():
            hold(f"owner:{user.pk}")
            count = Credential.objects.filter(owner=user).count()
            if count >= MAX_CREDENTIALS:
                raise CredentialLimitReached(limit=MAX_CREDENTIALS, current=count)
            credential.save(force_insert=True)
    except IntegrityError as error:
        raise CredentialExists(field="name", value=credential.name) from error
    return credential


def credential_save(*, user: User, credential_id: str, request: CredentialCaps) -> Credential:
    """Change what may be spent on a credential. Raises CredentialNotFound."""
    credential = credential_get(user=user, credential_id=credential_id)
    _set_caps(credential, request)
    credential.save(update_fields=["cap_per_day", "cap_per_month"])
    return credential


def _set_caps(credential: Credential, request: CredentialCaps | NewCredential) -> None:
    for name in ("cap_per_day", "cap_per_month"):
        cap = getattr(request, name)
        if cap is not UNSET:
            value = None if cap is None else Decimal(str(cap)).quantize(Decimal("0.01"))
            setattr(credential, name, value)


def credential_delete(*, user: User, credential_id: str) -> None:
    """Forget a credential. Raises CredentialNotFound."""
    credential_get(user=user, credential_id=credential_id).delete()


def credential_get(*, user: User, credential_id: str) -> Credential:
    """Return a credential of the user's without its secret. Raises CredentialNotFound."""
    mine = Credential.objects.filter(owner=user).defer("secret")
    found = one(mine.filter(public_id=credential_id))
    if found is None:
        raise CredentialNotFound()
    return found


def _is_line(text: str) -> bool:
    return all(character.isprintable() and ord(character) < 256 for character in text)


def _known(provider: str) -> list[str]:
    """List the origins of a service we call by ourselves, so that no one has to look them up."""
    if provider.lower() == fal.PROVIDER:
        return fal.origins()
    known = providers.PROVIDERS.get(provider.lower())
    if known is not None:
        return [fetch.origin_of(providers.base_of(known))]
    server = ModelServer.objects.filter(slug=provider.lower()).first()
    return [] if server is None else [fetch.origin_of(server.base_url)]


def _origins(given: list[str]) -> list[str]:
    expected = f"1 to {MAX_ORIGINS} origins such as https://api.example.com"
    if not given:
        raise InvalidBody(
            f"allowedOrigins must be {expected}.", field="allowedOrigins", expected=expected
        )
    found: list[str] = []
    for entry in given:
        try:
            origin = fetch.origin_of(entry)
        except FetchRefused as error:
            raise InvalidBody(
                error.message, field="allowedOrigins", value=entry[:200], expected=expected
            ) from error
        if entry.strip().lower().rstrip("/") not in (origin, f"{origin}:{_port(origin)}"):
            raise InvalidBody(
                "An origin has a scheme, a host and a port, and nothing behind them.",
                field="allowedOrigins",
                value=entry[:200],
                expected=origin,
            )
        if origin not in found:
            found.append(origin)
    return found


def _port(origin: str) -> int:
    return guard.DEFAULT_PORTS[origin.partition(":")[0]]
