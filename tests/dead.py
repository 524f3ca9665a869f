"""Finds functions and classes of Patchbay that nothing but a test names.

`make lint` runs it, and knip for TypeScript. What a decorator registers and what a class takes over
from another is called from elsewhere, and is left out.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("workflows/", "canvas/")
#: Where a name counts as used, besides the rooms.
USES = ("bench/", "deploy/", "manage.py", "pyproject.toml")
#: Decorators that register nothing.
PLAIN = frozenset(
    {"cache", "classmethod", "contextmanager", "asynccontextmanager", "dataclass", "property"}
    | {"staticmethod", "lru_cache", "cached_property", "final", "wraps", "overload"}
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class that could be dead."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.name} is used by tests alone, or by nothing"


def definitions(path: str, source: str) -> Iterator[Definition]:
    """List the functions and classes of a file that only their name leads to."""
    yield from _within(path, ast.parse(source))


def _within(path: str, parent: ast.AST) -> Iterator[Definition]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.name.startswith("__") and not _is_registered(node):
                yield Definition(path, node.lineno, node.name)
            if isinstance(node, ast.ClassDef) and not (node.bases or _is_registered(node)):
                yield from _within(path, node)


def _is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(not PLAIN & set(re.findall(r"\w+", ast.unparse(row))) for row in node.decorator_list)


def names(path: str, source: str) -> Iterator[str]:
    """List the names that a file uses; a text without spaces may be one, or a path of them."""
    if not path.endswith(".py"):
        yield from re.findall(r"\w+", source)
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name):
                yield from name.split(".")
            case ast.Constant(value=str() as text) if " " not in text:
                yield from re.findall(r"\w+", text)


def dead(sources: dict[str, str]) -> list[Definition]:
    """List what is defined in the rooms and named nowhere outside of tests."""
    used = {name for path, source in sources.items() for name in names(path, source)}
    return [
        row
        for path, source in sources.items()
        if path.startswith(ROOMS) and path.endswith(".py")
        for row in definitions(path, source)
        if row.name not in used
    ]


def main() -> int:
    """Print every dead definition; fail when there is one."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    sources = {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in listed.stdout.splitlines()
        if path.startswith((*ROOMS, *USES))
        and path.endswith((".py", ".html", ".toml", ".service"))
        and "/migrations/" not in path
        and (ROOT / path).is_file()
    }
    found = dead(sources)
    for row in found:
        print(row)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
