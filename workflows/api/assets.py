"""Uploads, and sending files to those who may see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from workflows.api import query
from workflows.api.auth import caller_of
from workflows.api.base import ApiView, Request
from workflows.api.capabilities import Required, check_slug, require
from workflows.api.errors import BadRequest, json_errors, response_of
from workflows.api.etag import matches
from workflows.api.ranges import RangeNotSatisfiable, read_range
from workflows.engine.host import derived, writing
from workflows.errors import AssetNotFound, InvalidBody, MediaBusy
from workflows.media import hashed, signed, storage
from workflows.media.files import CHUNK_BYTES
from workflows.media.thumbnails import MAX_THUMBNAIL_WIDTH, thumbnail
from workflows.models import Asset, Workflow
from workflows.services.library import assets
from workflows.types import JsonObject

UPLOAD: Required = ("workflow:write", "workflow:run", "workflow:*:run")
READ: Required = ("workflow:read", "execution:read", "workflow:run", "workflow:*:run")

#: Types a browser may show in place; everything else is a download.
INLINE = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "image/avif",
        "video/mp4",
        "video/webm",
        "audio/mpeg",
        "audio/mp4",
        "audio/wav",
        "audio/ogg",
        "audio/flac",
    }
)
#: Files up to this size are read in one go; larger ones in chunks, as fast as they are taken.
WHOLE_BYTES = 1024 * 1024
#: Who prefers this sees how far a file is, and does not wait for it.
_ASYNC = "respond-async"
_SOON_SECONDS = 0.2
SANDBOX = "default-src 'none'; sandbox"
#: What a URL shows never changes, for it names one file's content.
FOREVER = "private, max-age=31536000, immutable"


class Cover(TypedDict):
    """The paths that show a cover to everybody."""

    image: str
    video: str | None


class Writing(TypedDict):
    """How far a file is that is being written, 0..1; null where that is not known."""

    share: float | None


class Uploads(ApiView):
    """Files a user brings."""

    capability = {"POST": UPLOAD}
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        """Store the one file of the multipart field `file`."""
        file = one_file(request)
        asset = assets.asset_upload(user=request.user, chunks=file.chunks(), name=file.name or "")
        return Response(uploaded(asset), status=201, headers={"Location": storage.url(asset.id)})


def one_file(request: Request) -> UploadedFile[bytes]:
    """Return the one file of a multipart body, in the field `file`. Raises InvalidBody."""
    make_room()
    files: list[UploadedFile[bytes]] = request.FILES.getlist("file")
    if len(files) != 1 or len(request.FILES) != 1:
        raise InvalidBody(
            "The upload must hold one file, in the field file.",
            field="file",
            value=len(files),
            expected="one file",
        )
    return files[0]


def make_room() -> None:
    """Make the folder that bodies are parsed into; it may have been cleaned away meanwhile."""
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)


def uploaded(asset: Asset) -> JsonObject:
    """Return a media reference with the keys the documented upload returns besides."""
    return {
        **storage.reference(asset),
        "id": str(asset.id),
        "contentType": asset.content_type,
        "kind": kind_of(asset),
    }


def kind_of(asset: Asset) -> str:
    """Return what a file is in one word: image, video, audio or file."""
    kind = asset.content_type.split("/")[0]
    return kind if kind in ("image", "video", "audio") else "file"


@json_errors("GET", "HEAD")
async def media(request: HttpRequest, id: str) -> HttpResponseBase:
    """Send a file, a range of it, or with `?w=320` a preview of an image."""
    return await sync_to_async(_media)(request, id)


def _media(request: HttpRequest, id: str) -> HttpResponseBase:
    grant = signed.grant_of(request.get_full_path()) if signed.PARAMETER in request.GET else None
    caller = None if grant else caller_of(request)
    if caller is None and signed.PARAMETER in request.GET:
        response = send_asset(request, assets.asset_granted(grant=grant))
        # The holder of the URL may read the file: pages of every origin show it, as they do fal's.
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response
    caller = require(caller, READ)
    return send_asset(request, assets.asset_get(user=caller.user, asset_id=id))


@json_errors("GET", "HEAD")
async def cover(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send a cover that everybody may see: its image, or with `?part=video` its video.

    No credential is required or read.
    """
    return await sync_to_async(_cover)(request, slug)


def cover_urls(workflow: Workflow) -> Cover | None:
    """Return the paths that show a workflow's cover to everybody, or None if there are none."""
    path = f"/api/workflows/{workflow.slug}/cover"
    files = assets.cover_files(workflow)
    if "image" not in files:
        return None
    return {"image": path, "video": f"{path}?part=video" if "video" in files else None}


