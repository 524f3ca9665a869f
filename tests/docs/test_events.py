"""Every event of a run is documented, and typed for the browser as it is in the journal."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from canvas.management.commands.event_types import PLACE
from workflows.journal import events, typescript

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


def test_the_browsers_types_are_those_of_the_classes() -> None:
    call_command("event_types", check=True)


def test_types_that_differ_are_told_with_the_command_that_writes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(typescript._PLAIN, int, "bigint")
    with pytest.raises(CommandError, match=rf"{PLACE} is out of date; run `make openapi`\."):
        call_command("event_types", check=True)


def test_a_fact_that_may_be_absent_is_in_a_line_only_where_there_is_one() -> None:
    assert events.Failed("It broke.", None).data() == {"message": "It broke.", "node_id": None}
    assert events.Submit("a", "text", item=0).data() == {
        "node_id": "a",
        "app_id": "text",
        "request_id": None,
        "item": 0,
    }


def test_a_type_without_a_word_in_typescript_is_an_error() -> None:
    with pytest.raises(TypeError, match="There is no TypeScript for"):
        typescript._words(set[str])
