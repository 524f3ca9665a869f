"""Packages of node types beside Patchbay: whole or not at all, and never instead of ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent, indent

import pytest
from django.core.checks import run_checks

from workflows.nodes import packages, registry
from workflows.nodes.packages import Package

from .context import FakeContext, run

IMPORTS = """
    from workflows.graph.ports import Input, Output
    from workflows.nodes.registry import node
"""
_numbers = itertools.count()


def a_node(type: str = "packaged", *, inputs: str = "()", more: str = "", takes: str = "") -> str:
    """Return the source of a node that answers its name."""
    return f"""
    @node("{type}", name="Packaged", category="Text", description="From a package.",
          inputs={inputs}, outputs=(Output("text", "text", "Text"),), {more})
    async def function(context{takes}):
        return {{"text": "{type}"}}
    """


#: Installs a package: its name and the source of its module; returns the module's name.
Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Lay packages where Python finds them, as an installer does; the registry is as it was."""
    before = dict(registry._registered)
    monkeypatch.syspath_prepend(str(tmp_path))

    def lay(name: str, source: str, *, points: str = "[patchbay.nodes]\nits = {module}") -> str:
        module = f"packaged_{next(_numbers)}"
        (tmp_path / f"{module}.py").write_text(dedent(IMPORTS) + dedent(source), encoding="utf-8")
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(points.format(module=module), encoding="utf-8")
        return module

    yield lay
    registry._registered.clear()
    registry._registered.update(before)
    monkeypatch.setattr(packages, "_packages", ())


def load() -> dict[str, str]:
    """Load what is installed and return what is wrong with each package."""
    packages.load_installed()
    return {package.name: package.problem for package in packages.installed()}


async def test_a_module_that_a_package_names_brings_its_nodes(install: Install) -> None:
    install("some-nodes", a_node())
    assert load() == {"some-nodes": ""}
    assert await run(FakeContext(), "packaged") == {"text": "packaged"}
    row = next(row for row in registry.catalogue() if row["type"] == "packaged")
    assert row["package"] == "some-nodes"
    assert registry.node_types()["textBox"].package == ""


def test_the_modules_below_a_named_package_count_too(install: Install, tmp_path: Path) -> None:
    install("some-nodes", "", points="[patchbay.nodes]\nits = packaged_tree")
    (tmp_path / "packaged_tree" / "inner").mkdir(parents=True)
    (tmp_path / "packaged_tree" / "__init__.py").touch()
    (tmp_path / "packaged_tree" / "inner" / "__init__.py").write_text(dedent(IMPORTS + a_node()))
    assert load() == {"some-nodes": ""}
    assert "packaged" in registry.node_types()


def test_a_function_that_a_package_names_is_called(install: Install) -> None:
    body = indent(dedent(a_node()), "    ")
    install("some-nodes", f"def go():{body}", points="[patchbay.nodes]\nits = {module}:go")
    assert load() == {"some-nodes": ""}
    assert "packaged" in registry.node_types()


DEFAULT = 'Input("width", "number", "Width", default=0, min=1)'

BROKEN = {
    "an import that is not there": ("import no_such_library", "No module named 'no_such_library'"),
    "a syntax error": ("def :", "SyntaxError: invalid syntax"),
    "an exception": ("1 / 0", "ZeroDivisionError: division by zero"),
    "an exit": ("raise SystemExit('bye')", "SystemExit: bye"),
    "a type of ours": (a_node("textBox"), "node type 'textBox' is taken by Patchbay"),
    "its own type twice": (
        a_node() + a_node(),
        "node type 'packaged' is taken by broken-nodes",
    ),
    "an unknown type of port": (
        a_node(inputs='(Input("x", "picture"),)', takes=", *, x"),
        "input 'x': its type is 'picture'; expected text, number",
    ),
    "a default outside the limits": (
        a_node(inputs=f"({DEFAULT},)", takes=", *, width"),
        "input 'width': its default does not suit it: Width is 0; expected at least 1.",
    ),
    "a function that does not take its input": (
        a_node(inputs='(Input("x", "text"),)'),
        "expected (context, x)",
    ),
    "an argument that there is not": (a_node(more="colour='red'"), "'colour'"),
}


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_package_is_left_out_with_its_reason(
    install: Install, caplog: pytest.LogCaptureFixture, source: str, reason: str
) -> None:
    builtin = registry.node_types()
    module = install("broken-nodes", a_node("comesFirst") + source)
    install("sound-nodes", a_node("comesAfter"))
    problems = load()
    assert reason in problems["broken-nodes"]
    assert f"({module}.py, line " in problems["broken-nodes"]
    assert problems["sound-nodes"] == ""
    assert registry.node_types().keys() - builtin.keys() == {"comesAfter"}
    assert all(registry.node_types()[type] is builtin[type] for type in builtin)
    assert [record.getMessage() for record in caplog.records] == [
        f"Node package broken-nodes is left out: {problems['broken-nodes']}"
    ]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ("[patchbay.nodes]\nits = no_such_module", "No module named 'no_such_module'"),
        ("[patchbay.nodes]\nits = {module}:gone", "has no attribute 'gone'"),
        ("[patchbay.nodes]\nits = {module}:NUMBER", "names 3; expected a module or a function"),
        ("[patchbay.nodes]\nno equals sign", "Error"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_a_reason(
    install: Install, points: str, reason: str
) -> None:
    install("broken-nodes", "NUMBER = 3", points=points)
    install("sound-nodes", a_node())
    problems = load()
    assert reason in problems["broken-nodes"]
    assert problems["sound-nodes"] == ""


def test_of_two_packages_with_one_type_the_first_by_name_has_it(install: Install) -> None:
    install("b-nodes", a_node())
    install("a-nodes", a_node())
    problems = load()
    assert problems["a-nodes"] == ""
    assert problems["b-nodes"].startswith("node type 'packaged' is taken by a-nodes")
    assert registry.node_types()["packaged"].package == "a-nodes"


def test_manage_check_warns_of_packages_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (Package("sound-nodes"), Package("broken-nodes", "ValueError: no"))
    monkeypatch.setattr(packages, "_packages", found)
    warnings = [message for message in run_checks() if message.id == "patchbay.W001"]
    assert [message.msg for message in warnings] == [
        "The node package broken-nodes is left out: ValueError: no"
    ]
