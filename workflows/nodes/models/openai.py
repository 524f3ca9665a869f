"""OpenAI's way of speaking, and that of the many services that copied it.

What differs between them is data (`Ways`). Plain HTTP: the routes are few, the guard stays in front
of every call, and the official library would add half a second to the first one (decision 019).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import ClassVar

from workflows.errors import ModelFailed
from workflows.nodes.models import published
from workflows.nodes.models.client import Client, Part, step
from workflows.nodes.models.dialect import Dialect, Job, Listed, OnText
from workflows.nodes.models.openai_chat import Streamed, image_part, messages
from workflows.nodes.models.openai_list import listed
from workflows.nodes.models.published import Field
from workflows.nodes.models.requests import (
    Chat,
    Media,
    ModelRequest,
    NewImages,
    NewVideo,
    Recording,
    Reply,
    Speech,
    Spoken,
    Transcript,
    Verdict,
)
from workflows.types import Json, JsonObject

#: What requests for images take besides, by the service's way of making them.
_FORMAT: JsonObject = {"type": "string", "enum": ["png", "jpeg", "webp"], "title": "Format"}
_IMAGE_FIELDS: dict[str, JsonObject] = {
    "sizes": {
        "quality": {
            "enum": ["auto", "low", "medium", "high"],
            "description": "What is made and what it costs.",
        },
        "output_format": _FORMAT,
        "moderation": {"enum": ["auto", "low"], "description": "How strictly it refuses."},
    },
    "steps": {
        "steps": {"type": "integer", "minimum": 1, "maximum": 50},
        "guidance_scale": {"type": "number", "minimum": 1, "maximum": 20, "title": "Guidance"},
    },
    "ratios": {"resolution": {"enum": ["1k", "2k"]}},
    "seeded ratios": {
        "resolution": {"enum": ["512", "1K", "2K", "4K"]},
        "quality": {"enum": ["auto", "low", "medium", "high"]},
        "output_format": _FORMAT,
    },
}
_VOICES = "alloy"


@dataclass(frozen=True, slots=True)
class Ways:
    """What is different at one of the services.

    `images`: how it makes images, `sizes` (width x height), `ratios`, `steps` (width and height as
    numbers) or nothing. `limit` is what it calls the longest response, `usage` whether a stream may
    report its tokens.
    """

    images: str = ""
    image_path: str = "/images/generations"
    edit_path: str = ""
    limit: str = "max_tokens"
    usage: bool = True
    seed: str = "seed"
    check_path: str = "/models"
    list_path: str = "/models"
    list_query: tuple[tuple[str, str], ...] = ()
    videos: str = ""


@dataclass(frozen=True)
class OpenAI(Dialect):
    """One of the services that speak so."""

    ways: Ways = Ways()
    tasks: ClassVar[frozenset[str]] = frozenset(
        {"chat", "image", "edit", "speak", "transcribe", "embed", "moderate", "video"}
    )
    jobs: ClassVar[frozenset[str]] = frozenset({"video"})

    def own(self, task: str) -> list[Field]:
        """Return what the service's images take besides, by its way of making them."""
        known = _IMAGE_FIELDS.get(self.ways.images) if task in ("image", "edit") else None
        if known is None:
            return super().own(task)
        return published.fields_of({"properties": known}, {})

    async def models(self, client: Client) -> list[Listed]:
        """List the models; what each is for follows from the listing or its name."""
        body = await client.json(
            self.ways.list_path, query=dict(self.ways.list_query) or None, timeout_seconds=20
        )
        rows = body.get("data") or body.get("models") or []
        found = [listed(row) for row in rows if isinstance(row, dict)]
        return [row for row in found if row.name and row.tasks]

    async def check(self, client: Client) -> None:
        """Read what only a key can see."""
        await client.json(self.ways.check_path, timeout_seconds=20)

    async def chat(self, client: Client, name: str, request: Chat, on_text: OnText) -> Reply:
        """Stream the response."""
        body: JsonObject = {"model": name, "messages": messages(request), "stream": True}
        if self.ways.usage:
            body["stream_options"] = {"include_usage": True}
        if request.max_tokens is not None:
            body[self.ways.limit] = request.max_tokens
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if request.effort:
            body["reasoning_effort"] = request.effort
        if request.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "response", "schema": request.schema, "strict": True},
            }
        heard = Streamed(on_text)
        response = await client.call(
            "/chat/completions",
            body=body,
            listen=heard.event,
            model=name,
            timeout_seconds=600,
            max_bytes=32 * 1024 * 1024,
        )
        heard.check(client, name, response.headers.get("content-type", ""))
        return heard.reply()

    async def images(self, client: Client, name: str, request: NewImages) -> list[Media]:
        """Make images; with some to begin with, edit them."""
        if request.images and self.ways.edit_path == "/images/edits":
            body = await self._edit(client, name, request)
        else:
            path = self.ways.edit_path if request.images else self.ways.image_path
            fields = self._image_fields(name, request)
            if request.images:
                fields["input_references"] = [image_part(one) for one in request.images]
            body = await client.json(path or self.ways.image_path, body=fields, model=name)
        return [
            await _image(client, row, name)
            for row in body.get("data") or []
            if isinstance(row, dict)
        ]

    async def _edit(self, client: Client, name: str, request: NewImages) -> JsonObject:
        fields = self._image_fields(name, request)
        parts: list[Part] = [(key, _word(value)) for key, value in fields.items()]
        key = "image[]" if len(request.images) > 1 else "image"
        parts += [(key, one) for one in request.images]
        if request.mask is not None:
            parts.append(("mask", request.mask))
        return await client.json(self.ways.edit_path, parts=parts, model=name)

    def _image_fields(self, name: str, request: NewImages) -> JsonObject:
        fields: JsonObject = {"model": name, "prompt": request.prompt, "n": request.count}
        if self.ways.images == "sizes":
            width, height = pixels(request.ratio, request.size, 16)
            fields["size"] = f"{width}x{height}"
            if request.transparent:
                fields |= {"background": "transparent", "output_format": "png"}
        elif self.ways.images == "steps":
            fields["width"], fields["height"] = pixels(request.ratio, request.size, 16)
            fields["response_format"] = "base64"
            if request.negative:
                fields["negative_prompt"] = request.negative
            if request.seed is not None:
                fields["seed"] = request.seed
        else:
            fields["aspect_ratio"] = request.ratio
            if request.seed is not None and self.ways.images == "seeded ratios":
                fields["seed"] = request.seed
            if self.ways.images == "ratios":
                fields["response_format"] = "b64_json"
        return {**fields, **self.further("image", request.fields)}

    async def speak(self, client: Client, name: str, request: Speech) -> Media:
        """Read a text out."""
        fields: JsonObject = {
            "model": name,
            "input": request.text,
            "voice": request.voice or _VOICES,
            "response_format": "mp3",
            "speed": request.speed,
        }
        if request.style:
            fields["instructions"] = request.style
        response = await client.call("/audio/speech", body=fields, model=name)
        return Media(response.body, "audio/mpeg", "speech.mp3")

    async def transcribe(self, client: Client, name: str, request: Recording) -> Transcript:
        """Write a recording down, with times where the model gives them."""
        timed = "whisper" in name.lower()
        parts: list[Part] = [("model", name), ("file", request.audio)]
        parts.append(("response_format", "verbose_json" if timed else "json"))
        if timed:
            parts += [("timestamp_granularities[]", one) for one in ("segment", "word")]
        if request.language:
            parts.append(("language", request.language))
        body = await client.json("/audio/transcriptions", parts=parts, model=name)
        return Transcript(
            str(body.get("text") or ""),
            _spoken(body.get("segments"), "text"),
            _spoken(body.get("words"), "word"),
            str(body.get("language") or ""),
        )

    async def embed(self, client: Client, name: str, texts: list[str]) -> list[list[float]]:
        """Turn texts into vectors."""
        fields: JsonObject = {"model": name, "input": list(texts), "encoding_format": "float"}
        body = await client.json("/embeddings", body=fields, model=name)
        rows = [row for row in body.get("data") or [] if isinstance(row, dict)]
        rows.sort(key=lambda row: row.get("index") or 0)
        found = [row.get("embedding") for row in rows]
        if len(found) != len(texts) or not all(isinstance(row, list) for row in found):
            raise _unreadable(client, name, "a vector for each text")
        return found  # type: ignore[return-value]

    async def moderate(self, client: Client, name: str, text: str, images: list[Media]) -> Verdict:
        """Judge a text and images."""
        parts: list[Json] = [{"type": "text", "text": text}] if text else []
        parts += [image_part(one) for one in images]
        given: Json = parts if images else text
        body = await client.json("/moderations", body={"model": name, "input": given}, model=name)
        rows = body.get("results")
        if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
            raise _unreadable(client, name, "a verdict")
        row = rows[0]
        categories, scores = row.get("categories"), row.get("category_scores")
        categories = categories if isinstance(categories, dict) else {}
        flagged = row.get("flagged")
        wrong = any(categories.values()) if flagged is None else flagged is True
        return Verdict(wrong, categories, scores if isinstance(scores, dict) else {})

    async def begin(self, client: Client, name: str, task: str, request: ModelRequest) -> str:
        """Hand a video in (OpenRouter, xAI, Together)."""
        if not self.ways.videos or not isinstance(request, NewVideo):
            self._lacks(client, name, "videos")
        fields: JsonObject = {
            "model": name,
            "prompt": request.prompt,
            "aspect_ratio": request.ratio,
        }
        if request.seconds is not None:
            fields["duration"] = round(request.seconds)
        if request.resolution:
            fields["resolution"] = request.resolution
        if request.seed is not None:
            fields["seed"] = request.seed
        frames = (("first_frame", request.first), ("last_frame", request.last))
        given = [{**image_part(one), "frame_type": kind} for kind, one in frames if one]
        if given and self.ways.videos == "frames":
            fields["frame_images"] = given
        elif request.first is not None:
            fields["image"] = {"url": request.first.data_url}
        path = "/videos/generations" if self.ways.videos == "image" else "/videos"
        body = await client.json(path, body=fields, model=name)
        found = body.get("id") or body.get("request_id")
        if not found:
            raise _unreadable(client, name, "the id of the request")
        return str(found)

    async def status(self, client: Client, name: str, task: str, request_id: str) -> Job:
        """Poll a video, and fetch it once it is there."""
        body = await client.json(f"/videos/{step(request_id)}", model=name, timeout_seconds=60)
        status = str(body.get("status") or "").lower()
        if status in ("failed", "cancelled", "canceled", "expired"):
            why = body.get("error") or body.get("message") or status
            raise ModelFailed(
                f"{client.who} could not make the video: {json.dumps(why)[:300]}",
                field="prompt",
                value=request_id,
                expected="another prompt or model",
            )
        if status in ("completed", "done", "succeeded"):
            url = _video_url(body)
            if url and not url.startswith(f"{client.base}/"):
                # Another host: the key stays here.
                response = await client.fetch(url, timeout_seconds=600.0)
            else:
                response = await client.call(f"/videos/{step(request_id)}/content", model=name)
            return Job((Media(response.body, "video/mp4", "video.mp4"),))
        percent = body.get("progress")
        fraction = percent / 100 if isinstance(percent, int | float) else None
        return Job((), fraction, f"{client.who}: {status or 'waiting'}")


