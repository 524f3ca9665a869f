"""Hostile files sent to a real server: it opens none itself, and goes on as if nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import hostile
from tests.processes import media_processes
from tests.server.test_memory import Watched, server

__all__ = ["server"]
pytestmark = pytest.mark.slow

#: Libraries that open images, videos and sounds.
DECODERS = ("_imaging", "libav", "libwebp", "libjpeg", "libavif")
MOST_MORE = 60 * 1024 * 1024  # bytes


@pytest.mark.parametrize("each", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_uploads_and_thumbnails_of_hostile_files_do_the_server_no_harm(
    server: Watched, each: int
) -> None:
    process = server.site.process
    assert process is not None
    seen: dict[int, int] = {}
    for number, (ending, body) in enumerate(hostile.corpus(each=each)):
        answer = server.upload(body, f"{number}.{ending}")
        seen[answer.status] = seen.get(answer.status, 0) + 1
        assert answer.status in (200, 201, 422), (ending, answer.body[:300])
        if answer.status != 422:
            file = answer.json()["url"]
            shown = server.site.ask(
                "GET", f"{file}?w=320", None, Authorization=f"Bearer {server.key}"
            )
            assert shown.status in (200, 404, 422), (ending, shown.body[:300])
    print(seen)
    assert process.poll() is None
    assert server.site.ask("GET", "/healthz").status == 200
    assert server.memory - server.idle < MOST_MORE
    maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
    assert [name for name in DECODERS if name in maps] == []
    assert len(media_processes(process.pid)) <= 2, "pages have two processes"
