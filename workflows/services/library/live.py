"""The changes of a workflow as they are made: followed by every open editor, one text for all.

`wake` says that there are more; the newest of a workflow that is followed are kept as texts, and
what is not among them is read from the log. A follower never misses one and sees them in order.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from workflows import database
from workflows.fields import encode, encode_long
from workflows.journal import wake
from workflows.models import Change, User, Workflow
from workflows.prepared import Parameter, PreparedQuery
from workflows.types import JsonObject

#: How many changes one may have missed and still get them; beyond, the document is read again.
MAX_MISSED = 500
#: How much of changes a page holds, in characters; one change alone may be longer.
PAGE_CHARACTERS = 256 * 1024
#: What is kept of a workflow that is followed.
KEPT_CHANGES, KEPT_CHARACTERS = 500, 2 * 1024 * 1024
REREAD_SECONDS = 10.0

#: A change, who made it, and the epoch of the version before.
Appended = tuple[Change, User, UUID]
#: The last version of changes, and the text of their list.
_Page = tuple[int, str]


class Missed(Exception):
    """More was missed than is sent: the document has to be read again."""


_VERSION = PreparedQuery(
    lambda: Workflow.objects.filter(
        uid=Parameter("uid", Workflow._meta.get_field("uid"))
    ).values_list("pk", "version")
)
_VERSION_OF_SLUG = PreparedQuery(
    lambda: Workflow.objects.filter(slug=Parameter("slug")).values_list("pk", "version")
)
#: The log as its texts are stored, with the change before: nothing of it has to be parsed to be
#: passed on.
_LOG = PreparedQuery(
    lambda: (
        Change.objects.filter(
            workflow=Parameter("workflow"),
            version__gte=Parameter("after"),
            version__lte=Parameter("last"),
        )
        .order_by("version")
        .values_list(
            "version",
            "batch_id",
            "base_version",
            "label",
            "author_id",
            "author__username",
            Cast("operations", TextField()),
        )
    )
)


def changes_announce(workflow: Workflow, changes: Sequence[Appended]) -> None:
    """Show changes to all who follow their workflow, once the transaction commits."""
    transaction.on_commit(partial(_announce, workflow.uid, changes))


def changes_since(workflow: Workflow, after: int) -> list[JsonObject] | None:
    """Return the changes after a version; None: too many, or no longer all there."""
    texts = _between(workflow.pk, after, workflow.version)
    return None if texts is None else [json.loads(text) for text in texts]


def texts_between(slug: str, after: int, last: int) -> list[str]:
    """Return the texts of the changes after a version, none where they are too many or gone."""
    found = _VERSION_OF_SLUG.one(slug=slug)
    return [] if found is None else _between(found[0], after, last) or []


def _between(workflow: int, after: int, last: int) -> list[str] | None:
    if not 0 < last - after <= MAX_MISSED:
        return [] if last == after else None
    found = _texts(_LOG.all(workflow=workflow, after=after, last=last), after)
    return list(found.values()) if len(found) == last - after else None


def _texts(rows: Sequence[tuple[Any, ...]], after: int) -> dict[int, str]:
    """Return the texts of the changes after a version; `rows` may have the one of the version."""
    found, before = dict[int, str](), None
    for row in rows:
        if row[0] > after:
            found[row[0]] = _text(before, *row)
        before = row[1]
    return found


def _text(
    follows: UUID | None,
    version: int,
    batch_id: UUID,
    base_version: int,
    label: str,
    author_id: int | None,
    author: str | None,
    operations: str,
) -> str:
    """Return a change as editors and API callers see it; `operations` is JSON already."""
    facts = {
        "version": version,
        "batchId": str(batch_id),
        "follows": None if follows is None else str(follows),
        "baseVersion": base_version or version - 1,
        "label": label,
        "author": None if author_id is None else {"id": str(author_id), "name": author},
    }
    return f'{encode(facts)[:-1]},"operations":{operations}}}'


async def follow(uid: UUID, after: int) -> AsyncIterator[_Page]:
    """Yield the changes of a workflow after a version as (last version, text of a list).

    Raises Missed where they are too many or gone. Ends when the workflow has been deleted.
    """
    try:
        with wake.watching(uid):
            read_at = -1
            while True:
                seen = wake.version(uid)
                page = _kept(uid, after)
                if page is not None:
                    read_at = seen
                elif seen != read_at:
                    page = await database.read(_read, uid, after)
                    if page is None:
                        return
                    # A page of the log may not be its end.
                    read_at = -1 if page[1] else seen
                if page is not None and page[1]:
                    after = page[0]
                    yield page
                elif wake.version(uid) == seen:
                    await wake.news(uid, seen, REREAD_SECONDS)
                    # Whatever was lost: after the time-out the log is read.
                    read_at = -1 if wake.version(uid) == seen else seen
    finally:
        _forget(uid)


@dataclass(slots=True)
class _Kept:
    """The newest changes of a workflow as texts, and the page that was requested last."""

    texts: OrderedDict[int, str] = field(default_factory=OrderedDict)
    characters: int = 0
    #: After which version, and up to which there were any.
    requested: tuple[int, int] = (0, 0)
    page: _Page | None = None


_lock = threading.Lock()
_recent: dict[UUID, _Kept] = {}


def _announce(uid: UUID, changes: Sequence[Appended]) -> None:
    if wake.is_watched(uid):
        texts = {
            change.version: _text(
                follows,
                change.version,
                change.batch_id,
                change.base_version,
                change.label,
                author.pk,
                author.username,
                encode_long(change.operations),
            )
            for change, author, follows in changes
        }
        with _lock:
            kept = _recent.setdefault(uid, _Kept())
            kept.texts |= texts
            kept.characters += sum(map(len, texts.values()))
            while len(kept.texts) > KEPT_CHANGES or (
                kept.characters > KEPT_CHARACTERS and len(kept.texts) > 1
            ):
                kept.characters -= len(kept.texts.popitem(last=False)[1])
    wake.publish(uid)


def _forget(uid: UUID) -> None:
    with _lock:
        if not wake.is_watched(uid):
            _recent.pop(uid, None)


def _kept(uid: UUID, after: int) -> _Page | None:
    """Return what is kept from the next version on, without a break; None where that is nothing."""
    with _lock:
        kept = _recent.get(uid)
        if kept is None or after + 1 not in kept.texts:
            return None
        newest = next(reversed(kept.texts))
        if kept.requested != (after, newest):
            # All who follow are mostly at the same version.
            kept.requested, kept.page = (after, newest), _page(kept.texts, after)
        return kept.page


def _page(texts: dict[int, str], after: int) -> _Page | None:
    page, size = list[str](), 0
    while (text := texts.get(after + 1 + len(page))) is not None:
        size += len(text)
        if page and size > PAGE_CHARACTERS:
            break
        page.append(text)
    return (after + len(page), f"[{','.join(page)}]") if page else None


def _read(uid: UUID, after: int) -> _Page | None:
    """Read a page of the log; its text is empty where there is no more of it, None: no workflow."""
    found = _VERSION.one(uid=uid)
    if found is None:
        return None
    key, version = found
    if version <= after:
        return after, ""
    if version - after > MAX_MISSED:
        raise Missed
    rows = _LOG.all(workflow=key, after=after, last=version)
    page = _page(_texts(rows, after), after)
    if page is None:
        raise Missed
    return page
