"""Temporary tokens: what a page without a key shows to stream an app or to open its socket.

A token is signed, names the apps it is for, lasts minutes, and carries the rights of the caller who
requested it: it ends with their key or session. Its form is our own; clients call it a JWT and
never read it.
"""

from __future__ import annotations

import time
from typing import Annotated

from asgiref.sync import sync_to_async
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.auth import Caller, caller_of
from workflows.api.capabilities import require
from workflows.api.grants import caller_by, grant_of
from workflows.api.parsers import encode, read_object
from workflows.bodies import Body, Meta, read
from workflows.compat.fal.errors import fal_view, running
from workflows.compat.fal.places import NAMESPACES
from workflows.errors import Unauthorized

PARAMETER = "fal_jwt_token"
#: How long a token lasts when the client does not say, and at most, in seconds.
SECONDS = 120
MAX_SECONDS = 3_600
MAX_APPS = 50
MAX_APP = 300
MAX_BODY = 100_000
#: What a key needs to request tokens: the right to run something.
RUN_ANY = ("workflow:run", "workflow:*:run")
_SALT = "workflows.compat.fal.tokens"


class TokenRequest(Body, rename=None):
    """A token to give: the apps it is for, and the seconds it is good for."""

    allowed_apps: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=MAX_APP)]],
        Meta(
            min_length=1, max_length=MAX_APPS, extra={"expected": f"a list of 1 to {MAX_APPS} apps"}
        ),
    ]
    token_expiration: Annotated[int, Meta(ge=1, le=MAX_SECONDS)] = SECONDS


@fal_view(running, "POST")
async def token_create(request: HttpRequest) -> HttpResponseBase:
    """Give a token for `allowed_apps`, good for `token_expiration` seconds: a bare text."""
    return await sync_to_async(_create)(request)


def caller_by_token(text: str, app: str) -> Caller:
    """Return the caller of a token. Raises Unauthorized unless it is good for this app."""
    try:
        held = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        raise Unauthorized() from None
    # A token of an earlier version names no caller who could still be found.
    if held["until"] <= time.time() or "by" not in held or not _covered(held["apps"], app):
        raise Unauthorized()
    return caller_by(held["by"])


def token_for(caller: Caller, apps: list[str], seconds: int) -> str:
    """Return a token by which these apps run as the caller for so many seconds."""
    held = {
        "by": grant_of(caller),
        "apps": apps,
        "until": int(time.time()) + seconds,
    }
    return signing.dumps(held, salt=_SALT)


def _create(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), RUN_ANY)
    found = read(read_object(request.body, MAX_BODY), TokenRequest)
    text = token_for(caller, found.allowed_apps, found.token_expiration)
    return HttpResponse(encode(text), status=201, content_type="application/json")


def _covered(allowed: list[str], app: str) -> bool:
    """Return whether an app is named: whole, or as clients do by its alias alone (`sticker`).

    JavaScript's token providers are given an app with the path that streams it or opens its socket.
    """
    parts = [part for part in app.split("/") if part]
    names = parts[1:] if parts[:1] and parts[0] in NAMESPACES else parts
    alias = names[1] if len(names) > 1 else "".join(names)
    whole = "/".join(parts)
    for name in allowed:
        allowed_app = name.strip("/").removesuffix("/stream").removesuffix("/realtime")
        if allowed_app == alias or f"{whole}/".startswith(f"{allowed_app}/"):
            return True
    return False
