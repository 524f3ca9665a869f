"""A chat as OpenAI and its likes have it: its messages, and the stream of the response."""

from __future__ import annotations

from typing import Any

from workflows.errors import ModelFailed, ModelRefused
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import OnText
from workflows.nodes.models.requests import Chat, Media, Reply
from workflows.types import Json, JsonObject


class Streamed:
    """Puts the events of a streamed response together."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._parts: list[str] = []
        self._refusal = ""
        self._reason = ""
        self._usage: JsonObject = {}
        self._error: JsonObject | None = None
        self._any = False

    async def event(self, event: JsonObject) -> None:
        """Take one chunk, or a whole response from a service that does not stream."""
        self._any = True
        if event.get("error"):
            self._error = event
        usage = event.get("usage")
        if isinstance(usage, dict):
            self._usage = usage
        for choice in event.get("choices") or []:
            if not isinstance(choice, dict):
                continue
            delta = choice.get("delta") or choice.get("message") or {}
            self._reason = choice.get("finish_reason") or self._reason
            self._refusal += delta.get("refusal") or ""
            text = _plain(delta.get("content"))
            if text:
                self._parts.append(text)
                await self._on_text(self._parts)

    def check(self, client: Client, name: str, content_type: str) -> None:
        """Raise NodeError for a stream that ended with an error, a refusal or in the middle."""
        if self._error is not None:
            client.check(self._error, name)
        if self._refusal or (self._reason == "content_filter" and not self._parts):
            raise ModelRefused(
                f"{client.who} refuses this: {self._refusal[:300] or 'content filter'}",
                field="prompt",
                value=f"{client.provider}/{name}",
                expected="another prompt or model",
            )
        if not self._any or not self._reason:
            so_far = "".join(self._parts)
            raise ModelFailed(
                f"{client.who} ended the response in the middle.",
                field="model",
                value=so_far[-200:] or content_type,
                expected="a whole response; this one may have been charged",
                status=502,
            )

    def reply(self) -> Reply:
        """Return the whole."""
        cost = self._usage.get("cost")
        usage: JsonObject = {
            "input": self._usage.get("prompt_tokens"),
            "output": self._usage.get("completion_tokens"),
        }
        known = {key: value for key, value in usage.items() if value is not None}
        price = float(cost) if isinstance(cost, int | float) else None
        return Reply("".join(self._parts), known, price, self._reason == "length")


def messages(request: Chat) -> list[Json]:
    """Return the request as messages."""
    parts: list[Json] = [{"type": "text", "text": request.prompt}]
    parts += [image_part(one) for one in request.images]
    user: Json = parts if request.images else request.prompt
    system: list[Json] = [{"role": "system", "content": request.system}] if request.system else []
    return [*system, {"role": "user", "content": user}]


def image_part(image: Media) -> JsonObject:
    """Return an image as a part of a message."""
    return {"type": "image_url", "image_url": {"url": image.data_url}}


def _plain(content: Any) -> str:
    """Return a text that comes as one, or in parts (Mistral's thinking is no part of it)."""
    if isinstance(content, str):
        return content
    rows = content if isinstance(content, list) else []
    return "".join(
        str(row.get("text") or "")
        for row in rows
        if isinstance(row, dict) and row.get("type") == "text"
    )
