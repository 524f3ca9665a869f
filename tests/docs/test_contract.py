"""Schemathesis holds a live server to its description, as each kind of caller.

Every operation, with values the description allows and values it does not: no response may be a
server error, have a status or a shape that is not described, or another content type. How many are
tried is a number, not a time, so a slow machine tries as much as a fast one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.client import ECHO
from tests.browser.server import Server, temporary_folder
from tests.logging_in import log_in
from workflows.api.openapi import FILE
from workflows.types import Json

pytestmark = pytest.mark.slow

#: Each field's borders and what lies beyond them: some fifty cases an operation.
BORDERS = ("--phases", "examples,coverage")
#: Two cases an operation, made by chance; `make soak` tries fifty.
CHANCE = ("--phases", "fuzzing", "--max-examples", "2")
EVERYTHING = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "50")
CALLERS = {"anonymous": CHANCE, "read key": CHANCE, "write key": BORDERS, "session": CHANCE}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
#: A password that is set by chance would end the session the others work with.
LEFT_OUT = ("/api/account/password",)


@dataclass
class Live:
    """A server, and the headers of each kind of caller."""

    server: Server
    headers: dict[str, dict[str, str]]


def _session(server: Server) -> dict[str, str]:
    cookies = log_in(server.login_link)
    text = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": text, "X-CSRFToken": cookies["csrftoken"]}


def _post(server: Server, headers: dict[str, str], path: str, body: Json) -> Json:
    request = urllib.request.Request(
        server.url + path,
        data=json.dumps(body).encode(),
        headers={**headers, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """A server with a few things whose names chance will hit."""
    with temporary_folder() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            session = _session(server)
            for name in ("0", "00", "a"):
                flags = {"publicPlayground": True, "publicRun": True}
                _post(server, session, "/api/workflows", {"name": name, **ECHO, **flags})
                _post(server, session, "/api/folders", {"name": name})
            keys = {
                name: _post(
                    server, session, "/api/api-keys", {"name": name, "capabilities": capabilities}
                )["key"]
                for name, capabilities in {
                    "read": ["workflow:read", "execution:read"],
                    "write": ["workflow:*", "execution:*", "model:run"],
                }.items()
            }
            yield Live(
                server,
                {
                    "anonymous": {},
                    "read key": {"x-api-key": keys["read"]},
                    "write key": {"x-api-key": keys["write"]},
                    "session": session,
                },
            )
        finally:
            server.stop()


# The session comes last: by chance it deletes the keys of the others.
@pytest.mark.parametrize(
    ("caller", "cases"),
    [
        *(pytest.param(caller, cases, id=caller) for caller, cases in CALLERS.items()),
        *(
            pytest.param(caller, EVERYTHING, id=f"{caller}, everything", marks=pytest.mark.soak)
            for caller in CALLERS
        ),
    ],
)
def test_no_answer_is_undescribed_or_a_server_error(
    live: Live, caller: str, cases: tuple[str, ...]
) -> None:
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        str(FILE),
        "--url",
        live.server.url,
        *cases,
        "--checks",
        ",".join(CHECKS),
        "--no-color",
        "--generation-database",
        "none",
        "--no-shrink",
        "--suppress-health-check",
        "all",
        "--seed",
        "20261122",
        "--warnings",
        "off",
    ]
    for name, value in live.headers[caller].items():
        command += ["-H", f"{name}:{value}"]
    for path in LEFT_OUT:
        command += ["--exclude-path", path]
    # It keeps notes of its own in the folder it runs in.
    folder = live.server.folder
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    selected = re.search(r"Selected: (\d+)/(\d+)", done.stdout)
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert selected and tried, done.stdout[-2000:]
    assert int(selected[2]) - int(selected[1]) == len(LEFT_OUT)
    assert int(tried[1]) == int(tried[2]) >= 2 * int(selected[1])
    assert "Traceback" not in live.server.output()
