"""CONTRIBUTING.md works as it stands: its steps are followed in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: What the steps touch and what their tests need.
PARTS = ("workflows", "canvas", "tests", "docs", "pyproject.toml", "manage.py")
#: A file's name in the sentence before a block, and the block.
STEP = re.compile(r"`([\w./-]+)`:\n\n```(python|diff)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

pytestmark = pytest.mark.slow


@dataclass
class Copy:
    """A copy of the repository, in which the steps of a section can be followed."""

    folder: Path

    def follow(self, section: str) -> list[str]:
        """Do what each block of a section says and return the names of the files."""
        steps = STEP.findall(section)
        assert len(steps) == section.count("```python") + section.count("```diff")
        for name, kind, block in steps:
            path = self.folder / name
            if kind == "python":
                assert not path.exists(), f"{name} is there already"
                path.write_text(block, encoding="utf-8")
            else:
                self._change(path, block)
        return [name for name, _, _ in steps]

    def _change(self, path: Path, block: str) -> None:
        lines = block.splitlines()
        assert {line[0] for line in lines} == {" ", "+"}, block
        old = "\n".join(line[1:] for line in lines if line[0] == " ")
        new = "\n".join(line[1:] for line in lines)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path.name} does not have once what the block shows:\n{old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run Python in the copy and return what it says."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "DATA_DIR": str(self.folder / "var")},
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) is fails, done.stdout[-4000:] + done.stderr[-2000:]
        return done.stdout

    def test(self, *names: str, fails: bool = False) -> str:
        """Run tests in the copy."""
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *names, fails=fails)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of what the repository tracks, with its environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *PARTS], cwd=ROOT, capture_output=True, check=True
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return Copy(tmp_path)


def section(title: str) -> str:
    """Return a section of the page."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_a_node_made_by_the_steps_runs_and_its_test_can_fail(copy: Copy) -> None:
    names = copy.follow(section("Add a node"))
    said = copy.test(
        names[1],
        "tests/docs/test_nodes.py",
        "tests/nodes/test_laws.py",
        "-k",
        "posterize or tried or gone",
    )
    assert re.search(r"\b\d+ passed", said)
    assert "failed" not in said
    style = [".venv/bin/ruff", "check", *names[:2]]
    subprocess.run(style, cwd=copy.folder, check=True)
    subprocess.run([".venv/bin/ruff", "format", "--check", *names[:2]], cwd=copy.folder, check=True)
    node = copy.folder / names[0]
    node.write_text(node.read_text(encoding="utf-8").replace("levels - 1", "levels"))
    assert "4 failed, 1 passed" in copy.test(names[1], fails=True)


def test_an_endpoint_made_by_the_steps_answers_and_is_described(copy: Copy) -> None:
    names = copy.follow(section("Add an endpoint"))
    copy.run("manage.py", "openapi")
    matrix = "tests/api/test_matrix.py::test_every_route_has_a_row_and_every_row_a_route"
    said = copy.test(names[-1], matrix, "tests/docs/test_openapi.py")
    assert re.search(r"\b\d+ passed", said)
    assert "failed" not in said
    files = [name for name in dict.fromkeys(names) if name.endswith(".py")]
    subprocess.run([".venv/bin/ruff", "check", *files], cwd=copy.folder, check=True)
    style = [".venv/bin/ruff", "format", "--check", *files]
    subprocess.run(style, cwd=copy.folder, check=True)


def test_every_file_the_page_names_is_there_or_made_by_it() -> None:
    made = {name for name, kind, _ in STEP.findall(PAGE) if kind == "python"}
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    named = re.findall(r"`([\w.-]+/[\w./-]+)`", prose) + re.findall(r"\]\(([^)#]+)", prose)
    assert len(named) > 20
    assert [name for name in named if name not in made and not (ROOT / name).exists()] == []
