"""What visitors may do with a workflow whose owner says so: run it, and look at their own run.

No credential is required or read. The ticket in a URL opens one run and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, QueryDict
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from workflows import bodies
from workflows.api import query, run_shapes, shapes
from workflows.api.address import client_address
from workflows.api.assets import make_room, send_asset
from workflows.api.base import ApiView, origin_of
from workflows.api.capabilities import check_slug
from workflows.api.executions import Accepted, accepted
from workflows.api.parsers import StrictJSONParser
from workflows.graph import strict_json
from workflows.media.links import MEDIA
from workflows.models import Run
from workflows.services.execution import public_runs
from workflows.services.execution.runs import run_states
from workflows.services.execution.submissions import InputFile
from workflows.services.library import access
from workflows.types import Json, Time, Uuid

PREFIX = "/api/public-executions"


class PublicRunError(TypedDict):
    """Why a visitor's run failed."""

    message: str | None


class PublicExecution(TypedDict):
    """A run as the visitor who started it sees it."""

    executionId: Uuid
    status: shapes.Status
    progress: float
    result: Json
    error: PublicRunError | None
    ms: int | None
    createdAt: Time
    completedAt: Time | None


class PublicRun(ApiView):
    """Runs of a workflow by visitors."""

    authentication_classes = []
    permission_classes = []
    parser_classes = [StrictJSONParser, MultiPartParser]

    def post(self, request: Request, slug: str) -> Response:
        """Start a run; 202 with the URL of its result.

        A form has the inputs as JSON in its field `inputs`, and files by the names of their inputs.
        """
        check_slug(slug)
        access.workflow_public(slug=slug)
        make_room()
        is_form = isinstance(request.data, QueryDict)
        body = {"inputs": _form_inputs(request.POST)} if is_form else self.body(request)
        inputs = bodies.read(body, public_runs.NewPublicRun).inputs
        run, ticket = public_runs.public_run(
            slug=slug, inputs=inputs, address=client_address(request), files=_files(request)
        )
        poll = f"{PREFIX}/{run.pk}?token={ticket}"
        started: Accepted = {**accepted(run), "pollUrl": poll}
        return Response(started, status=202)


class PublicExecutionDetail(ApiView):
    """One run of a visitor's."""

    authentication_classes = []
    permission_classes = []

    def get(self, request: Request, id: str) -> Response:
        """Return the status of the run, and its result when it has one."""
        ticket = query.one(request, "token") or ""
        run = public_runs.public_run_get(run_id=id, ticket=ticket)
        return Response(_shape(run, _with_urls(request, run, ticket)))


class PublicFile(ApiView):
    """One file of a visitor's result."""

    authentication_classes = []
    permission_classes = []

    def get(self, request: Request, id: str, file: str) -> HttpResponseBase:
        """Send a file, a range of it, or with `?w=320` a preview of an image."""
        run = public_runs.public_run_get(run_id=id, ticket=query.one(request, "token") or "")
        return send_asset(request, public_runs.public_file(run=run, asset_id=file))


def _form_inputs(form: QueryDict) -> Json:
    """Return the JSON of the form's field `inputs`; a form without it has no other inputs."""
    text = form.get("inputs") or "{}"
    return strict_json.loads(text.encode(), max_bytes=settings.LIMITS["document_bytes"])


def _files(request: Request) -> list[InputFile]:
    found: list[tuple[str, UploadedFile[bytes]]] = [
        (name, file) for name, files in request.FILES.lists() for file in files
    ]
    return [InputFile(name, file.name or "", file.chunks()) for name, file in found]


def _shape(run: Run, with_urls: Callable[[Json], Json]) -> PublicExecution:
    error = run.error or {}
    return {
        "executionId": str(run.pk),
        "status": shapes.STATUS.get(run.status, "processing"),
        "progress": run_shapes.progress(run, run_states(run=run)),
        "result": with_urls(run.output),
        "error": {"message": error.get("message")} if error else None,
        "ms": shapes.duration_ms(run),
        "createdAt": shapes.moment(run.created_at),
        "completedAt": shapes.moment(run.finished_at),
    }


def _with_urls(request: HttpRequest | Request, run: Run, ticket: str) -> Callable[[Json], Json]:
    base = f"{origin_of(request)}{PREFIX}/{run.pk}/files/"

    def through(value: Json) -> Json:
        if isinstance(value, str) and value.startswith(MEDIA):
            return f"{base}{value[len(MEDIA) :].partition('?')[0]}?token={ticket}"
        if isinstance(value, list):
            return [through(item) for item in value]
        if isinstance(value, dict):
            return {key: through(item) for key, item in value.items()}
        return value

    return through
