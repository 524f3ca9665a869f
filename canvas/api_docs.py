"""The description of the API: as a file for programs, and as a page to read and try it on.

The page is Swagger UI, served by us: it loads nothing from elsewhere and runs no inline script.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie

from canvas import texts
from canvas.pages import render
from workflows.api.errors import MethodNotAllowed, response_of
from workflows.api.etag import matches
from workflows.api.openapi import FILE

#: Where the page's parts are served below the static path.
STATIC_NAME = "api-docs"


View = Callable[[HttpRequest], HttpResponse]


def reading(view: View) -> View:
    """Refuse every method but GET and HEAD, in the shape errors have below /api."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return response_of(MethodNotAllowed(allowed=["GET", "HEAD"]))
        return view(request)

    return guarded


@reading
def openapi_json(request: HttpRequest) -> HttpResponse:
    """Send the description."""
    body, etag = _description()
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if matches(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


@reading
@ensure_csrf_cookie
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the page; a user who is logged in tries the API as themselves."""
    instead = texts.description_is_at(reverse("openapi_json"))
    return render(request, "api_docs", {"instead": instead})


def static_folders() -> dict[str, Path]:
    """Map the name below the static path to the folder that holds the parts of the page."""
    spec = importlib.util.find_spec("drf_spectacular_sidecar")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"
    return {STATIC_NAME: folder}


@cache
def _description() -> tuple[bytes, str]:
    body = FILE.read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'
