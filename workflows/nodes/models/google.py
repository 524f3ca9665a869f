"""Google's way of speaking: `generateContent`, for texts, images and speech of Gemini.

Videos and music are had by its other one, `nodes/models/interactions.py`.
"""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from workflows.errors import ModelFailed, ModelRefused
from workflows.graph.ports import TASKS
from workflows.nodes.models import interactions
from workflows.nodes.models.client import Client, step
from workflows.nodes.models.dialect import Dialect, Job, Listed, OnText
from workflows.nodes.models.requests import (
    Chat,
    Media,
    ModelRequest,
    NewAudio,
    NewImages,
    NewVideo,
    Recording,
    Reply,
    Speech,
    Transcript,
)
from workflows.types import Json, JsonObject

_VOICE = "Kore"
_RATE = 24_000


@dataclass(frozen=True)
class Google(Dialect):
    """Gemini, by its developer API."""

    tasks: ClassVar[frozenset[str]] = frozenset(
        {"chat", "image", "edit", "speak", "transcribe", "embed", "video", "sound"}
    )
    jobs: ClassVar[frozenset[str]] = frozenset({"video"})
    fields: ClassVar[Mapping[str, JsonObject]] = {
        "image": {"imageSize": {"enum": ["512", "1K", "2K", "4K"], "title": "Size"}},
        "edit": {"imageSize": {"enum": ["512", "1K", "2K", "4K"], "title": "Size"}},
    }

    async def models(self, client: Client) -> list[Listed]:
        """List the models; what each is for follows from its name and its methods."""
        body = await client.json("/v1beta/models", query={"pageSize": "1000"}, timeout_seconds=20)
        return [
            Listed(name, tasks, str(row.get("displayName") or ""))
            for row in body.get("models") or []
            if isinstance(row, dict)
            and (name := str(row.get("name") or "").removeprefix("models/"))
            and (tasks := _tasks(name, row.get("supportedGenerationMethods") or []))
        ]

    async def chat(self, client: Client, name: str, request: Chat, on_text: OnText) -> Reply:
        """Stream the response."""
        config: JsonObject = {}
        if request.temperature is not None:
            config["temperature"] = request.temperature
        if request.max_tokens is not None:
            config["maxOutputTokens"] = request.max_tokens
        if request.schema is not None:
            config |= {
                "responseMimeType": "application/json",
                "responseJsonSchema": request.schema,
            }
        if request.effort:
            config["thinkingConfig"] = {"thinkingLevel": request.effort}
        body = _content(request.prompt, request.images, config)
        if request.system:
            body["systemInstruction"] = {"parts": [{"text": request.system}]}
        heard = _Heard(on_text)
        await client.call(
            f"/v1beta/models/{step(name)}:streamGenerateContent",
            query={"alt": "sse"},
            body=body,
            listen=heard.event,
            model=name,
            timeout_seconds=600,
            max_bytes=64 * 1024 * 1024,
        )
        heard.check(client, name)
        return Reply("".join(heard.texts), heard.usage(), None, heard.reason == "MAX_TOKENS")

    async def images(self, client: Client, name: str, request: NewImages) -> list[Media]:
        """Make images one after another: a request makes one. There is no word for a mask."""
        config: JsonObject = {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {
                "aspectRatio": request.ratio,
                **self.further("image", request.fields),
            },
        }
        if request.seed is not None:
            config["seed"] = request.seed
        found: list[Media] = []
        for _ in range(request.count):
            heard = await self._generate(
                client, name, _content(request.prompt, request.images, config)
            )
            heard.check(client, name, "IMAGE")
            found += heard.files
        return found

    async def speak(self, client: Client, name: str, request: Speech) -> Media:
        """Read a text out; what comes are bare samples, which get their header here."""
        voice = {"prebuiltVoiceConfig": {"voiceName": request.voice or _VOICE}}
        config: JsonObject = {
            "responseModalities": ["AUDIO"],
            "speechConfig": {"voiceConfig": voice},
        }
        text = f"{request.style}: {request.text}" if request.style else request.text
        heard = await self._generate(client, name, _content(text, (), config))
        heard.check(client, name, "AUDIO")
        return _wav(heard.files)

    async def transcribe(self, client: Client, name: str, request: Recording) -> Transcript:
        """Write a recording down; there are no times."""
        words = "Write down exactly what is said, and nothing else."
        if request.language:
            words += f" The language is {request.language}."
        heard = await self._generate(client, name, _content(words, (request.audio,), {}))
        heard.check(client, name)
        return Transcript("".join(heard.texts).strip(), language=request.language)

    async def embed(self, client: Client, name: str, texts: list[str]) -> list[list[float]]:
        """Turn texts into vectors."""
        model = f"models/{name}"
        requests: list[Json] = [
            {"model": model, "content": {"parts": [{"text": text}]}} for text in texts
        ]
        path = f"/v1beta/models/{step(name)}:batchEmbedContents"
        body = await client.json(path, body={"requests": requests}, model=name)
        return [list(row["values"]) for row in body.get("embeddings") or []]

    async def sound(self, client: Client, name: str, request: NewAudio) -> Media:
        """Make music; its length follows from the prompt."""
        return await interactions.music(client, name, request)

    async def begin(self, client: Client, name: str, task: str, request: ModelRequest) -> str:
        """Request a video, which is made in the background."""
        if not isinstance(request, NewVideo):
            self._lacks(client, name, TASKS[task].lower())
        return await interactions.begin(client, name, request)

    async def status(self, client: Client, name: str, task: str, request_id: str) -> Job:
        """Poll a video, and fetch it."""
        return await interactions.status(client, name, request_id)

    async def drop(self, client: Client, name: str, request_id: str) -> None:
        """Cancel a video."""
        await interactions.drop(client, name, request_id)

    async def _generate(self, client: Client, name: str, body: JsonObject) -> _Heard:
        heard = _Heard(_no_report)
        path = f"/v1beta/models/{step(name)}:generateContent"
        await heard.event(await client.json(path, body=body, model=name))
        return heard


