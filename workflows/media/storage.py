"""The rows (`Asset`) that name stored files, and recipes of what is no file yet.

What a file is, who has it and how much an account may have; the bytes are in `hashed.py`.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from workflows.errors import (
    AssetNotFound,
    BadImage,
    MediaCrashed,
    MediaTimeout,
    QuotaExceeded,
    Unavailable,
)
from workflows.media import clips, files, images
from workflows.media.demux import DEMUXERS
from workflows.media.hashed import SHA256, Content, Stored, existing, exists, key, open_file, write
from workflows.media.origin import Origin
from workflows.media.processes import lanes
from workflows.media.sniff import IMAGE_TYPES, sniff
from workflows.models import Asset, Part, Recipe, Run, User
from workflows.prepared import Parameter, PreparedQuery, insert
from workflows.types import JsonObject

logger = logging.getLogger(__name__)

UNKNOWN_TYPE = "application/octet-stream"
#: How long a file that came with a run is kept at most, should the run never end.
DISCARD_KEPT = timedelta(days=7)

#: How long what an account may store is not looked up again while a run stores many files.
ALLOWANCE_SECONDS = 1.0

_RECIPE = PreparedQuery(lambda: Recipe.objects.filter(pk=Parameter("id")))
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069/\\:*?\"<>|]+")


def clean_name(name: str) -> str:
    """Make a name fit to be shown and downloaded by: no paths, controls or direction marks."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE_NAME.sub(" ", last).strip(" .")[:200]


def used_bytes(owner: User) -> int:
    """Return how much storage an account's files take; equal files count once for each row."""
    total = Asset.objects.filter(owner=owner).aggregate(total=Sum("size"))["total"]
    return int(total or 0)


class Allowance:
    """What an account may store yet, looked up once for all files of a moment."""

    def __init__(self, owner: User) -> None:
        self._owner = owner
        self._left = 0
        self._until = 0.0
        self._lock = threading.Lock()

    def take(self, adding: int = 0) -> None:
        """Count `adding` more bytes. Raises QuotaExceeded when there is no room for them."""
        with self._lock:
            now = time.monotonic()
            if now >= self._until or adding > self._left:
                limit = int(settings.LIMITS["storage_bytes_per_user"])
                used = used_bytes(self._owner)
                if used + adding > limit:
                    expected = f"at most {limit:,} bytes of files"
                    raise QuotaExceeded(value=used + adding, expected=expected)
                self._left, self._until = limit - used, now + ALLOWANCE_SECONDS
            self._left -= adding


def check_quota(owner: User, adding: int = 0) -> None:
    """Raise QuotaExceeded when an account has no room for `adding` more bytes."""
    Allowance(owner).take(adding)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a stored file is; px and seconds are None where it has none."""

    content_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None


def inspect(stored: Stored) -> Facts:
    """Find out what a stored file is.

    Raises BadImage for one that begins as an image but cannot be opened; a video that cannot be
    opened is stored as what it begins as. A refused file is removed when no one else has it.
    """
    content_type = sniff(stored.head) or UNKNOWN_TYPE
    if content_type in IMAGE_TYPES:
        try:
            with open_file(stored.sha256) as file:
                image = lanes.pages().call(images.inspect, file, images.limits())
        except (BadImage, MediaCrashed, MediaTimeout):
            _delete_unused(stored.sha256)
            raise
        return Facts(image.content_type, image.width, image.height)
    if content_type in DEMUXERS:
        with open_file(stored.sha256) as file:
            clip = lanes.pages().call(clips.inspect, file, clips.limits())
        if clip is not None:
            width, height = (clip.width, clip.height) if clip.has_video else (None, None)
            return Facts(clip.content_type, width, height, clip.duration)
    return Facts(content_type)


def asset_create(
    owner: User,
    file: Content,
    name: str,
    run: Run | None = None,
    *,
    limit: int | None = None,
) -> Asset:
    """Store a file for an account and find out what it is.

    A file that begins as an image but cannot be one that we open is refused. Raises TooLarge,
    QuotaExceeded and BadImage.
    """
    check_quota(owner, len(file) if isinstance(file, bytes) else 0)
    most = int(settings.LIMITS["upload_bytes"]) if limit is None else limit
    return asset_adopt(owner, write(file, most), name, run)


def asset_adopt(
    owner: User,
    stored: Stored,
    name: str,
    run: Run | None = None,
    *,
    id: UUID | None = None,
    facts: Facts | None = None,
    discard: bool = False,
    allowance: Allowance | None = None,
    origin: Origin | None = None,
) -> Asset:
    """Give a file that is stored already (see `hashed.py`) to an account, as `asset_create` does.

    `id` is one that was promised before the file came; `facts` are those of `inspect`, which takes
    too long to be done while others wait for the database. `discard` marks an input of one run,
    which goes with it, and at the latest after DISCARD_KEPT. Who stores many files brings an
    `allowance` for them.
    """
    facts = facts or inspect(stored)
    try:
        (allowance or Allowance(owner)).take(stored.size)
    except QuotaExceeded:
        _delete_unused(stored.sha256)
        raise
    asset = Asset(
        owner=owner,
        sha256=stored.sha256,
        content_type=facts.content_type,
        size=stored.size,
        width=facts.width,
        height=facts.height,
        duration=facts.duration,
        name=clean_name(name),
        run=run,
        discard=discard,
        expires_at=timezone.now() + DISCARD_KEPT if discard else None,
        **(origin.columns() if origin is not None else {}),
    )
    if id is not None:
        asset.id = id
    insert(asset)
    if not exists(stored.sha256):
        # The last other row with this content was deleted a moment ago, and the file with it.
        asset.delete()
        raise AssetNotFound("The file was deleted while it was stored; try again.")
    return asset


def asset_keep(
    owner: User,
    text: str,
    parts: set[str],
    facts: Facts,
    name: str,
    run: Run | None = None,
    *,
    allowance: Allowance | None = None,
    origin: Origin | None = None,
) -> Asset:
    """Give what is derived to an account as its recipe, which needs `parts`, hashes of files.

    One that has been written before is taken as that file. Raises AssetNotFound without a part.
    """
    (allowance or Allowance(owner)).take()
    digest = recipe_id(text)
    with transaction.atomic():
        recipe = _RECIPE.one(id=digest)
        known: set[str] = set()
        if recipe is None:
            recipe = Recipe(pk=digest, text=text)
            Recipe.objects.bulk_create([recipe], ignore_conflicts=True)
        else:
            known.update(recipe.parts.values_list("sha256", flat=True))
        size = files.store().size(key(recipe.file)) if recipe.file else None
        written = size is not None
        if not written:
            if recipe.file:
                Recipe.objects.filter(pk=digest).update(file="")
            for part in parts - known:
                insert(Part(recipe=recipe, sha256=part))
        asset = Asset(
            owner=owner,
            recipe=recipe,
            sha256=recipe.file if written else digest,
            size=size or 0,
            content_type=facts.content_type,
            width=facts.width,
            height=facts.height,
            duration=facts.duration,
            name=clean_name(name),
            run=run,
            **(origin.columns() if origin is not None else {}),
        )
        insert(asset)
        if not written and existing(parts) != parts:
            raise AssetNotFound("A file was deleted while it was worked on; try again.")
    return asset


def recipe_id(text: str) -> str:
    """Return what a recipe is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def recipe_written(recipe_id: str) -> bool:
    """Make files of all assets with a recipe that has been written already; False if it has not."""
    recipe = Recipe.objects.filter(pk=recipe_id).first()
    size = files.store().size(key(recipe.file)) if recipe is not None and recipe.file else None
    if recipe is None or size is None:
        return False
    rows = Asset.objects.filter(recipe=recipe_id, sha256=recipe_id)
    rows.update(sha256=recipe.file, size=size)
    return True


