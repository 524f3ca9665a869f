"""Which files of ours a value names: by a media reference, by our own path or by a signed URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from workflows.media import signed
from workflows.types import Json, JsonObject

#: Where files are served.
MEDIA = "/media/"
_MEDIA_PATH = re.compile(r"/media/([0-9a-fA-F-]{36})(?:[?#].*)?")


def asset_id(value: Json) -> str | None:
    """Return the id of the asset a media value names, in canonical form, or None."""
    text = value.get("asset") if isinstance(value, dict) else None
    if text is None:
        url = url_of(value)
        match = _MEDIA_PATH.fullmatch(url)
        grant = None if match else signed.grant_of(url)
        text = str(grant.asset_id) if grant else match.group(1) if match else None
    if not isinstance(text, str):
        return None
    try:
        return str(UUID(text))
    except ValueError:
        return None


def assets_in(value: Json) -> Iterator[str]:
    """Yield the ids of all media references in a value, in canonical form."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if (found := asset_id(item)) is not None:
                yield found
            else:
                waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str) and (found := asset_id(item)) is not None:
            yield found


def url_of(value: Json) -> str:
    """Return the URL or path of a media value, "" when it has none."""
    url = value.get("url") if isinstance(value, dict) else value
    return url if isinstance(url, str) else ""


def asset_ids(document: JsonObject) -> set[str]:
    """Collect the ids of all files a document refers to."""
    return media_ids([document.get("nodes"), document.get("cover")])


def media_ids(value: Json) -> set[str]:
    """Collect the ids of all files a JSON value refers to, by reference or by URL."""
    return set(_assets(value))


def _assets(value: Json) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            if isinstance(item.get("asset"), str):
                yield item["asset"]
            waiting.extend(item.values())
        elif isinstance(item, str) and item.startswith(MEDIA):
            yield item[len(MEDIA) :].partition("?")[0]
