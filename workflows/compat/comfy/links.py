"""Links to outputs: any caller with one may read the file, for an hour."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote
from uuid import UUID

from django.core import signing

FILES = "/v1/file"
SECONDS = 3_600


@cache
def _signer() -> signing.TimestampSigner:
    # "~" needs no escape in a URL.
    return signing.TimestampSigner(salt="workflows.compat.comfy.files", sep="~")


def link(origin: str, asset_id: UUID | str, user_id: int, name: str = "") -> str:
    """Return the URL of a file as a user sees it."""
    ending = f"/{quote(name, safe='')}" if name else ""
    return f"{origin}{FILES}/{_signer().sign(f'{asset_id}.{user_id}')}{ending}"


def file_of(text: str) -> tuple[UUID, int] | None:
    """Return the file and the user of a link, None when it is not ours or too old."""
    try:
        asset_id, _, user_id = _signer().unsign(text, max_age=SECONDS).partition(".")
        return UUID(asset_id), int(user_id)
    except (signing.BadSignature, ValueError):
        return None