def pixels(ratio: str, side: int, step: int) -> tuple[int, int]:
    """Return width and height of a ratio such as `16:9`, the longer one `side` px.

    Both are multiples of `step`.
    """
    wide, high = (float(part) for part in ratio.split(":"))
    scale = side / max(wide, high)
    return tuple(max(step, round(part * scale / step) * step) for part in (wide, high))  # type: ignore[return-value]


async def _image(client: Client, row: JsonObject, name: str) -> Media:
    text, url = row.get("b64_json"), row.get("url")
    if isinstance(url, str) and url.startswith("data:"):
        text = url.partition(",")[2]
    if isinstance(text, str):
        try:
            body = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error) as error:
            raise _unreadable(client, name, "an image") from error
        return Media(body, str(row.get("media_type") or "image/png"), "image")
    if isinstance(url, str):
        response = await client.fetch(url, timeout_seconds=120.0)
        return Media(response.body, "image/png", "image")
    raise _unreadable(client, name, "an image")


def _video_url(body: JsonObject) -> str:
    rows: list[Json] = [body.get("url"), body.get("video"), body.get("output")]
    urls = body.get("urls") or body.get("unsigned_urls")
    rows += urls if isinstance(urls, list) else []
    for row in rows:
        found = row.get("url") or row.get("video_url") if isinstance(row, dict) else row
        if isinstance(found, str) and found.startswith("http"):
            return found
    return ""


def _spoken(rows: Json, key: str) -> tuple[Spoken, ...]:
    return tuple(
        Spoken(str(row.get(key) or "").strip(), float(row.get("start") or 0), float(row["end"]))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and isinstance(row.get("end"), int | float)
    )


def _word(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _unreadable(client: Client, name: str, expected: str) -> ModelFailed:
    return ModelFailed(
        f"{client.who}'s response cannot be read.",
        field="model",
        value=f"{client.provider}/{name}",
        expected=expected,
        status=502,
    )
