"""A thousand creates of one name at one moment: each gets a slug of its own, nobody an error."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter

import pytest

from tests.server.test_serve import Site, site  # noqa: F401

pytestmark = pytest.mark.slow

COUNT = 1_000


async def _create(port: int, key: str, body: bytes) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST /api/workflows HTTP/1.1\r\nHost: localhost\r\nx-api-key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    status = int(top.split()[1])
    return status, json.loads(rest)["slug"] if status == 201 else rest.decode()[:200]


def test_a_thousand_creates_of_one_name_at_once_get_a_thousand_slugs(
    site: Site,  # noqa: F811
) -> None:
    site.start(RATES="enterprise=1000000")
    key, body = site.token(), json.dumps({"name": "Same"}).encode()

    async def burst() -> list[tuple[int, str]]:
        return await asyncio.gather(*(_create(site.port, key, body) for _ in range(COUNT)))

    began = time.monotonic()
    answers = asyncio.run(burst())
    print(f"{COUNT} creates in {time.monotonic() - began:.1f} s")
    assert Counter(status for status, _ in answers) == {201: COUNT}, answers[-3:]
    assert {slug for _, slug in answers} == {"same", *(f"same-{at}" for at in range(2, COUNT + 1))}
