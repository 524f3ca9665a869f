"""fal-client in a script of its own, unmodified: its environment alone says where fal is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.clients.conftest import HERE, Site
from tests.clients.names import NameProxy

OUTPUT = {"text": "Grüße 🦊 & more|ünï"}
KINDS = ["submit", "completion", "submit", "completion", "output"]
LARGE = "0123456789" * 3
#: What the two variables for run and queue reach.
REACHED: dict[str, Any] = {
    "run": OUTPUT,
    "submit": {"last": "Completed", "output": OUTPUT},
    "by_id": {"status": "Completed", "output": OUTPUT},
    "cancel": [499, "client_cancelled"],
    "subscribe": OUTPUT,
    "stream": KINDS,
    "execute": {"text": "a!"},
    "realtime_by_key": [OUTPUT, OUTPUT],
    "asynchronous": {"run": OUTPUT, "submit": OUTPUT, "subscribe": OUTPUT, "stream": KINDS},
}
#: What needs fal's other hosts as well.
EVERYTHING: dict[str, Any] = REACHED | {
    "realtime": [OUTPUT, OUTPUT],
    "realtime_error": "bad_request",
    "ws_connect": OUTPUT,
    "upload": "hello",
    "upload_fallback": "hello",
    "upload_parts": LARGE,
    "upload_file": "abcdefghij" * 3,
    "asynchronous_uploads": ["hello", LARGE, OUTPUT],
}


def script(methods: list[str], **env: str) -> dict[str, Any]:
    """Run the methods in one script and return what each has answered."""
    done = subprocess.run(
        [sys.executable, "client.py", *methods],
        cwd=HERE,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def by_variables(site: Site) -> dict[str, Any]:
    """The two hosts, each with its port and path, and the authority (docs/fal.md)."""
    return script(
        list(REACHED),
        FAL_KEY=site.key,
        FAL_RUN_HOST=f"{site.place}/fal/run",
        FAL_QUEUE_RUN_HOST=f"{site.place}/fal/queue",
        SSL_CERT_FILE=str(site.tls / "bundle.pem"),
    )


@pytest.fixture(scope="module")
def by_names(site: Site) -> tuple[dict[str, Any], set[str]]:
    """Nothing but the authority: fal's own names lead here. With the names that were asked for."""
    with NameProxy(site.tls_port) as proxy:
        found = script(
            list(EVERYTHING),
            FAL_KEY=site.key,
            HTTPS_PROXY=proxy.url,
            SSL_CERT_FILE=str(site.tls / "bundle.pem"),
        )
    return found, proxy.asked


@pytest.mark.parametrize("method", REACHED)
def test_two_variables_reach(by_variables: dict[str, Any], method: str) -> None:
    check(method, by_variables[method])


@pytest.mark.parametrize("method", EVERYTHING)
def test_fals_own_names_reach(by_names: tuple[dict[str, Any], set[str]], method: str) -> None:
    check(method, by_names[0][method])


def test_the_names_are_those_that_must_lead_here(by_names: tuple[dict[str, Any], set[str]]) -> None:
    hosts = ("fal.run", "queue.fal.run", "rest.fal.ai", "v3.fal.media")
    assert by_names[1] == {f"{host}:443" for host in hosts}


def check(method: str, answer: Any) -> None:
    if method == "by_id":
        assert "second: done" in answer.pop("logs")
    assert answer == EVERYTHING[method]
