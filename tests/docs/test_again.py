"""What fails now and then is tried once more and named; what fails twice fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

AGAIN = Path(__file__).resolve().parent.parent / "again.py"
TESTS = """
import pathlib

def test_first():
    pass

def test_second_time():
    seen = pathlib.Path("seen")
    known = seen.exists()
    seen.touch()
    assert known

def test_never():
    assert not pathlib.Path("broken").exists()
"""


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(AGAIN), "some", "-q", *arguments]
    # Without the plugins, which look for Patchbay's settings.
    env = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, check=False, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_it.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "2")])
def test_what_passes_the_second_time_is_named(folder: Path, workers: tuple[str, ...]) -> None:
    code, printed = run(folder, *workers)
    assert code == 0
    assert "assert known" in printed  # the failure stays to be read
    assert printed.splitlines()[-1] == (
        "UNSTEADY, passed only the second time: test_it.py::test_second_time"
    )
    code, printed = run(folder, *workers)
    assert (code, "UNSTEADY" in printed) == (0, False)


def test_what_fails_twice_fails(folder: Path) -> None:
    (folder / "broken").touch()
    code, printed = run(folder)
    assert (code, "UNSTEADY" in printed) == (1, False)
    assert "1 failed, 1 passed" in printed


def test_a_file_that_cannot_be_read_fails_at_once(folder: Path) -> None:
    (folder / "test_it.py").write_text("import nothing_of_this_name")
    code, printed = run(folder)
    assert (code, "Once more" in printed) == (2, False)


def test_many_failures_are_no_chance(folder: Path) -> None:
    (folder / "test_it.py").write_text(
        "import pytest\n@pytest.mark.parametrize('n', range(6))\ndef test_n(n):\n    assert n < 2\n"
    )
    code, printed = run(folder)
    assert (code, "Once more" in printed) == (1, False)
