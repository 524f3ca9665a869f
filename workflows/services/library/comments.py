"""Writing comments on a workflow: threads, replies, mentions, and what a user has read.

They are no part of the document: nothing here writes a change, and no edit loses a comment. Who
sees a workflow reads them; its owner, and who may run or edit it, write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from workflows.bodies import UNSET, Body, Meta, UnsetType
from workflows.errors import (
    CommentForbidden,
    CommentLimitReached,
    CommentNotFound,
    InvalidBody,
)
from workflows.journal import wake
from workflows.models import (
    Asset,
    Comment,
    Discussion,
    Mention,
    Role,
    Share,
    Step,
    Thread,
    ThreadSeen,
    User,
    Workflow,
)
from workflows.services.database import one, row_id
from workflows.services.library import assets
from workflows.services.library.discussions import (
    Board,
    board_of,
    key_of,
    members_of,
    workflow_discussed,
)
from workflows.services.locks import hold

#: Bytes of a comment's text in UTF-8, and of all texts of a workflow; comments of a workflow.
MAX_TEXT, MAX_TEXTS, MAX_COMMENTS = 4_096, 1024 * 1024, 2_000
#: Threads that are marked as read by one call.
MAX_THREADS = MAX_COMMENTS
#: Characters of a result that is text.
MAX_EXCERPT = 600
_FAR = 10_000_000
#: A name after an @ that ends no e-mail address, with what may follow it in a sentence.
_NAMED = re.compile(r"(?<![\w.@+-])@([\w.@+-]{1,150})")
#: What a text may not have: control characters, but for tabs and line breaks.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_Place = Annotated[float, Meta(ge=-_FAR, le=_FAR)]
_Text = Annotated[str, Meta(extra={"expected": f"text of 1 to {MAX_TEXT} bytes"})]


class Anchor(Body):
    """What a thread is about: a place, or a node and there a result, by its run and its file.

    `x` and `y` are on the canvas; with a node, from its top left corner.
    """

    x: _Place
    y: _Place
    node: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    run: UUID | None = None
    asset: UUID | None = None


class NewThread(Body):
    """The first comment of a thread, and where it is pinned."""

    text: _Text
    anchor: Anchor


class CommentText(Body):
    """The text of a comment: plain, `@name` mentions a user of the workflow."""

    text: _Text


class PinPlace(Body):
    """Another place for a thread: on the canvas, or from the corner of a node."""

    x: _Place
    y: _Place
    node: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class ThreadState(Body):
    """Whether a thread is resolved, and where it is pinned; what is left out stays."""

    resolved: bool | UnsetType = UNSET
    place: PinPlace | UnsetType = UNSET


class SeenThreads(Body):
    """Threads that the caller has read, each to its newest comment."""

    threads: Annotated[list[UUID], Meta(max_length=MAX_THREADS)]


@transaction.atomic
def thread_create(*, user: User, slug: str, shared: Role | None, request: NewThread) -> Board:
    """Begin a thread. A file of the author's own that it is about is shown to all who may read it.

    Raises WorkflowNotFound, RoleForbidden, AssetNotFound, InvalidBody, CommentLimitReached.
    """
    anchor = request.anchor
    if anchor.node is None and (anchor.run or anchor.asset):
        raise InvalidBody(
            "anchor.node is missing; a result belongs to a node.",
            field="anchor.node",
            expected="the id of a node",
        )
    workflow, discussion = _changed(user, slug, shared)
    if anchor.asset is not None:
        asset = assets.asset_get(user=user, asset_id=anchor.asset)
        _show(workflow, asset, user)
    thread = Thread.objects.create(
        discussion=discussion,
        seq=discussion.seq,
        node=anchor.node or "",
        run=anchor.run,
        asset=anchor.asset,
        x=anchor.x,
        y=anchor.y,
        excerpt=_excerpt(user, workflow, anchor),
    )
    return _add(user, workflow, thread, request.text)


@transaction.atomic
def thread_reply(
    *, user: User, slug: str, shared: Role | None, thread: str, request: CommentText
) -> Board:
    """Add a comment to a thread; one that was resolved is open again.

    Raises WorkflowNotFound, RoleForbidden, CommentNotFound, InvalidBody, CommentLimitReached.
    """
    workflow, discussion = _changed(user, slug, shared)
    found = _thread(discussion, thread)
    found.resolved_at = found.resolved_by = None
    return _add(user, workflow, found, request.text)


@transaction.atomic
def thread_update(
    *, user: User, slug: str, shared: Role | None, thread: str, request: ThreadState
) -> Board:
    """Resolve a thread, or open it again; pin it elsewhere. One about a result stays at its node.

    Raises WorkflowNotFound, RoleForbidden, CommentNotFound, InvalidBody.
    """
    workflow, discussion = _changed(user, slug, shared)
    found = _thread(discussion, thread)
    if request.place is not UNSET:
        node = request.place.node or ""
        if (found.run or found.asset) and node != found.node:
            raise InvalidBody(
                "place.node must be the node whose result the thread is about.",
                field="place.node",
                value=node[:80],
                expected=found.node,
            )
        found.x, found.y, found.node = request.place.x, request.place.y, node
    if request.resolved is not UNSET and request.resolved != (found.resolved_at is not None):
        found.resolved_at = timezone.now() if request.resolved else None
        found.resolved_by = user if request.resolved else None
    return _touch(user, workflow, found)


@transaction.atomic
def comment_edit(
    *, user: User, slug: str, shared: Role | None, thread: str, number: str, request: CommentText
) -> Board:
    """Change a comment of one's own; who is mentioned now and was not is shown it.

    Raises WorkflowNotFound, RoleForbidden, CommentNotFound, CommentForbidden, InvalidBody,
    CommentLimitReached.
    """
    workflow, discussion = _changed(user, slug, shared)
    found = _thread(discussion, thread)
    comment = _comment(found, number)
    if comment.author_id != user.pk:
        raise CommentForbidden()
    text, size = _checked(request.text)
    if text != comment.text:
        _check_room(discussion, comments=0, size=size - comment.size)
        comment.text, comment.size, comment.edited_at = text, size, timezone.now()
        comment.save(update_fields=["text", "size", "edited_at"])
        _mention(workflow, comment)
    return _touch(user, workflow, found)


@transaction.atomic
def comment_delete(
    *, user: User, slug: str, shared: Role | None, thread: str, number: str
) -> Board:
    """Delete a comment of one's own, or as the owner any; the last one takes its thread along.

    Raises WorkflowNotFound, RoleForbidden, CommentNotFound, CommentForbidden.
    """
    workflow, discussion = _changed(user, slug, shared)
    found = _thread(discussion, thread)
    comment = _comment(found, number)
    if user.pk not in (comment.author_id, workflow.owner_id):
        raise CommentForbidden()
    comment.delete()
    if found.comments.exists():
        return _touch(user, workflow, found)
    found.delete()
    discussion.removed = discussion.seq
    discussion.save(update_fields=["removed"])
    return board_of(user, discussion, Thread.objects.none(), members_of(workflow))


@transaction.atomic
def threads_seen(*, user: User, slug: str, shared: Role | None, request: SeenThreads) -> None:
    """Note that a user has read threads to their end. Raises WorkflowNotFound."""
    workflow = workflow_discussed(user, slug, shared)
    rows = Thread.objects.filter(discussion__workflow=workflow, pk__in=set(request.threads))
    seen = [ThreadSeen(thread=row, user=user, number=row.count) for row in rows]
    ThreadSeen.objects.bulk_create(
        seen, update_conflicts=True, unique_fields=["user", "thread"], update_fields=["number"]
    )
    Mention.objects.filter(user=user, seen=False, comment__thread__in=rows).update(seen=True)
    # The user's other pages.
    transaction.on_commit(partial(wake.publish, key_of(workflow.uid)))


def _excerpt(user: User, workflow: Workflow, anchor: Anchor) -> str:
    """Return the beginning of the text that a node has made in a run of the author's own."""
    if anchor.run is None or anchor.asset is not None:
        return ""
    step = Step.objects.filter(
        run=anchor.run, run__owner=user, run__workflow=workflow, node_id=anchor.node
    ).first()
    values = [] if step is None or not isinstance(step.output, dict) else step.output.values()
    text = next((value for value in values if isinstance(value, str)), "")
    return text if len(text) <= MAX_EXCERPT else f"{text[: MAX_EXCERPT - 1]}…"


