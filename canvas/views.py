"""The pages of the site; health; and what is returned when nothing fits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from canvas import health, texts
from canvas.embedding import allow_frames
from canvas.login import login_by_key, user_of_key
from canvas.pages import render
from workflows import metrics
from workflows.api.address import client_address
from workflows.api.errors import (
    BadRequest,
    CsrfFailed,
    InternalError,
    NotFound,
    headers_of,
    response_of,
    translate,
)
from workflows.errors import (
    ExecutionNotFound,
    InvalidBody,
    InvitationNotFound,
    PatchbayError,
    RateLimitExceeded,
    ShareLinkNotFound,
    StorageFull,
    Unavailable,
    WorkflowNotFound,
)
from workflows.models import Role, User, Workflow
from workflows.services.execution.gauges import GAUGES
from workflows.services.execution.runs import run_get
from workflows.services.identity import accounts, logins
from workflows.services.library import links
from workflows.services.library.access import (
    public_run_open,
    workflow_public,
    workflow_readable,
)

#: Paths whose errors are JSON; everything else is a page.
_JSON = ("/api/", "/media/", "/healthz", "/ws/")


class _Known(HttpRequest):
    """What annotates the request of a page for users who are logged in; never made."""

    user: User


def _page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page for users who are logged in; it hands its scripts the token they send back."""
    return require_GET(ensure_csrf_cookie(login_required(view)))


@_page
def library(request: HttpRequest) -> HttpResponse:
    """Show the library page."""
    return _shell(request, page="library", title=texts.WORKFLOWS)


@_page
def editor(request: _Known, slug: str) -> HttpResponse:
    """Show the editor page of a workflow the user may read."""
    try:
        workflow = workflow_readable(user=request.user, slug=slug, shared=Role.VIEW)
    except WorkflowNotFound:
        return not_found(request)
    return _shell(request, page="editor", slug=slug, title=workflow.name)


@_page
def history(request: _Known, slug: str) -> HttpResponse:
    """Show the history of a workflow of one's own, or one that is shared with the user."""
    try:
        workflow = workflow_readable(user=request.user, slug=slug, shared=Role.VIEW)
    except WorkflowNotFound:
        return not_found(request)
    title = texts.HISTORY_OF.format(name=workflow.name)
    return _shell(request, page="history", slug=slug, title=title)


@_page
def templates_page(request: HttpRequest) -> HttpResponse:
    """Show the gallery of templates."""
    return _shell(request, page="templates", title=texts.TEMPLATES)


@_page
def runs_page(request: HttpRequest) -> HttpResponse:
    """Show the user's runs."""
    return _shell(request, page="runs", title=texts.RUNS)


@_page
def queue_page(request: HttpRequest) -> HttpResponse:
    """Show the user's runs that have not ended."""
    return _shell(request, page="queue", title=texts.QUEUE)


@_page
def run_page(request: _Known, id: str) -> HttpResponse:
    """Show one run of the user's own."""
    try:
        run = run_get(user=request.user, run_id=id)
    except ExecutionNotFound:
        return not_found(request)
    return _shell(request, page="run", slug=str(run.pk), title=run.name or texts.RUN)


@_page
def assets_page(request: HttpRequest) -> HttpResponse:
    """Show the user's files: made and uploaded."""
    return _shell(request, page="assets", title=texts.ASSETS)


@_page
def models_page(request: HttpRequest) -> HttpResponse:
    """Show what can run a model: providers, servers and this server."""
    return _shell(request, page="models", title=texts.MODELS)


@_page
def runners_page(request: HttpRequest) -> HttpResponse:
    """Show the runners the user may use."""
    return _shell(request, page="runners", title=texts.RUNNERS)


