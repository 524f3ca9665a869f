"""fal's uploads in parts: Python's below the file's URL, JavaScript's below the upload's.

Both are begun by a ticket for one file that is not there yet, sent in parts in any order, each as
often as needed, and ended by the list of the parts. A part's etag is in a header, which Python
reads, and in the body, which JavaScript reads.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows import bodies
from workflows.api.assets import UPLOAD
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.grants import caller_by, grant_of
from workflows.api.parsers import read_object
from workflows.bodies import Body, Meta
from workflows.compat.fal import links
from workflows.compat.fal.errors import fal_view, running
from workflows.compat.fal.storage import bearer, body_chunks, json_response, life_of
from workflows.errors import InvalidBody, Unauthorized
from workflows.media.signed import Grant, read
from workflows.models import User
from workflows.services.library import uploads

MAX_BODY = 2 * 1024 * 1024
_EXPECTED = "a list of objects with partNumber and etag"


class Part(Body):
    """A part that was stored, by its number and etag."""

    part_number: int
    etag: str


class Parts(Body):
    """The parts that make a file."""

    parts: Annotated[list[Part], Meta(min_length=1, extra={"expected": _EXPECTED})]


@fal_view(running, "POST")
async def begin(request: HttpRequest) -> HttpResponseBase:
    """Promise a URL for a file that comes in parts (Python's protocol)."""
    return await sync_to_async(_begin)(request)


@fal_view(running, "PUT")
async def part(
    request: HttpRequest, ticket: str, number: int, name: str = "", signed: str = ""
) -> HttpResponseBase:
    """Keep one part."""
    return await sync_to_async(_part)(request, ticket, number, signed)


@fal_view(running, "POST")
async def complete(
    request: HttpRequest, ticket: str, name: str = "", signed: str = ""
) -> HttpResponseBase:
    """Make the file of its parts."""
    return await sync_to_async(_complete)(request, ticket, name, signed)


def _begin(request: HttpRequest) -> HttpResponse:
    caller, id = bearer(request), uuid4()
    name = unquote(request.headers.get("x-fal-file-name", ""))[:200] or "file"
    url = links.link(origin_of(request), str(id), caller.user.pk, name)
    ticket = links.Ticket(grant_of(caller), id, life_of(request)).sign()
    return json_response({"access_url": url, "uploadId": quote(ticket)})


def _part(request: HttpRequest, ticket: str, number: int, signed: str) -> HttpResponse:
    user, id, _ = _upload(ticket, signed)
    etag = uploads.part_store(user=user, upload_id=id, number=number, chunks=body_chunks(request))
    response = json_response({"partNumber": number, "etag": etag})
    response["etag"] = f'"{etag}"'
    return response


def _complete(request: HttpRequest, ticket: str, name: str, signed: str) -> HttpResponse:
    user, id, life = _upload(ticket, signed)
    etags = _etags(bodies.read(read_object(request.body, MAX_BODY), Parts))
    asset = uploads.parts_join(user=user, upload_id=id, etags=etags, name=name)
    uploads.upload_expire(asset=asset, seconds=life)
    url = links.link(origin_of(request), str(asset.pk), user.pk, asset.name)
    return json_response({"access_url": url, "etag": asset.sha256})


def _upload(ticket: str, signed: str) -> tuple[User, UUID, int | None]:
    """Return whose upload it is, the file's id and how long it is kept.

    Raises Unauthorized for a ticket that is not valid (any more), and for one of another file than
    that of the URL.
    """
    found = links.ticket_read(ticket)
    if found is None or found.asset_id is None:
        raise Unauthorized()
    # The parts of an upload count as one call, at its beginning.
    user = require(caller_by(found.grant), UPLOAD).user
    if signed and read(signed) != Grant(found.asset_id, user.pk):
        raise Unauthorized()
    return user, found.asset_id, found.life


def _etags(request: Parts) -> dict[int, str]:
    etags = {part.part_number: part.etag.strip('"') for part in request.parts}
    if len(etags) != len(request.parts):
        raise InvalidBody("parts must name every part once.", field="parts", expected=_EXPECTED)
    return etags
