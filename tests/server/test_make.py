"""`make`: the help is true, and what is looked for in vain says nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.process import ROOT

MAKEFILE = ROOT / "Makefile"
#: What a shim of pyenv says for a Python that is not installed.
SHIM = """#!/bin/sh
echo "pyenv: $(basename "$0"): command not found" >&2
echo "The command exists in these Python versions: 3.99" >&2
exit 127
"""
OLD = """#!/bin/sh
exit 1
"""


def make(folder: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess:
    """Run make in a folder, with the programs of one folder alone if given."""
    program = shutil.which("make")
    assert program
    environment = {**os.environ, "PATH": str(path)} if path else {**os.environ}
    # A make that runs the tests passes its flags on.
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs: shims that lead nowhere, and what make itself needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("find", "rm", "basename"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name in ("python3.13", "python3.12"):
        write(folder / name, SHIM)
    return folder


def write(path: Path, text: str) -> None:
    """Write a program."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the Makefile alone."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(MAKEFILE, folder)
    return folder


def test_shims_that_lead_to_no_python_are_passed_over_in_silence(
    programs: Path, project: Path
) -> None:
    write(programs / "python3.11", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    done = make(project, ".venv/bin/python", path=programs)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    version: list[str | Path] = [
        project / ".venv/bin/python",
        "-c",
        "import sys; print(sys.version_info >= (3, 11))",
    ]
    assert subprocess.run(version, capture_output=True, text=True).stdout == "True\n"


def test_without_a_python_there_is_one_sentence(programs: Path, project: Path) -> None:
    write(programs / "python3", OLD)
    done = make(project, ".venv/bin/python", path=programs)
    assert done.returncode != 0
    assert done.stdout.splitlines() == [
        "Patchbay needs Python 3.11 or newer; "
        "install it (Debian: apt-get install python3 python3-venv)."
    ]
    assert "pyenv" not in done.stderr


def test_npm_installs_without_a_word_of_its_own(project: Path) -> None:
    frontend, part = project / "frontend", project / "part"
    for folder, package in (
        (part, {"name": "part", "version": "1.0.0"}),
        (frontend, {"name": "pages", "dependencies": {"part": "file:../part"}}),
    ):
        folder.mkdir()
        (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
    shutil.copy(ROOT / "frontend/.npmrc", frontend)
    lock = ["npm", "install", "--package-lock-only", "--offline", "--silent"]
    subprocess.run(lock, cwd=frontend, check=True)
    done = make(project, "frontend/node_modules/.package-lock.json")
    assert (frontend / "node_modules/part").exists()
    said = "Installing the canvas's packages ...\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


@pytest.mark.parametrize("folder", ["frontend", "tests/clients"])
def test_npm_prints_no_notices(folder: str) -> None:
    # What the user has set for npm must not be what makes this true.
    environment = {**os.environ, "npm_config_userconfig": os.devnull}
    command = ["npm", "--prefix", folder, "config", "get", "fund", "audit", "update-notifier"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["fund=false", "audit=false", "update-notifier=false"]


def test_the_help_lists_every_target_and_no_other() -> None:
    done = make(ROOT, "help")
    listed = re.findall(r"^  make ([a-z-]+) +\S", done.stdout, re.MULTILINE)
    text = MAKEFILE.read_text(encoding="utf-8")
    declared = text.replace("\\\n", " ").split(".PHONY:")[1].split("\n")[0].split()
    assert sorted(listed) == sorted(declared)
    assert all(re.search(rf"^{target}:", text, re.MULTILINE) for target in listed)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_a_page_names_no_target_that_is_not_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    declared = make(ROOT, "help").stdout
    assert named
    assert {target for target in named if f"  make {target} " not in declared} == set()