@require_GET
@ensure_csrf_cookie
def playground(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a workflow as a form: to those who may read it, and to all if its owner says so."""
    found = _playable(request, slug)
    if found is None:
        return not_found(request) if request.user.is_authenticated else _to_login(request)
    workflow, may_run = found
    allows = "run" if may_run else ""
    response = _shell(request, page="play", slug=slug, title=workflow.name, allows=allows)
    allow_frames(response, workflow)
    return response


def _playable(request: HttpRequest, slug: str) -> tuple[Workflow, bool] | None:
    """Return a workflow and whether the caller may run it, or None."""
    try:
        if request.user.is_authenticated:
            workflow = workflow_readable(user=request.user, slug=slug, shared=Role.VIEW)
            return workflow, workflow.role != Role.VIEW
    except WorkflowNotFound:
        pass
    try:
        workflow = workflow_public(slug=slug)
    except WorkflowNotFound:
        return None
    return workflow, public_run_open(workflow)


@_page
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show the user's settings: profile, keys, webhooks, credentials, usage."""
    return _shell(request, page="settings", title=texts.SETTINGS)


@csrf_protect
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """Show the login form, or check a name and a password."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(_safe(request, target))
    context = {"title": texts.LOG_IN, "next": target, "name": "", "error": ""}
    if request.method == "POST":
        name = request.POST.get("username", "")
        context["name"] = name[:150]
        try:
            logins.attempt(name=name, address=client_address(request))
        except RateLimitExceeded as error:
            wait = error.context["retryAfter"]
            context["error"] = texts.too_many_tries(wait)
            response = render(request, "login", context, status=429)
            response.headers["Retry-After"] = str(wait)
            return response
        user = authenticate(request, username=name, password=request.POST.get("password", ""))
        if user is not None:
            logins.succeeded(name=name, address=client_address(request))
            login(request, user)
            return HttpResponseRedirect(_safe(request, target))
        context["error"] = texts.WRONG
    status = 401 if context["error"] else 200
    return render(request, "login", context, status=status)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def login_link(request: HttpRequest, key: str) -> HttpResponse:
    """Ask whether to log in by a one-time link, and do so by a POST.

    A GET uses nothing up: mail scanners open links, and any page can make a browser open one.
    """
    if request.method != "POST":
        user = user_of_key(key)
        if user is not None:
            heading = texts.log_in_as(user.get_username())
            context = {"title": texts.LOG_IN, "key": key, "heading": heading}
            return render(request, "login_link", context)
    elif login_by_key(request, key) is not None:
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated:
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    stale = {"title": texts.LOG_IN, "error": texts.LINK_IS_USED, "stale": True}
    return render(request, "login", stale, status=404)


@csrf_protect
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form of an invitation, or make its account and log it in."""
    context: dict[str, object] = {"title": texts.INVITATION, "key": key, "name": "", "error": ""}
    try:
        accounts.invitation_find(key=key)
        if request.method == "POST":
            name = request.POST.get("username", "")
            context["name"] = name[:150]
            password = request.POST.get("password", "")
            user = accounts.invitation_accept(key=key, name=name, password=password)
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    except InvalidBody as error:
        context["error"] = error.message
        return render(request, "invitation", context, status=400)
    except InvitationNotFound:
        context |= {"stale": True, "hint": texts.ask_for_a_new_one(reverse("login"))}
        return render(request, "invitation", context, status=404)
    return render(request, "invitation", context)


@csrf_protect
@require_http_methods(["GET", "POST"])
def share_link(request: HttpRequest, key: str) -> HttpResponse:
    """Ask whether to join a shared workflow, and do so by a POST; log in first.

    A GET joins nothing: any page can make a browser open a link.
    """
    try:
        link = links.link_find(key=key)
        if not request.user.is_authenticated:
            return _to_login(request)
        joins = request.method == "POST"
        if joins:
            links.link_join(user=request.user, key=key)
        if joins or links.has_joined(user=request.user, link=link):
            return HttpResponseRedirect(reverse("editor", args=[link.workflow.slug]))
    except ShareLinkNotFound:
        stale = {"title": texts.SHARED, "stale": True}
        return render(request, "share_link", stale, status=404)
    except InvalidBody as error:
        full = {"title": texts.SHARED, "stale": True, "error": error.message}
        return render(request, "share_link", full, status=400)
    owner, name = link.workflow.owner.get_username(), link.workflow.name
    context = {"title": texts.SHARED, "key": key, "heading": texts.shares(owner, name)}
    context["hint"] = texts.JOINS[link.role]
    return render(request, "share_link", context)


@csrf_protect
@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Return whether the server can do its work, and else which part of it cannot."""
    problem = health.problem()
    if problem:
        return JsonResponse({"status": problem}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok"})


@require_GET
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Show what is counted to the holder of METRICS_TOKEN; to all others there is no such page."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").encode()
    if not token or not compare_digest(given, f"Bearer {token}".encode()):
        return not_found(request)
    return HttpResponse(
        metrics.text(GAUGES), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask for the old name to the drawn one."""
    return HttpResponseRedirect(f"{settings.STATIC_URL}site/favicon.svg")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond to a request Django itself refuses (handler400)."""
    return _error(request, BadRequest(), 400, texts.MALFORMED)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond to PermissionDenied (handler403)."""
    return _error(request, CsrfFailed(), 403, texts.NO_ACCESS)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Respond to a form without its CSRF token."""
    return _error(request, CsrfFailed(), 403, texts.OUT_OF_DATE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond to a path where nothing is (handler404)."""
    return _error(request, NotFound(), 404, texts.NOTHING_HERE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Respond to an unexpected error (handler500); it says nothing but a request id.

    Trouble of the database outside of a view, such as a session that cannot be read, is reported as
    it is everywhere.
    """
    error = sys.exc_info()[1]
    known = translate(error) if isinstance(error, Exception) else None
    if isinstance(known, Unavailable | StorageFull):
        return _error(request, known, known.status, known.message.rstrip("."))
    return _error(request, InternalError(), 500, texts.SERVER_FAILED)


def _shell(
    request: HttpRequest, *, page: str, title: str, slug: str = "", allows: str = ""
) -> HttpResponse:
    built = settings.VITE_DEV or settings.DJANGO_VITE["default"]["manifest_path"].is_file()
    context = {"page": page, "slug": slug, "title": title, "built": built, "allows": allows}
    return render(request, "shell", context)


def _to_login(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


def _error(request: HttpRequest, error: PatchbayError, status: int, title: str) -> HttpResponse:
    if request.path.startswith(_JSON):
        return response_of(error)
    context = {"status": status, "title": title, "hint": _hint(request, status)}
    response = render(request, "error", context, status=status)
    for name, value in headers_of(error).items():
        response.headers[name] = value
    return response


def _hint(request: HttpRequest, status: int) -> str:
    if status == 404:
        return texts.WHY_NOTHING
    return texts.nothing_lost(getattr(request, "id", "")) if status == 500 else ""


def _safe(request: HttpRequest, target: str) -> str:
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure()):
        return target
    return settings.LOGIN_REDIRECT_URL
