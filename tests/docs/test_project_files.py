"""The files around the code: what they promise is there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")


def heading(title: str) -> str:
    """Return the anchor of a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text):
        target = ROOT / (path or name)
        assert target.exists(), path
        if anchor:
            titles = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(heading, titles), f"{path}#{anchor}"


def test_the_readme_leads_to_every_other_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*PAGES[1:], "LICENSE") if f"({name})" not in text] == []


def test_the_license_is_the_one_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_workflow_of_the_host_runs_what_make_test_checks() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["checks"]["steps"]
    assert steps[-1] == {"run": ".ci/run"}
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").endswith("exec make test\n")


def test_what_runs_before_a_commit_is_what_make_lint_runs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    entries = [re.sub(r" --(fix|force-exclude|no-logo)", "", hook["entry"]) for hook in hooks]
    recipe = MAKEFILE.split("\nlint:")[1].split("\n\n")[0]
    ran = re.findall(r"\.venv/bin/(?:ruff \w+|lint-imports)|npm [^\n&>]+|\$\(PY\) [^\n]+", recipe)
    ran = [command.replace("$(PY)", ".venv/bin/python") for command in ran]
    assert entries == [command.strip() for command in ran]


def test_issue_templates_ask_for_something() -> None:
    for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"):
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert form["name"] and form["description"]
        fields = [row for row in form["body"] if row["type"] != "markdown"]
        assert len({row["id"] for row in fields}) == len(fields)
        assert any(row.get("validations", {}).get("required") for row in fields)


@pytest.mark.parametrize(
    ("name", "generated", "diff"),
    [
        ("requirements.lock", "set", "unset"),
        ("tests/clients/requirements.lock", "set", "unset"),
        ("frontend/package-lock.json", "set", "unset"),
        ("workflows/api/openapi/openapi.json", "set", "unspecified"),
        ("manage.py", "unspecified", "unspecified"),
    ],
)
def test_generated_files_are_marked(name: str, generated: str, diff: str) -> None:
    assert (ROOT / name).is_file()
    command = ["git", "check-attr", "linguist-generated", "diff", "text", "--", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    values = [line.rpartition(": ")[2] for line in done.stdout.splitlines()]
    assert values == [generated, diff, "auto"]
