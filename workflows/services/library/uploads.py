"""Uploads in parts: keeping a part within the limits of its owner, and making the file of all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from workflows.media import parts, storage
from workflows.models import Asset, User
from workflows.services.library.assets import asset_upload


def part_store(*, user: User, upload_id: UUID, number: int, chunks: Iterable[bytes]) -> str:
    """Store a part and return its etag; sent again, it is stored once.

    Raises InvalidBody, TooLarge and QuotaExceeded.
    """
    storage.check_quota(user, parts.waiting_bytes(user.pk))
    return parts.write(user.pk, upload_id, number, chunks, settings.LIMITS["upload_bytes"])


def parts_join(*, user: User, upload_id: UUID, etags: dict[int, str], name: str) -> Asset:
    """Make the file of the parts that are named by number and etag; requested again, return it.

    Raises InvalidBody for a part that is missing, and what `asset_upload` raises.
    """
    made = Asset.objects.filter(pk=upload_id, owner=user).first()
    if made is not None:
        return made
    chunks = parts.read(user.pk, upload_id, etags)
    try:
        asset = asset_upload(user=user, chunks=chunks, name=name, asset_id=upload_id)
    except IntegrityError:
        # The same was requested on another connection, which was faster.
        asset = Asset.objects.get(pk=upload_id, owner=user)
    parts.drop(user.pk, upload_id)
    return asset


def upload_expire(*, asset: Asset, seconds: int | None) -> None:
    """Let a file that has just come be deleted after so many seconds; None: it is kept."""
    if seconds is not None and asset.expires_at is None:
        asset.expires_at = timezone.now() + timedelta(seconds=seconds)
        asset.save(update_fields=["expires_at"])
