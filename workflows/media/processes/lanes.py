"""Which media processes there are: for pages, for short and long work of runs, and for models.

Lanes of their own, because an upload must not wait behind a video that is rendered for an hour.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings

from workflows.media.processes.pool import Lane

#: Pages request little at a time; one file that takes long must not keep all others waiting.
_FOR_PAGES = 2


@cache
def pages() -> Lane:
    """Facts of uploads, thumbnails."""
    return Lane("pages", _FOR_PAGES)


@cache
def previews() -> Lane:
    """Nodes that are tried out while a user changes them."""
    return Lane("previews", _FOR_PAGES)


@cache
def short() -> Lane:
    """Single calls of nodes."""
    return Lane("short", settings.MEDIA_PROCESSES)


@cache
def long() -> Lane:
    """Videos and audio files, step by step."""
    return Lane("long", settings.MEDIA_PROCESSES)


@cache
def models() -> Lane:
    """Local models: few processes, since each keeps the model it has loaded, with all threads."""
    return Lane(
        "models",
        settings.MODEL_PROCESSES,
        memory_bytes=settings.LIMITS["model_memory_bytes"],
        threads=settings.CPU_THREADS,
    )
