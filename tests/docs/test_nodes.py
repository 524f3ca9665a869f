"""Every node type is documented as it is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.nodes import registry
from workflows.types import JsonObject

NONE = "\N{EN DASH}"
#: Those of packages installed beside Patchbay are documented there.
OURS = [row for row in registry.catalogue() if not row["package"]]
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "nodes.md"


def documented() -> dict[str, list[str]]:
    """Map each documented type to the cells of its row."""
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return {row[1].strip("`"): row for row in cells if len(row) == 5 and row[1].startswith("`")}


def names(ports: list[JsonObject]) -> str:
    """Write ports as the table does."""
    return ", ".join(f"`{port['name']}`" for port in ports) or NONE


@pytest.mark.parametrize("row", OURS, ids=lambda row: row["type"])
def test_a_node_type_is_documented_as_it_is_declared(row: JsonObject) -> None:
    inputs = names([port for port in row["inputs"] if port["port"]])
    expected = [row["name"], f"`{row['type']}`", row["description"], inputs, names(row["outputs"])]
    assert documented().get(row["type"]) == expected


def test_no_documented_node_type_is_gone() -> None:
    assert set(documented()) == {row["type"] for row in OURS}
