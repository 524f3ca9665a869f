"""URLs of files as fal clients know them: whole, and readable by any caller who has one.

A link carries the file's id, the user it was made for and our signature, and shows what that
user may see: a result can name files that are not its owner's. Clients hand links back as inputs;
inside they are the files themselves again. Upload tickets are signed as well, for they come without
a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, unquote
from uuid import UUID

from django.core import signing

from workflows.compat.fal.places import CDN, places
from workflows.graph.refs import map_strings
from workflows.media import signed, storage
from workflows.types import Json, JsonObject

FILES = "/files"
PUT = "/put"
#: How long a place for an upload and a token for uploads are good, in seconds.
UPLOAD_SECONDS = 3_600

_TICKET = re.compile(rf"{CDN}(?:{PUT}|{FILES}/[^/]+/[^/]+/multipart)/([^/]+)/")
_MEDIA = re.compile(r"/media/([0-9a-f-]{36})(?:\?.*)?")


@cache
def _uploads() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="workflows.compat.fal.uploads")


def link(
    origin: str, asset_id: str, user_id: int, name: str = "", expires: int | None = None
) -> str:
    """Return the URL of a file as a user sees it, for every caller who is given it."""
    ending = f"/{quote(name, safe='')}" if name else ""
    text = quote(signed.sign(asset_id, user_id, expires))
    return f"{places(origin).cdn}{FILES}/{text}{ending}"


def outward(value: Json, origin: str, user_id: int) -> Json:
    """Return a user's JSON value with links for our own URLs and fal's keys on files."""
    if isinstance(value, list):
        return [outward(item, origin, user_id) for item in value]
    if isinstance(value, dict):
        return _outward_object(value, origin, user_id)
    return _outward_text(value, origin, user_id) if isinstance(value, str) else value


def inward(value: Json, user_id: int) -> Json:
    """Return a JSON value with our own paths for links that carry our signature.

    A link that was signed for another user keeps its signature: the link grants the file, and
    nothing else would to the user whose value it is.
    """

    def change(text: str) -> str:
        grant = signed.grant_of(text)
        if grant is None:
            return text
        own = grant.user_id == user_id
        return storage.url(grant.asset_id) if own else signed.path(grant)

    return map_strings(value, change)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A permission to upload as whom `grant` names (api/grants.py): one file of a given id (None:
    any), kept for `life` seconds (None: permanently)."""

    grant: str
    asset_id: UUID | None = None
    life: int | None = None

    def sign(self) -> str:
        """Return the ticket as it is given away."""
        return _uploads().sign(f"{self.grant}.{self.asset_id or ''}.{self.life or ''}")


def ticket_read(text: str) -> Ticket | None:
    """Return a ticket that was given away, None when it is not valid (any more)."""
    try:
        grant, asset_id, life = _uploads().unsign(text, max_age=UPLOAD_SECONDS).split(".")
        return Ticket(grant, UUID(asset_id) if asset_id else None, int(life) if life else None)
    except (signing.BadSignature, ValueError):
        return None


def is_ticket_path(path: str) -> bool:
    """Return whether a path is that of an upload, or a part of one, with a valid ticket."""
    match = _TICKET.match(path)
    return match is not None and ticket_read(unquote(match.group(1))) is not None


def _outward_text(text: str, origin: str, user_id: int, name: str = "") -> str:
    match = _MEDIA.fullmatch(text)
    if match is None:
        return text
    grant = signed.grant_of(text)
    if grant is None:
        return link(origin, match.group(1), user_id, name)
    return link(origin, match.group(1), grant.user_id, name, grant.expires)


def _outward_object(value: JsonObject, origin: str, user_id: int) -> JsonObject:
    found = {key: outward(item, origin, user_id) for key, item in value.items()}
    asset, name, url = value.get("asset"), value.get("name"), str(value.get("url"))
    if isinstance(asset, str) and _MEDIA.fullmatch(url):
        name = name if isinstance(name, str) else ""
        found["url"] = _outward_text(url, origin, user_id, name)
        found |= {"file_name": name, "file_size": value.get("size")}
    return found
