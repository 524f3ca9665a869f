"""/api/workflows/<slug>/comments: the threads of a workflow; /api/comments: what is unread."""

from __future__ import annotations

from typing import Literal, TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api import query
from workflows.api.base import ApiView, Request
from workflows.api.shapes import ROLES, moment
from workflows.api.versions import Author, author_of
from workflows.models import Role, User
from workflows.services.library import access, comments, discussions
from workflows.types import Time, Uuid


class CommentAnchor(TypedDict):
    """What a thread is about: a place on the canvas, or a node and there a result.

    `x` and `y` are on the canvas; with a node, from its top left corner.
    """

    x: float
    y: float
    node: str | None
    run: Uuid | None
    asset: Uuid | None


class Comment(TypedDict):
    """One comment; `author` is null where the account was deleted, `mentions` are user names."""

    number: int
    author: Author | None
    text: str
    mentions: list[str]
    createdAt: Time
    editedAt: Time | None


class CommentThread(TypedDict):
    """A comment and its replies; `unread` are those the caller has not seen.

    `excerpt` is the beginning of the result it is about, where that is text.
    """

    id: Uuid
    anchor: CommentAnchor
    excerpt: str
    createdAt: Time
    resolvedAt: Time | None
    resolvedBy: Author | None
    unread: int
    comments: list[Comment]


class CommentMember(TypedDict):
    """A user who sees the workflow and can be mentioned, by the user name."""

    id: str
    user: str
    name: str
    role: Literal["owner", "edit", "run", "view"]
    you: bool


class Comments(TypedDict):
    """Threads of a workflow; `whole`: all there are, else those that have changed.

    `seq` is the `since` of the next call.
    """

    seq: int
    whole: bool
    threads: list[CommentThread]
    members: list[CommentMember]


class UnreadComments(TypedDict):
    """How many comments of a workflow are unread, and how many of them mention the caller."""

    slug: str
    comments: int
    mentions: int


class CommentList(ApiView):
    """The comments of a workflow."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request, slug: str) -> Response:
        """Return the threads; `?since=` those that have changed since `seq` was that."""
        found = discussions.board(
            user=request.user,
            slug=slug,
            shared=request.auth.sharing(Role.VIEW),
            since=query.number(request, "since", default=0),
        )
        return Response(shape(found, request.user), headers={"Cache-Control": "no-store"})

    def post(self, request: Request, slug: str) -> Response:
        """Begin a thread."""
        shared = _writing(request, slug)
        made = comments.thread_create(
            user=request.user,
            slug=slug,
            shared=shared,
            request=self.read(request, comments.NewThread),
        )
        return Response(shape(made, request.user), status=201)


class CommentsSeen(ApiView):
    """What the caller has read."""

    capability = {"POST": "workflow:read"}

    def post(self, request: Request, slug: str) -> Response:
        """Note that the caller has read threads."""
        shared = request.auth.sharing(Role.VIEW)
        access.workflow_own(user=request.user, slug=slug, shared=shared)
        seen = self.read(request, comments.SeenThreads)
        comments.threads_seen(user=request.user, slug=slug, shared=shared, request=seen)
        return Response({"success": True})


class ThreadDetail(ApiView):
    """One thread."""

    capability = {"POST": "workflow:write", "PATCH": "workflow:write"}

    def post(self, request: Request, slug: str, thread: str) -> Response:
        """Reply; a resolved thread is open again."""
        shared = _writing(request, slug)
        done = comments.thread_reply(
            user=request.user,
            slug=slug,
            shared=shared,
            thread=thread,
            request=self.read(request, comments.CommentText),
        )
        return Response(shape(done, request.user), status=201)

    def patch(self, request: Request, slug: str, thread: str) -> Response:
        """Resolve the thread, open it again, or pin it elsewhere."""
        shared = _writing(request, slug)
        done = comments.thread_update(
            user=request.user,
            slug=slug,
            shared=shared,
            thread=thread,
            request=self.read(request, comments.ThreadState),
        )
        return Response(shape(done, request.user))


class CommentDetail(ApiView):
    """One comment of a thread."""

    capability = {"PATCH": "workflow:write", "DELETE": "workflow:write"}

    def patch(self, request: Request, slug: str, thread: str, number: str) -> Response:
        """Change the text of a comment of the caller's own."""
        shared = _writing(request, slug)
        done = comments.comment_edit(
            user=request.user,
            slug=slug,
            shared=shared,
            thread=thread,
            number=number,
            request=self.read(request, comments.CommentText),
        )
        return Response(shape(done, request.user))

    def delete(self, request: Request, slug: str, thread: str, number: str) -> Response:
        """Delete a comment, and with the last one its thread."""
        done = comments.comment_delete(
            user=request.user,
            slug=slug,
            shared=_writing(request, slug),
            thread=thread,
            number=number,
        )
        return Response(shape(done, request.user))


class UnreadList(ApiView):
    """Where the caller has unread comments."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request) -> Response:
        """List the workflows, the caller's own and at a page those shared with the caller."""
        shared = request.auth.sharing(Role.VIEW) is not None
        rows = discussions.unread(user=request.user, shared=shared)
        found: list[UnreadComments] = [
            {"slug": row.slug, "comments": row.comments, "mentions": row.mentions} for row in rows
        ]
        return Response(found)


def _writing(request: Request, slug: str) -> Role | None:
    """Return the role that writing needs, once the caller has it: before the body is judged."""
    shared = request.auth.sharing(Role.RUN)
    access.workflow_own(user=request.user, slug=slug, shared=shared)
    return shared


def shape(board: discussions.Board, viewer: User) -> Comments:
    """Return threads as JSON."""
    return {
        "seq": board.seq,
        "whole": board.whole,
        "threads": [_thread(row, board, viewer) for row in board.threads],
        "members": [_member(row, viewer) for row in board.members],
    }


def _member(row: discussions.Member, viewer: User) -> CommentMember:
    return {
        "id": str(row.user.pk),
        "user": row.user.username,
        "name": row.user.get_full_name() or row.user.username,
        "role": "owner" if row.role == "owner" else ROLES[row.role],
        "you": row.user.pk == viewer.pk,
    }


def _thread(row: models.Thread, board: discussions.Board, viewer: User) -> CommentThread:
    return {
        "id": str(row.pk),
        "anchor": {
            "x": row.x,
            "y": row.y,
            "node": row.node or None,
            "run": None if row.run is None else str(row.run),
            "asset": None if row.asset is None else str(row.asset),
        },
        "excerpt": row.excerpt,
        "createdAt": moment(row.created_at),
        "resolvedAt": moment(row.resolved_at),
        "resolvedBy": author_of(row.resolved_by, viewer),
        "unread": discussions.unread_of(row, viewer, board.members, board.seen),
        "comments": [
            {
                "number": comment.number,
                "author": author_of(comment.author, viewer),
                "text": comment.text,
                "mentions": sorted(row.user.username for row in comment.mentions.all()),
                "createdAt": moment(comment.created_at),
                "editedAt": moment(comment.edited_at),
            }
            for comment in sorted(row.comments.all(), key=lambda comment: comment.number)
        ],
    }
