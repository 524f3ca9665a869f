"""Assembles the description with drf-spectacular: one stand-in view per path, made of its rows.

The real views are partly plain async functions, which drf-spectacular does not see, and none of
them carries its description: importing it would slow every start. Needs the development packages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from django.urls import URLPattern, URLResolver, get_resolver, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from workflows.api.capabilities import SESSION_ONLY
from workflows.api.openapi import FILE
from workflows.api.openapi.accounts import ACCOUNTS, WEBHOOKS
from workflows.api.openapi.assets import ASSETS
from workflows.api.openapi.classes import schemas
from workflows.api.openapi.components import COMPONENTS
from workflows.api.openapi.events import EVENT_SHAPES
from workflows.api.openapi.graphs import GRAPH_SHAPES
from workflows.api.openapi.library import LIBRARY
from workflows.api.openapi.local_models import LOCAL_MODELS
from workflows.api.openapi.providers import PROVIDERS
from workflows.api.openapi.row import ERRORS, Row, Shape
from workflows.api.openapi.runners import RUNNERS
from workflows.api.openapi.running import RUNNING
from workflows.types import JsonObject
from workflows.webhooks.payloads import Report

_KEPT: dict[tuple[str, str], Row] = {
    **LIBRARY,
    **RUNNING,
    **ASSETS,
    **LOCAL_MODELS,
    **PROVIDERS,
    **RUNNERS,
    **ACCOUNTS,
}
_TYPES = list(dict.fromkeys([type for row in _KEPT.values() for type in row.types()] + [Report]))
_FOUND, _NAMED = schemas(_TYPES)
_SCHEMAS = dict(zip(_TYPES, _FOUND, strict=True))
#: What the description covers; pages and health are not part of the API.
PREFIXES = ("/api/", "/media/")
#: Paths that are about the description itself.
OURSELVES = frozenset({"/api/docs", "/api/openapi.json"})

#: What the base class takes for a parameter; ours are all of the first kind.
Parameter = OpenApiParameter | Serializer[Any] | type[Serializer[Any]]

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_SLUG = {"type": "string", "pattern": "^[a-z0-9-]{1,128}$"}
_PARAMETERS: dict[str, tuple[JsonObject, str]] = {
    "task": ({"type": "string", "examples": ["image"]}, "What a model is for."),
    "slug": (_SLUG, "A workflow's slug."),
    "name": ({**_SLUG, "examples": ["gradient"]}, "A model's internalName."),
    "id": ({"type": "string"}, "An id, as returned by the API."),
    "node": ({"type": "string"}, "The id of a node."),
    "file": ({"type": "string"}, "A file's id."),
    "thread": ({"type": "string"}, "The id of a thread."),
    "number": ({"type": "string"}, "The number of a comment in its thread."),
}
_SETTINGS: JsonObject = {
    "TITLE": "Patchbay",
    "VERSION": "1",
    "DESCRIPTION": "Build, run and share node workflows. Errors are `{error, code, …}`.",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/", "description": "The server this description comes from."}],
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [],
    "APPEND_COMPONENTS": {
        "schemas": {
            **COMPONENTS,
            **GRAPH_SHAPES,
            **EVENT_SHAPES,
            **_NAMED,
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            "bearer": {"type": "http", "scheme": "bearer"},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "With the header X-CSRFToken for everything but GET.",
            },
        },
    },
}


class Described(AutoSchema):
    """Describes an operation by its row."""

    @property
    def row(self) -> Row:
        """The row of this operation."""
        return ROWS[self.method, self.path]

    def get_operation_id(self) -> str:
        """Return the name generated clients use."""
        return self.row.name

    def get_tags(self) -> list[str]:
        """Return the section."""
        return [self.row.tag]

    def get_summary(self) -> str:
        """Return the title."""
        return self.row.summary

    def get_description(self) -> str:  # type: ignore[override]  # as AutoSchema has it
        """Return the text."""
        return self.row.description()

    def is_deprecated(self) -> bool:
        """Return whether another operation is to be used instead."""
        return self.row.deprecated

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the credentials that will do."""
        if self.row.public:
            return [{}]
        return (
            [{"session": []}]
            if self.row.session
            else [{"key": []}, {"bearer": []}, {"session": []}]
        )

    def get_override_parameters(self) -> list[Parameter]:
        """Return the parameters in the path, the query and the headers."""
        names = re.findall(r"{(\w+)}", self.path)
        found: list[Parameter] = [
            OpenApiParameter(
                name, _PARAMETERS[name][0], "path", required=True, description=_PARAMETERS[name][1]
            )
            for name in names
        ]
        places: dict[Literal["query", "header"], tuple[JsonObject, ...]] = {
            "query": self.row.query,
            "header": self.row.headers,
        }
        for place, rows in places.items():
            found += [
                OpenApiParameter(row["name"], row["schema"], place, description=row["description"])
                for row in rows
            ]
        return found

    def get_request_serializer(self) -> Any:
        """Return the body."""
        return _schema(self.row.body)

    def _get_request_body(self, direction: str = "request") -> JsonObject | None:
        row, schema = self.row, _schema(self.row.body)
        if schema is None:
            return None
        types = {row.body_type: schema, **row.body_also}
        body: JsonObject = {"content": {type: {"schema": types[type]} for type in types}}
        return {**body, "required": True} if row.body_required else body

    def get_response_serializers(self) -> Any:
        """Return the responses, errors included."""
        row = self.row
        found: dict[str | tuple[str, str], OpenApiResponse] = {}
        for status, (description, shape) in row.responses.items():
            schema = _schema(shape)
            if schema is None:
                found[str(status)] = OpenApiResponse(None, description)
                continue
            types = (
                (row.response_type,) if isinstance(row.response_type, str) else row.response_type
            )
            also = row.also if status == 200 else {}
            for type, one in {**dict.fromkeys(types, schema), **also}.items():
                found[str(status), type] = OpenApiResponse(one, description)
        for status in row.statuses(self.path):
            schema = {"$ref": "#/components/schemas/Error"}
            found[str(status), "application/json"] = OpenApiResponse(schema, ERRORS[status])
        return found


