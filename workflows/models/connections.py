"""What reaches outside: registered ComfyUI runners, provider credentials, webhooks."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q

from workflows.fields import DocumentField, EncryptedField
from workflows.models.people import Token, User


class RunnerStatus(models.TextChoices):
    """Whether a runner is offered work."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Runner(models.Model):
    """A ComfyUI server that executes ComfyUI graphs for its owner, or for everybody when shared.

    `health` is what the last probe found, `private` whether it may have a private address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="runners")
    name = models.CharField(max_length=200)
    endpoint = models.CharField(max_length=2000)
    headers = EncryptedField(default="{}")
    tags = DocumentField(default=list)
    status = models.CharField(
        max_length=16, choices=RunnerStatus.choices, default=RunnerStatus.ACTIVE
    )
    shared = models.BooleanField(default=False)
    private = models.BooleanField(default=False)
    health = DocumentField(null=True, default=None)
    last_seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=RunnerStatus.values), name="runner_status_known"
            ),
        ]
        indexes = [
            # Serves: a user's runners, newest first.
            models.Index(fields=["owner", "-created_at"], name="runner_owner_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class RunnerCatalogue(models.Model):
    """The node types a runner says it has (its `/object_info`), several MB, read when needed."""

    runner = models.OneToOneField(
        Runner, on_delete=models.CASCADE, related_name="catalogue", primary_key=True
    )
    version = models.CharField(max_length=100, default="", blank=True)
    object_info = DocumentField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.runner_id} {self.version}"


class RunnerCancel(models.Model):
    """A request at a runner that is to be cancelled; gone once the runner has responded."""

    runner = models.ForeignKey(Runner, on_delete=models.CASCADE, related_name="cancels")
    prompt_id = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: a cancel that is noted twice is one.
            models.UniqueConstraint(fields=["runner", "prompt_id"], name="runner_cancel_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.runner_id}/{self.prompt_id}"


class ModelServer(models.Model):
    """A server of models that staff allow everybody here to call, even at a private address.

    It speaks as OpenAI does. `slug` is the provider in the ids of its models.
    """

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    base_url = models.CharField(max_length=500)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


def new_credential_id() -> str:
    """Return an id that cannot be guessed: 128 random bits behind a readable prefix."""
    return f"cred_{secrets.token_urlsafe(16)}"


class Credential(models.Model):
    """A provider's key, encrypted, usable only towards the origins it is bound to.

    `public_id` is what documents and the API call it.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_credential_id)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=200)
    provider = models.CharField(max_length=100)
    allowed_origins = DocumentField(default=list)
    secret = EncryptedField()
    last4 = models.CharField(max_length=4)
    # What may be spent on it, US dollars in a day and a month of UTC; null: no cap.
    cap_per_day = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    cap_per_month = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="credential_name_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last4})"


class CredentialBinding(models.Model):
    """A user's choice of a credential for one slot of a workflow that they run.

    A slot is a field of a node, there or in a workflow that its nodes run (`graph/credentials.py`).
    """

    MAX_SLOT = 500

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credential_bindings")
    workflow = models.ForeignKey(
        "workflows.Workflow", on_delete=models.CASCADE, related_name="credential_bindings"
    )
    slot = models.CharField(max_length=MAX_SLOT)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="bindings")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: what a user has chosen for a node that is about to run.
            models.UniqueConstraint(
                fields=["user", "workflow", "slot"], name="credential_binding_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.slot}"


class Dialect(models.TextChoices):
    """Whose form and signature the reports of a webhook have."""

    NATIVE = "native"
    FAL = "fal"


class Webhook(models.Model):
    """Where ended runs are reported: those of one token, or (without a token) of one request.

    `signed`: URLs of files in a report open without a key, for a while.
    """

    token = models.OneToOneField(Token, null=True, on_delete=models.CASCADE, related_name="webhook")
    dialect = models.CharField(max_length=16, choices=Dialect.choices, default=Dialect.NATIVE)
    url = models.CharField(max_length=2000)
    secret = EncryptedField(default="")
    signed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dialect__in=Dialect.values), name="webhook_dialect_known"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryStatus(models.TextChoices):
    """The status of a delivery; a pending one is sent (again) at `next_at`."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """One report of a webhook, with its exact text; the rows are the queue."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    run = models.ForeignKey("workflows.Run", null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.CharField(max_length=32)
    body = models.TextField()
    status = models.CharField(
        max_length=16, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    attempt = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="", blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"
            ),
        ]
        indexes = [
            # Serves: what is due.
            models.Index(
                fields=["next_at"], condition=Q(finished_at__isnull=True), name="delivery_open"
            ),
            # Serves: a webhook's last deliveries.
            models.Index(fields=["webhook", "-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.status} ({self.attempt})"
