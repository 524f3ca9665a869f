"""Credentials: providers' keys of a person. They can be written and deleted, never read again.

The one reader is the engine, for a node of its owner's run, towards the origins it is bound to.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from workflows.errors import (
    CredentialExists,
    CredentialLimitReached,
    CredentialNotFound,
    FetchRefused,
    InvalidBody,
)
from workflows.media import fetch, guard
from workflows.models import Credential, User
from workflows.nodes.fal import service as fal
from workflows.services.database import one
from workflows.services.locks import hold
from workflows.types import Json, JsonObject

MAX_CREDENTIALS = 100
MAX_ORIGINS = 20
MAX_NAME = 200
MAX_PROVIDER = 100
#: A shorter secret would be found, and hidden, in texts that have nothing to do with it.
SECRET_LENGTHS = (8, 8_000)


def credential_list(*, user: User) -> list[Credential]:
    """List a person's credentials by name, without reading a secret."""
    return list(Credential.objects.filter(owner=user).defer("secret").order_by("name"))


def has_credential(*, user: User, provider: str, origin: str) -> bool:
    """Say whether a person has stored a key of a provider that may be sent to an origin."""
    rows = Credential.objects.filter(owner=user, provider__iexact=provider).defer("secret")
    return any(origin in row.allowed_origins for row in rows)


def credential_create(*, user: User, body: JsonObject) -> Credential:
    """Keep a secret, encrypted, for the origins it may be sent to.

    For a service that is known here they need not be named.
    Raises InvalidBody, CredentialExists and CredentialLimitReached.
    """
    secret = body.get("secret")
    low, high = SECRET_LENGTHS
    if not isinstance(secret, str) or not low <= len(secret.strip()) <= high or not _line(secret):
        # The value is not repeated: it may be a secret all the same.
        raise InvalidBody(
            "secret must be one line of text.",
            field="secret",
            expected=f"{low} to {high} characters",
        )
    secret = secret.strip()
    provider = _text(body.get("provider"), "provider", MAX_PROVIDER)
    credential = Credential(
        owner=user,
        name=_text(body.get("name"), "name", MAX_NAME),
        provider=provider,
        allowed_origins=_origins(body.get("allowedOrigins") or _known(provider)),
        secret=secret,
        last4=secret[-4:],
    )
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


def credential_delete(*, user: User, credential_id: str) -> None:
    """Forget a credential. Raises CredentialNotFound."""
    credential_get(user=user, credential_id=credential_id).delete()


def credential_get(*, user: User, credential_id: Json) -> Credential:
    """Return a credential of the user's without its secret. Raises CredentialNotFound."""
    mine = Credential.objects.filter(owner=user).defer("secret")
    found = one(mine.filter(public_id=credential_id)) if isinstance(credential_id, str) else None
    if found is None:
        raise CredentialNotFound()
    return found


def _line(text: str) -> bool:
    return all(letter.isprintable() and ord(letter) < 256 for letter in text.strip())


def _text(value: Json, field: str, most: int) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= most:
        raise InvalidBody(
            f"{field} must be a text.", field=field, expected=f"1 to {most} characters"
        )
    return value.strip()


def _known(provider: str) -> list[str]:
    """List the origins of a service we call by ourselves; nobody should have to look them up."""
    return fal.origins() if provider.lower() == fal.PROVIDER else []


def _origins(value: Json) -> list[str]:
    expected = f"1 to {MAX_ORIGINS} origins such as https://api.example.com"
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ORIGINS:
        raise InvalidBody(
            "allowedOrigins must be a list.", field="allowedOrigins", expected=expected
        )
    found: list[str] = []
    for entry in value:
        try:
            origin = fetch.origin_of(entry if isinstance(entry, str) else "")
        except FetchRefused as error:
            raise InvalidBody(
                error.message, field="allowedOrigins", value=str(entry)[:200], expected=expected
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
