"""`manage.py serve`, as a process of its own: its start, its refusals, its stop."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.logging_in import form_of
from tests.ports import free_port
from tests.server.conftest import Answer
from tests.server.process import ROOT
from tests.started import copy_started
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

#: A start migrates an empty database, on a machine that may be busy.
START_SECONDS = 180


class Site:
    """One `serve` process over a folder; a second one may be started over the same."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = settings
        self.port = free_port()
        self.command = ["serve"]
        #: How long a response may take.
        self.seconds = 20
        self.log = folder.parent / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        place = {"DATA_DIR": str(self.folder), "PORT": str(self.port)}
        return {**kept, **place, **self.settings, **changes}

    def start(self, *, first: bool = False, **changes: str) -> None:
        """Start it; over a folder that has been started before, unless this is to be the first."""
        environment = self.environment(**changes)
        if not (first or self.folder.exists() or {"DATABASE_URL", "MEDIA_ROOT"} & {*environment}):
            copy_started(self.folder)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", *self.command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: self.healthy() or self.process.poll() is not None, START_SECONDS)
        assert self.process.poll() is None, self.output()

    def refuse(self, *arguments: str, **changes: str) -> str:
        """Start another one that must refuse, and return what it says."""
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", *arguments],
            cwd=ROOT,
            capture_output=True,
            env=self.environment(**changes),
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    def healthy(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        try:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            got = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, got, response.read())
        finally:
            connection.close()

    def cookie(self) -> str:
        """Log in by the link of the start and return the session cookie."""
        path = re.search(r"http://127\.0\.0\.1:\d+(/login/\S+)", self.output()).group(1)
        opened = self.log_in(path)
        assert (opened.status, opened.headers["location"]) == (302, "/")
        return re.search(r"sessionid=\w+", opened.headers["set-cookie"]).group(0)

    def log_in(self, path: str, **headers: str) -> Answer:
        """Open a one-time link and press its button; returns what the press answers."""
        page = self.ask("GET", path, **headers)
        cookie = re.search(r"csrftoken=\w+", page.headers["set-cookie"]).group(0)
        form = form_of(page.body.decode()).decode()
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, form, Cookie=cookie, Content_Type=kind, **headers)

    def token(self) -> str:
        names = "workflow:read,workflow:write,workflow:run"
        command = ["manage.py", "create_token", "--user", "ci", "--capabilities", names]
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Send SIGTERM; fails when the process is still there after ten seconds."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=10)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_a_first_start_serves_and_its_link_opens_the_library(site: Site) -> None:
    site.start(first=True)
    output = site.output()
    assert f"Patchbay is running at http://127.0.0.1:{site.port}\n" in output
    path = re.search(r"(/login/\S+)", output).group(1)
    cookie = site.cookie()
    page = site.ask("GET", "/", Cookie=cookie)
    assert page.status == 200
    assert "server" not in page.headers
    rows = site.ask("GET", "/api/workflows", Cookie=cookie).json()
    assert {row["slug"] for row in rows} >= {"sticker", "poster", "social-kit"}
    assert site.ask("GET", path).status == 404
    secrets = [site.folder / "secret_key", site.folder / "encryption_key"]
    assert all(secret.stat().st_mode & 0o077 == 0 for secret in secrets)


def test_a_workflow_runs_by_token_over_the_network_and_streams_resume(site: Site) -> None:
    site.start()
    key = {"x_api_key": site.token(), "Content_Type": "application/json"}
    body = json.dumps(
        {
            "name": "Art",
            "nodes": [{"id": "g", "type": "gradient", "position": {"x": 0, "y": 0}, "data": {}}],
        }
    )
    assert site.ask("POST", "/api/workflows", body, **key).status == 201
    waited = site.ask("POST", "/api/workflows/art/run", '{"inputs":{}}', **key)
    result = waited.json()
    assert waited.status == 200
    assert result["result"]["images"][0]["url"].startswith(f"http://127.0.0.1:{site.port}/media/")
    started = site.ask("POST", "/api/workflows/art/run?async=true", '{"inputs":{}}', **key)
    assert started.status == 202
    path = started.json()["pollUrl"]
    stream = site.ask("GET", f"{path}/events", **key).body.decode()
    assert "event: output\n" in stream
    resumed = site.ask("GET", f"{path}/events", Last_Event_ID="2", **key).body.decode()
    assert "id: 3\n" in resumed
    assert "id: 2\n" not in resumed
    assert site.ask("GET", path, **key).json()["status"] == "completed"


def test_djangos_own_command_serves_with_the_engine_too(site: Site) -> None:
    site.command = ["runserver", "--noreload", str(site.port)]
    site.start()
    health = site.ask("GET", "/healthz")
    assert (health.status, health.json()) == (200, {"status": "ok"})
    assert str(site.folder) in site.refuse(PORT=str(free_port()))


def test_a_second_start_on_the_same_folder_refuses_with_a_sentence(site: Site) -> None:
    site.start()
    said = site.refuse(PORT=str(free_port()))
    assert "already running" in said
    assert str(site.folder) in said
    assert str(site.process.pid) in said
    assert "\n" not in said
    assert site.healthy()


def test_one_database_file_under_two_folders_has_one_engine(site: Site, tmp_path: Path) -> None:
    site.start()
    other = Site(tmp_path / "other")
    other.folder.mkdir()
    (other.folder / "patchbay.sqlite3").symlink_to(site.folder / "patchbay.sqlite3")
    said = other.refuse()
    assert "already runs on this database" in said
    assert str(site.process.pid) in said


