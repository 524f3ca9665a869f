"""Comments on a workflow, outside of its document: threads, what is in them, who has seen it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from workflows.models.library import Workflow
from workflows.models.people import User


class Discussion(models.Model):
    """All threads of a workflow. `seq` counts what was done to them, so that one can ask for more.

    `removed` is the `seq` at which a thread was last removed: who has seen less reads all again.
    """

    workflow = models.OneToOneField(Workflow, on_delete=models.CASCADE, related_name="discussion")
    seq = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.workflow_id} at {self.seq}"


class Thread(models.Model):
    """A comment and its replies, pinned to a node, to a result of a node, or to a place.

    The ids of a node, a run and a file are no keys: a thread outlives what it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="threads")
    # That of the discussion when the thread was last changed.
    seq = models.PositiveIntegerField()
    node = models.CharField(max_length=200, default="", blank=True)
    run = models.UUIDField(null=True)
    asset = models.UUIDField(null=True)
    # The beginning of a result that is text, so that the thread is understood when it is gone.
    excerpt = models.TextField(default="", blank=True)
    # On the canvas, or from the corner of the node.
    x = models.FloatField()
    y = models.FloatField()
    # The number of its newest comment; numbers are not used again.
    count = models.PositiveIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # Serves: the threads that have changed since an editor has read them.
            models.Index(fields=["discussion", "seq"], name="thread_newest"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Comment(models.Model):
    """What a user has written in a thread, as plain text; without an author, whose account went."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    # Bytes of the text.
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Serves: a thread in its order, and one comment of it.
            models.UniqueConstraint(fields=["thread", "number"], name="comment_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.number}"


class Mention(models.Model):
    """A user whom a comment names, and whether the user has seen it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    seen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # Serves: one mention of a user in a comment.
            models.UniqueConstraint(fields=["comment", "user"], name="mention_unique"),
        ]
        indexes = [
            # Serves: what a user has not seen, for the library.
            models.Index(fields=["user"], condition=Q(seen=False), name="mention_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.comment_id}"


class ThreadSeen(models.Model):
    """How far a user has read a thread: the number of the last comment that was seen."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="seen")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # Serves: how far a user has read, once for each thread.
            models.UniqueConstraint(fields=["user", "thread"], name="thread_seen_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.thread_id} to {self.number}"
