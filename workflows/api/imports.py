"""Workflow files and apps: reading and writing files of every format, finding apps by name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import IO, Annotated, TypedDict, cast
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from workflows.api import query
from workflows.api.assets import WHOLE_BYTES, make_room, one_file
from workflows.api.base import ApiView, Request
from workflows.graph import formats
from workflows.services.library import access, apps, bundles, imports
from workflows.services.runner_catalogues import ComfyGraph
from workflows.types import Json, described

_NOT_IN_DOCUMENT = ("name", "description")


class Imported(TypedDict):
    """What a workflow file holds, and what of it will not work here or was removed."""

    format: Annotated[str, described("Format")]
    name: str
    description: str
    document: Annotated[Json, described("ImportedDocument")]
    warnings: list[str]
    removed: list[str]


class Import(ApiView):
    """Workflow files that a user brings."""

    capability = {"POST": "workflow:write"}
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        """Read the one file of the multipart field `file`.

        Nothing is stored but the files of an archive, which become the user's own.
        """
        file = one_file(request)
        name = file.name or ""
        if bundles.is_bundle(file.read(4)):
            found = bundles.bundle_read(user=request.user, file=cast(IO[bytes], file), name=name)
        else:
            file.seek(0)
            content = file.read(settings.LIMITS["upload_bytes"] + 1)
            found = imports.file_read(user=request.user, content=content, name=name)
        document = {
            key: value for key, value in found.document.items() if key not in _NOT_IN_DOCUMENT
        }
        imported: Imported = {
            "format": found.format,
            "name": found.name,
            "description": found.document.get("description") or "",
            "document": document,
            "warnings": found.warnings,
            "removed": found.removed,
        }
        return Response(imported)


class ComfyView(ApiView):
    """A ComfyUI graph to look at."""

    capability = {"POST": "workflow:read"}

    def post(self, request: Request) -> Response:
        """Return what a viewer draws of the ComfyUI file in `graph`; nothing is stored."""
        file = self.read(request, ComfyGraph)
        return Response(imports.comfy_view(user=request.user, graph=file.graph))


class ComfyPorts(ApiView):
    """What of a ComfyUI graph can be a port."""

    capability = {"POST": "workflow:read"}

    def post(self, request: Request) -> Response:
        """Return the input each value of the file in `graph` can be, the output each node can."""
        file = self.read(request, ComfyGraph)
        return Response(imports.comfy_ports(user=request.user, graph=file.graph))


class Export(ApiView):
    """A workflow as a file."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Send the workflow in the format `?format=`: Patchbay's own unless another is named.

        With `?media=true` it is an archive of Patchbay's own and the files it names.
        """
        access.workflow_readable(user=request.user, slug=slug)
        if query.flag(request, "media"):
            make_room()
            bundled, content = bundles.bundle_write(user=request.user, slug=slug)
            sent = StreamingHttpResponse(_chunks(content))
            return _download(sent, f"{slug}.zip", bundled.removed, "application/zip")
        format = query.choice(request, "format", tuple(formats.NAMES)) or formats.PATCHBAY
        file = imports.workflow_export(user=request.user, slug=slug, format=format)
        # Indented as a user would keep it beside a program; text as it was, not escaped.
        body = json.dumps(file.content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
        whole = HttpResponse(body.encode(errors="surrogatepass"))
        return _download(whole, file.name, file.removed, "application/json")


class Apps(ApiView):
    """What a step can call by its name."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request) -> Response:
        """Find apps by `?q=`, or say what those named by `?id=` (up to 50) take and give."""
        ids = request.GET.getlist("id")
        if len(ids) > apps.MAX_ROWS:
            raise query.wrong("id", str(len(ids)), f"given at most {apps.MAX_ROWS} times")
        if ids:
            return Response(apps.apps_named(user=request.user, ids=set(ids)))
        return Response(apps.app_list(user=request.user, text=query.text(request, "q") or ""))


def _download(
    response: HttpResponseBase, name: str, removed: list[str], content_type: str
) -> HttpResponseBase:
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        # A list of names in JSON, escaped: a file has no room to say what is not in it.
        "X-Removed": quote(json.dumps(removed)),
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie, x-api-key",
    }
    for key, value in headers.items():
        response[key] = value
    return response


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, WHOLE_BYTES):
            yield chunk
