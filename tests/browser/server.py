"""A Patchbay of its own for the browser tests: the real command and a temporary folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.ports import free_port
from tests.started import copy_started

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_LINK = re.compile(r"(http://\S+/login/\S+)")


class Server:
    """`manage.py serve` as a process that can be stopped, killed and started again."""

    def __init__(
        self,
        folder: Path,
        *,
        fetch_allow: str = "",
        prices: str = "",
        tls: bool = False,
        fal_origin: str = "",
        model_origins: str = "",
    ) -> None:
        self.port = free_port()
        self.tls_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._settings = {
            "FETCH_ALLOW": fetch_allow,
            "CREDIT_PRICES": prices,
            "FAL_ORIGIN": fal_origin,
            "MODEL_ORIGINS": model_origins,
        }
        if tls:
            self._settings |= {"TLS": "1", "TLS_PORT": str(self.tls_port)}
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "serve.log"

    def set(self, **settings: str) -> None:
        """Change settings, which hold from the next start on."""
        self._settings |= settings

    @property
    def login_link(self) -> str:
        """The one-time link that the first start printed."""
        found = _LINK.search(self.output())
        if found is None:
            raise AssertionError(f"No login link in what the server said:\n{self.output()}")
        return found.group(1)

    def output(self) -> str:
        """Return what the server has printed so far, over all its starts."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start it and return when it answers; does nothing while it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        inherited = {
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "DEBUG", "ALLOWED_HOSTS")
        }
        if not (self.folder / "data").exists() and "MEDIA_ROOT" not in inherited:
            copy_started(self.folder / "data")
        environment = {
            **inherited,
            "DATA_DIR": str(self.folder / "data"),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            **self._settings,
            "PYTHONUNBUFFERED": "1",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def kill(self) -> None:
        """End it as a power failure would (SIGKILL)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS)

    def await_death(self) -> None:
        """Return once it has ended by itself, as it does at a failpoint."""
        if self._process is not None:
            self._process.wait(START_SECONDS)

    def stop(self) -> None:
        """Ask it to stop, as Ctrl-C does, and wait until it has."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _wait(self) -> None:
        assert self._process is not None
        pause = threading.Event()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pause.wait(0.05)
        raise AssertionError(f"The server did not start:\n{self.output()[-4000:]}")


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for a server's data, in memory where the machine can."""
    shm = Path("/dev/shm")
    parent = str(shm) if shm.is_dir() and os.access(shm, os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="patchbay-browser-", dir=parent)
