"""A PostgreSQL server of a test's own, which the test may stop and start."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.machine import postgres_bin
from tests.with_postgres import _account, cluster


class Server:
    """A PostgreSQL server of the test's own that it may stop and start."""

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as session:
            (self.data,) = session.execute("SHOW data_directory").fetchone()
        options = Path(self.data, "postmaster.opts").read_text(encoding="utf-8")
        self.options = options.split(maxsplit=1)[1].strip()

    def control(self, *arguments: str) -> None:
        account = _account()
        command = [postgres_bin() / "pg_ctl", "-D", self.data, "-w", *arguments]
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=Path(self.data).parent,
            user=account or None,
        )

    def stop(self) -> None:
        self.control("stop", "-m", "immediate")

    def start(self) -> None:
        log = str(Path(self.data).parent / "log2")
        self.control("start", "-l", log, "-o", self.options)


@pytest.fixture
def database() -> Iterator[Server]:
    with cluster(postgres_bin(), fsync=True) as url:
        server = Server(url)
        yield server
        server.control("stop", "-m", "immediate")
