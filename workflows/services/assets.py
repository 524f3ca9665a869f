"""Files: uploading, reading and sharing them. Whose a file is decides who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from workflows.errors import AssetNotFound
from workflows.media import storage
from workflows.models import Asset, User
from workflows.services.documents import asset_ids
from workflows.services.locks import hold
from workflows.types import JsonObject


def asset_upload(
    *,
    user: User,
    pieces: Iterable[bytes],
    name: str,
    asset_id: UUID | None = None,
    discard: bool = False,
) -> Asset:
    """Store an uploaded file; what it is, its first bytes say. `name` is for people only.

    `asset_id` is one that was promised before the file came; `discard` says that it goes when the
    run it came with has ended.
    Raises TooLarge, QuotaExceeded, and BadPicture for a picture that can never be opened.
    """
    storage.check_quota(user)
    stored = storage.write(pieces, settings.LIMITS["upload_bytes"])
    facts = storage.inspect(stored)
    with transaction.atomic():
        # One upload of an account after the other, so that several cannot pass the quota together.
        hold(f"owner:{user.pk}")
        return storage.asset_adopt(user, stored, name, id=asset_id, facts=facts, discard=discard)


def asset_get(*, user: User, asset_id: UUID | str) -> Asset:
    """Return one of the person's own files or a shared one. Raises AssetNotFound."""
    try:
        key = asset_id if isinstance(asset_id, UUID) else UUID(asset_id)
    except ValueError:
        raise AssetNotFound() from None
    asset = Asset.objects.filter(Q(owner=user) | Q(shared=True), pk=key).first()
    if asset is None:
        raise AssetNotFound()
    return asset


def assets_share(*, owner: User, document: JsonObject) -> None:
    """Let everybody read the owner's files a template refers to: its samples and its cover."""
    ids = []
    for text in asset_ids(document):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    if ids:
        Asset.objects.filter(owner=owner, pk__in=ids, shared=False).update(shared=True)
