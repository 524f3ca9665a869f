"""Which providers there are: where each is, how it is shown a key, and what it is known to have.

A list of models here is a fallback for the day the provider's own cannot be had; its date is
beside it, and any other name may be typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.nodes.fal import service as fal
from workflows.nodes.models.anthropic import Anthropic
from workflows.nodes.models.dialect import Dialect, Listed
from workflows.nodes.models.elevenlabs import ElevenLabs
from workflows.nodes.models.fal import FalModels
from workflows.nodes.models.google import Google
from workflows.nodes.models.huggingface import HuggingFace
from workflows.nodes.models.openai import OpenAI, Ways
from workflows.nodes.models.replicate import Replicate

#: The lists below are of this day.
KNOWN_ON = "2026-11-28"


@dataclass(frozen=True, slots=True)
class Provider:
    """A service that runs models for who has a key.

    `header` is the name and form in which it wants the key, `key_url` the page where one gets one,
    `key_hint` how a key begins, `known` models of the day KNOWN_ON.
    """

    id: str
    name: str
    base: str
    dialect: Dialect
    tasks: tuple[str, ...]
    key_url: str
    key_hint: str = ""
    header: tuple[str, str] = ("Authorization", "Bearer {}")
    known: tuple[Listed, ...] = ()


def _known(tasks: str, *names: str) -> tuple[Listed, ...]:
    return tuple(Listed(name, tuple(tasks.split())) for name in names)


_CHAT = "chat describe"

_ALL = (
    Provider(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        OpenAI(Ways("sizes", edit_path="/images/edits", limit="max_completion_tokens")),
        ("chat", "describe", "image", "edit", "speak", "transcribe", "embed", "moderate"),
        "https://platform.openai.com/api-keys",
        "sk-",
        known=(
            *_known(_CHAT, "gpt-6.2-sol", "gpt-6.1-terra", "gpt-6-luna", "gpt-5.4-mini"),
            *_known("image edit", "gpt-image-2.5-sunburst", "gpt-image-2", "gpt-image-1-mini"),
            *_known("speak", "gpt-4o-mini-tts", "tts-1"),
            *_known("transcribe", "gpt-transcribe", "whisper-1"),
            *_known("embed", "text-embedding-3-small", "text-embedding-3-large"),
            *_known("moderate", "omni-moderation-latest"),
        ),
    ),
    Provider(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com",
        Anthropic(),
        ("chat", "describe"),
        "https://console.anthropic.com/settings/keys",
        "sk-ant-",
        ("x-api-key", "{}"),
        _known(_CHAT, "claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"),
    ),
    Provider(
        "google",
        "Google Gemini",
        "https://generativelanguage.googleapis.com",
        Google(),
        (
            *("chat", "describe", "image", "edit", "video", "speak", "transcribe", "sound"),
            "embed",
        ),
        "https://aistudio.google.com/apikey",
        "AIza",
        ("x-goog-api-key", "{}"),
        (
            *_known(f"{_CHAT} transcribe", "gemini-flash-latest", "gemini-pro-latest"),
            *_known("image edit", "gemini-3.1-flash-image", "gemini-3-pro-image"),
            *_known("speak", "gemini-3.8-flash-tts"),
            *_known("video", "gemini-omni-1.2-flash", "gemini-omni-1.1-flash"),
            *_known("sound", "lyria-3.5", "lyria-3-clip-preview"),
        ),
    ),
    Provider(
        fal.PROVIDER,
        "fal",
        "https://queue.fal.run",
        FalModels(),
        ("image", "edit", "video", "sound", "any"),
        "https://fal.ai/dashboard/keys",
        header=("Authorization", "Key {}"),
        known=(
            *_known("image", "fal-ai/flux/dev", "fal-ai/flux/schnell"),
            *_known("edit", "fal-ai/flux-pro/kontext"),
        ),
    ),
    Provider(
        "replicate",
        "Replicate",
        "https://api.replicate.com/v1",
        Replicate(),
        ("image", "edit", "video", "sound", "any"),
        "https://replicate.com/account/api-tokens",
        "r8_",
        known=(
            *_known("image", "black-forest-labs/flux-schnell", "black-forest-labs/flux-dev"),
            *_known("edit", "black-forest-labs/flux-kontext-pro"),
        ),
    ),
    Provider(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        OpenAI(
            Ways(
                "seeded ratios",
                image_path="/images",
                edit_path="/images",
                check_path="/key",
                list_query=(("output_modalities", "all"),),
                videos="frames",
            )
        ),
        ("chat", "describe", "image", "edit", "video", "speak", "transcribe", "embed"),
        "https://openrouter.ai/settings/keys",
        "sk-or-",
    ),
    Provider(
        "xai",
        "xAI",
        "https://api.x.ai/v1",
        OpenAI(Ways("ratios", videos="image")),
        ("chat", "describe", "image", "video"),
        "https://console.x.ai",
        "xai-",
    ),
    Provider(
        "together",
        "Together",
        "https://api.together.ai/v1",
        OpenAI(Ways("steps", videos="frames")),
        ("chat", "describe", "image", "video", "speak", "transcribe", "embed"),
        "https://api.together.ai/settings/api-keys",
    ),
    Provider(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        OpenAI(Ways(limit="max_completion_tokens")),
        ("chat", "describe", "speak", "transcribe"),
        "https://console.groq.com/keys",
        "gsk_",
    ),
    Provider(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        OpenAI(Ways(usage=False)),
        ("chat", "describe", "speak", "transcribe", "embed", "moderate"),
        "https://console.mistral.ai/api-keys",
    ),
    Provider(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        OpenAI(Ways(check_path="/user/balance")),
        ("chat",),
        "https://platform.deepseek.com/api_keys",
        "sk-",
    ),
    Provider(
        "huggingface",
        "Hugging Face",
        "https://router.huggingface.co/v1",
        HuggingFace(Ways()),
        ("chat", "describe", "image", "edit", "speak", "transcribe", "embed"),
        "https://huggingface.co/settings/tokens",
        "hf_",
        known=(
            *_known("image", "stabilityai/stable-diffusion-xl-base-1.0"),
            *_known("transcribe", "openai/whisper-large-v3"),
            *_known("embed", "sentence-transformers/all-MiniLM-L6-v2"),
        ),
    ),
    Provider(
        "elevenlabs",
        "ElevenLabs",
        "https://api.elevenlabs.io",
        ElevenLabs(),
        ("speak", "transcribe", "sound"),
        "https://elevenlabs.io/app/settings/api-keys",
        "sk_",
        ("xi-api-key", "{}"),
        known=_known("speak", "eleven_v3", "eleven_multilingual_v2", "eleven_flash_v2_5"),
    ),
)

PROVIDERS: Mapping[str, Provider] = {row.id: row for row in _ALL}
#: How a server that staff has allowed is spoken to.
SERVER = OpenAI(Ways("sizes", edit_path="/images/edits"))

_moved: Mapping[str, str] = {}


def move(bases: Mapping[str, str]) -> None:
    """Call other URLs instead of providers' own from now on: id to base."""
    global _moved
    _moved = dict(bases)


def base_of(provider: Provider) -> str:
    """Return where a provider is called."""
    if provider.id == fal.PROVIDER:
        return fal.urls().queue
    return _moved.get(provider.id, provider.base)


def is_moved(provider: Provider) -> bool:
    """Return whether the operator has named another URL for it, which may be private."""
    return provider.id in _moved
