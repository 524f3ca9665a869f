"""TCP ports for servers of tests, which nothing takes between the choice and the start.

A port that the kernel hands out on request is one of those that it also gives to outgoing
connections, of which the tests make thousands; one of these may get it first.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

#: Below the ports of outgoing connections: Linux begins at 32,768, others at 49,152.
_RANGE = range(12_000, 32_000)
#: The locks that this process holds until it ends, so that no other one chooses the same port.
_held: list[object] = []


def free_port() -> int:
    """Return a TCP port on which nothing listens, and which no other test is given meanwhile."""
    locks = Path(tempfile.gettempdir()) / f"patchbay-test-ports-{os.getuid()}"
    locks.mkdir(exist_ok=True)
    while True:
        port = random.SystemRandom().choice(_RANGE)
        lock = (locks / str(port)).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        _held.append(lock)
        return port
