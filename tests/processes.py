"""Which media processes there are, as the system says it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from workflows.media.processes.process import MAIN


def media_processes(server: int | None = None) -> set[int]:
    """Return the pids of a server's media processes; its own for this process."""
    parent = str(server or os.getpid()).encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (folder / "cmdline").read_bytes().split(b"\0")
            if MAIN.encode() in line and parent in line:
                found.add(int(folder.name))
    return found
