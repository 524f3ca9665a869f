"""Files: what a user uploaded and what a run made. The bytes lie in `media/storage.py`."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from workflows.models.library import Workflow
from workflows.models.people import User
from workflows.models.runs import Run


class Assets(models.QuerySet["Asset"]):
    """Files, and who may read them."""

    def readable(self, owner_id: int) -> Assets:
        """Keep an account's own files and those a template shows, until they expire."""
        shown = Share.objects.filter(asset=OuterRef("pk"))
        alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(Q(owner_id=owner_id) | Exists(shown), alive)

    def granted(self, asset_id: uuid.UUID, user_id: int) -> Assets:
        """Keep the file a signed URL opens, if the user it was signed for may (still) read it."""
        if not User.objects.filter(pk=user_id, is_active=True).exists():
            return self.none()
        return self.readable(user_id).filter(pk=asset_id)


class Recipe(models.Model):
    """How a derived video or image is made of files, until somebody needs it as a file.

    `sha256` is that of `text`; `file` that of the file once it is written, which needs no parts.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    file = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return self.sha256[:12]


class Part(models.Model):
    """A stored file that a recipe needs, whether anything else names it or not."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="parts")
    # Serves: is a stored file still needed by any recipe.
    sha256 = models.CharField(max_length=64, db_index=True)

    def __str__(self) -> str:
        return f"{self.sha256[:12]} for {self.recipe_id[:12]}"


class Asset(models.Model):
    """One file of one owner; equal bytes are stored once, under their sha256.

    While there is no file but its recipe alone, `sha256` is the recipe's and `size` is 0.
    """

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
    recipe = models.ForeignKey(Recipe, null=True, on_delete=models.SET_NULL, related_name="assets")
    # An input that is deleted when its run has ended.
    discard = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Assets.as_manager()

    class Meta:
        indexes = [
            # Serves: is a stored file still needed by anybody.
            models.Index(fields=["sha256"], name="asset_sha256"),
            # Serves: a user's files, newest first, and their quota.
            models.Index(fields=["owner", "-created_at"], name="asset_owner_newest"),
            # Serves: upkeep removes what has expired.
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="asset_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.content_type}"

    @property
    def is_recipe(self) -> bool:
        """Whether it is not written to a file yet."""
        return self.recipe_id is not None and self.recipe_id == self.sha256


class Share(models.Model):
    """A file of its owner's that a template shows; as long as it does, every account may read it.

    The rows of a workflow follow from its document, and there are none while it is no template.
    """

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="shares")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="shares")

    class Meta:
        constraints = [
            # Serves: is a file shown by any template.
            models.UniqueConstraint(fields=["asset", "workflow"], name="share_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} by {self.workflow_id}"
