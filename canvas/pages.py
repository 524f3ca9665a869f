"""Rendering a page of the server: its template, with what pages say."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django_vite.core.asset_loader import DjangoViteAssetLoader
from django_vite.core.exceptions import DjangoViteAssetNotFoundError, DjangoViteManifestError

from canvas import texts


def render(
    request: HttpRequest, page: str, context: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """Return a page from `canvas/templates/canvas`, which has `texts` and `fonts` too."""
    found = {"texts": texts, "fonts": _fonts(), **(context or {})}
    return render_template(request, f"canvas/{page}.html", found, status=status)


def _fonts() -> str | None:
    """Return the URL of our fonts, None where the frontend is not built with them."""
    try:
        url: str = DjangoViteAssetLoader.instance().generate_vite_asset_url("src/fonts.css")
    except (DjangoViteAssetNotFoundError, DjangoViteManifestError):
        return None
    return url
