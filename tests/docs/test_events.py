"""Every event of a run is documented, and described as it is in the journal."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from workflows.api.openapi.events import EVENT_SHAPES, EVENTS
from workflows.journal import events

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "events.md"


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.__name__)
def test_an_event_and_its_facts_are_documented(kind: type[events.Event]) -> None:
    rows = [
        row
        for row in PAGE.read_text(encoding="utf-8").splitlines()
        if row.startswith(f"| `{kind.type}`")
    ]
    assert len(rows) == 1, f"docs/events.md has no row for {kind.type}"
    optional = {fact.name for fact in fields(kind) if "optional" in fact.metadata}
    written = [f"`{fact.name}`{'?' * (fact.name in optional)}" for fact in fields(kind)]
    assert rows[0].split("|")[2].strip() == ", ".join(written)


def test_an_event_is_described_by_its_type_and_with_what_its_line_has() -> None:
    union = EVENT_SHAPES["RunEvent"]
    assert [part["$ref"] for part in union["oneOf"]] == list(
        union["discriminator"]["mapping"].values()
    )
    failed = EVENT_SHAPES["FailedEvent"]
    assert failed["properties"]["type"] == {"const": "failed"}
    assert list(failed["properties"]) == ["seq", "at", "type", "message", "node_id", "code"]
    assert failed["required"] == ["seq", "at", "type", "message", "node_id"]
    completion = EVENT_SHAPES["CompletionEvent"]
    assert completion["properties"]["output"]["type"] == "object"
    error = EVENT_SHAPES["ErrorEvent"]["properties"]["error"]
    assert error == {"$ref": "#/components/schemas/StepError"}


def test_a_fact_that_may_be_absent_is_in_a_line_only_where_there_is_one() -> None:
    assert events.Failed("It broke.", None).data() == {"message": "It broke.", "node_id": None}
    assert events.Submit("a", "text", item=0).data() == {
        "node_id": "a",
        "app_id": "text",
        "request_id": None,
        "item": 0,
    }
