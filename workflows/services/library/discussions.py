"""Discussions: the comments of a workflow as its users see them, and what each has not read.

`comments.py` writes them. Followers are woken by a key of their own: comments are no changes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from workflows import database
from workflows.journal import wake
from workflows.models import (
    Collaborator,
    Comment,
    Discussion,
    Mention,
    Role,
    Thread,
    ThreadSeen,
    User,
    Workflow,
)
from workflows.prepared import Parameter, PreparedQuery
from workflows.services.database import one
from workflows.services.library import access

_REREAD_SECONDS = 30.0
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Member(NamedTuple):
    """A user who sees a workflow, since when, and what the user may do there."""

    user: User
    role: str
    since: datetime


@dataclass(slots=True)
class Board:
    """Threads of a workflow as a user sees them; `seen` maps a thread to a number.

    `whole`: these are all, rather than those that have changed.
    """

    seq: int
    whole: bool
    threads: list[Thread]
    members: list[Member]
    seen: dict[UUID, int]


class Unread(NamedTuple):
    """Comments of a workflow that a user has not seen, and how many of them name the user."""

    slug: str
    comments: int
    mentions: int


_SEQ = PreparedQuery(
    lambda: Discussion.objects.filter(
        workflow__uid=Parameter("uid", Workflow._meta.get_field("uid"))
    ).values_list("seq", "pk")
)


def board(*, user: User, slug: str, shared: Role | None, since: int = 0) -> Board:
    """Return the threads that have changed since `seq` was `since`, or all of them.

    Raises WorkflowNotFound.
    """
    workflow = workflow_discussed(user, slug, shared)
    found = one(Discussion.objects.filter(workflow=workflow))
    members = members_of(workflow)
    if found is None:
        return Board(0, True, [], members, {})
    whole = not found.removed <= since <= found.seq
    rows = Thread.objects.filter(discussion=found, seq__gt=0 if whole else since)
    return board_of(user, found, rows, members, whole)


def members_of(workflow: Workflow) -> list[Member]:
    """Return who sees a workflow: its owner, then those it is shared with by name."""
    shares = Collaborator.objects.filter(workflow=workflow, user__is_active=True)
    return [
        Member(workflow.owner, "owner", _LONG_AGO),
        *(
            Member(row.user, row.role, row.created_at)
            for row in shares.select_related("user").order_by("user__username")
        ),
    ]


def unread(*, user: User, shared: bool) -> list[Unread]:
    """Return where a user has unread comments: in open threads by others, or naming the user.

    What was written before a workflow was shared with the user counts as read. One query.
    """
    about = OuterRef("thread__discussion__workflow")
    mine = Q(thread__discussion__workflow__owner=user)
    shares = Collaborator.objects.filter(workflow=about, user=user)
    if shared:
        mine |= Q(Exists(shares))
    read = ThreadSeen.objects.filter(thread=OuterRef("thread"), user=user).values("number")[:1]
    named = Mention.objects.filter(comment=OuterRef("pk"), user=user, seen=False)
    rows = (
        Comment.objects.filter(mine)
        .annotate(
            read=Coalesce(Subquery(read), 0),
            since=Coalesce(Subquery(shares.values("created_at")[:1]), _LONG_AGO),
            named=Exists(named),
        )
        .exclude(author=user)
        .filter(
            Q(named=True)
            | Q(thread__resolved_at=None, number__gt=F("read"), created_at__gt=F("since"))
        )
        .values_list("thread__discussion__workflow__slug")
        .annotate(unseen=Count("pk"), naming=Count("pk", filter=Q(named=True)))
    )
    return [Unread(*row) for row in rows.order_by("thread__discussion__workflow__slug")]


def unread_of(
    thread: Thread, user: User, members: Iterable[Member], seen: Mapping[UUID, int]
) -> int:
    """Return how many comments of a thread by others a user has not seen."""
    since = next((row.since for row in members if row.user.pk == user.pk), _LONG_AGO)
    return sum(
        comment.author_id != user.pk
        and comment.number > seen.get(thread.pk, 0)
        and comment.created_at > since
        for comment in thread.comments.all()
    )


async def follow(uid: UUID, user_id: int) -> AsyncIterator[tuple[int, int]]:
    """Yield the `seq` of a workflow's comments and how much of them a user has read.

    Now if there were any, and when one of the two has changed. What was read only grows.
    """
    key, shown = key_of(uid), (0, 0)
    with wake.watching(key):
        while True:
            seen = wake.version(key)
            found = await database.read(_state, uid, user_id)
            if found != shown:
                shown = found
                yield found
            await wake.news(key, seen, _REREAD_SECONDS)


def _state(uid: UUID, user_id: int) -> tuple[int, int]:
    found = _SEQ.one(uid=uid)
    if found is None:
        return 0, 0
    seq, discussion = found
    read = ThreadSeen.objects.filter(user=user_id, thread__discussion=discussion)
    return seq, read.aggregate(total=Coalesce(Sum("number"), 0))["total"]


def key_of(uid: UUID) -> UUID:
    """Return what comments of a workflow are announced by: not what its changes are."""
    return uuid5(uid, "comments")


def workflow_discussed(user: User, slug: str, shared: Role | None) -> Workflow:
    """Return a workflow without its document. Raises WorkflowNotFound, RoleForbidden."""
    access.workflow_own(user=user, slug=slug, shared=shared)
    rows = Workflow.objects.select_related("owner")
    return rows.only("uid", "slug", "is_template", "owner").get(slug=slug)


def board_of(
    user: User,
    found: Discussion,
    rows: QuerySet[Thread],
    members: list[Member],
    whole: bool = False,
) -> Board:
    """Return threads of a discussion as a user sees them."""
    threads = list(
        rows.select_related("resolved_by")
        .prefetch_related("comments__author", "comments__mentions__user")
        .order_by("created_at", "pk")
    )
    seen = ThreadSeen.objects.filter(user=user, thread__in=rows)
    return Board(found.seq, whole, threads, members, dict(seen.values_list("thread", "number")))
