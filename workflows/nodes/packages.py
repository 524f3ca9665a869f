"""Packages of node types that are installed beside Patchbay, found by their entry points.

Each is loaded whole or not at all, and one that cannot be loaded is reported and left out: whatever
a package does, the built-in types stay as they are and the start goes on.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from types import ModuleType

from workflows.nodes import registry

logger = logging.getLogger(__name__)

#: The group of entry points; each names a module, or a function that is called without arguments.
GROUP = "patchbay.nodes"


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package that declares node types; `problem` says why it is left out."""

    name: str
    problem: str = ""


_packages: tuple[Package, ...] = ()


def load_installed() -> None:
    """Register the node types of every installed package, by name; log those that do not load."""
    global _packages
    found: dict[str, Distribution] = {}
    for distribution in _declaring():
        # Of one that is in two places, Python imports the first.
        found.setdefault(_name(distribution), distribution)
    _packages = tuple(_load(name, found[name]) for name in sorted(found))


def installed() -> tuple[Package, ...]:
    """Return the packages that were found at the start."""
    return _packages


def _declaring() -> Iterator[Distribution]:
    """Yield what has the group, found by its text: one malformed file would end a search of all."""
    for distribution in distributions():
        try:
            text = distribution.read_text("entry_points.txt") or ""
        except (OSError, ValueError):
            continue
        if GROUP in text:
            yield distribution


def _name(distribution: Distribution) -> str:
    try:
        return distribution.metadata["Name"] or "a package without a name"
    except Exception:  # its metadata are as foreign as its code
        return "a package without a name"


def _load(name: str, distribution: Distribution) -> Package:
    roots: set[str] = set()
    try:
        with registry.of_package(name):
            for point in distribution.entry_points.select(group=GROUP):
                roots.add(point.module.partition(".")[0])
                _register(point)
    # Code of others: it may raise anything, and sys.exit() too.
    except (Exception, SystemExit) as error:
        problem = _reason(error, roots)
        debug = error if logger.isEnabledFor(logging.DEBUG) else None
        logger.warning("Node package %s is left out: %s", name, problem, exc_info=debug)
        return Package(name, problem)
    return Package(name)


def _register(point: EntryPoint) -> None:
    declared = point.load()
    if isinstance(declared, ModuleType):
        registry.load(declared)
    elif callable(declared):
        declared()
    else:
        raise ValueError(
            f"entry point {point.name!r} names {declared!r}; expected a module or a function"
        )


def _reason(error: BaseException, roots: set[str]) -> str:
    """Return what went wrong, and where in the modules of the package."""
    said = str(error) or "no reason is given"
    text = said if type(error) is ValueError else f"{type(error).__name__}: {said}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if roots.intersection((*path.parts, path.stem)):
            return f"{text} ({path.name}, line {frame.lineno})"
    return text
