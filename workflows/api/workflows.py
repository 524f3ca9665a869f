"""/api/workflows: list, create, read, save, delete, move, duplicate, change."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from rest_framework.response import Response

from workflows.api import paging, query, shapes
from workflows.api.base import ApiView, Request, has_body
from workflows.api.etag import etag_of, expected_versions, matches
from workflows.fields import encode
from workflows.models import Role, Workflow
from workflows.services.library import access, changes, choices, live, workflows
from workflows.services.library.facts import template_facts
from workflows.services.library.originals import originals_of
from workflows.services.limits.idempotency import HEADER
from workflows.types import JsonObject

# The original values of these are unknown; each is here alone (spec native C-01 to C-03).
CREATED = 201
DELETED = 200


class WorkflowList(ApiView):
    """All workflows the caller may read."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request) -> Response:
        """List one's own workflows, those shared with a user at a page, then others' templates.

        `?archived=`, `?hidden=`, `?template=` (true or false), `?folderId=` (an id or null),
        `?q=` and `?tag=`; `?limit=` and `?cursor=` for a page of them.
        """
        user = request.user
        shared = request.auth.sharing(Role.VIEW) is not None
        found = workflows.workflow_list(user=user, filters=_filters(request), shared=shared)
        rows, headers = paging.page(request, found, partial(workflows.list_place, user))
        facts = template_facts(row.workflow for row in rows)
        originals = originals_of((row.workflow for row in rows), user)
        body = [
            shapes.summary(
                row.workflow,
                row.last_run,
                user,
                template=facts.get(row.workflow.pk),
                original=originals.get(row.workflow.pk),
            )
            for row in rows
        ]
        return Response(body, headers=headers)

    def post(self, request: Request) -> Response:
        """Create a workflow."""
        body = self.body(request)
        workflow = workflows.workflow_create(
            user=request.user, body=body, idempotency_key=_idempotency_key(request)
        )
        return created(request, workflow, _left_out(workflow, body))


class WorkflowDetail(ApiView):
    """One workflow."""

    capability = {"GET": "workflow:read", "PUT": "workflow:write", "DELETE": "workflow:write"}

    def get(self, request: Request, slug: str) -> Response:
        """Return the whole document, or 304 when the caller has this version already."""
        workflow = access.workflow_readable(
            user=request.user, slug=slug, shared=request.auth.sharing(Role.VIEW)
        )
        headers = headers_of(workflow)
        if matches(request.headers.get("If-None-Match"), headers["ETag"]):
            return Response(status=304, headers=headers)
        return respond(request, workflow)

    def put(self, request: Request, slug: str) -> Response:
        """Merge the sent keys into the document."""
        access.workflow_own(user=request.user, slug=slug)
        body = self.body(request)
        workflow = workflows.workflow_save(
            user=request.user, slug=slug, body=body, expected=_if_match(request)
        )
        return respond(request, workflow, removed=_left_out(workflow, body))

    def delete(self, request: Request, slug: str) -> Response:
        """Delete the workflow."""
        workflows.workflow_delete(user=request.user, slug=slug, expected=_if_match(request))
        return Response({"success": True, "slug": slug}, status=DELETED)


class WorkflowMove(ApiView):
    """The folder of a workflow. PUT is the documented method; POST and PATCH do the same."""

    capability = {method: "workflow:write" for method in ("PUT", "POST", "PATCH")}

    def put(self, request: Request, slug: str) -> Response:
        """Put the workflow into a folder, or with null at the root."""
        access.workflow_own(user=request.user, slug=slug)
        workflow = workflows.workflow_move(
            user=request.user,
            slug=slug,
            request=self.read(request, workflows.Move),
            expected=_if_match(request),
        )
        return respond(request, workflow)

    post = put
    patch = put


