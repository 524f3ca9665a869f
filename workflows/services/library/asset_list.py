"""The list of an account's files: filters, search, details, and what is said of many at once.

Inputs that go with their run, files that expire and recipes that are no files yet are not listed;
starring one, or putting it into a collection, keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from workflows.bodies import UNSET, Body, Meta, UnsetType
from workflows.errors import AssetNotFound, InvalidBody
from workflows.media import storage
from workflows.media.origin import searchable
from workflows.models import Asset, Collection, User
from workflows.services.library.collections import collection_get
from workflows.types import Uuid

#: Kinds of files by the beginning of their type; `file` is any other.
KINDS = ("image", "video", "audio", "file")
#: Where a file has come from.
SOURCES = ("made", "uploaded")
#: Files that one request can name, and words of a search that count.
MAX_IDS, MAX_WORDS = 1_000, 10

Ids = Annotated[
    list[Uuid],
    Meta(
        min_length=1,
        max_length=MAX_IDS,
        extra={"expected": f"a list of 1 to {MAX_IDS} ids of files"},
    ),
]
#: Where a list goes on: behind a file made then.
Place = tuple[datetime, UUID]


class AssetFields(Body):
    """What is to be changed of a file."""

    starred: bool | UnsetType = UNSET
    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")] | UnsetType = UNSET


class AssetsChange(Body):
    """What is to be changed of many files: their stars, and a collection they go to or leave."""

    ids: Ids
    starred: bool | UnsetType = UNSET
    add_to: str | UnsetType = UNSET
    remove_from: str | UnsetType = UNSET


class AssetIds(Body):
    """Files, by their ids."""

    ids: Ids


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """Which files are wanted; None is no condition.

    `text` is searched word by word in names and in what made a file; `ids` are these files alone.
    """

    text: str | None = None
    workflow: str | None = None
    node: str | None = None
    node_type: str | None = None
    kind: str | None = None
    source: str | None = None
    starred: bool | None = None
    collection: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some files of a list, how many there are in all (on the first page), and where it goes on."""

    assets: list[Asset]
    total: int | None
    next: Place | None


def assets_of(user: User) -> QuerySet[Asset]:
    """Return the account's own files that can be listed."""
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Asset.objects.filter(alive, owner=user, discard=False)


def asset_list(
    *, user: User, filter: AssetFilter, after: Place | None = None, limit: int = 100
) -> Page:
    """List the account's files, newest first. Raises CollectionNotFound."""
    rows = asset_rows(user=user, filter=filter)
    total = rows.count() if after is None else None
    if after is not None:
        at, id = after
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=id))
    found = list(_shown(rows)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], total, (last.created_at, last.pk) if last is not None else None)


def asset_rows(*, user: User, filter: AssetFilter) -> QuerySet[Asset]:
    """Return the files that a filter lets through, newest first. Raises CollectionNotFound."""
    is_file = Q(recipe=None) | ~Q(sha256=F("recipe_id")) | Q(starred=True)
    rows = assets_of(user).filter(is_file)
    if filter.ids is not None:
        rows = rows.filter(pk__in=filter.ids)
    if filter.collection is not None:
        rows = rows.filter(collections=collection_get(user=user, id=filter.collection))
    if filter.source is not None:
        rows = rows.filter(~_UPLOADED if filter.source == "made" else _UPLOADED)
    if filter.kind is not None:
        rows = rows.filter(_kind(filter.kind))
    named = {
        "workflow__slug": filter.workflow,
        "node_id": filter.node,
        "node_type": filter.node_type,
        "starred": filter.starred,
        "created_at__gte": filter.since,
        "created_at__lt": filter.until,
    }
    rows = rows.filter(**{name: value for name, value in named.items() if value is not None})
    for word in searchable(filter.text or "").split()[:MAX_WORDS]:
        rows = rows.filter(Q(texts__contains=word) | Q(name__icontains=word))
    return rows.order_by("-created_at", "-pk")


#: A file that no step has made.
_UPLOADED = Q(run=None, node_id="", workflow=None)


def _kind(kind: str) -> Q:
    if kind != "file":
        return Q(content_type__startswith=f"{kind}/")
    return ~Q(
        Q(content_type__startswith="image/")
        | Q(content_type__startswith="video/")
        | Q(content_type__startswith="audio/")
    )


