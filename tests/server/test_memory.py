"""Hostile runs in a real server: how much memory they take, and whether it answers meanwhile."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.engine.runs import graph
from tests.processes import media_processes
from tests.server.process import ROOT
from tests.server.test_serve import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

MOST = 600 * 1024 * 1024
#: The budget of media, a fifth more, and what processes need for themselves.
MOST_OF_ALL = int(768 * 1.2 + 150) * 1024 * 1024
#: How long /healthz may be silent. Generous: other work on the machine decides too.
SILENT_SECONDS = 3.0
END_SECONDS = 240


def png(side: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Write a grey-less PNG of one color, row by row, so that the test itself stays small."""
    row, packer = b"\0" + b"\x20\x80\xc0" * side, zlib.compressobj(6)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    more = b"".join(chunk(kind, body) for kind, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


class Watched:
    """A server under load: its memory over idle, and the longest silence of /healthz."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.key = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "create_token",
                "--user",
                "admin",
                "--tier",
                "enterprise",
                "--capabilities",
                "workflow:read,workflow:write,workflow:run,execution:read",
            ],
            cwd=ROOT,
            text=True,
            env=site.environment(),
            capture_output=True,
            check=True,
        ).stdout.strip()
        self.idle = self._memory("VmRSS")
        self.idle_of_all = self._of_all()

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        text = None if body is None else json.dumps(body)
        answer = self.site.ask(
            method, path, text, Content_Type="application/json", Authorization=f"Bearer {self.key}"
        )
        assert answer.status == status, answer.body[:500]
        return answer.json()

    @property
    def memory(self) -> int:
        """Resident memory of the server now, in bytes."""
        return self._memory("VmRSS")

    def upload(self, body: bytes, name: str) -> Any:
        """Send one file and return the whole answer."""
        return self._form("/api/uploads", body, name)

    def send(self, path: str, body: bytes, name: str = "picture.png") -> dict[str, Any]:
        """Send one file as a form does, and return what is said of it."""
        answer = self._form(path, body, name)
        assert answer.status in (200, 201), answer.body[:500]
        return dict(answer.json())

    def _form(self, path: str, body: bytes, name: str) -> Any:
        head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        whole = head.encode() + body + b"\r\n--edge--\r\n"
        return self.site.ask(
            "POST",
            path,
            whole,
            Content_Type="multipart/form-data; boundary=edge",
            Authorization=f"Bearer {self.key}",
        )

    def run(self, document: dict[str, Any]) -> dict[str, Any]:
        """Run a document to its end and return the run."""
        made = self.ask("POST", "/api/workflows", {"name": "hostile", **document}, 201)
        run = f"/api/workflows/{made['slug']}/run?async=true"
        started = self.ask("POST", run, {"inputs": {}}, 202)

        def ended() -> bool:
            (row,) = self.ask("GET", f"/api/executions?workflow={made['slug']}&limit=1")
            return row["status"] in ("completed", "failed", "cancelled")

        wait_until(ended, END_SECONDS)
        return dict(self.ask("GET", f"/api/executions/{started['executionId']}"))

    def hold(self, work: Callable[[], Any]) -> Any:
        """Do something; memory and answers have to stay within bounds meanwhile."""
        Path(f"/proc/{self.site.process.pid}/clear_refs").write_text("5", encoding="ascii")
        done, gaps, most = threading.Event(), [0.0], [0]

        def poll() -> None:
            while not done.wait(0.05):
                began = time.monotonic()
                assert self.site.ask("GET", "/healthz").status == 200
                gaps.append(time.monotonic() - began)
                most[0] = max(most[0], self._of_all())

        poller = threading.Thread(target=poll)
        poller.start()
        try:
            result = work()
        finally:
            done.set()
            poller.join()
        over = self._memory("VmHWM") - self.idle
        all_over = most[0] - self.idle_of_all
        print(
            f"+{over / 2**20:.0f} MB, with media processes +{all_over / 2**20:.0f} MB, "
            f"silent for {max(gaps) * 1000:.0f} ms"
        )
        assert over <= MOST
        assert all_over <= MOST_OF_ALL
        assert max(gaps) < SILENT_SECONDS
        return result

    def _of_all(self) -> int:
        """Return the memory of the server and its media processes, what they share counted once."""
        assert self.site.process is not None
        total = 0
        for pid in {self.site.process.pid, *media_processes(self.site.process.pid)}:
            with suppress(OSError):
                text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
                found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
                total += int(found.group(1)) * 1024 if found else 0
        return total

    def _memory(self, name: str) -> int:
        text = Path(f"/proc/{self.site.process.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
        assert found is not None
        return int(found.group(1)) * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("memory")
    site = Site(folder / "data")
    site.seconds = 120
    site.start(FETCH_ALLOW=f"http://127.0.0.1:{_Echo.port()}", CPU_THREADS="2")
    yield Watched(site)
    assert site.process is not None
    site.process.terminate()
    site.process.wait(timeout=30)


class _Echo(BaseHTTPRequestHandler):
    """Says how many bytes it was sent."""

    started: ThreadingHTTPServer | None = None

    @classmethod
    def port(cls) -> int:
        if cls.started is None:
            cls.started = ThreadingHTTPServer(("127.0.0.1", 0), cls)
            threading.Thread(target=cls.started.serve_forever, daemon=True).start()
        return int(cls.started.server_address[1])

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self.rfile.read(size)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(size).encode())

    def log_message(self, *args: object) -> None:
        pass


def wrong(run: dict[str, Any]) -> dict[str, Any]:
    """Return what a failed run says; never that a node crashed."""
    assert run["status"] == "failed", run
    error = dict(run["error"])
    assert error["code"] != "NODE_CRASHED", error
    return error


@pytest.mark.parametrize("many", [4, pytest.param(16, marks=pytest.mark.soak)])
def test_nodes_on_one_picture_of_64_megapixels_stay_within_bounds(
    server: Watched, many: int
) -> None:
    picture = server.send("/api/uploads", png(8_000))
    assert picture["size"] < 250_000
    nodes: dict[str, Any] = {"p": ("upload", {"asset": picture})}
    nodes |= {f"n{at}": ("rotateImage", {"angle": (90, 180, -90)[at % 3]}) for at in range(many)}
    edges = [f"p.image > n{at}.image" for at in range(many)]
    run = server.hold(lambda: server.run(graph(nodes, *edges)))
    assert run["status"] == "completed", run["error"]


def test_a_node_that_needs_more_than_all_memory_is_refused_with_a_sentence(
    server: Watched,
) -> None:
    picture = server.send("/api/uploads", png(8_000))
    document = graph({"p": ("upload", {"asset": picture}), "b": "blurImage"}, "p.image > b.image")
    error = wrong(server.hold(lambda: server.run(document)))
    assert "MB of memory" in error["message"]
    assert error["body"]["field"] == "image"
    assert error["body"]["expected"] == "at most 768 MB"


def test_a_thumbnail_of_64_megapixels_stays_within_bounds(server: Watched) -> None:
    picture = server.send("/api/uploads", png(7_999))

    def ask(width: int) -> None:
        answer = server.site.ask(
            "GET", f"{picture['url']}?w={width}", Authorization=f"Bearer {server.key}"
        )
        assert answer.status in (200, 503), answer.body[:200]

    def all_at_once() -> None:
        threads = [threading.Thread(target=ask, args=(64 + 16 * at,)) for at in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    server.hold(all_at_once)


def test_a_template_that_would_blow_up_fails_at_once(server: Watched) -> None:
    document = graph(
        {"a": ("textBox", {"text": "x" * 1_000_000}), "t": ("template", {"text": "{a}" * 2_500})},
        "a > t.a",
    )
    error = wrong(server.hold(lambda: server.run(document)))
    assert "1,000,000" in error["message"]


def test_a_list_that_would_blow_up_fails_before_all_items_are_there(server: Watched) -> None:
    document = graph(
        {
            "a": ("textBox", {"text": "x" * 900_000}),
            "l": ("list", {"items": [f"{at}" for at in range(1_000)]}),
            "t": ("template", {"text": "{item}{a}"}),
        },
        "a > t.a",
        "l.items > t.item",
    )
    error = wrong(server.hold(lambda: server.run(document)))
    assert "too large together" in error["message"]


def test_a_request_that_would_blow_up_is_not_sent(server: Watched) -> None:
    url = f"http://127.0.0.1:{_Echo.port()}/"
    document = graph(
        {
            "a": ("textBox", {"text": "x" * 1_000_000}),
            "h": (
                "httpRequest",
                {"url": url, "method": "POST", "bodyMode": "raw", "body": "{{input}}" * 1_500},
            ),
        },
        "a > h.params",
    )
    error = wrong(server.hold(lambda: server.run(document)))
    assert "8,000,000" in error["message"]


def test_many_results_of_a_size_each_are_too_large_together(server: Watched) -> None:
    nodes: dict[str, Any] = {"a": ("textBox", {"text": "x" * 990_000})}
    nodes |= {f"n{at}": ("template", {"text": f"{at} {{a}}"}) for at in range(120)}
    document = graph(nodes, *(f"a > n{at}.a" for at in range(120)))
    error = wrong(server.hold(lambda: server.run(document)))
    assert "too large together" in error["message"]


def test_a_picture_with_1500_packed_texts_is_read_at_once(server: Watched) -> None:
    text = b"workflow\0\0" + zlib.compress(b" " * 4_900_000 + b'{"nodes":[],"links":[]}')
    body = png(8, *[(b"zTXt", text)] * 1_500)
    found = server.hold(lambda: server.send("/api/import", body))
    assert found["format"]
