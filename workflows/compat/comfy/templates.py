"""/v1/template: graphs that are stored, as workflows of the library with a ComfyUI node."""

from __future__ import annotations

from collections.abc import Sequence

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows.api.auth import caller_of
from workflows.api.capabilities import require
from workflows.compat.comfy import shapes
from workflows.compat.comfy.creating import MAX_NAME, Wanted, placeholders_of, started
from workflows.compat.comfy.errors import comfy_view, json_response, uuid_of
from workflows.compat.comfy.forms import Form, form_of
from workflows.compat.comfy.paging import page_of
from workflows.compat.comfy.shapes import moment, person_id
from workflows.errors import InvalidBody
from workflows.graph.comfy_format import from_document, to_document
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.models import User, Workflow
from workflows.services import runner_fields
from workflows.services.library import graph_templates
from workflows.services.library.documents import document_of
from workflows.services.library.graph_templates import NODE_TYPE
from workflows.services.library.published import as_published
from workflows.services.runner_catalogues import catalogue_for
from workflows.types import JsonObject

MAX_TEMPLATE_NAME = 100
MAX_DESCRIPTION = 500
READ, WRITE = "workflow:read", "workflow:write"
RUN = ("workflow:run", "workflow:{slug}:run")


@comfy_view("GET", "POST")
async def template_list(request: HttpRequest) -> HttpResponseBase:
    """List one's own templates by page, or keep a graph as one."""
    return await sync_to_async(_create if request.method == "POST" else _list)(request)


@comfy_view("GET", "PUT", "DELETE")
async def template_detail(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return, change or delete a template."""
    verbs = {"GET": _read, "PUT": _change, "DELETE": _delete}
    return await sync_to_async(verbs[str(request.method)])(request, id)


@comfy_view("GET")
async def template_parameters(request: HttpRequest, id: str) -> HttpResponseBase:
    """Return the placeholders of a template."""
    return await sync_to_async(_parameters)(request, id)


@comfy_view("POST")
async def template_run(request: HttpRequest, id: str) -> HttpResponseBase:
    """Start a workflow of a template."""
    return await sync_to_async(_run)(request, id)


def _create(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    with form_of(request) as form:
        name = form.text("name", MAX_TEMPLATE_NAME)
        description = form.text("description", MAX_DESCRIPTION)
        document = _document(form, catalogue_for(user=caller.user))
    body = {"name": name, "description": description, **(document or {})}
    row = graph_templates.template_create(user=caller.user, body=body)
    return json_response(_whole(row), 201)


def _list(request: HttpRequest) -> HttpResponse:
    caller = require(caller_of(request), READ)
    rows = graph_templates.templates_of(user=caller.user)
    return json_response(page_of(request, "templates", rows, _heads))


def _read(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    return json_response(_whole(_template(caller.user, id)))


def _change(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    row = _template(caller.user, id)
    with form_of(request) as form:
        name = form.text("name", MAX_TEMPLATE_NAME, required=False)
        description = form.text("description", MAX_DESCRIPTION, required=False)
        document = _document(form, catalogue_for(user=caller.user), required=False)
    body: JsonObject = {} if name is None else {"name": name}
    body |= {} if description is None else {"description": description}
    row = graph_templates.template_update(
        user=caller.user, template=row, body={**body, **(document or {})}
    )
    return json_response(_whole(row))


def _delete(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), WRITE)
    graph_templates.template_delete(user=caller.user, template=_template(caller.user, id))
    return HttpResponse(status=204)


def _parameters(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), READ)
    graph = from_document(document_of(_template(caller.user, id)))
    found = [
        {
            "name": one.key,
            "type": one.kind,
            "field": one.field,
            "required": one.default is None,
            "default": one.default,
            "options": list(one.options),
            "node": one.node,
            "input": one.input,
        }
        for one in placeholders_of(graph, catalogue_for(user=caller.user))
    ]
    return json_response({"parameters": found})


def _run(request: HttpRequest, id: str) -> HttpResponse:
    caller = require(caller_of(request), None)
    row = as_published(_template(caller.user, id))
    require(caller, RUN, slug=row.slug)
    with form_of(request, may_be_empty=True) as form:
        name = form.text("name", MAX_NAME, required=False) or row.name
        graph = from_document(document_of(row))
        given = form.fields.get("tags")
        tags = _tags(row) if given is None else runner_fields.tags_read(given)
        run = started(caller.user, Wanted(name, graph, tags, form, row), caller.token)
    return json_response(shapes.summaries([run])[0], 201)


def _tags(row: Workflow) -> list[str]:
    """Return the tags of a template's ComfyUI node."""
    found = next(node["data"].get("tags") for node in row.nodes if node["type"] == NODE_TYPE)
    rows = found if isinstance(found, list) else []
    return runner_fields.tags_read(",".join(tag for tag in rows if isinstance(tag, str)))


def _template(user: User, id: str) -> Workflow:
    return graph_templates.template_get(user=user, template_id=uuid_of(id))


def _document(form: Form, catalogue: Catalogue | None, required: bool = True) -> JsonObject | None:
    graph = form.json("body", required=required)
    if graph is None:
        return None
    # What is wrong with a placeholder is said now, not when it is run.
    placeholders_of(graph, catalogue)
    return to_document(graph, catalogue).document


def _heads(rows: Sequence[Workflow]) -> list[JsonObject]:
    return [_head(row) for row in rows]


def _head(row: Workflow) -> JsonObject:
    return {
        "id": str(row.uid),
        "user_id": person_id(row.owner_id),
        "name": row.name,
        "description": row.description,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def _whole(row: Workflow) -> JsonObject:
    try:
        body = from_document(document_of(row))
    except InvalidBody:
        # A node that was put on the canvas and has no graph yet.
        body = None
    return {**_head(row), "body": body}
