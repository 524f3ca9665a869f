"""/v1/gallery, /v1/user and /v1/file: all outputs, who calls, and the files behind signed links."""

from __future__ import annotations

from functools import partial

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api import query
from workflows.api.assets import send_asset
from workflows.api.auth import caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.executions import READ
from workflows.compat.comfy import shapes
from workflows.compat.comfy.errors import comfy_view, json_response, uuid_of
from workflows.compat.comfy.links import SECONDS, file_of
from workflows.compat.comfy.paging import page_of
from workflows.errors import AssetNotFound
from workflows.models import User
from workflows.models.people import Tier
from workflows.models.runs import Source
from workflows.services.execution import submissions
from workflows.services.library import assets
from workflows.types import JsonObject

KINDS = ("image", "video", "audio", "file")
#: Our tiers in this API's words.
TIERS = {Tier.FREE: "free", Tier.CREATOR: "free", Tier.PRO: "pro", Tier.BUSINESS: "plus"}


@comfy_view("GET")
async def gallery(request: HttpRequest) -> HttpResponseBase:
    """List the outputs of all completed workflows, newest first."""
    return await sync_to_async(_gallery)(request)


@comfy_view("GET")
async def user(request: HttpRequest) -> HttpResponseBase:
    """Return who calls."""
    return await sync_to_async(_user)(request)


@comfy_view("GET", "HEAD")
async def file(request: HttpRequest, signed: str, name: str = "") -> HttpResponseBase:
    """Send a file to a caller with a link to it that is not too old."""
    return await sync_to_async(_file)(request, signed)


def _gallery(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    rows = submissions.outputs_of(user=caller.user, source=Source.COMFY)
    workflow_id = query.one(request, "workflow_id")
    if workflow_id is not None:
        rows = rows.filter(run_id=uuid_of(workflow_id))
    kind = query.choice(request, "type", KINDS)
    if kind == "file":
        for other in KINDS[:-1]:
            rows = rows.exclude(content_type__startswith=f"{other}/")
    elif kind is not None:
        rows = rows.filter(content_type__startswith=f"{kind}/")
    shown = partial(shapes.gallery, origin=origin_of(request))
    return json_response(page_of(request, "items", rows, shown))


def _user(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), None)
    return json_response(_shown(caller.user))


def _shown(user: User) -> JsonObject:
    name = f"{user.first_name} {user.last_name}".strip()
    joined = shapes.moment(user.date_joined)
    return {
        "id": shapes.person_id(user.pk),
        "name": name or user.username,
        "email": user.email,
        "deleted": False,
        "tier": TIERS.get(Tier(user.tier), "enterprise"),
        "provider": "patchbay",
        "created_at": joined,
        "updated_at": joined,
    }


def _file(request: HttpRequest, signed: str) -> HttpResponseBase:
    found = file_of(signed)
    user = User.objects.filter(pk=found[1], is_active=True).first() if found else None
    if found is None or user is None:
        raise AssetNotFound()
    response = send_asset(request, assets.asset_get(user=user, asset_id=found[0]))
    response["Cache-Control"] = f"private, max-age={SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
