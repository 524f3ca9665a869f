"""Files: uploading, reading and sharing them. Whose a file is decides who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from workflows.errors import AssetNotFound
from workflows.graph.refs import map_strings
from workflows.media import hashed, storage
from workflows.media.references import asset_ids, media_ids
from workflows.media.signed import Grant
from workflows.models import Asset, Share, Thread, User, Workflow
from workflows.services.database import one
from workflows.services.library.access import public_run_open
from workflows.services.locks import hold
from workflows.types import JsonObject

#: The parts of a cover that are files.
COVER = ("image", "video")
#: Where a document names files.
_SHOWING = ("nodes", "cover")


def asset_upload(
    *,
    user: User,
    chunks: Iterable[bytes],
    name: str,
    asset_id: UUID | None = None,
    discard: bool = False,
    limit: int | None = None,
) -> Asset:
    """Store an uploaded file; what it is, its first bytes say. `name` is for users only.

    `asset_id` is one that was promised before the file came; `discard` says that it goes when the
    run it came with has ended; `limit` is another than the usual limit of its bytes.
    Raises TooLarge, QuotaExceeded, and BadImage for an image that can never be opened.
    """
    storage.check_quota(user)
    stored = hashed.write(chunks, settings.LIMITS["upload_bytes"] if limit is None else limit)
    facts = storage.inspect(stored)
    with transaction.atomic():
        # One upload of an account after the other, so that several cannot pass the quota together.
        hold(f"owner:{user.pk}")
        return storage.asset_adopt(user, stored, name, id=asset_id, facts=facts, discard=discard)


def asset_get(*, user: User, asset_id: UUID | str) -> Asset:
    """Return one of the user's own files or a shared one. Raises AssetNotFound."""
    key = asset_id if isinstance(asset_id, UUID) else _uuid(asset_id)
    asset = None if key is None else Asset.objects.readable(user.pk).filter(pk=key).first()
    if asset is None:
        raise AssetNotFound()
    return asset


def asset_granted(*, grant: Grant | None) -> Asset:
    """Return the file a signed URL opens, for the holder. Raises AssetNotFound."""
    found = None
    if grant is not None:
        found = Asset.objects.granted(grant.asset_id, grant.user_id).first()
    if found is None:
        raise AssetNotFound()
    return found


def cover_file(*, slug: str, part: str) -> Asset:
    """Return the `image` or `video` of a cover that everybody may see. Raises AssetNotFound."""
    rows = Workflow.objects.filter(slug=slug)
    workflow = one(rows.only("owner", "cover", "is_template", "public_playground", "extra"))
    asset = None if workflow is None else cover_files(workflow).get(part)
    if asset is None:
        raise AssetNotFound()
    return asset


def cover_files(workflow: Workflow) -> dict[str, Asset]:
    """Return the files of a cover that everybody may see, by its parts `image` and `video`.

    That is so while the workflow is a template, or visitors may run it.
    """
    cover = workflow.cover
    if not isinstance(cover, dict) or not (workflow.is_template or public_run_open(workflow)):
        return {}
    ids = {part: _uuid(min(media_ids(cover.get(part)), default="")) for part in COVER}
    files = Asset.objects.readable(workflow.owner_id).in_bulk([id for id in ids.values() if id])
    return {part: files[id] for part, id in ids.items() if id in files}


def assets_share(*, workflow: Workflow, document: JsonObject, author: User | None = None) -> None:
    """Let others read the files that a shared document shows, and no others any more.

    Call it whenever a workflow is saved; one that is neither a template nor shared shares
    nothing. What an author adds is shared if it is the author's own, whose else it may be. Who a
    workflow is shared with keeps what it has shown: its history and undo show it again. Files
    that comments are about stay too.
    """
    wanted: set[UUID] = set()
    shared = Share.objects.filter(workflow=workflow)
    known = set(shared.values_list("asset_id", flat=True))
    has_history = not workflow.is_template and workflow.collaborators.exists()
    if workflow.is_template or has_history:
        named = {id for text in asset_ids(document) if (id := _uuid(text)) is not None}
        if has_history:
            threads = Thread.objects.filter(discussion__workflow=workflow).exclude(asset=None)
            named |= {id for id in threads.values_list("asset", flat=True) if id}
        giver = workflow.owner_id if author is None else author.pk
        own = Asset.objects.filter(owner_id=giver, pk__in=named)
        wanted = set(own.values_list("pk", flat=True))
        wanted |= known if has_history else known & named
    if known - wanted:
        shared.filter(asset_id__in=known - wanted).delete()
    Share.objects.bulk_create(Share(workflow=workflow, asset_id=id) for id in wanted - known)


def assets_copy(*, user: User, document: JsonObject) -> JsonObject:
    """Return a document that shows the user's own files where it showed those of others.

    A copy of a template would lose its samples when the template is withdrawn. Equal bytes are
    stored once, so a file costs a row; it counts for the storage of the user.
    """
    named = {id for text in asset_ids(document) if (id := _uuid(text)) is not None}
    others = Asset.objects.readable(user.pk).filter(pk__in=named).exclude(owner=user)
    copies: dict[str, str] = {}
    for asset in others:
        copy = Asset.objects.filter(
            owner=user, sha256=asset.sha256, discard=False, expires_at=None
        ).first()
        if copy is None:
            storage.check_quota(user, asset.size)
            copy = Asset.objects.get(pk=asset.pk)
            copy.pk, copy.owner, copy.run, copy.expires_at = uuid4(), user, None, None
            # How another user made it, and what they think of it, is theirs.
            copy.workflow, copy.node_id, copy.node_type = None, "", ""
            copy.settings, copy.texts, copy.starred = None, "", False
            copy.save(force_insert=True)
        copies[str(asset.pk)] = str(copy.pk)
    return assets_rename(document, copies)


def assets_own(*, user: User, document: JsonObject) -> JsonObject:
    """Return a document that shows the user's own files where they have the bytes of what it shows.

    That is what `assets_copy` has made of it for this user; nothing is made here.
    """
    named = {id for text in asset_ids(document) if (id := _uuid(text)) is not None}
    others = Asset.objects.filter(pk__in=named).exclude(owner=user)
    digests = dict(others.values_list("pk", "sha256"))
    own = Asset.objects.filter(
        owner=user, sha256__in=digests.values(), discard=False, expires_at=None
    )
    known = dict(own.order_by("-created_at").values_list("sha256", "pk"))
    pairs = {id: known[digest] for id, digest in digests.items() if digest in known}
    return assets_rename(document, {str(id): str(own) for id, own in pairs.items()})


def assets_rename(document: JsonObject, ids: dict[str, str]) -> JsonObject:
    """Return a document that shows other files: `ids` maps the old ones to the new."""
    place = storage.url("")

    def change(text: str) -> str:
        id, mark, query = text.removeprefix(place).partition("?")
        if id not in ids:
            return text
        return f"{place if text.startswith(place) else ''}{ids[id]}{mark}{query}"

    changed = map_strings({key: document.get(key) for key in _SHOWING}, change) if ids else {}
    return {**document, **changed}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
