"""ElevenLabs' way of speaking: speech, transcripts, sound effects and music."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from workflows.nodes.models.client import Client, Part, step
from workflows.nodes.models.dialect import Dialect, Listed
from workflows.nodes.models.requests import (
    Media,
    NewAudio,
    Recording,
    Speech,
    Spoken,
    Transcript,
)
from workflows.types import JsonObject

#: "Sarah", who is in every account.
_VOICE = "EXAVITQu4vr4xnSDxMaL"
_SHARE: JsonObject = {"type": "number", "minimum": 0, "maximum": 1}
_VOICE_SETTINGS = ("stability", "similarity_boost", "use_speaker_boost")
#: Music, sound effects and transcripts are not in the listing.
_UNLISTED = (
    Listed("music_v2_5", ("sound",), "Music 2.5"),
    Listed("eleven_text_to_sound_v3", ("sound",), "Audio effects 3"),
    Listed("scribe_v3", ("transcribe",), "Scribe 3"),
    Listed("scribe_v2", ("transcribe",), "Scribe 2"),
)


@dataclass(frozen=True)
class ElevenLabs(Dialect):
    """Voices, sound effects and music."""

    tasks: ClassVar[frozenset[str]] = frozenset({"speak", "transcribe", "sound"})
    fields: ClassVar[Mapping[str, JsonObject]] = {
        "speak": {
            "stability": {**_SHARE, "description": "High is even, low is lively."},
            "similarity_boost": {**_SHARE, "title": "Similarity"},
            "use_speaker_boost": {"type": "boolean", "title": "Speaker boost"},
            "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295},
        },
        "sound": {
            "prompt_influence": {**_SHARE, "description": "Of effects: how closely to the prompt."},
            "loop": {"type": "boolean", "description": "Of effects: ends as it begins."},
            "force_instrumental": {
                "type": "boolean",
                "title": "Instrumental",
                "description": "Of music: no singing.",
            },
        },
    }

    async def models(self, client: Client) -> list[Listed]:
        """List the voices' models, and what the listing leaves out."""
        body = await client.json("/v1/models", timeout_seconds=20)
        voices = [
            Listed(str(row["model_id"]), ("speak",), str(row.get("name") or ""))
            for row in body.get("data") or []
            if isinstance(row, dict) and row.get("can_do_text_to_speech")
        ]
        return [*voices, *_UNLISTED]

    async def check(self, client: Client) -> None:
        """Read the account of the key."""
        await client.json("/v1/user", timeout_seconds=20)

    async def speak(self, client: Client, name: str, request: Speech) -> Media:
        """Read a text out."""
        fields: JsonObject = {"text": request.text, "model_id": name}
        given = self.further("speak", request.fields)
        settings = {key: given.pop(key) for key in _VOICE_SETTINGS if key in given}
        if request.speed != 1:
            settings["speed"] = min(max(request.speed, 0.7), 1.2)
        fields |= {**given, **({"voice_settings": settings} if settings else {})}
        response = await client.call(
            f"/v1/text-to-speech/{step(request.voice or _VOICE)}",
            query={"output_format": "mp3_44100_128"},
            body=fields,
            model=name,
        )
        return Media(response.body, "audio/mpeg", "speech.mp3")

    async def transcribe(self, client: Client, name: str, request: Recording) -> Transcript:
        """Write a recording down, with the time of every word."""
        parts: list[Part] = [
            ("model_id", name),
            ("timestamps_granularity", "word"),
            ("file", request.audio),
        ]
        if request.language:
            parts.append(("language_code", request.language))
        body = await client.json("/v1/speech-to-text", parts=parts, model=name)
        words = tuple(
            Spoken(str(row.get("text") or ""), float(row["start"]), float(row["end"]))
            for row in body.get("words") or []
            if isinstance(row, dict)
            and row.get("type", "word") == "word"
            and isinstance(row.get("end"), int | float)
            and isinstance(row.get("start"), int | float)
        )
        return Transcript(
            str(body.get("text") or ""), (), words, str(body.get("language_code") or "")
        )

    async def sound(self, client: Client, name: str, request: NewAudio) -> Media:
        """Make a sound effect, or music where the model is one of music."""
        given = self.further("sound", request.fields)
        instrumental = given.pop("force_instrumental", None)
        if request.music or name.startswith("music"):
            fields: JsonObject = {"prompt": request.prompt, "model_id": name}
            if instrumental is not None:
                fields["force_instrumental"] = instrumental
            if request.seconds is not None:
                fields["music_length_ms"] = round(min(max(request.seconds, 3), 600) * 1000)
            response = await client.call("/v1/music", body=fields, model=name, timeout_seconds=600)
        else:
            fields = {"text": request.prompt, "model_id": name, **given}
            if request.seconds is not None:
                fields["duration_seconds"] = min(max(request.seconds, 0.5), 30)
            response = await client.call("/v1/sound-generation", body=fields, model=name)
        return Media(response.body, "audio/mpeg", "sound.mp3")
