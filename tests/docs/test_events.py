"""Every event of a run is documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from workflows.journal import events

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "events.md"
TYPES = [kind for kind in vars(events).values() if isinstance(kind, type)]
KINDS = [kind for kind in TYPES if issubclass(kind, events.Event) and kind is not events.Event]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_event_and_its_facts_are_documented(kind: type[events.Event]) -> None:
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = [row for row in text.splitlines() if row.startswith(f"| `{kind.type}`")]
    assert len(rows) == 1, f"docs/events.md has no row for {kind.type}"
    missing = [fact.name for fact in fields(kind) if f"`{fact.name}`" not in rows[0]]
    assert missing == []
