"""Runs a command beside a PostgreSQL server of its own: `with_postgres.py pytest ...`.

The cluster lives in a temporary folder, listens on a loopback port that was free, and is gone
afterwards. PostgreSQL refuses to run as root, so root hands it to another account.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.machine import must_have_everything, postgres_bin
from tests.ports import free_port

START_SECONDS = 60.0


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise SystemExit("No account to run PostgreSQL under; create one named postgres.")


@contextmanager
def cluster(binaries: Path, *, fsync: bool = False) -> Iterator[str]:
    """Yield the URL (`postgres://…`) of a fresh server; `fsync` only to test durability."""
    account = _account()
    shm = Path("/dev/shm")
    parent = str(shm) if shm.is_dir() and os.access(shm, os.W_OK) and not fsync else None
    folder = Path(tempfile.mkdtemp(prefix="patchbay-pg-", dir=parent))
    if account:
        shutil.chown(folder, account)
    port = free_port()
    user: dict[str, object] = {"user": account} if account else {}
    data = folder / "data"
    log = (folder / "log").open("wb")
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "patchbay", "-A", "trust", "-N", "-E", "UTF8"],
            check=True,
            stdout=log,
            stderr=log,
            cwd=folder,
            **user,  # type: ignore[call-overload]
        )
        options = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "on" if fsync else "off",
            "max_connections": 200,
            "shared_buffers": "64MB",
        }
        flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *flags],
            stdout=log,
            stderr=log,
            cwd=folder,
            **user,  # type: ignore[call-overload]
        )
        try:
            _wait(
                server, [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], folder
            )
            create: list[str | Path] = [
                binaries / "createdb",
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                "patchbay",
            ]
            subprocess.run([*create, "patchbay"], check=True, cwd=folder)
            yield f"postgres://patchbay@127.0.0.1:{port}/patchbay"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], ready: list[Path | str], folder: Path) -> None:
    """Return when the server takes work; it listens already while it is still starting."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if subprocess.run(ready, cwd=folder).returncode == 0:
            return
        time.sleep(0.05)
    tail = (folder / "log").read_text(errors="replace")[-2000:]
    raise SystemExit(f"PostgreSQL did not start:\n{tail}")


def main(command: list[str]) -> int:
    """Run the command with DATABASE_URL set; return its exit status."""
    binaries = postgres_bin()
    if binaries is None:
        print("PostgreSQL was not found, its tests were left out: apt-get install postgresql")
        return 1 if must_have_everything() else 0
    with cluster(binaries) as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
