"""Files for nodes: what a media value means, and how a node's own files come to be.

A value is a reference to one of our assets, our own path `/media/<id>`, a `data:` URL (RFC
2397) or a URL elsewhere. Only assets of the run's owner and shared ones can be read, whatever
a document claims; and one that a signed URL opens, whoever uses it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from io import SEEK_END
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote_to_bytes

from django.conf import settings

from workflows import database
from workflows.engine.host import writing
from workflows.errors import AssetNotFound, NodeError, PatchbayError
from workflows.media import fetch, hashed, signed, storage
from workflows.media.drafts import Draft, new_draft
from workflows.media.origin import Origin
from workflows.media.references import asset_id, url_of
from workflows.models import Asset, Run, User
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun

_DATA = re.compile(r"data:[^,]{0,200}?(;base64)?,", re.IGNORECASE)
#: Bytes of a download that are gathered before a thread writes them.
WRITE_BYTES = 1024 * 1024
_UNQUOTE_CHARACTERS = 64 * 1024
EXPECTED = "a file of this server, or an http, https or data URL"


@dataclass(slots=True)
class Found:
    """A file behind a media value, open for reading; the caller closes it.

    `asset` is what it is, if it is a file of this server.
    """

    file: BinaryIO
    size: int
    asset: Asset | None = None

    @property
    def id(self) -> str | None:
        """The asset's id."""
        return str(self.asset.pk) if self.asset is not None else None


async def find(run: ActiveRun, value: Json, field: str) -> Found:
    """Find the file behind a media value; one from elsewhere is on disk then, not in memory.

    Raises NodeError naming `field`.
    """
    id = asset_id(value)
    url = value.get("url") if isinstance(value, dict) else value
    try:
        if id is not None:
            asset, _ = await database.read(_asset, id, run.owner_id, url_of(value))
            if asset.is_recipe:
                # Named by its URL alone: references have been replaced before the call.
                asset = await run.host.threads.run(writing.written, asset, writing.WRITE_SECONDS)
            file = await run.host.threads.open(partial(hashed.open_file, asset.sha256))
            return Found(file, asset.size, asset)
        if isinstance(url, str) and url[:5].lower() == "data:":
            return _found(await run.host.threads.run(_decode, url, field))
        if isinstance(url, str) and url.startswith(("http://", "https://")):
            return _found(await download(url, field))
    except PatchbayError as error:
        raise as_node_error(error, field) from error
    shown = str(url)[:200] if url is not None else None
    raise NodeError("This is not a file.", field=field, value=shown, expected=EXPECTED)


async def recipe_of(run: ActiveRun, value: Json, field: str) -> Asset | None:
    """Return what a media value names, if it is derived and no file yet; None for others.

    Raises NodeError naming `field`.
    """
    id = asset_id(value)
    if id is None or (isinstance(value, dict) and "sha256" in value):
        return None
    try:
        asset, _ = await database.read(_asset, id, run.owner_id, url_of(value))
    except PatchbayError as error:
        raise as_node_error(error, field) from error
    return asset if asset.is_recipe else None


def _found(draft: Draft) -> Found:
    size = draft.seek(0, SEEK_END)
    draft.seek(0)
    return Found(draft, size)


async def sizes(run: ActiveRun, values: Iterable[Json]) -> list[tuple[str, int]]:
    """Return (id, px) of every image of this server among some values, each once."""
    ids = {id for value in values if (id := asset_id(value)) is not None}
    return await database.read(_sizes, ids, run.owner_id) if len(ids) > 1 else []


async def reference(run: ActiveRun, value: Json, field: str) -> JsonObject:
    """Return the media reference of the asset a value names, as the database knows it.

    Raises NodeError naming `field`.
    """
    found = asset_id(value)
    if found is None:
        raise NodeError("This is not a file.", field=field, expected="a file of this server")
    try:
        asset, grant = await database.read(_asset, found, run.owner_id, url_of(value))
        own = storage.reference(asset)
        return own if grant is None else {**own, "url": signed.path(grant)}
    except PatchbayError as error:
        raise as_node_error(error, field) from error


async def save(
    run: ActiveRun,
    content: bytes | BinaryIO,
    name: str,
    facts: storage.Facts | None = None,
    *,
    origin: Origin,
) -> JsonObject:
    """Store bytes, or what a file holds, for the run's owner; see `adopt` for `facts`.

    Returns the media reference. A run that another process has taken over stores nothing more.
    """
    if run.journal.broken is not None:
        raise run.journal.broken
    try:
        limit = settings.LIMITS["upload_bytes"]
        stored = await run.host.threads.run(hashed.write, content, limit)
    except PatchbayError as error:
        raise as_node_error(error, None) from error
    return await adopt(run, stored, name, facts, origin=origin)


