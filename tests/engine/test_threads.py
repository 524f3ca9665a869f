"""The engine's threads: blocking work beside the loop, and what becomes of it when nobody waits."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import BinaryIO

import pytest

from workflows.engine.limits import Threads


def test_a_file_that_is_opened_too_late_is_closed(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"x")
    opened: list[BinaryIO] = []
    began, go = threading.Event(), threading.Event()

    def opener() -> BinaryIO:
        began.set()
        go.wait(30)
        opened.append(place.open("rb"))
        return opened[0]

    async def story() -> None:
        threads = Threads(1)
        task = asyncio.create_task(threads.open(opener))
        await asyncio.to_thread(began.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go.set()
        # One thread: what comes behind it is done when the file is open.
        await threads.run(int)
        threads.close()

    asyncio.run(story())
    assert opened[0].closed
