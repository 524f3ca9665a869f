"""The `fal` package, unmodified: it publishes, runs and streams, and executes what we export."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import HERE, Site
from tests.clients.outside import call

OUTPUT = {"text": "a & more|ünï"}


@pytest.fixture(scope="module")
def environment(site: Site) -> dict[str, str]:
    """What leads the package here (docs/fal.md); it wants a colon in a key."""
    return {
        "FAL_KEY": f"{site.key}:",
        "FAL_GRPC_HOST": f"{site.place}/fal/rest",
        "FAL_RUN_HOST": f"{site.place}/fal/run",
        "FAL_QUEUE_RUN_HOST": f"{site.place}/fal/queue",
        "FAL_WS_RUN_HOST": f"{site.place}/fal/ws",
        "SSL_CERT_FILE": str(site.tls / "bundle.pem"),
    }


@pytest.fixture(scope="module")
def told(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a script that calls everything was answered."""
    home = tmp_path_factory.mktemp("home")
    path = str(HERE / "fal_package.py")
    said = call(path, "two-steps", env=environment, cwd=home, seconds=300)
    return json.loads(said.splitlines()[-1])


def test_it_publishes_a_workflow_it_has_built(told: dict[str, Any], site: Site) -> None:
    assert told["name"] == "admin/two-steps"
    contents = get(site, "/v1/workflows/admin/two-steps")["workflow"]["contents"]
    assert contents["version"] == "0.1"
    assert contents["output"]["text"].endswith(".text")


def test_it_runs_what_it_has_published(told: dict[str, Any]) -> None:
    assert told["run"] == OUTPUT


def test_it_streams_the_steps(told: dict[str, Any]) -> None:
    kinds = [event["type"] for event in told["stream"]]
    assert kinds == ["submit", "completion", "submit", "completion", "output"]
    assert told["stream"][-1]["output"] == OUTPUT


def test_it_speaks_http_by_websocket(told: dict[str, Any]) -> None:
    assert told["ws"] == [OUTPUT]
    events = [json.loads(piece.removeprefix("data: ")) for piece in told["ws stream"]]
    assert events[-1]["output"] == OUTPUT


def test_it_speaks_realtime(told: dict[str, Any]) -> None:
    assert told["realtime"] == OUTPUT


def test_it_tells_what_is_wrong_with_an_input(told: dict[str, Any]) -> None:
    assert "422" in told["failure"]


@pytest.mark.parametrize("slug", ["two-steps", "texts"])
def test_its_own_executor_runs_what_we_export(
    told: dict[str, Any], environment: dict[str, str], site: Site, tmp_path: Path, slug: str
) -> None:
    exported = get(site, f"/api/workflows/{slug}/export?format=fal")
    file = tmp_path / "exported.json"
    # The executor reads what is inside of the file that fal's builder writes.
    file.write_text(json.dumps(exported["contents"]), encoding="utf-8")
    env = {**environment, "FAL_DONT_OPEN_LINKS": "1"}
    said = call("-m", "fal.workflows", str(file), "prompt=a", env=env, cwd=tmp_path)
    assert "Execution complete!" in said
    assert "a & more" in said


def get(site: Site, path: str) -> Any:
    """Read JSON by the key."""
    headers = {"Authorization": f"Key {site.key}"}
    request = urllib.request.Request(f"{site.url}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)
