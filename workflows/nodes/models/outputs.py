"""Where the files are in what a model has made. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from workflows.types import Json

#: Where the results of a task are.
_IMAGES = ("images", "image", "output")
_RESULTS: Mapping[str, tuple[str, ...]] = {
    "image": _IMAGES,
    "edit": _IMAGES,
    "video": ("video", "videos", "output"),
    "sound": ("audio", "audio_file", "audio_url", "audios", "output"),
}
#: Files whose kind follows from their URL.
_ENDINGS = re.compile(
    r"\.(png|jpe?g|webp|gif|avif|bmp|tiff?|svg|mp4|webm|mov|mkv|mp3|wav|ogg|opus|flac|m4a|zip|glb"
    r"|obj|ply|gltf|stl|safetensors|srt|vtt|pdf)$",
    re.IGNORECASE,
)
_MAX_FILES = 64


def results(output: Json, task: str) -> list[str]:
    """Return the URLs of what a model has made, out of its output as it comes."""
    return [
        url
        for one in files(output, task)
        if isinstance(url := one.get("url") if isinstance(one, dict) else one, str)
        and url.startswith(("http://", "https://", "data:"))
    ]


def files(output: Json, task: str) -> list[Json]:
    """Return what a model has made for a task: objects with `url`, or bare URLs."""
    if isinstance(output, dict):
        for name in _RESULTS[task]:
            if output.get(name):
                return _flat(output[name])
        return []
    return _flat(output)


def _flat(value: Json) -> list[Json]:
    if isinstance(value, list):
        return [one for row in value for one in _flat(row)]
    return [value] if isinstance(value, str | dict) else []


def gathered(output: Json) -> tuple[Json, list[str]]:
    """Return a model's whole output with a number in place of each file, and the files' URLs.

    A file is an object with `url`, as fal gives them, or a URL whose ending shows its kind;
    prose that happens to be a URL is none. At most 64 of them are taken, of the same one once.
    """
    urls: dict[str, int] = {}

    def walk(value: Json, depth: int) -> Json:
        if depth > 32:
            return None
        if isinstance(value, list):
            return [walk(one, depth + 1) for one in value]
        url = value.get("url") if isinstance(value, dict) else value
        if isinstance(url, str) and _is_file(url, isinstance(value, dict)):
            if url in urls or len(urls) < _MAX_FILES:
                return {FILE: urls.setdefault(url, len(urls))}
            return value
        if isinstance(value, dict):
            return {key: walk(one, depth + 1) for key, one in value.items()}
        return value

    found = walk(output, 0)
    return found, list(urls)


#: What represents a file in an output: its number.
FILE = "$file"


def with_files(output: Json, files: list[Json]) -> Json:
    """Return an output of `gathered` with the files in their places."""
    if isinstance(output, list):
        return [with_files(one, files) for one in output]
    if not isinstance(output, dict):
        return output
    if set(output) == {FILE}:
        number = output[FILE]
        return files[number] if isinstance(number, int) and number < len(files) else None
    return {key: with_files(one, files) for key, one in output.items()}


def _is_file(url: str, is_object: bool) -> bool:
    if url.startswith("data:"):
        return ";base64," in url[:200]
    parts = urlsplit(url) if url.startswith(("https://", "http://")) else None
    if parts is None or any(char.isspace() for char in url):
        return False
    is_known = bool(_ENDINGS.search(parts.path)) or (parts.hostname or "").endswith(
        "replicate.delivery"
    )
    return is_known or is_object
