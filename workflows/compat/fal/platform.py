"""The Platform API: /v1/workflows, fal's own way to create, list and read workflows."""

from __future__ import annotations

import base64
import json
from datetime import UTC
from typing import Annotated, Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api import query
from workflows.api.auth import caller_of
from workflows.api.base import origin_of
from workflows.api.capabilities import require
from workflows.api.parsers import encode, read_body
from workflows.bodies import Body, Meta, name_of
from workflows.compat.fal.errors import BadWorkflow, fal_view, platform
from workflows.compat.fal.links import outward
from workflows.graph.document import MAX_NAME
from workflows.graph.fal_format import apps_of, described, from_document, to_document
from workflows.graph.schema import fields_of
from workflows.models import Workflow
from workflows.services.library import named
from workflows.services.library.documents import document_of
from workflows.types import JsonObject

MAX_TITLE = 256
DEFAULT_LIMIT, MAX_LIMIT = 50, 500
Row = TypeVar("Row")
_Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-zA-Z0-9_-]{1,128}\Z", extra={"expected": "1 to 128 letters, digits, _ and -"}
    ),
]
_Title = Annotated[str, name_of(MAX_TITLE)]


class WorkflowFields(Body, rename=None):
    """What is to be changed of a workflow; what is null stays."""

    name: _Name | None = None
    title: _Title | None = None
    contents: JsonObject | None = None
    is_public: bool | None = None


class NewWorkflow(WorkflowFields, kw_only=True, rename=None):
    """A workflow to create."""

    name: _Name
    title: _Title
    contents: JsonObject
    is_public: bool = False


@fal_view(platform, "GET", "POST")
async def workflow_list(request: HttpRequest) -> HttpResponseBase:
    """List one's own workflows, or create one."""
    return await sync_to_async(_create if request.method == "POST" else _list)(request)


@fal_view(platform, "GET")
async def workflow_detail(request: HttpRequest, owner: str, name: str) -> HttpResponseBase:
    """Return one's own or a public workflow with its contents."""
    return await sync_to_async(_detail)(request, owner, name)


def _create(request: HttpRequest) -> HttpResponse:
    return json_response(201, {"workflow": whole(created(request))})


def created(request: HttpRequest) -> Workflow:
    """Create the workflow in a request's body. Raises what is wrong with it."""
    caller = require(caller_of(request), "workflow:write")
    given = read_body(request, NewWorkflow, BadWorkflow)
    return named.workflow_create_named(user=caller.user, **facts(given))


def facts(given: WorkflowFields, before: Workflow | None = None) -> dict[str, Any]:
    """Return what is given as the services take it: name, title, public, document.

    Raises InvalidBody. `before` is the workflow that is changed.
    """
    found: dict[str, Any] = {}
    if given.name is not None:
        found["name"] = given.name
    if given.is_public is not None:
        found["public"] = given.is_public
    title = given.title or (title_of(before) if before else "")
    # A name here is shorter than a title may be there; what does not fit is stored beside it.
    found["title"] = title[:MAX_NAME]
    if given.contents is not None:
        document = to_document(given.contents)
        found["document"] = {**document, "fal": {**document["fal"], "title": title}}
        about = described(given.contents)
        if about is not None:
            found["document"]["description"] = about
    elif before is not None:
        fal = before.extra.get("fal")
        found["document"] = {"fal": {**fal, "title": title}} if isinstance(fal, dict) else {}
    return found


def _list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), "workflow:read")
    text = (query.one(request, "search") or "").casefold()
    given = request.GET.getlist("used_endpoint_ids")
    wanted = {one.strip() for part in given for one in part.split(",") if one.strip()}
    origin = origin_of(request)
    rows = [
        item
        for workflow in named.workflow_own_list(user=caller.user)
        if text in workflow.handle.casefold() or text in workflow.name.casefold()
        if not wanted.isdisjoint((item := _item(workflow, origin))["endpoint_ids"]) or not wanted
    ]
    page, more = page_of(request, rows, DEFAULT_LIMIT, MAX_LIMIT)
    return json_response(200, {"workflows": page, **more})


