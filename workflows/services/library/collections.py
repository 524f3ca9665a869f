"""Collections: an account's named sets of files. A collection that goes leaves its files."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from workflows.bodies import Body, Name
from workflows.errors import CollectionExists, CollectionLimitReached, CollectionNotFound
from workflows.models import Collection, User
from workflows.services.database import row_id
from workflows.services.locks import hold


class CollectionFields(Body):
    """A collection to create, or its new name."""

    name: Name


def collection_list(*, user: User) -> list[Collection]:
    """List the user's collections by name, each with `asset_count`."""
    rows = Collection.objects.filter(owner=user).annotate(asset_count=Count("assets"))
    return sorted(rows, key=lambda row: (row.name.casefold(), row.pk))


def collection_get(*, user: User, id: str, field: str | None = None) -> Collection:
    """Return one of the user's own collections, with `asset_count`.

    `field` names the key of a body the id came from. Raises CollectionNotFound.
    """
    rows = Collection.objects.filter(owner=user).annotate(asset_count=Count("assets"))
    found = rows.filter(pk=row_id(id)).first()
    if found is None:
        raise CollectionNotFound(**({"field": field, "value": id[:80]} if field else {}))
    return found


@transaction.atomic
def collection_create(*, user: User, request: CollectionFields) -> Collection:
    """Create a collection. Raises CollectionExists and CollectionLimitReached."""
    hold(f"owner:{user.pk}")
    name = request.name.strip()
    count, limit = user.collections.count(), settings.LIMITS["collections_per_user"]
    if count >= limit:
        raise CollectionLimitReached(limit=limit, current=count)
    _check_free(user, name)
    made = Collection.objects.create(owner=user, name=name)
    return collection_get(user=user, id=str(made.pk))


@transaction.atomic
def collection_save(*, user: User, id: str, request: CollectionFields) -> Collection:
    """Rename a collection. Raises CollectionNotFound and CollectionExists."""
    hold(f"owner:{user.pk}")
    collection = collection_get(user=user, id=id)
    collection.name = request.name.strip()
    _check_free(user, collection.name, but=collection.pk)
    collection.save()
    return collection


@transaction.atomic
def collection_delete(*, user: User, id: str) -> None:
    """Delete a collection; its files stay. Raises CollectionNotFound."""
    hold(f"owner:{user.pk}")
    collection_get(user=user, id=id).delete()


def _check_free(user: User, name: str, *, but: int = 0) -> None:
    if Collection.objects.filter(owner=user, name=name).exclude(pk=but).exists():
        raise CollectionExists(field="name", value=name, expected="a name that is free")