def _cover(request: HttpRequest, slug: str) -> HttpResponseBase:
    check_slug(slug)
    part = query.choice(request, "part", assets.COVER) or "image"
    response = send_asset(request, assets.cover_file(slug=slug, part=part))
    # The URL stays while the cover, or the reason to show it, may go.
    response["Cache-Control"] = "public, no-cache"
    del response["Vary"]
    return response


def send_asset(request: HttpRequest | Request, asset: Asset) -> HttpResponseBase:
    """Send a file the caller may see, as the request's headers and `?w=` ask for it."""
    width = _width(request.GET.get("w"))
    if width is None and asset.is_recipe:
        waits = _ASYNC not in request.headers.get("Prefer", "").lower()
        try:
            asset = writing.written(asset, writing.PAGE_SECONDS if waits else _SOON_SECONDS)
        except MediaBusy as error:
            if waits or "share" not in error.context:
                raise
            return _accepted({"share": error.context["share"]})
    etag = f'"{asset.sha256[:32]}{"" if width is None else f"-{width}"}"'
    headers = _headers(asset, etag)
    if matches(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers=headers)
    if width is not None:
        make = derived.poster if asset.is_recipe else _thumbnail
        body = make(asset, width)
        return HttpResponse(body, content_type="image/webp", headers=headers)
    return _file(request, asset, headers, etag)


def _accepted(body: Writing) -> HttpResponse:
    """Say that a file is being written (RFC 7240)."""
    headers = {"Retry-After": "1", "Preference-Applied": _ASYNC, "Cache-Control": "no-store"}
    return JsonResponse(body, status=202, headers=headers)


def _thumbnail(asset: Asset, width: int) -> bytes:
    return thumbnail(asset.sha256, width)


def _file(
    request: HttpRequest | Request, asset: Asset, headers: dict[str, str], etag: str
) -> HttpResponseBase:
    headers["Accept-Ranges"] = "bytes"
    wanted = request.headers.get("Range")
    if request.headers.get("If-Range", etag) != etag:
        wanted = None
    try:
        part = read_range(wanted, asset.size)
    except RangeNotSatisfiable as error:
        response = response_of(error)
        response["Content-Range"] = f"bytes */{asset.size}"
        return response
    first, last = part or (0, asset.size - 1)
    length = last - first + 1
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{asset.size}"
    headers["Content-Length"] = str(length)
    type, status = _content_type(asset), 200 if part is None else 206
    if request.method == "HEAD" or length == 0:
        if not hashed.exists(asset.sha256):
            raise AssetNotFound()
        return HttpResponse(b"", content_type=type, status=status, headers=headers)
    parts = hashed.read_range(asset.sha256, first, length)
    if length <= WHOLE_BYTES:
        return HttpResponse(b"".join(parts), content_type=type, status=status, headers=headers)
    # Read before the response begins, so that a file that is gone is a 404 in time.
    begun = chain([next(parts, b"")], parts)
    stream = _chunks(begun)
    return StreamingHttpResponse(stream, content_type=type, status=status, headers=headers)


async def _chunks(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(_some, parts):
        yield chunk


def _some(parts: Iterator[bytes]) -> bytes:
    return b"".join(islice(parts, WHOLE_BYTES // CHUNK_BYTES))


def _headers(asset: Asset, etag: str) -> dict[str, str]:
    shown = "inline" if asset.content_type in INLINE else "attachment"
    name = quote(asset.name or str(asset.id), safe="")
    return {
        "ETag": etag,
        "Cache-Control": _kept(asset),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": f"{shown}; filename*=UTF-8''{name}",
        "Vary": "Authorization, Cookie, x-api-key",
    }


def _kept(asset: Asset) -> str:
    """Return how long a copy may be kept: not longer than the file."""
    if asset.expires_at is None:
        return FOREVER
    left = (asset.expires_at - timezone.now()).total_seconds()
    return f"private, max-age={max(0, int(left))}"


def _content_type(asset: Asset) -> str:
    """Return the stored type; text is UTF-8 as far as we know, and never run as a page."""
    if asset.content_type.startswith("text/"):
        return f"{asset.content_type}; charset=utf-8"
    return asset.content_type


def _width(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 4:
        width = int(text)
        if 1 <= width <= MAX_THUMBNAIL_WIDTH:
            return width
    raise BadRequest(
        f"w must be a width in pixels from 1 to {MAX_THUMBNAIL_WIDTH}.",
        field="w",
        value=text[:80],
        expected=f"1 to {MAX_THUMBNAIL_WIDTH}",
    )