def routes() -> Iterator[tuple[str, Any]]:
    """Yield (path, view) of every route of the site, parameters in braces."""
    yield from _walk(get_resolver().url_patterns, "/")


def methods(view: Any) -> set[str]:
    """Return the methods a view takes, HEAD and OPTIONS left out."""
    cls = getattr(view, "cls", None)
    if cls is not None:
        named = {name for name in cls.http_method_names if hasattr(cls, name)}
    else:
        named = set(getattr(view, "methods", ()))
    return {name.upper() for name in named} - {"HEAD", "OPTIONS"}


def described() -> dict[tuple[str, str], Any]:
    """Map each (method, path) the description must cover to its view."""
    return {
        (method, route): view
        for route, view in routes()
        if route.startswith(PREFIXES) and route not in OURSELVES
        for method in methods(view)
    }


def generate() -> str:
    """Return the description as it is committed."""
    methods_of: dict[str, set[str]] = {}
    for method, route in ROWS:
        methods_of.setdefault(route, set()).add(method)
    patterns = [
        path(re.sub(r"{(\w+)}", r"<str:\1>", route[1:]), _stand_in(names))
        for route, names in methods_of.items()
    ]
    with patched_settings(_SETTINGS):
        schema = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    schema["webhooks"] = WEBHOOKS
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def _schema(shape: Shape | None) -> JsonObject | None:
    return shape if isinstance(shape, dict | None) else _SCHEMAS[shape]


def _with_access(row: Row, view: Any, method: str) -> Row:
    """Add to a row whom its view lets in, where a class declares it."""
    cls = getattr(view, "cls", None)
    if cls is None or row.needs is not None:
        return row
    required = cls.capability.get(method) or ()
    names = (required,) if isinstance(required, str) else required
    if SESSION_ONLY in names:
        return replace(row, session=True)
    needs = " or ".join(f"`{name}`" for name in names).replace("{slug}", "<slug>")
    return replace(row, needs=needs or None, public=cls.authentication_classes == [])


def write() -> None:
    """Write the description to its file."""
    FILE.write_text(generate(), encoding="utf-8")


def _stand_in(names: set[str]) -> Any:
    def handler(self: Any, request: Any, **kwargs: Any) -> None:
        """No one calls this."""

    class StandIn(APIView):
        schema = Described()

    for name in names:
        setattr(StandIn, name.lower(), handler)
    return StandIn.as_view()


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + _CONVERTER.sub(r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


_VIEWS = described()
#: The row of every operation by its method and path.
ROWS = {key: _with_access(row, _VIEWS.get(key), key[0]) for key, row in _KEPT.items()}
