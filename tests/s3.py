"""An S3 service of the tests: moto's server, which checks signatures, behind a line to be cut."""

from __future__ import annotations

import os
import re
import select
import socket
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.clients.outside import tool
from tests.ports import free_port
from tests.waiting import wait_until

_BUCKET = "files"
_POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
#: Calls that need no signature: those that make the account and the bucket.
_UNSIGNED = "4"


class S3:
    """A running service with one bucket, and an account that may use it."""

    def __init__(self, url: str, keys: tuple[str, str], line: Line) -> None:
        self.url = url
        self.key_id, self.secret = keys
        self.line = line

    def environment(self, prefix: str = "") -> dict[str, str]:
        """Return the settings of a site; its files are below a prefix, by default a new one."""
        return {
            "MEDIA_URL": f"s3://{_BUCKET}/{prefix or uuid.uuid4().hex}",
            "AWS_ENDPOINT_URL": self.line.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }


class Line:
    """A TCP line to the service; while it is cut, connections are refused and open ones end."""

    def __init__(self, behind: int) -> None:
        self._behind = behind
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.bytes_up = 0
        self._limit: int | None = None
        self._then: Callable[[], object] = self.cut
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.mend()

    def mend(self) -> None:
        """Take connections."""
        listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def after(self, size: int, then: Callable[[], object] | None = None) -> None:
        """Do something, else cut the line, once so many more bytes have gone to the service."""
        self._then = then or self.cut
        self._limit = self.bytes_up + size

    def cut(self) -> None:
        """Refuse connections, and end those that are open."""
        if self._listener is not None:
            # Wakes the thread that accepts, which close alone does not.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._behind)) as server:
            with self._lock:
                self._open |= {client, server}
            try:
                while self._pass(client, server):
                    pass
            except OSError:
                pass
            finally:
                with self._lock:
                    self._open -= {client, server}

    def _pass(self, client: socket.socket, server: socket.socket) -> bool:
        for end in select.select([client, server], [], [])[0]:
            piece = end.recv(65536)
            if not piece:
                return False
            if end is client:
                self.bytes_up += len(piece)
                if self._limit is not None and self.bytes_up >= self._limit:
                    self._limit = None
                    self._then()
                    return False
            (server if end is client else client).sendall(piece)
        return True


@contextmanager
def service(folder: Path) -> Iterator[S3]:
    """Run the service."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {"PATH": os.environ["PATH"], "INITIAL_NO_AUTH_ACTION_COUNT": _UNSIGNED}
    with (folder / "s3.log").open("wb") as log:
        process = subprocess.Popen(
            [tool("moto_server"), "-H", "127.0.0.1", "-p", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    line = Line(port)
    try:
        wait_until(lambda: _listens(port) or process.poll() is not None, 120)
        assert process.poll() is None, (folder / "s3.log").read_text()
        yield S3(url, _account(url), line)
    finally:
        line.cut()
        process.kill()
        process.wait(10)


def _account(url: str) -> tuple[str, str]:
    _iam(url, Action="CreateUser", UserName="site")
    _iam(url, Action="PutUserPolicy", UserName="site", PolicyName="s3", PolicyDocument=_POLICY)
    made = _iam(url, Action="CreateAccessKey", UserName="site")
    httpx.put(f"{url}/{_BUCKET}").raise_for_status()
    found = [
        re.search(f"<{name}>(.+?)</{name}>", made) for name in ("AccessKeyId", "SecretAccessKey")
    ]
    return found[0].group(1), found[1].group(1)


def _iam(url: str, **call: str) -> str:
    scope = "Credential=x/20260101/us-east-1/iam/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x"}
    done = httpx.post(url, data={"Version": "2010-05-08", **call}, headers=headers, timeout=60)
    done.raise_for_status()
    return done.text


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