class _Heard:
    """Puts the parts of a response together."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self.texts: list[str] = []
        self.files: list[Media] = []
        self.reason = ""
        self._blocked = ""
        self._usage: JsonObject = {}
        self._error: JsonObject | None = None

    async def event(self, event: JsonObject) -> None:
        if event.get("error"):
            self._error = event
        self._usage = event.get("usageMetadata") or self._usage
        self._blocked = str((event.get("promptFeedback") or {}).get("blockReason") or "")
        for candidate in (event.get("candidates") or [])[:1]:
            self.reason = str(candidate.get("finishReason") or self.reason)
            for part in (candidate.get("content") or {}).get("parts") or []:
                if not part.get("thought"):
                    await self._part(part)

    async def _part(self, part: JsonObject) -> None:
        if part.get("text"):
            self.texts.append(str(part["text"]))
            await self._on_text(self.texts)
        data = part.get("inlineData")
        if isinstance(data, dict) and data.get("data"):
            body = base64.b64decode(str(data["data"]))
            self.files.append(Media(body, str(data.get("mimeType") or ""), "result"))

    def check(self, client: Client, name: str, kind: str = "") -> None:
        """Raise NodeError for an error, a refusal, or a response without what was requested."""
        if self._error is not None:
            client.check(self._error, name)
        empty = not self.files if kind else not self.texts
        refused = self._blocked or (
            self.reason if self.reason not in ("STOP", "MAX_TOKENS") else ""
        )
        if refused and empty:
            raise ModelRefused(
                f"{client.who} refuses this: {refused}",
                field="prompt",
                value=f"{client.provider}/{name}",
                expected="another prompt or model",
            )
        if empty:
            raise ModelFailed(
                f"{client.who}'s response holds nothing: {' '.join(self.texts)[:200]}",
                field="model",
                value=f"{client.provider}/{name}",
                expected=f"a response with {kind.lower() or 'text'} in it",
                status=502,
            )

    def usage(self) -> JsonObject:
        """Count tokens; what was thought was made as well."""
        made = ("candidatesTokenCount", "thoughtsTokenCount")
        return {
            "input": self._usage.get("promptTokenCount") or 0,
            "output": sum(int(self._usage.get(key) or 0) for key in made),
        }


async def _no_report(parts: Sequence[str]) -> None:
    """Report nothing."""


def _content(text: str, files: tuple[Media, ...], config: JsonObject) -> JsonObject:
    parts: list[Json] = [{"text": text}]
    for file in files:
        data = base64.b64encode(file.body).decode()
        parts.append({"inlineData": {"mimeType": file.content_type, "data": data}})
    body: JsonObject = {"contents": [{"role": "user", "parts": parts}]}
    if config:
        body["generationConfig"] = config
    return body


def _wav(files: list[Media]) -> Media:
    first = files[0]
    if "l16" not in first.content_type.lower() and "pcm" not in first.content_type.lower():
        return Media(first.body, first.content_type, "speech")
    target = io.BytesIO()
    with wave.open(target, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(_RATE)
        audio.writeframes(b"".join(file.body for file in files))
    return Media(target.getvalue(), "audio/wav", "speech.wav")


def _tasks(name: str, methods: list[str]) -> tuple[str, ...]:
    if "embed" in name:
        return ("embed",)
    if "image" in name or "banana" in name:
        return ("image", "edit")
    if "tts" in name:
        return ("speak",)
    if "transcribe" in name:
        return ("transcribe",)
    if "omni" in name or "veo" in name:
        return ("video",)
    if "lyria" in name and "realtime" not in name:
        return ("sound",)
    if "generateContent" not in methods:
        return ()
    if any(word in name for word in ("live", "robotics", "computer-use", "lyria")):
        return ()
    return ("chat", "describe", "transcribe")
