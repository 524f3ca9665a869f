"""Signed URLs of files: with one, a visitor reads the file as the user it was signed for may.

Two forms carry the same signature: a link of the fal dialect, at whatever host it was made, and our
own URL `/media/<id>?signed=…`, by which a file of another user is an input of a run. Our own may
have an end; a link of the dialect has none, as fal's have none.
"""

from __future__ import annotations

import re
import time
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

from django.core import signing

PARAMETER = "signed"
#: Below any host: what makes a link ours is its signature.
_LINK = re.compile(r"https?://[^/?#]+(?:/fal/cdn)?/files/(?P<text>[^/?#]+)(?:/[^/?#]*)?(?:[?#].*)?")
_PATH = re.compile(
    r"(?:https?://[^/?#]+)?/media/(?P<id>[0-9a-f-]{36})"
    rf"\?(?:[^#]*&)?{PARAMETER}=(?P<text>[^&#]+)(?:[&#].*)?"
)


@cache
def _signer() -> signing.Signer:
    # The name is from when the dialect alone signed files: links given away stay valid.
    return signing.Signer(salt="workflows.compat.fal.files")


class Grant(NamedTuple):
    """A file that a signature opens, the user it was signed for, and until when (Unix seconds)."""

    asset_id: UUID
    user_id: int
    expires: int | None = None


def sign(asset_id: UUID | str, user_id: int, expires: int | None = None) -> str:
    """Return the signed text for a file as a user may see it."""
    end = "" if expires is None else f".{expires}"
    return _signer().sign(f"{asset_id}.{user_id}{end}")


def read(text: str) -> Grant | None:
    """Return what a signed text opens, None when it is not ours or its time is over."""
    try:
        asset_id, user_id, *end = _signer().unsign(text).split(".")
        expires = int(end[0]) if end else None
        grant = Grant(UUID(asset_id), int(user_id), expires)
    except (signing.BadSignature, ValueError):
        return None
    return grant if expires is None or time.time() < expires else None


def grant_of(url: str) -> Grant | None:
    """Return what a signed URL of a file opens, None for every other text."""
    match = _LINK.fullmatch(url) or _PATH.fullmatch(url)
    grant = read(unquote(match["text"])) if match else None
    if grant is None or match is None:
        return None
    id = str(grant.asset_id)
    return grant if match.groupdict().get("id", id) == id else None


def path(grant: Grant) -> str:
    """Return our own path of a file with its signature."""
    signature = quote(sign(*grant), safe="")
    return f"/media/{grant.asset_id}?{PARAMETER}={signature}"
