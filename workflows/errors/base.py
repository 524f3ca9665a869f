"""The one class behind every error: its message, its code, its HTTP status and its facts."""

from __future__ import annotations

from typing import Any

from workflows.types import Json


class PatchbayError(Exception):
    """Something went wrong."""

    code = "ERROR"
    #: The HTTP status; every class says its own, or takes its parent's.
    status: int

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "status"):
            raise TypeError(f"{cls.__name__} has no HTTP status")

    def __init__(self, message: str | None = None, **context: Json) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.context: dict[str, Any] = context
        super().__init__(self.message)
