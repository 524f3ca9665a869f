"""What users edit and keep: folders, workflows, their changes and their snapshots."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from workflows.fields import DocumentField
from workflows.models.people import User


def default_viewport() -> dict[str, float]:
    """Return the viewport of a workflow nobody has opened yet."""
    return {"x": 0, "y": 0, "zoom": 1}


class Folder(models.Model):
    """A folder of one owner's library; cycles are refused by the folder service."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="folders")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "parent", "name"], name="folder_name_unique_in_parent"
            ),
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(parent__isnull=True),
                name="folder_name_unique_at_root",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Workflow(models.Model):
    """An editable document and what its owner says about it."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="workflows")
    # The name of dialects that want UUIDs.
    uid = models.UUIDField(default=uuid.uuid4)
    slug = models.CharField(max_length=128)
    handle = models.CharField(max_length=128)
    name = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    tags = DocumentField(default=list)
    nodes = DocumentField(default=list)
    edges = DocumentField(default=list)
    viewport = DocumentField(default=default_viewport)
    extra = DocumentField(default=dict)
    cover = DocumentField(null=True, default=None)
    thumbnail = models.TextField(null=True, default=None)  # noqa: DJ001  null: never set
    folder = models.ForeignKey(
        Folder, null=True, on_delete=models.SET_NULL, related_name="workflows"
    )
    is_public = models.BooleanField(default=False)
    public_playground = models.BooleanField(default=False)
    is_template = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    node_types = DocumentField(default=dict)
    # What a run of it does, as rows of `graph/work.Work`; what it costs follows from them.
    work = DocumentField(default=list)
    version = models.PositiveIntegerField(default=1)
    # What made it: a repeated create with this key finds it (services/library/workflows.py).
    creation_key = models.CharField(max_length=200, null=True)  # noqa: DJ001  null: none given
    creation_digest = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Serves: every look-up by slug; the slug space is global and a slug never changes.
            models.UniqueConstraint(fields=["slug"], name="workflow_slug_unique"),
            # Serves: a dialect's look-up.
            models.UniqueConstraint(fields=["uid"], name="workflow_uid_unique"),
            # Serves: fal's {username}/{name}.
            models.UniqueConstraint(fields=["owner", "handle"], name="workflow_handle_unique"),
            # Serves: a repeated create finds its first workflow.
            models.UniqueConstraint(
                fields=["owner", "creation_key"], name="workflow_creation_unique"
            ),
            models.CheckConstraint(condition=Q(slug=Lower(F("slug"))), name="workflow_slug_lower"),
        ]
        indexes = [
            # Serves: the dashboard, newest first.
            models.Index(fields=["owner", "archived", "-updated_at"], name="workflow_owner_newest"),
            # Serves: everybody's template gallery.
            models.Index(
                fields=["-updated_at"], condition=Q(is_template=True), name="workflow_templates"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        """Whether every account may read it."""
        return self.is_public or self.is_template


class Slug(models.Model):
    """A slug that was given to a workflow, kept for ever: links and keys name it.

    Without its workflow, which was deleted, it is its owner's to use again; without an owner,
    whose account was deleted, it is nobody's.
    """

    slug = models.CharField(max_length=128, primary_key=True)
    # What was counted up: `poster` and 12 for poster-12.
    base = models.CharField(max_length=128)
    number = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # Its index leaves nulls out: SQLite would take it for the deleted ones of everybody.
    workflow = models.ForeignKey(
        Workflow, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [
            # Serves: a deleted workflow's slug.
            models.UniqueConstraint(
                fields=["workflow"], condition=Q(workflow__isnull=False), name="slug_workflow_once"
            ),
        ]
        indexes = [
            # Serves: the highest number of a base.
            models.Index(fields=["base", "-number"], name="slug_highest"),
            # Serves: an owner's deleted ones of a base, the lowest number first.
            models.Index(
                fields=["base", "owner", "number"],
                condition=Q(workflow__isnull=True),
                name="slug_reusable",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Change(models.Model):
    """One saved edit: its operations and the operations that undo it."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField()
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    session = models.CharField(max_length=64, default="", blank=True)
    batch_id = models.UUIDField()
    label = models.CharField(max_length=200, default="", blank=True)
    operations = DocumentField(default=list)
    inverse = DocumentField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: the changes an editor has missed, in order.
            models.UniqueConstraint(fields=["workflow", "version"], name="change_version_unique"),
            # Serves: a batch that is sent again does nothing twice.
            models.UniqueConstraint(fields=["workflow", "batch_id"], name="change_batch_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.version}"


class Snapshot(models.Model):
    """An immutable graph: what a run executed, or what somebody wanted to keep."""

    workflow = models.ForeignKey(
        Workflow, null=True, on_delete=models.SET_NULL, related_name="snapshots"
    )
    sha256 = models.CharField(max_length=64)
    nodes = DocumentField(default=list)
    edges = DocumentField(default=list)
    label = models.CharField(max_length=200, default="", blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: a run of an unchanged workflow reuses its snapshot.
            models.UniqueConstraint(fields=["workflow", "sha256"], name="snapshot_content_unique"),
        ]
        indexes = [
            # Serves: a workflow's history, newest first.
            models.Index(fields=["workflow", "-created_at"], name="snapshot_newest"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
