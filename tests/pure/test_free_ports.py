"""Ports of test servers are taken by nothing else before the server starts."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.ports import free_port


def test_a_port_is_never_given_twice_and_never_to_an_outgoing_connection() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    outgoing = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(outgoing.read_text().split()[0]) if outgoing.exists() else 49_152
    assert max(ports) < first
    with socket.socket() as server:
        server.bind(("127.0.0.1", ports[0]))
