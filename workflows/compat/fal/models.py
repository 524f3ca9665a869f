"""/v1/models: what can be called here, found as fal's catalogue is; prices and usage beside it.

An endpoint is a workflow the caller may read, an alias, or a built-in utility. Prices are this
server's credits.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from workflows.api import query
from workflows.api.auth import Caller, caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import Required, require
from workflows.api.errors import NotFound
from workflows.billing import credits
from workflows.billing.estimate import cost_estimate, number
from workflows.compat.fal.endpoints import describe
from workflows.compat.fal.errors import fal_view, platform
from workflows.compat.fal.platform import DEFAULT_LIMIT, MAX_LIMIT, page_of, thumbnail_of
from workflows.compat.fal.platform import json_response as _json
from workflows.errors import Unauthorized
from workflows.services.library import apps
from workflows.types import JsonObject

READ: Required = ("workflow:read", "workflow:run")
_OPENAPI = "openapi-3.0"
CURRENCY = "credits"
UNIT = "request"


@fal_view(platform, "GET")
async def model_list(request: HttpRequest) -> HttpResponseBase:
    """List endpoints, find some by a text, or name some by id."""
    return await sync_to_async(_list)(request)


@fal_view(platform, "GET")
async def pricing(request: HttpRequest) -> HttpResponseBase:
    """Return what a request of some endpoints costs the caller, as far as it is known before."""
    return await sync_to_async(_pricing)(request)


@fal_view(platform, "GET")
async def usage(request: HttpRequest) -> HttpResponseBase:
    """Return what the caller has spent, by day and endpoint."""
    return await sync_to_async(_usage)(request)


@fal_view(platform, "GET")
async def openapi(request: HttpRequest) -> HttpResponseBase:
    """Describe one endpoint, as the page of an app at fal does; built-in ones to everybody."""
    return await sync_to_async(_openapi)(request)


def _list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    origin, wanted = origin_of(request), _listed(request, "endpoint_id", "endpoint_ids")
    found = _named(caller, wanted) if wanted else apps.apps_all(user=caller.user)
    text = (query.one(request, "q") or "").casefold()
    category = query.one(request, "category")
    hits = [
        app
        for app in found
        if any(text in place.casefold() for place in (app.id, app.name, app.description))
        if category in (None, "", app.category)
        if query.one(request, "status") in (None, "", "active")
    ]
    page, more = page_of(request, hits, DEFAULT_LIMIT, MAX_LIMIT)
    whole = _OPENAPI in _listed(request, "expand")
    models = [_model(app, origin, whole=whole) for app in page]
    return _json(200, {"models": models, **more})


def _model(app: apps.App, origin: str, *, whole: bool) -> JsonObject:
    workflow = app.workflow
    changed = workflow.updated_at.astimezone(UTC) if workflow else None
    facts: JsonObject = {
        "display_name": app.name,
        "category": app.category,
        "description": app.description,
        "status": "active",
        "tags": workflow.tags if workflow else [],
        "updated_at": changed.isoformat(timespec="seconds") if changed else None,
        "is_favorited": None,
        "model_url": app.page(origin),
        "thumbnail_url": "",
        **(thumbnail_of(workflow, origin) if workflow else {}),
        "highlighted": False,
        "pinned": False,
        "kind": "inference",
    }
    found: JsonObject = {"endpoint_id": app.id, "metadata": facts}
    return {**found, "openapi": describe(app, origin)} if whole else found


def _openapi(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    id = query.one(request, "endpoint_id") or ""
    app = apps.utility(id)
    if app is None:
        if caller is None:
            raise Unauthorized()
        app = next(iter(_named(require(caller, READ), [id])), None)
    if app is None:
        raise NotFound(field="endpoint_id", value=id[:200])
    return _json(200, describe(app, origin_of(request)))


def _pricing(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    prices = [
        {
            "endpoint_id": app.id,
            "unit_price": _price(app, caller.user.tier),
            "unit": UNIT,
            "currency": CURRENCY,
        }
        for app in _named(caller, _listed(request, "endpoint_id", "endpoint_ids"))
    ]
    return _json(200, {"prices": prices, "next_cursor": None, "has_more": False})


def _price(app: apps.App, tier: str) -> float | int:
    return (cost_estimate(app.workflow.work, tier) or 0) if app.workflow else 0


def _usage(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), "execution:read")
    now = timezone.now()
    start = query.time(request, "start") or now - timedelta(days=1)
    end = query.time(request, "end") or now
    wanted = _listed(request, "endpoint_id", "endpoint_ids")
    names = apps.app_ids(user=caller.user)
    days: dict[datetime, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for entry in credits.spent(user=caller.user, start=start, end=end):
        id = names.get(entry.workflow_slug, entry.workflow_slug or "other")
        if not wanted or id in wanted:
            day = datetime.combine(entry.created_at.astimezone(UTC).date(), time(), UTC)
            days[day][id].append(-entry.amount)
    series = [
        {
            "bucket": day.isoformat(),
            "results": [
                {
                    "endpoint_id": id,
                    "unit": "step",
                    "quantity": len(amounts),
                    "unit_price": number(sum(amounts, Decimal(0)) / len(amounts)),
                    "cost": number(sum(amounts, Decimal(0))),
                    "currency": CURRENCY,
                }
                for id, amounts in sorted(results.items())
            ],
        }
        for day, results in sorted(days.items())
    ]
    return _json(200, {"time_series": series, "next_cursor": None, "has_more": False})


def _named(caller: Caller, ids: list[str]) -> list[apps.App]:
    found = {app.id: app for app in apps.apps_found(user=caller.user, ids=ids[:MAX_LIMIT])}
    return [found[id] for id in dict.fromkeys(ids) if id in found]


def _listed(request: HttpRequest, *names: str) -> list[str]:
    """Return a parameter that is given comma-separated, repeated, or both."""
    given = [part for name in names for part in request.GET.getlist(name)]
    return [one.strip() for part in given for one in part.split(",") if one.strip()]
