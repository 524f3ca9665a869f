"""/api/assets: the files of an account as a list: filter, read, star, use, delete, download."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from rest_framework.response import Response

from workflows.api import query
from workflows.api.assets import kind_of
from workflows.api.auth import Caller, caller_of
from workflows.api.base import ApiView, Request
from workflows.api.capabilities import require
from workflows.api.errors import json_errors
from workflows.api.run_shapes import Money, money
from workflows.api.shapes import moment
from workflows.billing import calls
from workflows.billing.estimate import number
from workflows.media import storage
from workflows.models import Asset, Step
from workflows.services.library import asset_archive, asset_list, asset_use
from workflows.services.library.asset_list import AssetFilter
from workflows.types import Json, JsonObject, Time, Uuid

READ, WRITE = "execution:read", "workflow:write"
MAX_LIMIT = 500
#: Files that a URL can name; with more it would be too long for some proxies.
MAX_QUERY_IDS = 200


class AssetWorkflow(TypedDict):
    """A workflow that made or uses a file."""

    slug: str
    name: str


class AssetSummary(TypedDict):
    """A file as lists show it."""

    id: Uuid
    url: str
    name: str
    contentType: str
    kind: str
    size: int
    width: int | None
    height: int | None
    duration: float | None
    starred: bool
    collections: list[str]
    workflow: AssetWorkflow | None
    nodeId: str | None
    nodeType: str | None
    executionId: Uuid | None
    createdAt: Time
    expiresAt: Time | None


class AssetPage(TypedDict):
    """Some files of a list: `total` is on its first page, `next` the cursor of the next one."""

    assets: list[AssetSummary]
    total: int | None
    next: str | None


class AssetDetails(AssetSummary):
    """A file and how it was made: `settings` of the node's call, `inputs` of the run.

    `cost` and `ms` are those of the node, null when its run is not there any more.
    """

    settings: JsonObject
    inputs: JsonObject
    cost: float | None
    money: Money | None
    ms: int | None


class WorkflowChoice(AssetWorkflow):
    """A workflow to filter by."""

    assets: int


class NodeTypeChoice(TypedDict):
    """A node type to filter by."""

    type: str
    assets: int


class AssetChoices(TypedDict):
    """What files can be filtered by."""

    workflows: list[WorkflowChoice]
    nodeTypes: list[NodeTypeChoice]
    starred: int
    total: int


class WorkflowUse(AssetWorkflow):
    """A workflow that names files: titles of its nodes; `pinned` hold one as their result."""

    nodes: list[str]
    pinned: list[str]
    isCover: bool
    isTemplate: bool


class AssetUse(TypedDict):
    """What uses files: at most 50 workflows of `workflowCount`, and the number of runs."""

    workflows: list[WorkflowUse]
    workflowCount: int
    executions: int


class AssetList(ApiView):
    """The caller's files."""

    capability = {"GET": READ, "PATCH": WRITE}

    def get(self, request: Request) -> Response:
        """List files, newest first."""
        query.paged_by(request, "limit", "cursor")
        page = asset_list.asset_list(
            user=request.user,
            filter=filter_of(request),
            after=_place(query.one(request, "cursor")),
            limit=query.number(request, "limit", default=100, low=1, high=MAX_LIMIT),
        )
        body: AssetPage = {
            "assets": [summary(asset) for asset in page.assets],
            "total": page.total,
            "next": None if page.next is None else _cursor(page.next),
        }
        return Response(body)

    def patch(self, request: Request) -> Response:
        """Star many files, put them into a collection or take them out."""
        change = self.read(request, asset_list.AssetsChange)
        return Response({"changed": asset_list.assets_change(user=request.user, request=change)})


class AssetChoiceList(ApiView):
    """What the caller's files can be filtered by."""

    capability = {"GET": READ}

    def get(self, request: Request) -> Response:
        """Return workflows and node types with the number of their files."""
        found = asset_list.asset_choices(user=request.user)
        body: AssetChoices = {
            "workflows": [
                {"slug": slug, "name": name, "assets": count}
                for slug, name, count in found.workflows
            ],
            "nodeTypes": [{"type": type, "assets": count} for type, count in found.node_types],
            "starred": found.starred,
            "total": found.total,
        }
        return Response(body)


class AssetDetail(ApiView):
    """One file."""

    capability = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    def get(self, request: Request, id: str) -> Response:
        """Return a file and how it was made."""
        return Response(details(asset_list.asset_own(user=request.user, asset_id=id)))

    def patch(self, request: Request, id: str) -> Response:
        """Star or rename a file."""
        asset_list.asset_own(user=request.user, asset_id=id)
        fields = self.read(request, asset_list.AssetFields)
        asset = asset_list.asset_save(user=request.user, asset_id=id, request=fields)
        return Response(details(asset))

    def delete(self, request: Request, id: str) -> Response:
        """Delete a file, whatever uses it."""
        asset_use.assets_delete(user=request.user, ids=[id])
        return Response({"success": True})


