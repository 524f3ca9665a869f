"""Anthropic's way of speaking: one POST, its stream of events, and the listing."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import ClassVar

from workflows.errors import ModelFailed, ModelRefused
from workflows.nodes.models.client import Client
from workflows.nodes.models.dialect import Dialect, Listed, OnText
from workflows.nodes.models.requests import Chat, Reply
from workflows.types import Json, JsonObject

#: The version of the API that this file speaks; later ones take no temperature.
_VERSION = {"anthropic-version": "2023-06-01"}
#: Anthropic wants a limit; this is ours where the user names none.
_MOST_TOKENS = 4096


@dataclass(frozen=True)
class Anthropic(Dialect):
    """Claude."""

    tasks: ClassVar[frozenset[str]] = frozenset({"chat"})

    async def models(self, client: Client) -> list[Listed]:
        """List the models; all of them see images."""
        body = await client.json(
            "/v1/models", query={"limit": "1000"}, headers=_VERSION, timeout_seconds=20
        )
        return [
            Listed(
                str(row["id"]),
                ("chat", "describe"),
                str(row.get("display_name") or ""),
                note=_end(row),
            )
            for row in body.get("data") or []
            if isinstance(row, dict) and row.get("id") and row.get("lifecycle") != "retired"
        ]

    async def chat(self, client: Client, name: str, request: Chat, on_text: OnText) -> Reply:
        """Stream the response."""
        content: list[Json] = [
            {
                "type": "image",
                "source": {
                    "type": "base64",
                    "media_type": image.content_type,
                    "data": base64.b64encode(image.body).decode(),
                },
            }
            for image in request.images
        ]
        content.append({"type": "text", "text": request.prompt})
        body: JsonObject = {
            "model": name,
            "max_tokens": request.max_tokens or _MOST_TOKENS,
            "messages": [{"role": "user", "content": content}],
            "stream": True,
        }
        if request.system:
            body["system"] = request.system
        config: JsonObject = {}
        if request.schema is not None:
            config["format"] = {"type": "json_schema", "schema": request.schema}
        if request.effort:
            config["effort"] = request.effort
        if config:
            body["output_config"] = config
        heard = _Heard(on_text)
        await client.call(
            "/v1/messages",
            body=body,
            headers=_VERSION,
            listen=heard.event,
            model=name,
            timeout_seconds=600,
            max_bytes=32 * 1024 * 1024,
        )
        return heard.reply(client, name)


class _Heard:
    """Puts the events of a response together."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._parts: list[str] = []
        self._usage: JsonObject = {}
        self._reason = ""
        self._error: JsonObject | None = None

    async def event(self, event: JsonObject) -> None:
        kind = event.get("type")
        if kind == "error":
            self._error = event
        elif kind == "message_start":
            self._usage |= (event.get("message") or {}).get("usage") or {}
        elif kind == "content_block_delta":
            text = (event.get("delta") or {}).get("text")
            if isinstance(text, str) and text:
                self._parts.append(text)
                await self._on_text(self._parts)
        elif kind == "message_delta":
            self._reason = str((event.get("delta") or {}).get("stop_reason") or self._reason)
            self._usage |= event.get("usage") or {}
        elif kind == "message":  # a service that does not stream
            self._reason = str(event.get("stop_reason") or "")
            self._usage |= event.get("usage") or {}
            self._parts += [str(row.get("text") or "") for row in event.get("content") or []]

    def reply(self, client: Client, name: str) -> Reply:
        """Return the whole. Raises NodeError for an error, a refusal, or half a response."""
        if self._error is not None:
            client.check(self._error, name)
        if self._reason == "refusal":
            raise ModelRefused(
                f"{client.who} refuses this.",
                field="prompt",
                value=f"{client.provider}/{name}",
                expected="another prompt or model",
            )
        if not self._reason:
            raise ModelFailed(
                f"{client.who} ended the response in the middle.",
                field="model",
                value="".join(self._parts)[-200:],
                expected="a whole response; this one may have been charged",
                status=502,
            )
        # What was read from a cache, and written to one, was given as well.
        given = sum(
            int(self._usage.get(key) or 0)
            for key in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        )
        usage: JsonObject = {"input": given, "output": self._usage.get("output_tokens")}
        return Reply("".join(self._parts), usage, None, self._reason == "max_tokens")


def _end(row: JsonObject) -> str:
    end = row.get("retires_at")
    return f"ends {end[:10]}" if isinstance(end, str) else ""
