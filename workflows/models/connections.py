"""What reaches outside: registered ComfyUI runners, provider credentials, webhooks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.fields import DocumentField, EncryptedField
from workflows.models.people import Token, User


class RunnerStatus(models.TextChoices):
    """Whether a runner is offered work."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Runner(models.Model):
    """A ComfyUI server that executes ComfyUI graphs for its owner."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="runners")
    name = models.CharField(max_length=200)
    endpoint = models.CharField(max_length=2000)
    headers = EncryptedField(default="{}")
    tags = DocumentField(default=list)
    status = models.CharField(
        max_length=16, choices=RunnerStatus.choices, default=RunnerStatus.ACTIVE
    )
    health = DocumentField(null=True, default=None)
    last_seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # Serves: a person's runners, newest first.
            models.Index(fields=["owner", "-created_at"], name="runner_owner_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """A provider's key, encrypted, usable only towards the origins it is bound to."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=200)
    provider = models.CharField(max_length=100)
    allowed_origins = DocumentField(default=list)
    secret = EncryptedField()
    last4 = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="credential_name_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last4})"


class Webhook(models.Model):
    """Where the runs of one token report their end."""

    token = models.OneToOneField(Token, on_delete=models.CASCADE, related_name="webhook")
    url = models.CharField(max_length=2000)
    secret = EncryptedField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.url


class DeliveryStatus(models.TextChoices):
    """Where a delivery stands; a pending one is sent (again) at `next_at`."""

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
            models.Index(fields=["next_at"], condition=Q(status="pending"), name="delivery_due"),
            # Serves: a webhook's last deliveries.
            models.Index(fields=["webhook", "-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.status} ({self.attempt})"
