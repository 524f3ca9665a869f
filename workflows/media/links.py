"""Addresses of our own files: relative inside, whole for clients that have no page of ours."""

from __future__ import annotations

from workflows.types import Json

MEDIA = "/media/"


def absolute(value: Json, origin: str) -> Json:
    """Return a JSON value with `origin` put before every address of a file of ours."""
    if isinstance(value, str):
        return origin + value if value.startswith(MEDIA) else value
    if isinstance(value, list):
        return [absolute(item, origin) for item in value]
    if isinstance(value, dict):
        return {key: absolute(item, origin) for key, item in value.items()}
    return value
