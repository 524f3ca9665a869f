"""fal's storage: tokens and places for uploads, the uploads themselves, and reading files back.

A user's uploads become files of theirs here. A URL is promised before the file comes, as
JavaScript's protocol wants it; the permission to fill it is signed and good for an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.assets import UPLOAD, send_asset
from workflows.api.auth import Caller, caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.errors import BadRequest
from workflows.api.grants import caller_by, grant_of
from workflows.api.parsers import encode, read_object
from workflows.api.throttles import count_call
from workflows.compat.fal import links
from workflows.compat.fal.errors import fal_view, running
from workflows.compat.fal.places import places
from workflows.errors import InvalidBody, Unauthorized
from workflows.graph.strict_json import loads
from workflows.media.signed import read
from workflows.models import Asset, User
from workflows.services.library import assets
from workflows.services.library.uploads import upload_expire
from workflows.types import JsonObject

CHUNK_BYTES = 256 * 1024
#: Headers that say how long an upload is stored; of who may read it they say nothing to us.
LIFE = ("x-fal-object-lifecycle", "x-fal-object-lifecycle-preference")
LONGEST = 10 * 366 * 86_400


@fal_view(running, "POST")
async def upload_token(request: HttpRequest) -> HttpResponseBase:
    """Give a token for uploads (Python's protocol)."""
    caller = await sync_to_async(_uploader)(request)
    expires = datetime.now(UTC) + timedelta(seconds=links.UPLOAD_SECONDS)
    return json_response(
        {
            "token": links.Ticket(grant_of(caller)).sign(),
            "token_type": "Bearer",
            "base_url": places(origin_of(request)).cdn,
            "expires_at": expires.isoformat(timespec="seconds"),
        }
    )


@fal_view(running, "POST")
async def upload_initiate(request: HttpRequest) -> HttpResponseBase:
    """Promise a URL for a file and say where to put it (JavaScript's protocol)."""
    caller = await sync_to_async(_uploader)(request)
    body = read_object(request.body, 100_000) if request.body else {}
    name, origin, id = str(body.get("file_name") or "file")[:200], origin_of(request), uuid4()
    ticket = links.Ticket(grant_of(caller), id, life_of(request)).sign()
    place = f"{links.PUT}/{quote(ticket)}/{quote(name, safe='')}"
    return json_response(
        {
            "upload_url": f"{places(origin).cdn}{place}",
            "file_url": links.link(origin, str(id), caller.user.pk, name),
        }
    )


@fal_view(running, "POST")
async def upload(request: HttpRequest) -> HttpResponseBase:
    """Store the body as a file of whom the bearer token is for, and return its URL."""
    return await sync_to_async(_upload)(request)


@fal_view(running, "PUT")
async def put(request: HttpRequest, ticket: str, name: str) -> HttpResponseBase:
    """Store the body as the file a ticket was given for."""
    return await sync_to_async(_put)(request, ticket, name)


@fal_view(running, "GET", "HEAD")
async def file(request: HttpRequest, signed: str, name: str = "") -> HttpResponseBase:
    """Send a file to any caller with its link."""
    return await sync_to_async(_file)(request, signed)


def _uploader(request: HttpRequest) -> Caller:
    return require(caller_of(request), UPLOAD)


def bearer(request: HttpRequest) -> Caller:
    """Return whom a request's token for uploads was given to. Raises Unauthorized."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    found = links.ticket_read(text.strip()) if scheme.lower() == "bearer" else None
    if found is None or found.asset_id is not None:
        raise Unauthorized()
    return uploader(request, found)


def uploader(request: HttpRequest, ticket: links.Ticket) -> Caller:
    """Return whom a ticket was given to, if they may still upload, and count the call."""
    caller = require(caller_by(ticket.grant), UPLOAD)
    count_call(request, caller.user, by_key=caller.token is not None)
    return caller


def body_chunks(request: HttpRequest) -> Iterator[bytes]:
    """Return the body of a request piece by piece, as it is read from disk."""
    return iter(lambda: request.read(CHUNK_BYTES), b"")


def life_of(request: HttpRequest) -> int | None:
    """Return how many seconds a client wants its file to be stored, None: permanently.

    Raises InvalidBody.
    """
    text = next((request.headers[name] for name in LIFE if name in request.headers), None)
    if text is None:
        return None
    wanted = loads(text.encode(), max_bytes=10_000)
    seconds = wanted.get("expiration_duration_seconds") if isinstance(wanted, dict) else False
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= LONGEST:
        raise InvalidBody(
            "The life of the file cannot be read.",
            field=LIFE[0],
            value=text[:200],
            expected=f'{{"expiration_duration_seconds": 1 to {LONGEST}}}',
        )
    return seconds


def json_response(body: JsonObject) -> HttpResponse:
    """Return a response of JSON."""
    return HttpResponse(encode(body), content_type="application/json")


def _upload(request: HttpRequest) -> HttpResponse:
    user = bearer(request).user
    name = unquote(request.headers.get("x-fal-file-name", ""))[:200]
    life = life_of(request)
    asset = _store(request, user, name)
    upload_expire(asset=asset, seconds=life)
    url = links.link(origin_of(request), str(asset.pk), asset.owner_id, asset.name)
    return json_response({"access_url": url})


def _put(request: HttpRequest, ticket: str, name: str) -> HttpResponse:
    found = links.ticket_read(ticket)
    if found is None or found.asset_id is None:
        raise Unauthorized()
    user = uploader(request, found).user
    if Asset.objects.filter(pk=found.asset_id).exists():
        raise BadRequest("This place has its file already.", field="upload_url", expected="once")
    asset = _store(request, user, name, found.asset_id)
    upload_expire(asset=asset, seconds=found.life)
    response = json_response({"etag": asset.sha256})
    response["etag"] = f'"{asset.sha256}"'
    return response


def _store(request: HttpRequest, user: User, name: str, id: UUID | None = None) -> Asset:
    return assets.asset_upload(user=user, chunks=body_chunks(request), name=name, asset_id=id)


def _file(request: HttpRequest, signed: str) -> HttpResponseBase:
    response = send_asset(request, assets.asset_granted(grant=read(signed)))
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
