"""Runs by visitors: of a workflow whose owner says so, at the owner's cost and within limits.

Off by default. The owner switches it on with `publicPlayground: true` and `publicRun: true`. The
caller that starts a run gets a ticket, a signed name of that run and the only way back to it. Files
a visitor sends are inputs of that one run: only the owner reads them, and they go when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from workflows.billing.estimate import cost_estimate
from workflows.bodies import Body
from workflows.errors import (
    AssetNotFound,
    ExecutionNotFound,
    InvalidInputs,
    RateLimitExceeded,
    WorkflowNotFound,
)
from workflows.graph.schema import describe, fields_of
from workflows.media.references import media_ids
from workflows.models import Asset, Run, Workflow
from workflows.models.runs import Source
from workflows.services.execution.requests import Inputs
from workflows.services.execution.submissions import InputFile, Submission, run_submit
from workflows.services.library import access
from workflows.services.limits import rates
from workflows.types import JsonObject

#: Marks the runs of visitors.
TAGS = ["public"]
TICKET_DAYS = 7
DAY_SECONDS = 86_400
#: Types of fields that take a visitor's file.
UPLOADS = ("image", "video", "audio")


class NewPublicRun(Body):
    """A visitor's run to start."""

    inputs: Inputs


@cache
def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="workflows.public-run")


def public_run(
    *, slug: str, inputs: JsonObject, address: str, files: Sequence[InputFile] = ()
) -> tuple[Run, str]:
    """Start a run for a visitor at `address` and return it with its ticket.

    `files` are the visitor's own, each the value of the field it names.
    Raises WorkflowNotFound unless the owner allows it; InvalidInputs for files that are not the
    workflow's own, or for a field that takes none; RateLimitExceeded; and what `run_submit` raises.
    """
    workflow = _open_workflow(slug)
    per_minute = settings.LIMITS["public_runs_per_minute"]
    rates.take(f"public-run:{address}", limit=per_minute, seconds=60)
    _check_files(workflow, inputs)
    _check_uploads(workflow, files)
    _check_day(workflow)
    submission = Submission(
        name=workflow.name,
        document={"nodes": workflow.nodes, "edges": workflow.edges},
        inputs=inputs,
        tags=TAGS,
        files=list(files),
        file_bytes=settings.LIMITS["public_upload_bytes"],
        workflow=workflow,
    )
    run = run_submit(user=workflow.owner, source=Source.API, submission=submission)
    return run, _ticket(run)


def public_run_get(*, run_id: str, ticket: str) -> Run:
    """Return the run a ticket is for, while its workflow is open. Raises ExecutionNotFound."""
    try:
        signed = _signer().unsign(f"{run_id}:{ticket}", max_age=timedelta(days=TICKET_DAYS))
        run = Run.objects.select_related("workflow").filter(pk=UUID(signed), tags=TAGS).first()
    except (signing.BadSignature, ValueError):
        raise ExecutionNotFound() from None
    if run is None or run.workflow is None or not access.public_run_open(run.workflow):
        raise ExecutionNotFound()
    return run


def public_file(*, run: Run, asset_id: str) -> Asset:
    """Return a file that is in the result of a visitor's run. Raises AssetNotFound."""
    if asset_id not in media_ids(run.output):
        raise AssetNotFound()
    readable = Asset.objects.readable(run.owner_id)
    asset = readable.filter(owner=run.owner_id, pk=asset_id).first()
    if asset is None:
        raise AssetNotFound()
    return asset


def _open_workflow(slug: str) -> Workflow:
    workflow = access.workflow_public(slug=slug)
    if not access.public_run_open(workflow):
        raise WorkflowNotFound()
    return workflow


def _ticket(run: Run) -> str:
    return _signer().sign(str(run.pk)).partition(":")[2]


def _check_files(workflow: Workflow, inputs: JsonObject) -> None:
    """Refuse files the public schema does not show: a visitor has none of their own here."""
    shown = media_ids(describe({"nodes": workflow.nodes}))
    if not media_ids(inputs) <= shown:
        raise InvalidInputs(
            "inputs names a file that is not part of this workflow.",
            field="inputs",
            expected="URLs, or the values of the public schema",
        )


def _check_uploads(workflow: Workflow, files: Sequence[InputFile]) -> None:
    """Refuse files for fields that take none, and two for one. What is in them is checked later."""
    ports = (field.port for field in fields_of({"nodes": workflow.nodes}))
    free = {port.name for port in ports if port.type in UPLOADS}
    for file in files:
        if file.name not in free:
            raise InvalidInputs(
                f"The file {file.filename} is for {file.name}, which accepts no (other) file.",
                field=file.name,
                value=file.filename,
                expected="one file for each input of the type image, video or audio",
            )
        free.remove(file.name)


def _check_day(workflow: Workflow) -> None:
    """Hold a workflow to its runs and credits of a day."""
    since = timezone.now() - timedelta(seconds=DAY_SECONDS)
    ran = Run.objects.filter(workflow=workflow, tags=TAGS, created_at__gt=since)
    count = ran.count()
    cost = cost_estimate(workflow.work, workflow.owner.tier) or 0
    limit = settings.LIMITS["public_runs_per_day"]
    if cost:
        limit = min(limit, int(settings.LIMITS["public_credits_per_day"] // cost))
    if count >= limit:
        first = ran.order_by("created_at").values_list("created_at", flat=True).first()
        wait = max(1, round((first - since).total_seconds())) if first else DAY_SECONDS
        raise RateLimitExceeded(
            "This workflow has run as often for visitors today as its owner allows.",
            limit=limit,
            retryAfter=wait,
        )
