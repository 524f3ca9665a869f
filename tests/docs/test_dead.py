"""The search for dead code: what counts as used."""

from __future__ import annotations

import pytest

from tests.dead import dead


def found(**sources: str) -> list[str]:
    """Return the dead names of files of one room."""
    return [row.name for row in dead({f"workflows/{name}.py": sources[name] for name in sources})]


def test_a_function_that_only_its_own_line_names_is_dead() -> None:
    source = '"""Speaks of left."""\n\ndef left(): ...\n\ndef used(): ...\n\nused()  # not left'
    assert found(a=source) == ["left"]


@pytest.mark.parametrize(
    "use",
    ["import a\na.f()", "from a import f", "handle = 'workflows.a.f'", "getattr(a, 'f')", "f()"],
)
def test_a_use_in_another_file_counts(use: str) -> None:
    assert found(a="def f(): ...", b=use) == []


def test_what_another_calls_by_its_own_name_is_left_out() -> None:
    taken_over = "class A(Base):\n    def save(self): ...\nA()"
    registered = "@node('a')\ndef a(): ...\n\n@receiver(signal)\nclass B:\n    def b(self): ..."
    assert found(a=taken_over, b=registered) == []


def test_a_method_nobody_calls_is_dead() -> None:
    methods = "    @property\n    def b(self): ...\n    def __eq__(self, o): ..."
    source = f"@dataclass\nclass A:\n{methods}\nA()"
    assert found(a=source) == ["b"]