def page_of(
    request: HttpRequest, rows: list[Row], default: int, most: int
) -> tuple[list[Row], JsonObject]:
    """Return the rows of `?limit=` and `?cursor=`, and what a list says of the rest."""
    limit = query.number(request, "limit", default=default, low=1, high=most)
    start = _offset(query.one(request, "cursor"))
    after = start + limit
    more = after < len(rows)
    facts = {"next_cursor": _cursor(after) if more else None, "has_more": more, "total": len(rows)}
    return rows[start:after], facts


def _detail(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    caller = require(caller_of(request), "workflow:read")
    workflow = named.workflow_named(user=caller.user, owner=owner, name=name)
    return json_response(200, {"workflow": whole(workflow)})


def whole(workflow: Workflow) -> JsonObject:
    """Return a workflow with its contents."""
    document = document_of(workflow)
    contents = from_document(document)
    if "fal" not in document and "schema" not in contents:
        contents = {**contents, "schema": _schema(document)}
    return {**head(workflow), "is_public": workflow.is_open, "contents": contents}


def _schema(document: JsonObject) -> JsonObject:
    """Describe the inputs of a workflow that fal has no form for, so that clients find them."""
    kinds = {"number": "number", "boolean": "boolean"}
    fields: dict[str, Any] = {
        field.port.name: {
            "name": field.port.name,
            "label": field.port.label or field.port.name,
            "type": kinds.get(field.port.type, "string"),
            "required": field.port.required and not field.port.randomize,
        }
        for field in fields_of(document)
    }
    return {"input": fields, "output": {}}


def _item(workflow: Workflow, origin: str) -> JsonObject:
    found = {
        **head(workflow),
        "tags": workflow.tags,
        "endpoint_ids": apps_of({"nodes": workflow.nodes}),
        "description": workflow.description,
    }
    return {**found, **thumbnail_of(workflow, origin)}


def thumbnail_of(workflow: Workflow, origin: str) -> JsonObject:
    """Return `thumbnail_url`: a link to the cover, or what was sent as a thumbnail; {} without."""
    cover = workflow.cover if isinstance(workflow.cover, dict) else {}
    image = cover.get("image") or workflow.thumbnail
    if not isinstance(image, str) or not image:
        return {}
    link = str(outward(image, origin, workflow.owner_id))
    return {"thumbnail_url": origin + link if link.startswith("/") else link}


def head(workflow: Workflow) -> JsonObject:
    """Return what every list shows of a workflow."""
    at = workflow.created_at.astimezone(UTC).replace(tzinfo=None)
    return {
        "name": workflow.handle,
        "title": title_of(workflow),
        "user_nickname": workflow.owner.username,
        "created_at": f"{at.isoformat(timespec='seconds')}Z",
    }


def title_of(workflow: Workflow) -> str:
    """Return a workflow's title, whole even where our name is shorter."""
    fal = workflow.extra.get("fal")
    title = fal.get("title") if isinstance(fal, dict) else None
    whole = isinstance(title, str) and title[:MAX_NAME] == workflow.name
    return str(title) if whole else workflow.name


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"offset": offset}).encode()).decode()


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        offset = json.loads(base64.urlsafe_b64decode(cursor))["offset"]
    except (ValueError, KeyError, TypeError):
        offset = None
    if isinstance(offset, bool) or not isinstance(offset, int) or not 0 <= offset < 10**9:
        expected = "the next_cursor of a list"
        raise BadWorkflow(
            f"cursor must be {expected}.", field="cursor", value=cursor[:80], expected=expected
        )
    return offset


def json_response(status: int, body: JsonObject) -> HttpResponse:
    """Return a response of JSON."""
    return HttpResponse(encode(body), status=status, content_type="application/json")
