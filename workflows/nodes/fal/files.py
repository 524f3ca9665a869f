"""Files between here and fal: ours are made readable for fal, fal's become files of ours.

On the way out a file is a `data:` URL when it is small and an upload to fal's storage when it
is not. On the way in everything fal has stored is fetched, through the guard, for it is deleted
there some day.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit

from workflows.nodes.context import Context
from workflows.nodes.fal import service
from workflows.types import Json, JsonObject

#: Larger files are uploaded; a smaller one in the request itself spares three calls.
INLINE_BYTES = 256 * 1024

_MEDIA = re.compile(r"/media/[0-9a-fA-F-]{36}(?:[?#].*)?")
#: Keys that say of an object with a `url` that it is a file.
_FACTS = frozenset({"content_type", "file_name", "file_size"})

#: Uploads bytes of a content type under a name and returns their URL.
Upload = Callable[[bytes, str, str], Awaitable[str]]


async def outward(context: Context, value: Json, upload: Upload) -> Json:
    """Return a JSON value with URLs that fal can read for the files of this server in it.

    A reference becomes an object as fal's files are: `url`, `content_type`, `file_name`,
    `file_size`, `width`, `height`. Each file is sent once. Raises NodeError.
    """
    sent: dict[str, str] = {}

    async def url_of(reference: JsonObject) -> str:
        asset = str(reference["asset"])
        if asset not in sent:
            body = await context.load_bytes(reference, field="arguments")
            kind = str(reference["content_type"])
            if len(body) <= INLINE_BYTES:
                sent[asset] = f"data:{kind};base64,{base64.b64encode(body).decode()}"
            else:
                sent[asset] = await upload(body, kind, str(reference["name"]))
        return sent[asset]

    async def change(item: Json) -> Json:
        if isinstance(item, list):
            return [await change(entry) for entry in item]
        if isinstance(item, str) and _MEDIA.fullmatch(item):
            return await url_of(await context.file(item, field="arguments"))
        if not isinstance(item, dict):
            return item
        if isinstance(item.get("asset"), str) and _MEDIA.fullmatch(str(item.get("url"))):
            reference = await context.file(item, field="arguments")
            size = {key: reference[key] for key in ("width", "height") if key in reference}
            return {
                "url": await url_of(reference),
                "content_type": reference["content_type"],
                "file_name": reference["name"],
                "file_size": reference["size"],
                **size,
            }
        return {key: await change(entry) for key, entry in item.items()}

    return await change(value)


async def inward(context: Context, value: Json) -> Json:
    """Return a response of fal's with files of this server for the files in it.

    An object that is a file keeps its keys and gets those of a media reference; a bare URL of
    fal's storage becomes our own. Other URLs stay. Raises NodeError when one is not to be had.
    """
    had: dict[str, JsonObject] = {}

    async def fetch(url: str, name: str, kind: str) -> JsonObject:
        if url not in had:
            body = await context.load_bytes(url, field="output")
            had[url] = await context.save_bytes(body, name=name or _name(url), content_type=kind)
        return had[url]

    async def change(item: Json) -> Json:
        if isinstance(item, list):
            return [await change(entry) for entry in item]
        if isinstance(item, str):
            return (await fetch(item, "", ""))["url"] if _is_stored(item) else item
        if not isinstance(item, dict):
            return item
        url = item.get("url")
        if isinstance(url, str) and _is_file(url, item):
            name, kind = (_text(item.get(key)) for key in ("file_name", "content_type"))
            reference = await fetch(url, name, kind)
            facts = {"file_name": reference["name"], "file_size": reference["size"]}
            return {**item, **reference, **facts}
        return {key: await change(entry) for key, entry in item.items()}

    return await change(value)


def _is_stored(text: str) -> bool:
    return text.startswith(("http://", "https://")) and service.is_stored(text)


def _is_file(url: str, item: JsonObject) -> bool:
    if url[:5].lower() == "data:":
        return True
    return url.startswith(("http://", "https://")) and (
        bool(_FACTS & item.keys()) or service.is_stored(url)
    )


def _name(url: str) -> str:
    if url[:5].lower() == "data:":
        return "output"
    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])[:200] or "output"
    except ValueError:  # brackets that hold no IPv6 address; fetching says so
        return "output"


def _text(value: Json) -> str:
    return value[:200] if isinstance(value, str) else ""
