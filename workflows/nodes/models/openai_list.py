"""What the listing of a service that speaks as OpenAI does says of a model."""

from __future__ import annotations

import re
from typing import Any

from workflows.nodes.models.dialect import Listed
from workflows.types import JsonObject

#: What a model's name says it is for, where the listing says nothing; the first that fits.
_BY_NAME: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), tasks)
    for pattern, tasks in (
        (r"moderation", ("moderate",)),
        (r"embed|(^|[/-])(bge|e5|gte|minilm)\b", ("embed",)),
        (r"transcri|whisper|voxtral.*(mini|stt)", ("transcribe",)),
        (r"(^|[/-])tts\b|-tts(-|$)|speech|playai|orpheus", ("speak",)),
        (r"image|flux|stable-diffusion|sdxl|imagine|seedream|recraft", ("image", "edit")),
        (r"video|sora|veo|kling|wan-?2|hailuo", ("video",)),
        (r"realtime|dall-e|babbage|davinci|rerank|guard|search-api|codex|audio", ()),
    )
)
_CHAT = ("chat", "describe")


def listed(row: JsonObject) -> Listed:
    """Return a row of a listing: what the model is for, its name, its price, and a note."""
    name = str(row.get("id") or row.get("name") or row.get("key") or "")
    label = row.get("name") or row.get("display_name")
    return Listed(name, _tasks(row, name), str(label or ""), _price(row.get("pricing")), _note(row))


def _tasks(row: JsonObject, name: str) -> tuple[str, ...]:
    shape = row.get("architecture")
    if isinstance(shape, dict) and isinstance(shape.get("output_modalities"), list):
        return _by_modality(shape)
    abilities = row.get("capabilities")
    if isinstance(abilities, dict) and "completion_chat" in abilities:
        names = {
            "completion_chat": _CHAT if abilities.get("vision") else ("chat",),
            "audio_speech": ("speak",),
            "audio_transcription": ("transcribe",),
            "moderation": ("moderate",),
        }
        found = [task for key, tasks in names.items() if abilities.get(key) for task in tasks]
        if found:
            return tuple(found)
    kind = row.get("type")
    if kind in ("embedding", "embeddings"):
        return ("embed",)
    if kind == "image":
        return ("image",)
    for pattern, tasks in _BY_NAME:
        if pattern.search(name):
            return tasks
    return _CHAT


def _by_modality(shape: JsonObject) -> tuple[str, ...]:
    gives, takes = shape["output_modalities"], shape.get("input_modalities") or []
    found: list[str] = []
    if "image" in gives:
        found += ["image", "edit"] if "image" in takes else ["image"]
    elif "text" in gives:
        found += _CHAT if "image" in takes else ["chat"]
    for word, task in (
        ("video", "video"),
        ("speech", "speak"),
        ("transcription", "transcribe"),
        ("embeddings", "embed"),
    ):
        found += [task] if word in gives else []
    return tuple(found)


def _price(pricing: Any) -> str:
    """Return what OpenRouter's listing says of a price, for a million tokens."""
    if not isinstance(pricing, dict):
        return ""
    try:
        given, made = (float(pricing[key]) * 1e6 for key in ("prompt", "completion"))
    except (KeyError, TypeError, ValueError):
        return ""
    if given == made == 0:
        return "free"
    return f"${given:g} / ${made:g} per million tokens"


def _note(row: JsonObject) -> str:
    end = row.get("shutdown_date") or row.get("expiration_date") or row.get("deprecation")
    if isinstance(end, str) and end:
        return f"ends {end[:10]}"
    length = row.get("context_length") or row.get("context_window") or row.get("max_model_len")
    return f"{length:,} tokens of context" if isinstance(length, int) else ""
