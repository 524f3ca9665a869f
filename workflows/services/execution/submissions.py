"""Runs of documents that come with their request, files included: start, list, delete, results.

The files are a run's inputs and go when it has ended; what it made stays until it is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from workflows.engine import discards
from workflows.errors import InvalidBody
from workflows.graph import document as shape
from workflows.media import storage
from workflows.models import Asset, Run, RunStatus, Snapshot, Token, User, Webhook, Workflow
from workflows.models.runs import TERMINAL, Source
from workflows.services.execution.requests import RunRequest
from workflows.services.execution.runs import run_get
from workflows.services.execution.starting import submit
from workflows.services.library.assets import asset_upload
from workflows.types import JsonObject


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that comes with a request: `name` is the input it is for, `filename` its own."""

    name: str
    filename: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Submission:
    """What is to be run, and what the run's row says of it.

    `notes` are further options of the run, for later readers. `workflow` is the one the
    document was made of. `file_bytes` is what each file may have; None: as every upload.
    """

    name: str
    document: JsonObject
    inputs: JsonObject
    tags: list[str] = field(default_factory=list)
    files: list[InputFile] = field(default_factory=list)
    notes: JsonObject = field(default_factory=dict)
    workflow: Workflow | None = None
    file_bytes: int | None = None


def run_submit(
    *, user: User, source: str, submission: Submission, token: Token | None = None
) -> Run:
    """Store the files and start the run; `token` is the key that does.

    Raises TooLarge, QuotaExceeded, BadImage, and what `starting.submit` raises; then nothing stays.
    """
    request = RunRequest(submission.inputs)
    taken: list[Asset] = []
    try:
        inputs = dict(submission.inputs)
        for file in submission.files:
            asset = asset_upload(
                user=user,
                chunks=file.chunks,
                name=file.filename,
                discard=True,
                limit=submission.file_bytes,
            )
            taken.append(asset)
            inputs[file.name] = storage.reference(asset)
        run = Run(
            owner=user,
            workflow=submission.workflow,
            source=source,
            token=token,
            name=submission.name,
            inputs=inputs,
            options={
                **request.options(),
                **submission.notes,
                **({discards.OPTION: True} if taken else {}),
            },
            tags=submission.tags,
        )
        document = submission.document
        with transaction.atomic():
            fingerprint = request.fingerprint(submission.name)
            run = submit(run, document["nodes"], document["edges"], fingerprint, request)
            Asset.objects.filter(pk__in=[asset.pk for asset in taken]).update(run=run)
        return run
    except Exception:
        for asset in taken:
            storage.asset_delete(asset)
        raise


def run_document(
    *,
    user: User,
    name: str,
    document: JsonObject,
    request: RunRequest,
    idempotency_key: str | None = None,
    webhook: Webhook | None = None,
    token: Token | None = None,
) -> Run:
    """Start a run of a document that is stored nowhere; a repeated key returns the first run.

    `webhook` is sent the end. Raises what `starting.submit` raises.
    """
    nodes, edges = document["nodes"], document["edges"]
    run = Run(
        owner=user,
        source=Source.FAL,
        name=name,
        inputs=request.inputs,
        options=request.options(),
        idempotency_key=idempotency_key,
        webhook=webhook,
        token=token,
    )
    return submit(run, nodes, edges, request.fingerprint(shape.sha256(nodes, edges)), request)


def runs_of(*, user: User, source: str) -> QuerySet[Run]:
    """Return the user's runs that came from one source, newest first."""
    rows = Run.objects.filter(owner=user, source=source).defer("output", "snapshot")
    return rows.order_by("-created_at", "-pk")


def outputs_of(*, user: User, source: str) -> QuerySet[Asset]:
    """Return the files that the user's completed runs of one source have made, newest first."""
    made = Q(run__source=source, run__status=RunStatus.COMPLETED, run__owner=user)
    rows = Asset.objects.filter(made, owner=user, discard=False, expires_at=None)
    return rows.select_related("run").order_by("-created_at", "-pk")


@transaction.atomic
def run_delete(*, user: User, run_id: UUID | str) -> None:
    """Delete a run that has ended, and what it made. Raises ExecutionNotFound, InvalidBody."""
    run = run_get(user=user, run_id=run_id)
    if run.status not in TERMINAL:
        raise InvalidBody(
            "Only a run that has ended can be deleted.",
            field="status",
            value=run.status,
            expected=", ".join(TERMINAL),
        )
    for asset in Asset.objects.filter(run=run, owner=user):
        storage.asset_delete(asset)
    snapshot_id = run.snapshot_id
    run.delete()
    # A document that no workflow has was stored for its runs alone.
    unused = Snapshot.objects.filter(pk=snapshot_id, workflow=None, label="", runs=None)
    unused.delete()
