"""Files: what a person uploaded and what a run made. The bytes lie in `media/storage.py`."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from workflows.models.people import User
from workflows.models.runs import Run


class Asset(models.Model):
    """One file of one owner; equal bytes are stored once, under their sha256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assets")
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration = models.FloatField(null=True)
    name = models.CharField(max_length=255, default="", blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="assets")
    # Samples and covers of templates: every account may read them.
    shared = models.BooleanField(default=False)
    # An input that is deleted when its run has ended.
    discard = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # Serves: is a stored file still needed by anybody.
            models.Index(fields=["sha256"], name="asset_sha256"),
            # Serves: a person's files, newest first, and their quota.
            models.Index(fields=["owner", "-created_at"], name="asset_owner_newest"),
            # Serves: upkeep removes what has expired.
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="asset_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.content_type}"
