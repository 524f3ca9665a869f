"""Hugging Face: chats by its router, and media by `hf-inference`, its own servers.

Models that partners run are had with a key of the partner, by the partner's own file here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from workflows.errors import ModelFailed
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Listed
from workflows.nodes.models.openai import OpenAI, pixels
from workflows.nodes.models.requests import (
    Media,
    NewImages,
    Recording,
    Speech,
    Spoken,
    Transcript,
)
from workflows.types import Json, JsonObject

#: The hub's names of tasks.
_PIPELINES = {
    "text-to-image": ("image",),
    "image-to-image": ("edit",),
    "automatic-speech-recognition": ("transcribe",),
    "text-to-speech": ("speak",),
    "feature-extraction": ("embed",),
}
_HUB = "https://huggingface.co"
_STEPS: JsonObject = {"type": "integer", "minimum": 1, "maximum": 150, "title": "Steps"}
_GUIDANCE: JsonObject = {"type": "number", "minimum": 0, "maximum": 30, "title": "Guidance"}
_DIFFUSION: JsonObject = {"num_inference_steps": _STEPS, "guidance_scale": _GUIDANCE}


@dataclass(frozen=True)
class HuggingFace(OpenAI):
    """What Hugging Face runs itself, besides the chats of all its partners."""

    tasks: ClassVar[frozenset[str]] = frozenset(
        {"chat", "image", "edit", "speak", "transcribe", "embed"}
    )
    jobs: ClassVar[frozenset[str]] = frozenset()
    fields: ClassVar[Mapping[str, JsonObject]] = {"image": _DIFFUSION, "edit": _DIFFUSION}

    async def models(self, client: Client) -> list[Listed]:
        """List the router's chats, and of each other task what its own servers have ready."""
        found = {row.name: row for row in await super().models(client) if "chat" in row.tasks}
        hub = _hub(client).anonymous()
        for pipeline, tasks in _PIPELINES.items():
            query = {
                "inference_provider": "hf-inference",
                "pipeline_tag": pipeline,
                "sort": "likes",
                "limit": "50",
            }
            body = await hub.json("/api/models", query=query, timeout_seconds=20)
            for row in body.get("data") or []:
                name = str(row.get("id") or "") if isinstance(row, dict) else ""
                if name:
                    found[name] = Listed(
                        name, (*tasks, *(found[name].tasks if name in found else ()))
                    )
        return list(found.values())

    async def check(self, client: Client) -> None:
        """Read the account of the key."""
        await _hub(client).json("/api/whoami-v2", timeout_seconds=20)

    async def images(self, client: Client, name: str, request: NewImages) -> list[Media]:
        """Make or edit images one after another: a request makes one."""
        given = self.further("image", request.fields)
        width, height = pixels(request.ratio, request.size, 16)
        if request.negative:
            given["negative_prompt"] = request.negative
        made = []
        for number in range(request.count):
            if request.seed is not None:
                given["seed"] = request.seed + number
            inputs, parameters = request.prompt, {"width": width, "height": height, **given}
            if request.images:
                inputs = base64.b64encode(request.images[0].body).decode()
                parameters = {"prompt": request.prompt, **given}
            body: JsonObject = {"inputs": inputs, "parameters": parameters}
            made.append(await self._file(client, name, body, "image"))
        return made

    async def speak(self, client: Client, name: str, request: Speech) -> Media:
        """Read a text out; there is one voice to a model."""
        return await self._file(client, name, {"inputs": request.text}, "audio")

    async def transcribe(self, client: Client, name: str, request: Recording) -> Transcript:
        """Write a recording down, with times where the model gives them."""
        body: JsonObject = {
            "inputs": base64.b64encode(request.audio.body).decode(),
            "parameters": {"return_timestamps": True},
        }
        found = await _servers(client).json(_path(name), body=body, model=name, timeout_seconds=600)
        return Transcript(str(found.get("text") or "").strip(), _chunks(found.get("chunks")))

    async def embed(self, client: Client, name: str, texts: list[str]) -> list[list[float]]:
        """Turn texts into vectors."""
        path = f"{_path(name)}/pipeline/feature-extraction"
        body = await _servers(client).json(path, body={"inputs": list(texts)}, model=name)
        rows = body.get("data")
        if isinstance(rows, list) and all(isinstance(row, list) for row in rows):
            return [[float(number) for number in row] for row in rows]
        raise ModelFailed(
            f"{client.who} gave no vectors.",
            field="model",
            value=name,
            expected="a model of sentence embeddings",
            status=502,
        )

    async def _file(self, client: Client, name: str, body: JsonObject, kind: str) -> Media:
        response = await _servers(client).call(
            _path(name), body=body, model=name, timeout_seconds=600
        )
        content_type = response.headers.get("content-type", "").partition(";")[0]
        if not content_type.startswith(f"{kind}/"):
            # Raises with the error's own words where there is one.
            client.read(response.body, name)
            raise ModelFailed(
                f"{client.who} gave no {kind}.",
                field="model",
                value=name,
                expected=f"{kind}/…, not {content_type or 'nothing'}",
                status=502,
            )
        return Media(response.body, content_type, kind)


def _hub(client: Client) -> Client:
    """Return the way to the hub: another host than the router's, unless that has been moved."""
    moved = not client.base.startswith("https://router.huggingface.co")
    return client.at(client.base.removesuffix("/v1") if moved else _HUB)


def _servers(client: Client) -> Client:
    return client.at(f"{client.base.removesuffix('/v1')}/hf-inference")


def _path(name: str) -> str:
    """Return where a model is called: `org/name`, without what names a partner."""
    bare = name.partition(":")[0]
    if any(part in ("", ".", "..") for part in bare.split("/")):
        raise ModelFailed(
            f"{name} is no model of Hugging Face.",
            field="model",
            value=name,
            expected="org/name",
        )
    return f"/models/{quote(bare, safe='/')}"


def _chunks(rows: Json) -> tuple[Spoken, ...]:
    found = []
    for row in rows if isinstance(rows, list) else []:
        times = row.get("timestamp") if isinstance(row, dict) else None
        if isinstance(times, list) and len(times) == 2 and times[0] is not None:
            end = times[1] if times[1] is not None else times[0]
            found.append(Spoken(str(row.get("text") or "").strip(), float(times[0]), float(end)))
    return tuple(found)
