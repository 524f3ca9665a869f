"""The built pages: what each loads, by the manifest that the shell reads."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.machine import must_have_everything

BUILT = Path(__file__).resolve().parents[2] / "canvas/static/canvas"
MAIN = "src/main.tsx"
#: What the editor may load before it stands, in compressed bytes.
EDITOR_BYTES = 250_000

pytestmark = pytest.mark.skipif(
    not BUILT.is_dir() and not must_have_everything(), reason="the frontend is not built"
)


@cache
def manifest() -> dict[str, dict[str, Any]]:
    parts: dict[str, dict[str, Any]] = json.loads((BUILT / "manifest.json").read_text())
    return parts


def pages() -> set[str]:
    return {part for part in manifest()[MAIN]["dynamicImports"] if part.endswith("Page.tsx")}


def loaded(*parts: str) -> set[str]:
    """All parts that are loaded before one of these runs, themselves included."""
    found, left = set(parts), list(parts)
    while left:
        new = set(manifest()[left.pop()].get("imports", [])) - found
        found |= new
        left += new
    return found


def test_files_do_not_wait_for_each_other() -> None:
    circles = {
        part
        for part, about in manifest().items()
        if any(part in loaded(needed) for needed in about.get("imports", []))
    }
    assert circles == set(), "one of two such files runs before what it needs is there"


def test_no_page_loads_what_another_page_alone_has() -> None:
    assert len(pages()) == 12
    for page in pages():
        names = {manifest()[part]["name"] for part in loaded(MAIN, page)}
        others = {manifest()[other]["name"] for other in pages() - {page}}
        assert names & others == set(), page


def test_the_editor_stands_after_250_kilobytes() -> None:
    files = {manifest()[part]["file"] for part in loaded(MAIN, "src/editor/EditorPage.tsx")}
    scripts = [BUILT / f"{file}.br" for file in files if file.endswith(".js")]
    assert len(scripts) > 10
    assert sum(script.stat().st_size for script in scripts) < EDITOR_BYTES
