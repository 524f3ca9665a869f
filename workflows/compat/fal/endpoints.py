"""What an app takes and gives, as OpenAPI: the description fal serves of every endpoint."""

from __future__ import annotations

from typing import Any

from workflows.compat.fal.places import places
from workflows.graph.fal_format import from_document
from workflows.graph.node_ports import outputs_of, port_name
from workflows.graph.ports import MEDIA, item_type
from workflows.graph.result import MEDIA_KEYS, RESPONSE_OUTPUT
from workflows.graph.schema import REQUEST_INPUT, json_schema
from workflows.models import Workflow
from workflows.nodes import registry
from workflows.services.library.apps import App
from workflows.services.library.documents import document_of
from workflows.types import Json, JsonObject

_TEXT: JsonObject = {"type": "string"}
_FILE: JsonObject = {
    "type": "object",
    "title": "File",
    "required": ["url"],
    "properties": {
        "url": {**_TEXT, "format": "uri"},
        "content_type": _TEXT,
        "file_name": _TEXT,
        "file_size": {"type": "integer"},
        "width": {"type": "integer"},
        "height": {"type": "integer"},
    },
}
_A_FILE: JsonObject = {"$ref": "#/components/schemas/File"}
_PLAIN: dict[str, JsonObject] = {
    "text": _TEXT,
    "color": _TEXT,
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
}
_STATUS: JsonObject = {
    "type": "object",
    "title": "QueueStatus",
    "required": ["status", "request_id"],
    "properties": {
        "status": {"type": "string", "enum": ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]},
        "request_id": _TEXT,
        "response_url": _TEXT,
        "status_url": _TEXT,
        "cancel_url": _TEXT,
        "queue_position": {"type": "integer"},
    },
}


def describe(app: App, origin: str) -> JsonObject:
    """Return the OpenAPI description of one app, as a caller at an origin sees it."""
    name = "".join(part.title() for part in app.id.replace("-", "/").replace("_", "/").split("/"))
    about = {"endpointId": app.id, "category": app.category, "playgroundUrl": app.page(origin)}
    request = {"in": "path", "name": "request_id", "required": True, "schema": _TEXT}
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}Input"}}}
    return {
        "openapi": "3.0.4",
        "info": {
            "title": app.name,
            "version": "1.0.0",
            "description": app.description,
            "x-fal-metadata": about,
        },
        "x-fal-metadata": about,
        "servers": [{"url": places(origin).queue}],
        "security": [{"apiKeyAuth": []}],
        "components": {
            "securitySchemes": {
                "apiKeyAuth": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "Key, a space, and a key of this server",
                },
            },
            "schemas": {
                f"{name}Input": _input(app, f"{name}Input"),
                f"{name}Output": _output(app, f"{name}Output"),
                "File": _FILE,
                "QueueStatus": _STATUS,
            },
        },
        "paths": {
            f"/{app.id}": {
                "post": {
                    "requestBody": {"required": True, "content": body},
                    "responses": _response("QueueStatus"),
                }
            },
            f"/{app.id}/requests/{{request_id}}/status": {
                "get": {
                    "parameters": [request],
                    "responses": _response("QueueStatus"),
                }
            },
            f"/{app.id}/requests/{{request_id}}": {
                "get": {
                    "parameters": [request],
                    "responses": _response(f"{name}Output"),
                }
            },
            f"/{app.id}/requests/{{request_id}}/cancel": {
                "put": {
                    "parameters": [request],
                    "responses": {"202": {"description": "It is cancelled."}},
                }
            },
        },
    }


def _response(schema: str) -> JsonObject:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"200": {"description": "The response.", "content": content}}


def _input(app: App, title: str) -> JsonObject:
    if app.workflow is not None:
        found = json_schema(document_of(app.workflow))
    else:
        rows = [{**row, "kind": "list"} if row["type"] == "list" else row for row in app.fields]
        request = {"id": "input", "type": REQUEST_INPUT, "data": {"fields": rows}}
        found = json_schema({"nodes": [request]})
    properties: dict[str, Any] = found["properties"]
    schema = {
        "type": "object",
        "title": title,
        "properties": properties,
        "x-fal-order-properties": list(properties),
    }
    return {**schema, "required": found["required"]} if "required" in found else schema


def _output(app: App, title: str) -> JsonObject:
    if app.workflow is None:
        found = {row["name"]: _typed(row["type"], row["label"]) for row in app.outputs}
    else:
        found = _given(app.workflow)
    return {
        "type": "object",
        "title": title,
        "properties": found,
        "x-fal-order-properties": list(found),
    }


def _given(workflow: Workflow) -> dict[str, JsonObject]:
    """Return what a workflow's result holds, as far as the document says."""
    document = document_of(workflow)
    contents = from_document(document)
    output = contents.get("output")
    if isinstance(contents.get("nodes"), dict) and isinstance(output, dict):
        declared = _declared(contents.get("schema"))
        return {name: declared.get(name, {"title": name}) for name in output}
    types, nodes = registry.node_types(), {node["id"]: node for node in document["nodes"]}
    found: dict[str, JsonObject] = {}
    for edge in document["edges"]:
        source, target = nodes.get(edge["source"]), nodes.get(edge["target"])
        if not source or not target or target["type"] != RESPONSE_OUTPUT:
            continue
        node_type = types.get(source["type"])
        given = outputs_of(node_type, source["data"]) if node_type else ()
        ports = {port.name: port for port in given}
        port = ports.get(port_name(edge.get("sourceHandle"), "out", set(ports)) or "")
        kind = item_type(port.type) if port else "json"
        media = kind in MEDIA
        key = MEDIA_KEYS[kind] if media else kind if kind in _PLAIN and kind != "color" else "json"
        key = "text" if kind == "color" else key
        found[key] = {"type": "array", "items": _A_FILE} if media else _PLAIN.get(kind, {})
    return found


def _declared(schema: Json) -> dict[str, JsonObject]:
    """Return what `schema.output` says of the members of a result, in either of its dialects."""
    rows = schema.get("output") if isinstance(schema, dict) else None
    rows = rows.get("properties", rows) if isinstance(rows, dict) else {}
    found: dict[str, JsonObject] = {}
    for name, row in rows.items() if isinstance(rows, dict) else ():
        if isinstance(row, dict):
            type = row.get("type")
            label = row.get("label", row.get("title", name))
            known = {"type": type} if isinstance(type, str) else {}
            found[name] = {"title": label, **known}
    return found


def _typed(type: str, label: str) -> JsonObject:
    inner = item_type(type)
    schema = _A_FILE if inner in MEDIA else {"title": label, **_PLAIN.get(inner, {})}
    return schema if inner == type else {"type": "array", "items": schema}