class AssetUseSearch(ApiView):
    """What uses some of the caller's files."""

    capability = {"POST": READ}

    def post(self, request: Request) -> Response:
        """Return the workflows and the number of runs that use files."""
        ids = self.read(request, asset_list.AssetIds).ids
        found = asset_use.assets_use(user=request.user, ids=ids)
        body: AssetUse = {
            "workflows": [
                {
                    "slug": row.workflow.slug,
                    "name": row.workflow.name,
                    "nodes": row.nodes,
                    "pinned": row.pinned,
                    "isCover": row.is_cover,
                    "isTemplate": row.workflow.is_template,
                }
                for row in found.workflows
            ],
            "workflowCount": found.workflow_count,
            "executions": found.runs,
        }
        return Response(body)


class AssetDeletion(ApiView):
    """Deleting many of the caller's files."""

    capability = {"POST": WRITE}

    def post(self, request: Request) -> Response:
        """Delete files, all of them or none."""
        ids = self.read(request, asset_list.AssetIds).ids
        return Response({"deleted": asset_use.assets_delete(user=request.user, ids=ids)})


@json_errors("GET")
async def download(request: HttpRequest) -> HttpResponseBase:
    """Send the files that the filters of the list let through as one ZIP, written as it is sent."""
    chunks = await sync_to_async(_archive)(request)
    return StreamingHttpResponse(
        _streamed(chunks),
        content_type="application/zip",
        headers={
            "Content-Disposition": 'attachment; filename="assets.zip"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _archive(request: HttpRequest) -> Iterator[bytes]:
    caller: Caller = require(caller_of(request), READ)
    return asset_archive.archive_of(user=caller.user, filter=filter_of(request))


async def _streamed(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        if chunk:
            yield chunk


def filter_of(request: HttpRequest | Request) -> AssetFilter:
    """Read the filters of the query. Raises BadRequest."""
    return AssetFilter(
        text=query.text(request, "q"),
        workflow=query.text(request, "workflow"),
        node=query.text(request, "node"),
        node_type=query.text(request, "nodeType"),
        kind=query.choice(request, "kind", asset_list.KINDS),
        source=query.choice(request, "source", asset_list.SOURCES),
        starred=query.flag(request, "starred"),
        collection=query.text(request, "collection"),
        since=query.time(request, "since"),
        until=query.time(request, "until"),
        ids=_ids(request),
    )


def _ids(request: HttpRequest | Request) -> list[UUID] | None:
    given = request.GET.getlist("id")
    if not given:
        return None
    if len(given) > MAX_QUERY_IDS:
        raise query.wrong("id", str(len(given)), f"given at most {MAX_QUERY_IDS} times")
    try:
        return [UUID(id) for id in given]
    except ValueError:
        raise query.wrong("id", given[0], "the id of a file") from None


def _cursor(place: asset_list.Place) -> str:
    at, id = place
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id}".encode()).decode()


def _place(cursor: str | None) -> asset_list.Place | None:
    if cursor is None:
        return None
    try:
        at, _, id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(" ")
        place = datetime.fromisoformat(at), UUID(id)
        if place[0].tzinfo is None:
            raise ValueError("a time without its zone")
        return place
    except (binascii.Error, ValueError, OverflowError):
        raise query.wrong("cursor", cursor, "the next of a page") from None


def summary(asset: Asset) -> AssetSummary:
    """Return a file as lists show it."""
    workflow = asset.workflow
    return {
        "id": str(asset.pk),
        "url": storage.url(asset.pk),
        "name": asset.name,
        "contentType": asset.content_type,
        "kind": kind_of(asset),
        "size": asset.size,
        "width": asset.width,
        "height": asset.height,
        "duration": asset.duration,
        "starred": asset.starred,
        "collections": [str(row.pk) for row in asset.collections.all()],
        "workflow": None if workflow is None else {"slug": workflow.slug, "name": workflow.name},
        "nodeId": asset.node_id or None,
        "nodeType": asset.node_type or None,
        "executionId": None if asset.run_id is None else str(asset.run_id),
        "createdAt": moment(asset.created_at),
        "expiresAt": moment(asset.expires_at),
    }


def details(asset: Asset) -> AssetDetails:
    """Return a file and how it was made."""
    step, inputs, paid = None, None, None
    if asset.run is not None:
        inputs = asset.run.inputs
        step = Step.objects.filter(run=asset.run, node_id=asset.node_id).defer("output").first()
        paid = calls.paid_by_node(asset.run.pk).get(asset.node_id)
    ms = None
    if step is not None and step.started_at and step.finished_at:
        ms = int((step.finished_at - step.started_at).total_seconds() * 1000)
    return {
        **summary(asset),
        "settings": _object(asset.settings),
        "inputs": _object(inputs),
        "cost": None if step is None else number(step.cost),
        "money": None if paid is None else money(paid),
        "ms": ms,
    }


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
