"""Every error a card may show has a row in the editor's table of titles and repairs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from workflows import errors
from workflows.errors import NodeError, PatchbayError
from workflows.nodes import registry

ROOT = Path(__file__).parents[2]
#: What writes a problem of a graph, or a failure that no node has raised.
_WRITERS = {"_problem", "Problem", "fail_step", "_fail"}


def subclasses(kind: type[PatchbayError]) -> set[type[PatchbayError]]:
    """Return a class and all that derive from it."""
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def raised_by_nodes() -> set[str]:
    """Return the codes of errors of nodes."""
    assert registry.node_types()  # those that node types define count too
    return {kind.code for kind in subclasses(NodeError)}


def raised_by_media() -> set[str]:
    """Return the codes of errors of files and fetching, which nodes pass on."""
    found: set[str] = set()
    for path in (ROOT / "workflows/media").rglob("*.py"):
        for item in ast.walk(ast.parse(path.read_text())):
            if isinstance(item, ast.ImportFrom) and item.module == "workflows.errors":
                kinds = [getattr(errors, name.name) for name in item.names]
                found |= {each.code for kind in kinds for each in subclasses(kind)}
    return found


def written() -> set[str]:
    """Return the codes that the planner and the engine write themselves."""
    paths = [
        *(ROOT / "workflows/graph").glob("*.py"),
        ROOT / "workflows/engine/step.py",
        ROOT / "workflows/engine/scheduler.py",
        ROOT / "workflows/services/execution/aim.py",
    ]
    found: set[str] = set()
    for path in paths:
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in _WRITERS:
                texts = [item.value for item in call.args if isinstance(item, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str) and _is_code(text)}
    return found


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[A-Z][A-Z_]{3,}|worker_lost", text) is not None


def test_every_code_has_a_title_and_a_repair_or_says_that_there_is_none() -> None:
    table = (ROOT / "frontend/src/editor/card/repairs.ts").read_text()
    rows = set(re.findall(r"^  ([A-Za-z_]+): \{ title: ", table, re.MULTILINE))
    codes = raised_by_nodes() | raised_by_media() | written()
    assert len(codes) > 30
    assert codes - rows == set()
    assert rows - codes == set(), "rows for codes that no card can show"
