"""The rows about comments on a workflow."""

from __future__ import annotations

from workflows.api.comments import Comments, UnreadComments
from workflows.api.openapi.row import DONE, INTEGER, Row, parameter
from workflows.services.library.comments import CommentText, NewThread, SeenThreads, ThreadState

_CHANGED = ("The thread, as all who see the workflow see it now.", Comments)

COMMENTS: dict[tuple[str, str], Row] = {
    ("GET", "/api/comments"): Row(
        "listUnreadComments",
        "Comments",
        "List workflows with unread comments",
        {200: ("Those that have any, by slug.", list[UnreadComments])},
    ),
    ("GET", "/api/workflows/{slug}/comments"): Row(
        "listComments",
        "Comments",
        "Read the comments of a workflow",
        {200: ("Threads, the oldest first.", Comments)},
        query=(parameter("since", INTEGER, "The `seq` of an earlier call: what changed since."),),
    ),
    ("POST", "/api/workflows/{slug}/comments"): Row(
        "createThread",
        "Comments",
        "Comment on a node, a result or a place",
        {201: _CHANGED},
        body=NewThread,
    ),
    ("POST", "/api/workflows/{slug}/comments/seen"): Row(
        "markCommentsSeen",
        "Comments",
        "Mark threads as read",
        DONE,
        body=SeenThreads,
    ),
    ("POST", "/api/workflows/{slug}/comments/{thread}"): Row(
        "replyToThread",
        "Comments",
        "Reply to a thread",
        {201: _CHANGED},
        body=CommentText,
        more="A resolved thread is open again.",
    ),
    ("PATCH", "/api/workflows/{slug}/comments/{thread}"): Row(
        "resolveThread",
        "Comments",
        "Resolve a thread, or open it again",
        {200: _CHANGED},
        body=ThreadState,
    ),
    ("PATCH", "/api/workflows/{slug}/comments/{thread}/{number}"): Row(
        "editComment",
        "Comments",
        "Change a comment of one's own",
        {200: _CHANGED},
        body=CommentText,
    ),
    ("DELETE", "/api/workflows/{slug}/comments/{thread}/{number}"): Row(
        "deleteComment",
        "Comments",
        "Delete a comment",
        {200: ("What is left of the thread: nothing after its last comment.", Comments)},
        more="The last one takes its thread along. Owners delete any comment, others their own.",
    ),
}
