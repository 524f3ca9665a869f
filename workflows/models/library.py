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
    """Return the viewport of a workflow that was not opened yet."""
    return {"x": 0, "y": 0, "zoom": 1}


class Payer(models.TextChoices):
    """Who pays for the runs of users with whom a workflow is shared."""

    RUNNER = "runner", "the user who runs it"
    OWNER = "owner", "its owner"


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
    # The batch that made this version: a version restored from a backup and edited has another.
    epoch = models.UUIDField(default=uuid.uuid4)
    # What everything but the editor runs; null: the draft, which is this row.
    published = models.ForeignKey(
        "Version", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # The version of the template that it is a copy of, and the newer one its owner has left.
    copied_from = models.ForeignKey(
        "Version", null=True, on_delete=models.SET_NULL, related_name="copies"
    )
    declined_version = models.PositiveIntegerField(default=0)
    # Who pays for runs by others, and what an owner who does pays providers for each in a day.
    payer = models.CharField(max_length=8, choices=Payer.choices, default=Payer.RUNNER)
    payer_daily_usd = models.DecimalField(max_digits=9, decimal_places=2, default=5)
    # How far it is to the last kept version, in bytes of inverses (services/library/versions.py).
    unkept_bytes = models.PositiveBigIntegerField(default=0)
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

    #: What the user for whom the row was read may do by a share; None: it was not read by one.
    role: str | None = None
    #: The version whose document the row was given; None: it is the draft.
    taken: Version | None = None

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        """Whether every account may read it."""
        return self.is_public or self.is_template


class Role(models.TextChoices):
    """What a user may do with a workflow that is shared with them; each may do what is before."""

    VIEW = "view"
    RUN = "run"
    EDIT = "edit"


class Collaborator(models.Model):
    """A user with whom an owner shares a workflow."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shared")
    role = models.CharField(max_length=8, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: what is shared with a user, and one role each.
            models.UniqueConstraint(fields=["user", "workflow"], name="collaborator_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} may {self.role} {self.workflow_id}"


class ShareLink(models.Model):
    """The link by which users join a workflow in a role. Only a digest of its text is kept."""

    workflow = models.OneToOneField(Workflow, on_delete=models.CASCADE, related_name="link")
    role = models.CharField(max_length=8, choices=Role.choices)
    digest = models.CharField(max_length=64)
    # The end of its text, by which its owner knows it again.
    last4 = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: the page behind the link.
            models.UniqueConstraint(fields=["digest"], name="share_link_digest_unique"),
        ]

    def __str__(self) -> str:
        return f"…{self.last4} to {self.role} {self.workflow_id}"


class Slug(models.Model):
    """A slug that was given to a workflow, kept for ever: links and keys name it.

    Without its workflow, which was deleted, it is its owner's to use again; without an owner,
    whose account was deleted, it belongs to no one.
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


class StepAction(models.TextChoices):
    """What a change does with a step of undo."""

    EDIT = "", "edit"
    UNDO = "undo", "undo"
    REDO = "redo", "redo"


class Change(models.Model):
    """One saved edit: its operations and the operations that undo it."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField()
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    session = models.CharField(max_length=64, default="", blank=True)
    batch_id = models.UUIDField()
    # The SHA-256 of the operations as they were sent; empty where no caller gave the batch its id.
    digest = models.CharField(max_length=64, default="", blank=True)
    # The version its author saw; what is between was made by others at the same time.
    base_version = models.PositiveIntegerField(default=0)
    label = models.CharField(max_length=200, default="", blank=True)
    # The step of undo it is part of, and what is done with that step: "" is an edit.
    step = models.UUIDField(null=True)
    action = models.CharField(max_length=4, choices=StepAction.choices, default="", blank=True)
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
        indexes = [
            # Serves: what an author can undo, the newest first.
            models.Index(fields=["workflow", "author", "-version"], name="change_author_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.version}"


class DeletedId(models.Model):
    """An id of a node or an edge that a workflow had and has deleted: no other one is given it."""

    workflow = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, db_index=False, related_name="deleted_ids"
    )
    noun = models.CharField(max_length=4)
    # As JSON: an id may have characters that a text column of PostgreSQL refuses.
    item = DocumentField()
    # The change that has deleted it last.
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # Serves: which of the ids that a change adds were deleted.
            models.UniqueConstraint(fields=["workflow", "item", "noun"], name="deleted_id_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.item} of {self.workflow_id}"


class Version(models.Model):
    """A document as it was, kept whole: one that was named or published, or a checkpoint.

    Older versions are what the inverses of changes make of the next one that is kept, so that
    changes can be forgotten and kept versions stay.
    """

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    # That of the document.
    version = models.PositiveIntegerField()
    # Counts what was published, from 1.
    number = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=200, default="", blank=True)
    notes = models.TextField(default="", blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    document = DocumentField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # Serves: `?version=` and the highest number.
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_unique"),
        ]
        indexes = [
            # Serves: the next kept version after any other.
            models.Index(fields=["workflow", "version"], name="version_of_document"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.version}"


class TakenVersion(models.Model):
    """A version of its template that a copy is one of by a change, and the one it was of before.

    Such a change takes a newer version over, undoes or redoes that, or restores what was before it.
    Undoing it makes the copy one of `before` again.
    """

    change = models.OneToOneField(
        Change, primary_key=True, on_delete=models.CASCADE, related_name="taken_version"
    )
    before = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="taken_after")
    taken = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.taken} taken after {self.before}"


class Snapshot(models.Model):
    """An immutable graph: what a run executed, or what a user wanted to keep."""

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