def _shown(rows: QuerySet[Asset]) -> QuerySet[Asset]:
    """Load what a list shows; a workflow's nodes and a file's texts are not part of it."""
    return (
        rows.select_related("workflow")
        .only(
            *(field.name for field in Asset._meta.concrete_fields if field.name not in _HEAVY),
            "workflow__slug",
            "workflow__name",
        )
        .prefetch_related("collections")
    )


_HEAVY = ("texts", "settings")


@dataclass(frozen=True, slots=True)
class Choices:
    """What an account's files can be filtered by, each with the number of files."""

    workflows: list[tuple[str, str, int]]
    node_types: list[tuple[str, int]]
    starred: int
    total: int


def asset_choices(*, user: User) -> Choices:
    """Return the workflows and node types that have made files, the most recent ones first."""
    rows = asset_rows(user=user, filter=AssetFilter()).order_by()
    of_workflows = rows.filter(workflow__isnull=False, workflow__slug__isnull=False)
    workflows = of_workflows.values_list("workflow__slug", "workflow__name")
    types = rows.exclude(node_type="").values_list("node_type")
    return Choices(
        [(slug, name, count) for slug, name, count in workflows.annotate(n=Count("pk"))],
        [(type, count) for type, count in types.annotate(n=Count("pk"))],
        rows.filter(starred=True).count(),
        rows.count(),
    )


def asset_own(*, user: User, asset_id: UUID | str) -> Asset:
    """Return one of the account's own files that can be listed. Raises AssetNotFound."""
    try:
        key = asset_id if isinstance(asset_id, UUID) else UUID(asset_id)
    except ValueError:
        raise AssetNotFound() from None
    rows = assets_of(user).select_related("workflow", "run").filter(pk=key)
    asset = rows.defer("workflow__nodes", "workflow__edges").first()
    if asset is None:
        raise AssetNotFound()
    return asset


@transaction.atomic
def asset_save(*, user: User, asset_id: UUID | str, request: AssetFields) -> Asset:
    """Star a file or rename it. Raises AssetNotFound and InvalidBody."""
    asset = asset_own(user=user, asset_id=asset_id)
    given = request.given()
    if not given:
        raise InvalidBody(
            "There is nothing to change.", field="starred", expected="starred or name"
        )
    if request.name is not UNSET:
        asset.name = storage.clean_name(request.name)
        if not asset.name:
            raise InvalidBody(
                "The name has no character that can be in the name of a file.",
                field="name",
                value=request.name[:80],
                expected="the name of a file",
            )
    if request.starred is not UNSET:
        asset.starred = request.starred
        if asset.starred:
            asset.expires_at = None
    asset.save(update_fields=["name", "starred", "expires_at"])
    return asset


@transaction.atomic
def assets_change(*, user: User, request: AssetsChange) -> int:
    """Change many files, all of them or none; return how many.

    Raises AssetNotFound, CollectionNotFound and InvalidBody.
    """
    rows = assets_named(user, request.ids)
    ids = list(rows.values_list("pk", flat=True))
    if request.starred is UNSET and request.add_to is UNSET and request.remove_from is UNSET:
        raise InvalidBody(
            "There is nothing to change.",
            field="starred",
            expected="starred, addTo or removeFrom",
        )
    if request.starred is not UNSET:
        rows.update(starred=request.starred)
    if request.starred is True or request.add_to is not UNSET:
        rows.update(expires_at=None)
    link = Collection.assets.through
    if request.remove_from is not UNSET:
        out = collection_get(user=user, id=request.remove_from, field="removeFrom")
        link.objects.filter(collection_id=out.pk, asset_id__in=ids).delete()
    if request.add_to is not UNSET:
        to = collection_get(user=user, id=request.add_to, field="addTo")
        link.objects.bulk_create(
            [link(collection_id=to.pk, asset_id=id) for id in ids], ignore_conflicts=True
        )
    return len(ids)


def assets_named(user: User, ids: Sequence[str]) -> QuerySet[Asset]:
    """Return the account's own files of these ids. Raises AssetNotFound unless all are there."""
    try:
        keys = {UUID(id) for id in ids}
    except ValueError:
        raise AssetNotFound() from None
    rows = assets_of(user).filter(pk__in=keys)
    if rows.count() != len(keys):
        raise AssetNotFound()
    return rows
