"""Files: what a user uploaded and what a run made, and the collections they are in.

The bytes are in `media/hashed.py`.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from workflows.fields import DocumentField
from workflows.models.library import Collaborator, Workflow
from workflows.models.people import User
from workflows.models.runs import Run
from workflows.prepared import Parameter


class Assets(models.QuerySet["Asset"]):
    """Files, and who may read them."""

    def readable(
        self, owner_id: int | Parameter, now: datetime | Parameter | None = None
    ) -> Assets:
        """Keep an account's own files and those shown to it, until they expire.

        What a template shows is shown to all, what a shared workflow shows to its users.
        """
        shown = Share.objects.filter(
            Q(workflow__is_template=True)
            | Q(workflow__owner_id=owner_id)
            | Exists(Collaborator.objects.filter(workflow=OuterRef("workflow"), user_id=owner_id)),
            asset=OuterRef("pk"),
        )
        alive = Q(expires_at=None) | Q(expires_at__gt=now or timezone.now())
        return self.filter(Q(owner_id=owner_id) | Exists(shown), alive)

    def granted(self, asset_id: uuid.UUID, user_id: int) -> Assets:
        """Keep the file a signed URL opens, if the user it was signed for may (still) read it."""
        if not User.objects.filter(pk=user_id, is_active=True).exists():
            return self.none()
        return self.readable(user_id).filter(pk=asset_id)


class Recipe(models.Model):
    """How a derived video or image is made of files, until it is needed as a file.

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
    # Upkeep deletes no file that is starred or in a collection.
    starred = models.BooleanField(default=False, db_default=False)
    # What made it, which is known longer than its run: the workflow that was started, the node
    # there, what the call was given, and the texts by which it is found. A file that is written
    # while its workflow is deleted is no error, hence no constraint.
    workflow = models.ForeignKey(
        Workflow,
        null=True,
        on_delete=models.SET_NULL,
        related_name="assets",
        db_constraint=False,
    )
    node_id = models.CharField(max_length=200, default="", db_default="", blank=True)
    node_type = models.CharField(max_length=100, default="", db_default="", blank=True)
    settings = DocumentField(null=True, default=None)
    texts = models.TextField(default="", db_default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Assets.as_manager()

    class Meta:
        indexes = [
            # Serves: is a stored file still needed.
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


class Collection(models.Model):
    """Files of one owner that belong together; a file can be in several."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="collections")
    name = models.CharField(max_length=200)
    assets = models.ManyToManyField(Asset, related_name="collections")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            # Serves: an owner's collections, and that no two are called the same.
            models.UniqueConstraint(fields=["owner", "name"], name="collection_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Share(models.Model):
    """A file that a template shows, or a shared workflow has shown: others may read it.

    The rows of a template follow from its document; there are none while it is shown to no one.
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
