"""Rate limits: so many calls a minute per account and URL pattern, by tier (spec native 1.4).

All calls with a key count, in every dialect and for files too; a browser's only where they run or
upload. It is called as soon as the caller is known, in one place for every kind of view;
`canvas/middleware.py` writes the headers.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from workflows.errors import RateLimitExceeded
from workflows.models import User
from workflows.services.limits import rates

WINDOW_SECONDS = 60
#: What the handshakes of apps' sockets count as, which come by no route of Django's.
SOCKET = "socket"
#: Where a browser starts runs and uploads in other dialects: by whatever it posts.
_DIALECTS = ("fal/", "^fal/", "v1/")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left in this minute; `reset` is Unix time in seconds."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """Return the headers that say so."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


def count_call(request: HttpRequest, user: User, *, by_key: bool) -> None:
    """Count a call of a user whose tier has a limit. Raises RateLimitExceeded."""
    route = request.resolver_match.route if request.resolver_match else SOCKET
    limit = settings.RATES.get(user.tier)
    if limit is None or not _counts(request, route, by_key) or allowance_of(request) is not None:
        return
    key, most = f"calls:{user.pk}:{route}", int(limit)
    try:
        left = rates.take(key, limit=most, seconds=WINDOW_SECONDS)
    except RateLimitExceeded as error:
        wait = error.context["retryAfter"]
        _note(request, Allowance(most, 0, round(time.time()) + wait))
        raise RateLimitExceeded(
            "Rate limit exceeded", tier=user.tier, limit=most, retryAfter=wait
        ) from error
    _note(request, Allowance(most, left, round(time.time() + rates.ends_in(key))))


def allowance_of(request: HttpRequest) -> Allowance | None:
    """Return what a counted request has left, None for one that is not counted."""
    return getattr(request, "allowance", None)


def _note(request: HttpRequest, allowance: Allowance) -> None:
    request.allowance = allowance  # type: ignore[attr-defined]


def _counts(request: HttpRequest, route: str, by_key: bool) -> bool:
    if by_key or route.endswith("/run") or route in ("api/uploads", SOCKET):
        return True
    return route.startswith(_DIALECTS) and request.method in ("POST", "PUT")