def _changed(user: User, slug: str, shared: Role | None) -> tuple[Workflow, Discussion]:
    """Return a workflow and its discussion, whose `seq` is that of what is done to it now.

    One writer after the other; followers are woken once the transaction commits.
    """
    workflow = workflow_discussed(user, slug, shared)
    hold(f"comments:{workflow.pk}")
    discussion, _ = Discussion.objects.get_or_create(workflow=workflow)
    discussion.seq += 1
    discussion.save(update_fields=["seq"])
    transaction.on_commit(partial(wake.publish, key_of(workflow.uid)))
    return workflow, discussion


def _thread(discussion: Discussion, id: str) -> Thread:
    try:
        found = one(Thread.objects.filter(discussion=discussion, pk=UUID(id)))
    except ValueError:
        found = None
    if found is None:
        raise CommentNotFound()
    found.discussion = discussion
    return found


def _comment(thread: Thread, number: str) -> Comment:
    found = one(Comment.objects.filter(thread=thread, number=row_id(number)))
    if found is None:
        raise CommentNotFound()
    return found


def _add(user: User, workflow: Workflow, thread: Thread, text: str) -> Board:
    """Add a comment to a thread; its author has read the thread."""
    text, size = _checked(text)
    _check_room(thread.discussion, comments=1, size=size)
    thread.count += 1
    comment = Comment.objects.create(
        thread=thread, number=thread.count, author=user, text=text, size=size
    )
    _mention(workflow, comment)
    done = _touch(user, workflow, thread)
    ThreadSeen.objects.update_or_create(user=user, thread=thread, defaults={"number": thread.count})
    done.seen[thread.pk] = thread.count
    return done