async def adopt(
    run: ActiveRun,
    stored: hashed.Stored,
    name: str,
    facts: storage.Facts | None = None,
    *,
    origin: Origin,
) -> JsonObject:
    """Give a file that is stored already to the run's owner and return its media reference.

    Unless its facts are known, its content is inspected; `origin` is what made it.
    """
    if run.journal.broken is not None:
        raise run.journal.broken
    try:
        if facts is None:
            facts = await run.host.threads.run(storage.inspect, stored)
        return await database.read(_adopt, run, stored, facts, name, origin)
    except PatchbayError as error:
        raise as_node_error(error, None) from error


async def download(url: str, field: str) -> Draft:
    """Fetch a file from elsewhere to the disk. Raises NodeError for anything but success."""
    draft, gathered = new_draft(fetch.MAX_BYTES), bytearray()

    async def sink(chunk: bytes) -> None:
        gathered.extend(chunk)
        if len(gathered) >= WRITE_BYTES:
            await asyncio.to_thread(draft.write, bytes(gathered))
            gathered.clear()

    try:
        response = await fetch.fetch(url, sink=sink)
        if 200 <= response.status < 300:
            await asyncio.to_thread(draft.write, bytes(gathered))
            return draft
        raise NodeError(
            f"The URL returned {response.status}.",
            field=field,
            value=url[:200],
            expected="a response of 200",
            transient=response.status == 429 or response.status >= 500,
            retry_after=retry_after(response.headers),
        )
    except BaseException:
        draft.close()
        raise


def retry_after(headers: dict[str, str]) -> float | None:
    """Read a Retry-After header that gives seconds; a date is not worth the trouble."""
    text = headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def as_node_error(error: PatchbayError, field: str | None) -> NodeError:
    """Turn an error of files or fetching into one of the node, at `field`."""
    if isinstance(error, NodeError):
        return error
    facts = error.context
    failure = NodeError(
        error.message,
        field=field or facts.get("field"),
        value=facts.get("value"),
        expected=facts.get("expected"),
        transient=bool(getattr(error, "transient", False)),
    )
    if "step" in facts:
        failure.context["step"] = facts["step"]
    failure.code = error.code
    return failure


def _asset(id: str, owner_id: int, url: str) -> tuple[Asset, signed.Grant | None]:
    """Return an asset the owner may read; else the one that the URL opens, and its grant."""
    found = Asset.objects.readable(owner_id).filter(pk=id).first()
    if found is not None:
        return found, None
    grant = signed.grant_of(url)
    if grant is not None and str(grant.asset_id) == id:
        found = Asset.objects.granted(grant.asset_id, grant.user_id).first()
    if found is None:
        raise AssetNotFound(value=id)
    return found, grant


def _sizes(ids: set[str], owner_id: int) -> list[tuple[str, int]]:
    found = Asset.objects.readable(owner_id).filter(pk__in=ids, content_type__startswith="image/")
    rows = found.values_list("pk", "width", "height")
    return [(str(id), (width or 0) * (height or 0)) for id, width, height in rows]


def _adopt(
    run: ActiveRun, stored: hashed.Stored, facts: storage.Facts, name: str, origin: Origin
) -> JsonObject:
    owner, row = User(pk=run.owner_id), Run(pk=run.run_id)
    asset = storage.asset_adopt(
        owner, stored, name, row, facts=facts, allowance=run.allowance, origin=origin
    )
    return storage.reference(asset)


def _decode(url: str, field: str) -> Draft:
    content = _decoded(url, field)
    draft = new_draft(len(content))
    draft.write(content)
    draft.flush()
    return draft


def _decoded(url: str, field: str) -> bytes:
    match = _DATA.match(url)
    if match is None:
        raise NodeError(
            "This data URL is malformed.",
            field=field,
            value=url[:40],
            expected="data:<type>;base64,<content>",
        )
    content = _unquoted(url, match.end())
    if not match.group(1):
        return content
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise NodeError(
            "This data URL is not base64.", field=field, value=url[:40], expected="base64"
        ) from error


def _unquoted(text: str, start: int) -> bytes:
    """Unquote a text in chunks: all at once, each escape would be an object of its own."""
    content, at = bytearray(), start
    while at < len(text):
        end = min(at + _UNQUOTE_CHARACTERS, len(text))
        # An escape of three characters must not be cut.
        end -= next((back for back in (1, 2) if end < len(text) and text[end - back] == "%"), 0)
        content += unquote_to_bytes(text[at:end])
        at = end
    return bytes(content)
