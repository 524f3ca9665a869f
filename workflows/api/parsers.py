"""JSON in and out of DRF, exactly: strict reading, and writing that keeps every number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from workflows import bodies
from workflows.api.errors import UnsupportedMediaType
from workflows.bodies import B
from workflows.errors import InvalidBody, PatchbayError
from workflows.graph import long_json, strict_json
from workflows.types import Json, JsonObject

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class StrictJSONParser(BaseParser):
    """Read a JSON body in UTF-8; anything doubtful is refused with its place."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Json:
        """Return the parsed body. Raises InvalidBody, TooLarge, UnsupportedMediaType."""
        check_charset(media_type or "")
        return strict_json.loads(stream.read(), max_bytes=settings.LIMITS["document_bytes"])


class ExactJSONRenderer(BaseRenderer):
    """Write compact JSON with readable Unicode and exact numbers."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Json,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body."""
        return b"" if data is None else encode(data)


class JsonAlone(BaseContentNegotiation):
    """Return JSON whatever is requested: neither `Accept` nor `?format=` changes a response."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser of the body's Content-Type, or None."""
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the one renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def encode(data: Json) -> bytes:
    """Write JSON as UTF-8; a lone surrogate, which UTF-8 cannot hold, is escaped."""
    return b"".join(
        chunk.encode("utf-8", "backslashreplace") for chunk in long_json.chunks(data, _encoder)
    )


def check_charset(content_type: str) -> None:
    """Refuse every charset but UTF-8 (UnsupportedMediaType)."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(value=content_type, expected="charset=utf-8")


def read_body(request: HttpRequest, cls: type[B], error: type[PatchbayError] = InvalidBody) -> B:
    """Parse the body of a plain Django request as StrictJSONParser would, and read it by its class.

    Raises the error, UnsupportedMediaType, TooLarge and InvalidBody.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(value=content_type[:200], expected="application/json")
    check_charset(content_type)
    return bodies.read(read_object(request.body, settings.LIMITS["document_bytes"]), cls, error)


def read_object(text: bytes, max_bytes: int) -> JsonObject:
    """Return the JSON object that a text holds. Raises InvalidBody and TooLarge."""
    return object_body(strict_json.loads(text, max_bytes=max_bytes))


def object_body(data: Json) -> JsonObject:
    """Return the body if it is a JSON object; raises InvalidBody otherwise."""
    if not isinstance(data, dict):
        raise InvalidBody("The body must be a JSON object.", field="body", expected="a JSON object")
    return data
