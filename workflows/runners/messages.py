"""What a ComfyUI server says over its WebSocket, as events; everything unknown is passed over."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

from workflows.runners.shapes import mapping, text
from workflows.types import Json, JsonObject

_PREVIEW, _TEXT, _PREVIEW_WITH_FACTS = 1, 3, 4
_KINDS = frozenset(
    {
        "status",
        "execution_start",
        "execution_cached",
        "executing",
        "progress",
        "progress_state",
        "executed",
        "execution_success",
        "execution_error",
        "execution_interrupted",
    }
)


@dataclass(frozen=True, slots=True)
class Message:
    """A line of JSON; `prompt_id` is empty when it is of no request."""

    type: str
    data: JsonObject
    prompt_id: str


@dataclass(frozen=True, slots=True)
class PreviewImage:
    """A preview; without a `prompt_id` it is of the request that runs."""

    body: bytes
    prompt_id: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text that a node shows while it runs."""

    node: str
    text: str


def read(frame: str | bytes) -> Message | PreviewImage | Words | None:
    """Read a frame; None for what we do not know or what is malformed."""
    if isinstance(frame, bytes):
        return _binary(frame)
    found = mapping(_json(frame))
    type, data = found.get("type"), mapping(found.get("data"))
    if type not in _KINDS:
        return None
    prompt_id = data.get("prompt_id")
    return Message(str(type), data, prompt_id if isinstance(prompt_id, str) else "")


def _binary(frame: bytes) -> PreviewImage | Words | None:
    if len(frame) < 8:
        return None
    kind, number = struct.unpack_from(">II", frame)
    if kind == _PREVIEW:
        return PreviewImage(frame[8:])
    if kind not in (_TEXT, _PREVIEW_WITH_FACTS) or number > len(frame) - 8:
        return None
    head, rest = frame[8 : 8 + number], frame[8 + number :]
    if kind == _TEXT:
        return Words(head.decode("utf-8", "replace")[:200], text(rest.decode("utf-8", "replace")))
    prompt_id = mapping(_json(head)).get("prompt_id")
    return PreviewImage(rest, prompt_id) if isinstance(prompt_id, str) else None


def _json(source: str | bytes) -> Json:
    try:
        return json.loads(source)
    except (ValueError, RecursionError):
        return None
