"""Replicate: predictions of models whose schema it publishes."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from workflows.errors import ModelFailed, ModelGone
from workflows.nodes.models import filling, published
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Dialect, Job, Listed
from workflows.nodes.models.fetching import made
from workflows.nodes.models.requests import ModelRequest
from workflows.types import JsonObject

#: Replicate's own lists of what is good for a task.
_COLLECTIONS = {
    "text-to-image": ("image",),
    "image-editing": ("edit",),
    "text-to-video": ("video",),
    "image-to-video": ("video",),
    "ai-music-generation": ("sound",),
    "text-to-speech": (),
    "speech-to-text": (),
    "super-resolution": (),
    "remove-backgrounds": (),
    "vision-models": (),
    "3d-models": (),
}
_NAME = re.compile(r"([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)(?::([0-9a-f]{64}))?")
#: The bar of a model's log.
_BAR = re.compile(r"(\d{1,3})%\|")


@dataclass(frozen=True)
class Replicate(Dialect):
    """Every model of Replicate that makes images, videos or audio."""

    tasks: ClassVar[frozenset[str]] = frozenset({"image", "edit", "video", "sound", "any"})
    jobs: ClassVar[frozenset[str]] = tasks

    async def models(self, client: Client) -> list[Listed]:
        """List the models of Replicate's collections."""
        found: dict[str, Listed] = {}
        for collection, tasks in _COLLECTIONS.items():
            try:
                body = await client.json(f"/collections/{collection}", timeout_seconds=20)
            except ModelGone:  # a list that Replicate keeps no longer
                continue
            for row in body.get("models") or []:
                if isinstance(row, dict) and row.get("owner") and row.get("name"):
                    name = f"{row['owner']}/{row['name']}"
                    known = found[name].tasks if name in found else ("any",)
                    words = "" if tasks else collection.replace("-", " ")
                    found[name] = Listed(name, tuple(dict.fromkeys((*tasks, *known))), note=words)
        return list(found.values())

    async def takes(self, client: Client, name: str, task: str) -> list[published.Field]:
        """Read what a model takes from its published schema."""
        return (await _facts(client, name))[1]

    async def check(self, client: Client) -> None:
        """Read the account of the key."""
        await client.json("/account", timeout_seconds=20)

    async def begin(self, client: Client, name: str, task: str, request: ModelRequest) -> str:
        """Make a prediction."""
        model, version = _split(name)
        facts, fields = await _facts(client, name)
        latest: Any = facts.get("latest_version") or {}
        sent = filling.fill(fields, request)
        body: JsonObject = {"input": sent}
        if facts.get("is_official") and not version:
            made = await client.json(f"/models/{model}/predictions", body=body, model=name)
        else:
            body["version"] = version or latest.get("id")
            made = await client.json("/predictions", body=body, model=name)
        found = made.get("id")
        if not isinstance(found, str) or not found.isalnum():
            raise ModelFailed(
                "Replicate gave no id for the prediction.",
                field="model",
                value=name,
                expected="an id",
                status=502,
            )
        return found

    async def status(self, client: Client, name: str, task: str, request_id: str) -> Job:
        """Poll a prediction, and fetch what it has made before it is deleted there."""
        body = await client.json(f"/predictions/{request_id}", model=name, timeout_seconds=60)
        status = body.get("status")
        if status in ("failed", "canceled", "aborted"):
            raise ModelFailed(
                f"Replicate: {body.get('error') or status}"[:400],
                field="prompt",
                value=request_id,
                expected="another prompt or model",
            )
        if status != "succeeded":
            lines = str(body.get("logs") or "").strip().splitlines()
            bars = _BAR.findall(lines[-1]) if lines else []
            share = min(int(bars[-1]), 100) / 100 if bars else None
            waits = status == "starting"
            text = "Waiting at Replicate" if waits else "Running at Replicate"
            return Job(fraction=share, text=text, state="queued" if waits else "running")
        return await made(client, body.get("output"), task, name)

    async def drop(self, client: Client, name: str, request_id: str) -> None:
        """Cancel a prediction; one that is done is no mistake."""
        with suppress(ModelFailed):
            await client.call(f"/predictions/{request_id}/cancel", method="POST", model=name)


async def _facts(client: Client, name: str) -> tuple[JsonObject, list[published.Field]]:
    """Return what Replicate says of a model, and what the model takes."""
    model, _ = _split(name)
    facts = await client.json(f"/models/{model}", model=name, timeout_seconds=30)
    whole: Any = (facts.get("latest_version") or {}).get("openapi_schema") or {}
    schemas: Any = (whole.get("components") or {}).get("schemas") or {}
    fields = published.fields_of(schemas.get("Input") or {}, whole)
    if not fields:
        raise ModelFailed(
            f"Replicate does not say what {model} takes.",
            field="model",
            value=name,
            expected="a model with a published schema",
        )
    return facts, fields


def _split(name: str) -> tuple[str, str]:
    found = _NAME.fullmatch(name)
    if found is None or ".." in name:
        raise ModelFailed(
            f"{name} is no model of Replicate.",
            field="model",
            value=name,
            expected="owner/name, or owner/name:version",
        )
    return found.group(1), found.group(2) or ""
