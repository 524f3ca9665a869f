"""What happened: runs, their steps, their journal, cached results, and the workers doing it.

Run, Step and Event are written by `journal/journal.py` alone while a run is active, except for the
cancel in `transitions.py`, which fences the journal by raising `attempt`.
"""

from __future__ import annotations

import time
import uuid

from django.db import models
from django.db.models import Q

from workflows.fields import DocumentField
from workflows.models.library import Snapshot, Workflow
from workflows.models.people import Token, User


class RunStatus(models.TextChoices):
    """The status of a run; `docs/events.md` draws the arrows."""

    ACCEPTED = "accepted"
    UPLOADED = "uploaded"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INVALID = "invalid"


ACTIVE = (
    RunStatus.ACCEPTED,
    RunStatus.UPLOADED,
    RunStatus.QUEUED,
    RunStatus.RUNNING,
    RunStatus.PAUSED,
)
# The active ones as a query: SQLite uses a partial index only where it needs no parameters to see
# that it may, so the indexes and those who ask both say it this way.
UNFINISHED = Q(finished_at__isnull=True)
#: Those of them that an engine is to execute.
DUE = UNFINISHED & ~Q(status=RunStatus.PAUSED)
TERMINAL = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.INVALID)


def next_turn() -> int:
    """Return the turn of a run that is created now: behind all that there are."""
    return time.time_ns()


class Source(models.TextChoices):
    """Where a run came from."""

    CANVAS = "canvas"
    API = "api"
    FAL = "fal"
    COMFY = "comfy"


class Run(models.Model):
    """One execution of one snapshot with frozen inputs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="runs")
    # Whose keys and credits it uses; null: its owner's, who has started it.
    payer = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    workflow = models.ForeignKey(
        Workflow, null=True, on_delete=models.SET_NULL, related_name="runs"
    )
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="runs")
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.CANVAS)
    # The key that started it; null: a browser, or a visitor.
    token = models.ForeignKey(Token, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=200, default="", blank=True)
    inputs = DocumentField(default=dict)
    options = DocumentField(default=dict)
    tags = DocumentField(default=list)
    queue = models.CharField(max_length=200, default="", blank=True)
    status = models.CharField(max_length=16, choices=RunStatus.choices, default=RunStatus.ACCEPTED)
    # A node of another run waits for it.
    nested = models.BooleanField(default=False, db_default=False)
    # A running run that is to pause once its steps under way are done.
    pausing = models.BooleanField(default=False, db_default=False)
    # Orders the waiting runs of an account: the smallest is next.
    turn = models.BigIntegerField(default=next_turn, db_default=0)
    attempt = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    runner = models.CharField(max_length=200, default="", blank=True)
    output = DocumentField(null=True, default=None)
    error = DocumentField(null=True, default=None)
    # What the finished nodes have cost, in credits.
    cost = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    # Where the end of the run is reported.
    webhook = models.ForeignKey(
        "workflows.Webhook", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    idempotency_key = models.CharField(max_length=200, null=True)  # noqa: DJ001  null: none given
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Serves: a repeated submit finds its first run.
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"], name="run_idempotency_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=RunStatus.values), name="run_status_known"
            ),
        ]
        indexes = [
            # Serves: a user's runs, newest first.
            models.Index(fields=["owner", "-created_at"], name="run_owner_newest"),
            # Serves: a workflow's runs, newest first (the editor replays the last one).
            models.Index(fields=["workflow", "-created_at"], name="run_workflow_newest"),
            # Serves: resume at start, the sweep, the queue and the limits on active runs.
            models.Index(fields=["owner", "turn"], condition=UNFINISHED, name="run_unfinished"),
            # Serves: what one user has cost another, who pays for their runs.
            models.Index(
                fields=["payer", "owner", "-created_at"],
                condition=Q(payer__isnull=False),
                name="run_payer_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"


class StepStatus(models.TextChoices):
    """The status of a node of a run; a node without a row has not started."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Step(models.Model):
    """One node in one run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    node_id = models.CharField(max_length=200)
    status = models.CharField(max_length=16, choices=StepStatus.choices)
    provider = models.CharField(max_length=100, default="", blank=True)
    request_id = models.CharField(max_length=200, null=True)  # noqa: DJ001  null: none submitted
    # Its state at a runner (uploaded, queued, running, invalid) and its place in the queue.
    state = models.CharField(max_length=16, default="", blank=True)
    position = models.PositiveIntegerField(null=True)
    cache_key = models.CharField(max_length=64, null=True)  # noqa: DJ001  null: not cacheable
    cached = models.BooleanField(default=False)
    output = DocumentField(null=True, default=None)
    error = DocumentField(null=True, default=None)
    # What its author should know although it ran, as sentences.
    warnings = DocumentField(default=list)
    cost = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # What went into the result (`graph/digests.py`); empty where it is not needed.
    digest = models.CharField(max_length=32, default="", db_default="", blank=True)
    # Its user has taken it out of the node's results; the run still shows it.
    discarded = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "node_id"], name="step_node_unique"),
            models.CheckConstraint(
                condition=Q(status__in=StepStatus.values), name="step_status_known"
            ),
        ]
        indexes = [
            # Serves: finding the step of a request.
            models.Index(
                fields=["request_id"],
                condition=Q(request_id__isnull=False),
                name="step_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.node_id} {self.status}"


class NodeResult(models.Model):
    """The newest completed step of a node over a user's runs of a workflow on the canvas."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+")
    node_id = models.CharField(max_length=200)
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            # Serves: the results of a workflow, and replacing one.
            models.UniqueConstraint(
                fields=["owner", "workflow", "node_id"], name="node_result_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id}/{self.node_id} {self.step_id}"


class Event(models.Model):
    """One line of a run's journal; `seq` runs 1...N without gaps. Append only."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=16)
    data = DocumentField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id}#{self.seq} {self.type}"


class CacheEntry(models.Model):
    """The result of a deterministic node, kept by the hash of everything that determines it."""

    key = models.CharField(max_length=64, primary_key=True)
    node_type = models.CharField(max_length=100)
    output = DocumentField()
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Serves: pruning what was not used for long.
            models.Index(fields=["last_used_at"], name="cache_last_used"),
        ]

    def __str__(self) -> str:
        return f"{self.node_type} {self.key[:12]}"


class Reservation(models.Model):
    """What the calls of a process are about to spend of a key; `engine/reserved.py` writes it."""

    worker = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            # Serves: the sum of a key.
            models.UniqueConstraint(fields=["key", "worker"], name="reservation_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.key}"


class RateWindow(models.Model):
    """How often something was done in a window of time, counted over all processes of a site."""

    key = models.CharField(max_length=200, primary_key=True)
    # Seconds since the epoch.
    ends = models.FloatField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key


class Worker(models.Model):
    """A process of a site on PostgreSQL, for as long as it lives; `engine/members.py` writes it."""

    name = models.CharField(max_length=200)
    tags = DocumentField(default=list)
    # Its pool, which is its sorted tags; empty: it is handed its runs, or executes none.
    queue = models.CharField(max_length=200, default="", blank=True)
    capacity = models.PositiveIntegerField(default=1)
    # Open event streams and sockets by account.
    watchers = DocumentField(default=dict)
    # The node types it knows, with spaces between; empty: it executes none, or does not say.
    node_types = models.TextField(default="", db_default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="worker_name_unique")]
        indexes = [
            # Serves: which pools are alive.
            models.Index(fields=["last_seen_at"], name="worker_last_seen"),
        ]

    def __str__(self) -> str:
        return self.name
