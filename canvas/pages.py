"""Rendering a page of the server: its template, with what pages say."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template

from canvas import texts


def render(
    request: HttpRequest, page: str, context: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """Return a page from `canvas/templates/canvas`, which has `texts` besides its context."""
    found = {"texts": texts, **(context or {})}
    return render_template(request, f"canvas/{page}.html", found, status=status)