class WorkflowDuplicate(ApiView):
    """Copies of a workflow."""

    capability = {"POST": "workflow:write"}

    def post(self, request: Request, slug: str) -> Response:
        """Copy one's own workflow or a template; the body may be left out."""
        shared = request.auth.sharing(Role.VIEW)
        access.workflow_readable(user=request.user, slug=slug, shared=shared)
        body = self.body(request) if has_body(request) else {}
        workflow = workflows.workflow_duplicate(
            user=request.user,
            slug=slug,
            body=body,
            idempotency_key=_idempotency_key(request),
            shared=shared,
        )
        return created(request, workflow, choices.missing(workflow.nodes))


class WorkflowChanges(ApiView):
    """The changes of a workflow: the canvas's write path, and what it has missed."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request, slug: str) -> Response:
        """Return the changes after the version `?since=`, or null for too many of them."""
        shared = request.auth.sharing(Role.VIEW)
        access.workflow_own(user=request.user, slug=slug, shared=shared)
        workflow = access.workflow_readable(user=request.user, slug=slug, shared=shared)
        since = query.number(request, "since", default=0)
        return Response(
            {
                "version": workflow.version,
                "epoch": str(workflow.epoch),
                "changes": live.changes_since(workflow, since),
            },
            headers={"Cache-Control": "no-store"},
        )

    def post(self, request: Request, slug: str) -> HttpResponse:
        """Apply a batch of operations."""
        shared = request.auth.sharing(Role.EDIT)
        access.workflow_own(user=request.user, slug=slug, shared=shared)
        batch = self.read(request, changes.Changes)
        done = changes.change_apply(user=request.user, slug=slug, request=batch, shared=shared)
        head = encode({"version": done.version, "epoch": str(done.epoch)})
        # The changes are texts already.
        return HttpResponse(
            f'{head[:-1]},"missed":[{",".join(done.missed)}]}}',
            content_type="application/json",
            headers={"ETag": etag_of(done.version)},
        )


def respond(
    request: Request, workflow: Workflow, status: int = 200, removed: list[str] | None = None
) -> Response:
    """Return a whole workflow with its ETag, and where a copy or a template lacks a key."""
    # No one has run what this request has just made; a repeated one returns an older workflow.
    is_new = status == CREATED and _idempotency_key(request) is None
    last_run = None if is_new else workflows.last_run_of(user=request.user, workflow=workflow)
    body = shapes.full(workflow, last_run, request.user)
    if removed is not None:
        body["removed"] = removed
    return Response(body, status=status, headers=headers_of(workflow))


def created(request: Request, workflow: Workflow, removed: list[str] | None = None) -> Response:
    """Return a workflow that has just come to be, with its URL."""
    response = respond(request, workflow, CREATED, removed)
    response["Location"] = f"/api/workflows/{workflow.slug}"
    return response


def headers_of(workflow: Workflow) -> dict[str, str]:
    """Return the headers that let a browser keep a copy and ask whether it is still good."""
    return {
        "ETag": etag_of(workflow.version, workflow.role),
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie, x-api-key",
    }


def _left_out(workflow: Workflow, body: JsonObject) -> list[str] | None:
    """Return what others do not see of a workflow that is being published as a template."""
    published = workflow.is_template and body.get("isTemplate") is True
    return choices.without_choices(workflow.nodes)[1] if published else None


def _filters(request: Request) -> workflows.Filters:
    folder = query.one(request, "folderId")
    if folder not in (None, "null") and not (folder.isascii() and folder.isdigit()):
        raise query.wrong("folderId", folder, "a folder's id or null")
    return workflows.Filters(
        archived=query.flag(request, "archived"),
        hidden=query.flag(request, "hidden"),
        template=query.flag(request, "template"),
        folder=folder,
        text=query.text(request, "q"),
        tag=query.text(request, "tag"),
    )


def _idempotency_key(request: Request) -> str | None:
    return request.headers.get(HEADER)


def _if_match(request: Request) -> frozenset[int] | None:
    return expected_versions(request.headers.get("If-Match"))
