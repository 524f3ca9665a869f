"""What reaches outside: registered ComfyUI runners, provider credentials, webhooks."""

from __future__ import annotations

from django.db import models

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
