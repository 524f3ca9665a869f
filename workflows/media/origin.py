"""What made a file: the workflow, the node, the settings of its call, and texts to find it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workflows.types import JsonObject

#: Characters that are kept of one text of the settings, and of all texts that a file is found by.
MAX_TEXT, MAX_TEXTS = 2_000, 4_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a file; `workflow_id` is the workflow that was started, if it is stored."""

    node_id: str
    node_type: str
    workflow_id: int | None = None
    settings: JsonObject = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """Return the columns of the file's row."""
        return {
            "node_id": self.node_id[:200],
            "node_type": self.node_type[:100],
            "workflow_id": self.workflow_id,
            "settings": self.settings,
            "texts": searchable(" ".join(self.texts))[:MAX_TEXTS],
        }


def searchable(text: str) -> str:
    """Return a text as it is searched: without regard to case, on one line, storable anywhere."""
    plain = text.encode(errors="replace").decode().replace("\x00", " ")
    return " ".join(plain.casefold().split())
