"""docs/fal.md names every utility that runs here, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from workflows.nodes import registry
from workflows.nodes.fal import equivalents

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fal.md"


def test_every_utility_is_documented_and_every_documented_one_runs() -> None:
    registry.load_builtin()
    table = PAGE.read_text(encoding="utf-8").partition("| utility |")[2].partition("\n\n")[0]
    first = [row.split("|")[1] for row in table.splitlines()[2:]]
    named = {name for cell in first for name in re.findall(r"`([^`]+)`", cell)}
    documented = {name if "/" in name else f"{equivalents.UTILITIES}/{name}" for name in named}
    others = ("fal-ai/imageutils/", "fal-ai/workflowutils/")
    running = {name for name in equivalents.names() if not name.startswith(others)}
    assert documented == running
