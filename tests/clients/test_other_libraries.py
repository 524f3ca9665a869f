"""Libraries that bring fal as one provider of many, unmodified: they send what they always do."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.api.client import a_node, an_edge
from tests.clients.conftest import HERE, Site
from tests.clients.names import NameProxy
from tests.clients.outside import call

ALIAS = "fal-ai/flux/schnell"


@pytest.fixture(scope="module")
def painter(site: Site) -> str:
    """A workflow that declares a prompt and nothing else, and returns an image."""
    fields = [{"name": "prompt", "type": "text", "required": True}]
    nodes = [
        a_node("ask", "requestInput", fields=fields, values={}),
        a_node("ground", "gradient", width=120, height=90),
        a_node("write", "drawText"),
        a_node("end", "responseOutput"),
    ]
    edges = [
        an_edge("ask", "write", "prompt", "text"),
        an_edge("ground", "write", "image", "image"),
        an_edge("write", "end", "image", "result"),
    ]
    made = post(site, "/api/workflows", {"name": "Painter", "nodes": nodes, "edges": edges})
    post(site, "/api/aliases", {"app": ALIAS, "workflow": made["slug"]})
    return f"workflows/admin/{made['slug']}"


def post(site: Site, path: str, body: Any) -> Any:
    headers = {"x-api-key": site.key, "Content-Type": "application/json"}
    request = urllib.request.Request(site.url + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def ai_sdk(site: Site, app: str, prompt: str, key: str = "") -> Any:
    done = subprocess.run(
        ["node", "ai_sdk.mjs", app, prompt],
        cwd=HERE,
        env={**os.environ, "FAL_KEY": key or site.key, "SITE": site.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("by_alias", [False, True])
def test_the_ai_sdk_generates_images(site: Site, painter: str, by_alias: bool) -> None:
    told = ai_sdk(site, ALIAS if by_alias else painter, "a fox")
    assert [image["type"] for image in told["images"]] == ["image/png"] * len(told["images"])
    assert len(told["images"]) > 0 and all(image["bytes"] > 100 for image in told["images"])


def test_the_ai_sdk_shows_what_was_wrong(site: Site, painter: str) -> None:
    told = ai_sdk(site, "fal-ai/nothing/here", "a fox")
    assert told["status"] == 404
    assert "fal-ai/nothing/here" in told["error"]
    assert ai_sdk(site, painter, "a fox", key="pb_nonsense")["status"] == 401


@pytest.mark.parametrize("by_alias", [False, True])
def test_huggingface_hub_generates_an_image(
    site: Site, painter: str, tmp_path: Path, by_alias: bool
) -> None:
    with NameProxy(site.tls_port) as names:
        environment = {"HTTPS_PROXY": names.url, "SSL_CERT_FILE": str(site.tls / "bundle.pem")}
        app = ALIAS if by_alias else painter
        told = call(str(HERE / "hugging_face.py"), app, site.key, env=environment, cwd=tmp_path)
    assert told.strip() == "(120, 90)"
    assert names.asked >= {"fal.run:443", "v3.fal.media:443"}
