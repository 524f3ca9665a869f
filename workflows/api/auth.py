"""Who is calling: an API token in a header, or a browser session with its CSRF token.

Accepted: `x-api-key: pb_…`, `Authorization: Bearer pb_…` or `Key pb_…`, and the session cookie. A
token in the query string is refused, because URLs end up in logs. With `Key` a colon may stand
in it, because some of fal's clients take a key for `id:secret`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from workflows.api import throttles
from workflows.api.errors import BadRequest, CsrfFailed
from workflows.errors import Unauthorized
from workflows.models import Role, Token, User
from workflows.services.identity import tokens

#: Query parameters in which users try to send a token.
QUERY_NAMES = frozenset({"api_key", "apikey", "x-api-key", "key", "token", "access_token"})
SCHEMES = frozenset({"bearer", "key"})
#: Methods that need no CSRF token.
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A user who has shown who they are, by a key (`token`) or a browser session (its key).

    A link or an image on any page makes a browser send a GET with its session: such a caller only
    `reads`, whatever the path would do for a key.
    """

    user: User
    capabilities: frozenset[str]
    token: Token | None = None
    session: str | None = None
    reads: bool = False

    def sharing(self, role: Role) -> Role | None:
        """Return the role that a share needs; None for a key, for which no share counts."""
        return None if self.token is not None else role


class CallerAuthentication(BaseAuthentication):
    """DRF's authenticator: `request.user` is the user, `request.auth` the Caller."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """Return the caller; None: no credential of ours. Raises when there is a bad one."""
        caller = caller_of(request._request)
        return None if caller is None else (caller.user, caller)

    def authenticate_header(self, request: Request) -> str:
        """Return the WWW-Authenticate header of a 401."""
        return 'Bearer realm="patchbay"'


def caller_of(request: HttpRequest) -> Caller | None:
    """Return who calls; None when the request carries no credential.

    Raises Unauthorized for a bad token, ApiKeyAccessDenied for one whose tier has no external API,
    CsrfFailed for a session that changes something without its CSRF token, RateLimitExceeded, and
    BadRequest for a token in the query string. Reads the database.
    """
    _refuse_query_token(request)
    text = _header_token(request)
    if text is not None:
        token = tokens.token_find(text=text)
        if token is None:
            raise Unauthorized()
        caller = Caller(token.owner, tokens.token_capabilities(token), token)
        throttles.count_call(request, caller.user, by_key=caller.token is not None)
        return caller
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    _check_csrf(request)
    caller = Caller(
        user,
        tokens.session_capabilities(user),
        session=request.session.session_key,
        reads=request.method in SAFE,
    )
    throttles.count_call(request, caller.user, by_key=caller.token is not None)
    return caller


def _header_token(request: HttpRequest) -> str | None:
    key = request.headers.get("x-api-key")
    if key is not None:
        return key.strip()
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() not in SCHEMES:
        raise Unauthorized()
    value = value.strip()
    return value.replace(":", "", 1) if scheme.lower() == "key" else value


def _refuse_query_token(request: HttpRequest) -> None:
    for name, value in request.GET.dict().items():
        if name.lower() in QUERY_NAMES or value.startswith(tokens.PREFIX):
            raise BadRequest(
                "A token belongs in the header x-api-key, never in the URL.",
                field=name,
                expected="the header x-api-key",
            )


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _check_csrf(request: HttpRequest) -> None:
    check = _CsrfCheck(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request)
    # The middleware marks a request it has let through; a view that is csrf_exempt was not judged.
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    # Only the header counts: looking for a form field would read an upload before it is wanted.
    unread = not hasattr(request, "_post")
    if unread:
        request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
    try:
        reason = check.process_view(request, None, (), {})  # type: ignore[arg-type]
    finally:
        if unread:
            del request._post, request._files  # type: ignore[attr-defined]
    if reason:
        raise CsrfFailed(reason=str(reason))