def _touch(user: User, workflow: Workflow, thread: Thread) -> Board:
    """Save a thread as changed now, and return it alone."""
    thread.seq = thread.discussion.seq
    thread.save(update_fields=["seq", "count", "resolved_at", "resolved_by", "x", "y", "node"])
    rows = Thread.objects.filter(pk=thread.pk)
    return board_of(user, thread.discussion, rows, members_of(workflow))


def _checked(text: str) -> tuple[str, int]:
    """Return a text without spaces around it, and its bytes. Raises InvalidBody."""
    text = text.replace("\r\n", "\n").strip()
    size = len(text.encode())
    wrong = _CONTROL.search(text)
    if wrong or not 0 < size <= MAX_TEXT:
        expected = f"text of 1 to {MAX_TEXT} bytes in UTF-8, without control characters"
        value = "control characters" if wrong else f"{size} bytes"
        raise InvalidBody(f"text must be {expected}.", field="text", value=value, expected=expected)
    return text, size


def _check_room(discussion: Discussion, *, comments: int, size: int) -> None:
    """Raise CommentLimitReached when a workflow has no room for more comments or longer ones."""
    rows = Comment.objects.filter(thread__discussion=discussion)
    had = rows.aggregate(count=Count("pk"), size=Coalesce(Sum("size"), 0))
    for unit, more, limit, current in (
        ("comments", comments, MAX_COMMENTS, had["count"]),
        ("bytes", size, MAX_TEXTS, had["size"]),
    ):
        if more > 0 and current + more > limit:
            raise CommentLimitReached(
                f"This workflow has {current} {unit} of comments; at most {limit} are kept. "
                "Delete some first.",
                field="text",
                limit=limit,
                current=current,
                unit=unit,
            )


def _mention(workflow: Workflow, comment: Comment) -> None:
    """Keep whom a comment names now; who was named before keeps having seen it."""
    users = {row.user.username: row.user for row in members_of(workflow)}
    named = {user.pk: user for name in _names(comment.text, users) for user in [users[name]]}
    comment.mentions.exclude(user__in=named).delete()
    Mention.objects.bulk_create(
        [
            Mention(comment=comment, user=user, seen=pk == comment.author_id)
            for pk, user in named.items()
        ],
        ignore_conflicts=True,
    )


def _names(text: str, known: Mapping[str, User]) -> Iterable[str]:
    """Yield the known names that a text mentions; what follows a name in a sentence is no part."""
    for match in _NAMED.finditer(text):
        name = match[1]
        while name and name not in known and name[-1] in ".@+-":
            name = name[:-1]
        if name in known:
            yield name


def _show(workflow: Workflow, asset: Asset, author: User) -> None:
    """Let all who see a shared workflow read a file that a comment of its owner is about."""
    if asset.owner_id == author.pk and not workflow.is_template:
        Share.objects.get_or_create(workflow=workflow, asset=asset)
