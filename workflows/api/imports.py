"""Workflow files and apps: reading and writing files of every format, finding apps by name."""

from __future__ import annotations

import json
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from workflows.api import query
from workflows.api.assets import one_file
from workflows.api.base import ApiView
from workflows.graph import formats
from workflows.services import access, apps, imports

_NOT_IN_DOCUMENT = ("name", "description")


class Import(ApiView):
    """Workflow files that a person brings."""

    capability = {"POST": "workflow:write"}
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        """Read the one file of the multipart field `file`; nothing is stored."""
        file = one_file(request)
        content = file.read(settings.LIMITS["upload_bytes"] + 1)
        found = imports.file_read(user=request.user, content=content, name=file.name or "")
        document = {
            key: value for key, value in found.document.items() if key not in _NOT_IN_DOCUMENT
        }
        return Response(
            {
                "format": found.format,
                "name": found.name,
                "description": found.document.get("description") or "",
                "document": document,
                "warnings": found.warnings,
                "removed": found.removed,
            }
        )


class ComfyView(ApiView):
    """A ComfyUI graph to look at."""

    capability = {"POST": "workflow:read"}

    def post(self, request: Request) -> Response:
        """Return what a viewer draws of the ComfyUI file in `graph`; nothing is stored."""
        graph = self.body(request).get("graph")
        return Response(imports.comfy_view(user=request.user, graph=graph))


class Export(ApiView):
    """A workflow as a file."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request, slug: str) -> HttpResponse:
        """Send the workflow in the format `?format=`: Patchbay's own unless another is named."""
        access.workflow_readable(user=request.user, slug=slug)
        format = query.choice(request, "format", tuple(formats.NAMES)) or formats.PATCHBAY
        file = imports.workflow_export(user=request.user, slug=slug, format=format)
        # Indented as a person would keep it beside a program; text as it was, not escaped.
        body = json.dumps(file.content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
        return HttpResponse(
            body.encode(errors="surrogatepass"),
            content_type="application/json",
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
                # A list of names in JSON, escaped: a file has no room to say what is not in it.
                "X-Removed": quote(json.dumps(file.removed)),
                "Cache-Control": "private, no-cache",
                "Vary": "Authorization, Cookie, x-api-key",
            },
        )


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
