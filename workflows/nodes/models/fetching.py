"""Fetching what a provider has made from its URL, without the key."""

from __future__ import annotations

import base64
import binascii

from workflows.errors import ModelFailed
from workflows.nodes.models import outputs
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Job
from workflows.nodes.models.requests import Media
from workflows.types import Json

_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "mp4": "video/mp4"}


async def made(client: Client, output: Json, task: str, name: str) -> Job:
    """Return what a model has made for a task, its files fetched. Raises NodeError as `fetched`."""
    if task != "any":
        return Job(await fetched(client, outputs.results(output, task), name))
    whole, urls = outputs.gathered(output)
    return Job(await fetched(client, urls, name) if urls else (), output={"output": whole})


async def fetched(client: Client, urls: list[str], name: str) -> tuple[Media, ...]:
    """Return the files at these URLs. Raises NodeError for none, and for what cannot be had."""
    if not urls:
        raise ModelFailed(
            f"{client.who}'s result holds no file.",
            field="model",
            value=f"{client.provider}/{name}",
            expected="a model that makes what this node returns",
            status=502,
        )
    return tuple([await _one(client, url, name) for url in urls])


async def _one(client: Client, url: str, name: str) -> Media:
    if url.startswith("data:"):
        head, _, data = url.partition(",")
        return Media(decoded(client, data, head[:100]), head[5:].partition(";")[0], "result")
    response = await client.fetch(url, timeout_seconds=600.0)
    ending = url.partition("?")[0].rsplit(".", 1)[-1].lower()
    kind = response.headers.get("content-type") or _TYPES.get(ending, "application/octet-stream")
    return Media(response.body, kind, "result")


def decoded(client: Client, data: str, shown: str) -> bytes:
    """Return base64 as bytes; `shown` says in an error what it was. Raises ModelFailed."""
    try:
        return base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ModelFailed(
            f"{client.who}'s result cannot be read.",
            field="model",
            value=shown,
            expected="a file",
            status=502,
        ) from error
