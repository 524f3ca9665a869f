"""What a caller may do, declared on each view: `capability = {"GET": "workflow:read", ...}`.

The order of checks is the same everywhere: credential (401), syntax of the slug (400), capability
(403); whether the thing exists and is the caller's (404) is the service's matter, and comes after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workflows.api.auth import Caller
from workflows.api.errors import CsrfFailed, SessionRequired
from workflows.errors import CapabilityDenied, InvalidSlug, Unauthorized
from workflows.services.identity.tokens import NAMED_ALONE, READING, allows
from workflows.types import JsonObject

SLUG = re.compile(r"[a-z0-9-]{1,128}")

#: What no key can hold: the call needs a browser session.
SESSION_ONLY = "session"

#: One capability, or several of which any will do. `{slug}` is the slug in the path.
Required = str | tuple[str, ...]


class HasCapability(BasePermission):
    """Let a caller through who holds what the view declares for the method.

    A method without an entry needs a credential only.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say yes or raise the error that says why not."""
        slug = view.kwargs.get("slug")
        required = getattr(view, "capability", {}).get(_read(request.method))
        require(cast("Caller | None", request.auth), required, slug=slug)
        return True


def require(caller: Caller | None, required: Required | None, *, slug: str | None = None) -> Caller:
    """Return the caller if they may; else Unauthorized, InvalidSlug, CapabilityDenied..."""
    if caller is None:
        raise Unauthorized()
    if slug is not None:
        check_slug(slug)
    if required == SESSION_ONLY:
        if caller.token is not None:
            raise SessionRequired()
        return caller
    if required is not None and caller.reads and not holds(READING, required, slug):
        raise CsrfFailed(
            "A browser session only reads by GET: use POST with the header X-CSRFToken, or a key."
        )
    if required is not None and not holds(caller.capabilities, required, slug):
        names = _names(required, slug)
        if names[0] in NAMED_ALONE:
            raise SessionRequired(
                f"Only a browser session may do this, or a key that holds {names[0]}.",
                required=names[0],
            )
        more: JsonObject = {"anyOf": names} if len(names) > 1 else {}
        raise CapabilityDenied(required=names[0], **more)
    return caller


def check_slug(slug: str) -> None:
    """Raise InvalidSlug unless a slug has the characters slugs have."""
    if not SLUG.fullmatch(slug):
        raise InvalidSlug(field="slug", value=slug[:200], expected="a-z, 0-9 and hyphens")


def holds(held: Iterable[str], required: Required, slug: str | None = None) -> bool:
    """Return whether any of the required capabilities is covered.

    `workflow:*:run` is the right to run at least one workflow.
    """
    held = frozenset(held)
    for name in _names(required, slug):
        if allows(held, name):
            return True
        if name == "workflow:*:run" and any(_runs_one(capability) for capability in held):
            return True
    return False


def _runs_one(capability: str) -> bool:
    return capability.startswith("workflow:") and capability.endswith(":run")


def _names(required: Required, slug: str | None) -> list[str]:
    names = (required,) if isinstance(required, str) else required
    return [name.replace("{slug}", slug or "") for name in names]


def _read(method: str | None) -> str:
    return "GET" if method == "HEAD" else str(method)
