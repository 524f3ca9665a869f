"""fal's proxy protocol: the URL a client means is in a header, and is served here.

Nothing is fetched: the host chooses one of our own surfaces, and its view responds to the request.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from workflows.api.errors import BadRequest, NotFound
from workflows.compat.fal.errors import fal_view, running
from workflows.compat.fal.places import HOSTS, inner_path

TARGET = "x-fal-target-url"


@fal_view(running, "GET", "POST", "PUT")
async def proxy(request: HttpRequest) -> HttpResponseBase:
    """Respond to the request a client would have sent to the URL in x-fal-target-url."""
    try:
        target = urlsplit(request.headers.get(TARGET, ""))
    except ValueError:  # brackets that hold no IPv6 address
        target = urlsplit("")
    if target.hostname not in HOSTS:
        raise BadRequest(
            f"{TARGET} must be a URL of fal.",
            field=TARGET,
            value=target.hostname or "",
            expected=", ".join(HOSTS),
        )
    path = inner_path(target.hostname, target.path)
    try:
        match = resolve(path)
    except Resolver404:
        raise NotFound(field=TARGET, value=target.path[:200]) from None
    if match.func is proxy or not path.startswith(("/fal/", "/v1/")):
        raise NotFound(field=TARGET, value=target.path[:200])
    request.path = request.path_info = path
    request.META["QUERY_STRING"] = target.query
    request.__dict__.pop("GET", None)
    response: HttpResponseBase = await match.func(request, *match.args, **match.kwargs)
    return response