@pytest.mark.parametrize("broken", ["folder", "lock"])
def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(site: Site, broken: str) -> None:
    if broken == "folder":
        site.folder.write_text("a file where the folder should be", encoding="ascii")
    else:
        (site.folder / "serve.lock").mkdir(parents=True)
    said = site.refuse()
    assert str(site.folder) in said
    assert "DATA_DIR" in said
    assert "\n" not in said


def test_a_first_start_and_a_first_token_at_once_both_succeed(site: Site) -> None:
    with ThreadPoolExecutor() as pool:
        tokens = [pool.submit(site.token) for _ in range(2)]
        site.start(first=True)
        keys = {token.result() for token in tokens}
    assert len(keys) == 2
    for key in keys:
        assert site.ask("GET", "/api/workflows", x_api_key=key).status == 200


def test_an_older_version_refuses_the_database_of_a_newer_one(site: Site) -> None:
    copy_started(site.folder)
    with sqlite3.connect(site.folder / "patchbay.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('workflows', '9999_later', '2026-01-01')"
        )
    database.close()
    said = site.refuse()
    assert "newer Patchbay" in said
    assert "9999_later" in said
    assert "\n" not in said


def test_a_taken_port_is_told_in_a_sentence(site: Site) -> None:
    copy_started(site.folder)
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        said = site.refuse()
    assert str(site.port) in said
    assert "PORT" in said
    assert "\n" not in said


def test_debug_on_an_open_host_and_a_wildcard_host_are_refused(site: Site) -> None:
    assert "DEBUG" in site.refuse("--host", "0.0.0.0", DEBUG="true")
    assert "ALLOWED_HOSTS" in site.refuse("--host", "0.0.0.0", ALLOWED_HOSTS="*")
    assert "PORT" in site.refuse(PORT="many")


def test_it_listens_on_loopback_only(site: Site) -> None:
    site.start()
    ports = Path(f"/proc/{site.process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    listening = [line.split()[1] for line in ports if line.split()[3] == "0A"]
    ours = [one for one in listening if one.endswith(f":{site.port:04X}")]
    assert ours == [f"0100007F:{site.port:04X}"]


def test_behind_a_proxy_with_tls_the_public_url_may_send_forms_and_cookies_are_secure(
    site: Site,
) -> None:
    site.start(PUBLIC_URL="https://patchbay.example", ALLOWED_HOSTS="patchbay.example,127.0.0.1")
    path = re.search(r"(/login/\S+)", site.output()).group(1)
    through = {"Host": "patchbay.example"}
    opened = site.log_in(path, **through)
    assert "; Secure" in opened.headers["set-cookie"]
    session = re.search(r"sessionid=\w+", opened.headers["set-cookie"]).group(0)
    page = site.ask("GET", "/", Cookie=session, **through)
    token = re.search(r"csrftoken=(\w+)", page.headers["set-cookie"]).group(1)
    signed = {
        "Cookie": f"{session}; csrftoken={token}",
        "X_CSRFToken": token,
        "Content_Type": "application/json",
        **through,
    }
    for origin, status in (("https://patchbay.example", 201), ("https://evil.example", 403)):
        answer = site.ask("POST", "/api/workflows", '{"name":"P"}', Origin=origin, **signed)
        assert answer.status == status, answer.body


def test_it_stops_while_streams_and_sockets_are_open_and_goes_on_at_the_next_start(
    site: Site,
) -> None:
    site.start(ENGINE="none")  # so that the run waits and its streams stay open
    cookie, key = site.cookie(), {"x_api_key": site.token(), "Content_Type": "application/json"}
    node = {"id": "a", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {"text": "x"}}
    site.ask("POST", "/api/workflows", json.dumps({"name": "S", "nodes": [node]}), **key)
    run = site.ask("POST", "/api/workflows/s/run?async=true", '{"inputs":{}}', **key).json()
    path = f"/api/executions/{run['executionId']}"
    opened = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(10)]
    for stream in opened[5:]:
        stream.sendall(
            f"GET {path}/events HTTP/1.1\r\nHost: localhost\r\n"
            f"x-api-key: {key['x_api_key']}\r\n\r\n".encode()
        )
        assert stream.recv(1000).startswith(b"HTTP/1.1 200")
    host = f"127.0.0.1:{site.port}"
    with connect(
        f"ws://{host}/ws/canvas",
        origin=Origin(f"http://{host}"),
        additional_headers={"Cookie": cookie},
    ):
        assert site.stop() == 0
    assert "Traceback" not in site.output()
    for connection in opened:
        connection.close()
    site.start()
    assert b"event: output" in site.ask("GET", f"{path}/events", **key).body


def test_the_lock_goes_with_a_process_that_is_killed(site: Site) -> None:
    site.start()
    site.process.kill()
    site.process.wait()
    site.start()
    assert site.healthy()


def test_a_start_loads_nothing_that_nobody_uses(site: Site) -> None:
    site.start(PYTHONPROFILEIMPORTTIME="1")
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", site.output(), re.MULTILINE))
    assert {"django.db.models.query", "twisted.web.http", "rest_framework.views"} <= loaded
    unused = {"psycopg.connection", "requests.sessions", "yaml.loader", "pygments.lexer"}
    media = {"numpy", "cv2", "PIL.Image", "av", "fal_client"}
    assert not loaded & (unused | media | {"OpenSSL._util", "click.core"})