def recipe_write(recipe_id: str, stored: Stored, facts: Facts) -> None:
    """Note the file that a recipe has been written to; its parts may go. Raises QuotaExceeded."""
    rows = Asset.objects.filter(recipe=recipe_id, sha256=recipe_id)
    try:
        for owner in User.objects.filter(pk__in=rows.values("owner")):
            check_quota(owner, stored.size)
    except QuotaExceeded:
        _delete_unused(stored.sha256)
        raise
    with transaction.atomic():
        Recipe.objects.filter(pk=recipe_id).update(file=stored.sha256)
        rows.update(
            sha256=stored.sha256,
            size=stored.size,
            width=facts.width,
            height=facts.height,
            duration=facts.duration,
        )
        _free(recipe_id)


def asset_delete(asset: Asset) -> None:
    """Delete a row, and its file when no other row has the same content."""
    sha256, recipe_id = asset.sha256, asset.recipe_id
    with transaction.atomic():
        asset.delete()
        if recipe_id is not None and not Asset.objects.filter(recipe=recipe_id).exists():
            _free(recipe_id)
            Recipe.objects.filter(pk=recipe_id).delete()
        transaction.on_commit(lambda: _delete_unused(sha256))


def used(hashes: Iterable[str]) -> set[str]:
    """Return those of some files' hashes that an asset has or a recipe needs."""
    named = list(hashes)
    return {
        sha256
        for rows in (Asset.objects, Part.objects)
        for sha256 in rows.filter(sha256__in=named).values_list("sha256", flat=True)
    }


def open_asset(asset: Asset) -> BinaryIO:
    """Open an asset's file. Raises AssetNotFound when it is gone."""
    return open_file(asset.sha256)


def url(asset_id: UUID | str) -> str:
    """Return the path an asset is served at."""
    return f"/media/{asset_id}"


def reference(asset: Asset) -> JsonObject:
    """Return the media value of an asset on connections and in documents.

    One that is a recipe yet has no size and no hash.
    """
    found: JsonObject = {
        "asset": str(asset.id),
        "url": url(asset.id),
        "content_type": asset.content_type,
        "name": asset.name,
    }
    if not asset.is_recipe:
        found |= {"size": asset.size, "sha256": asset.sha256}
    if asset.width is not None and asset.height is not None:
        found |= {"width": asset.width, "height": asset.height}
    if asset.duration is not None:
        found["duration"] = round(asset.duration, 3)
    return found


def _delete_unused(sha256: str) -> None:
    if used([sha256]) or not SHA256.fullmatch(sha256):
        return
    try:
        files.store().delete(key(sha256))
    except Unavailable:
        # Its row is gone; upkeep finds the file without one.
        logger.warning("the file %s is left until the next upkeep", sha256)


def _free(recipe_id: str) -> None:
    """Let the parts of a recipe go, those that nothing else needs."""
    rows = Part.objects.filter(recipe=recipe_id)
    parts = list(rows.values_list("sha256", flat=True))
    rows.delete()
    for part in parts:
        transaction.on_commit(partial(_delete_unused, part))
