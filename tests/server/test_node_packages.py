"""Packages of nodes beside a real server: the shipped example works, broken ones stop nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.process import ROOT
from tests.server.test_serve import Site

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "docs" / "examples" / "patchbay-nodes-example"
DECLARATION = """
from workflows.nodes.registry import node

@node("{type}", name="N", category="Text", description="D."{more})
async def function(context):
    return {{}}
"""
BROKEN = {
    "broken-import": "import no_such_library",
    "broken-duplicate": DECLARATION.format(type="textBox", more=""),
    "broken-declaration": DECLARATION.format(type="brokenNode", more=", width='wide'"),
}


def install(folder: Path, target: Path) -> None:
    """Install a package of the folder as a user does, without the network."""
    subprocess.run(
        [
            ROOT / ".venv/bin/uv",
            "pip",
            "install",
            "-q",
            "--offline",
            "--no-deps",
            "--target",
            target,
            folder,
        ],
        check=True,
        cwd=ROOT,
    )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server beside which the example and three broken packages are installed."""
    target = tmp_path / "installed"
    install(EXAMPLE, target)
    for name, source in BROKEN.items():
        module = name.replace("-", "_")
        folder = tmp_path / name
        (folder / module).mkdir(parents=True)
        (folder / module / "__init__.py").write_text(source, encoding="utf-8")
        project = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
        project = project.replace("patchbay-nodes-example", name).replace(
            '"README.md"', '{text="", content-type="text/plain"}'
        )
        project = project.replace("patchbay_nodes_example", module)
        (folder / "pyproject.toml").write_text(project, encoding="utf-8")
        install(folder, target)
    made = Site(tmp_path / "data", PYTHONPATH=str(target))
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def workflow(type: str) -> str:
    """Return a document of one text, a node of a type, and a result."""
    nodes = [
        {"id": "in", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {"text": "stressed"}},
        {"id": "it", "type": type, "position": {"x": 0, "y": 0}, "data": {}},
        {"id": "out", "type": "responseOutput", "position": {"x": 0, "y": 0}, "data": {}},
    ]
    edges = [
        {"id": "1", "source": "in", "sourceHandle": "text", "target": "it", "targetHandle": "text"},
        {
            "id": "2",
            "source": "it",
            "sourceHandle": "text",
            "target": "out",
            "targetHandle": "result",
        },
    ]
    return json.dumps({"name": type, "nodes": nodes, "edges": edges})


def test_installed_nodes_run_and_broken_packages_are_told_and_stop_nothing(site: Site) -> None:
    site.start()
    key = {"x_api_key": site.token(), "Content_Type": "application/json"}
    for type in ("exampleReverseText", "brokenNode"):
        assert site.ask("POST", "/api/workflows", workflow(type), **key).status == 201
    ran = site.ask("POST", "/api/workflows/examplereversetext/run", '{"inputs":{}}', **key)
    assert ran.status == 200, ran.body
    assert ran.json()["result"] == {"text": "desserts"}, ran.body
    refused = site.ask("POST", "/api/workflows/brokennode/run", '{"inputs":{}}', **key)
    assert refused.status == 400
    assert [issue["code"] for issue in refused.json()["issues"]] == ["UNKNOWN_NODE_TYPE"]

    said = [line for line in site.output().splitlines() if "is left out" in line]
    assert len(said) == len(BROKEN)
    assert "broken-import is left out: ModuleNotFoundError: No module named" in said[2]
    assert "broken-duplicate is left out: node type 'textBox' is taken by Patchbay" in said[1]
    assert "broken-declaration is left out: node type 'brokenNode': width is 'wide'" in said[0]
    assert "Traceback" not in site.output()
