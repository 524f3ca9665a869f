"""What the views of the API share: their base class, and our URL as seen from outside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from rest_framework import request as drf
from rest_framework.views import APIView

from workflows import bodies
from workflows.api import query
from workflows.api.auth import Caller
from workflows.api.capabilities import Required
from workflows.api.parsers import object_body
from workflows.bodies import B
from workflows.errors import InvalidBody
from workflows.media.links import Links, absolute, signed_links
from workflows.models import User, Workflow
from workflows.services.library import published
from workflows.types import Json, JsonObject

#: The parameter of the query that asks for signed URLs.
SIGNED = "signed"
#: That which names the version to run.
VERSION = "version"


class Request(drf.Request):
    """What annotates the request of a view that only a known caller reaches; never made."""

    user: User
    auth: Caller


class ApiView(APIView):
    """A view whose rights are declared: `capability` maps a method to what it needs."""

    capability: dict[str, Required] = {}
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    def read(self, request: drf.Request, cls: type[B]) -> B:
        """Return the body as its class declares it. Raises InvalidBody."""
        return bodies.read(self.body(request), cls)

    def body(self, request: drf.Request) -> JsonObject:
        """Return the JSON object of the body. Raises InvalidBody."""
        if not has_body(request):
            raise InvalidBody("The body is empty.", field="body", expected="a JSON object")
        return object_body(request.data)

    def caller(self, request: Request) -> Caller:
        """Return who calls."""
        return request.auth


def has_body(request: HttpRequest | drf.Request) -> bool:
    """Return whether a request has a body; the server gives chunked ones a length."""
    return request.META.get("CONTENT_LENGTH") not in (None, "", "0")


def origin_of(request: HttpRequest | drf.Request) -> str:
    """Return `http(s)://host` as the caller sees this server."""
    secure = request.is_secure() or settings.SESSION_COOKIE_SECURE
    return f"{'https' if secure else 'http'}://{request.get_host()}"


def media_links(request: HttpRequest | drf.Request, user_id: int) -> Links:
    """Return how a user is shown our files: with `?signed=true` they open without a key."""
    origin = origin_of(request)
    return signed_links(origin, user_id) if query.flag(request, SIGNED) else Links(origin)


def version_requested(
    request: HttpRequest | drf.Request, caller: Caller, workflow: Workflow
) -> Workflow:
    """Return a workflow as the version that a caller's run of it uses, `?version=` if given.

    Raises VersionNotFound.
    """
    wanted = query.one(request, VERSION)
    by_key = caller.token is not None
    return published.as_version(caller.user, workflow, wanted, by_key=by_key)


def absolute_media(request: HttpRequest | drf.Request, user_id: int) -> Callable[[Json], Json]:
    """Return a function that makes every path of a file of ours in a JSON value a whole URL."""
    return partial(absolute, links=media_links(request, user_id))
