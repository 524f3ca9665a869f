"""Measures many editors of one workflow: `python bench/editors.py [--editors 50] [--seconds 20]`.

Each editor sends two edits a second of a document of 100 nodes to a real server on this machine,
made on the newest version that it knows; `--sockets 50` has as many sockets follow. Prints
acknowledged and refused edits a second, how long an edit took, and what the server spent on each:
CPU does not depend on what else the machine does. `--code DIR` measures another checkout.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if "--code" in sys.argv:
    ROOT = Path(sys.argv[sys.argv.index("--code") + 1]).resolve()
    os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

NODES = 100
EACH_SECONDS = 0.5


def cpu_seconds(pid: int) -> float:
    """Return what a process has spent so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Sockets(threading.Thread):
    """Sockets that follow the workflow and keep nothing of what they hear but its size."""

    def __init__(self, watcher: Any, slug: str, count: int) -> None:
        super().__init__(daemon=True)
        self.watcher, self.slug, self.count = watcher, slug, count
        self.frames = self.characters = 0
        self.ready = threading.Event()

    def run(self) -> None:
        """Follow until the process ends."""
        asyncio.run(self._all())

    async def _all(self) -> None:
        opened = [await self.watcher.socket() for _ in range(self.count)]
        for one in opened:
            await one.send(json.dumps({"edit": self.slug, "after": 1}))
        self.ready.set()
        await asyncio.gather(*map(self._follow, opened), return_exceptions=True)

    async def _follow(self, opened: Any) -> None:
        async for text in opened:
            self.frames += 1
            self.characters += len(text)


def main() -> None:
    """Measure and print."""
    from tests.server.editors import Editor
    from tests.server.test_serve import Site
    from tests.server.watchers import watcher_of

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--sockets", type=int, default=0)
    parser.add_argument("--nodes", type=int, default=NODES)
    parser.add_argument("--code", help="the checkout to measure")
    asked = parser.parse_args()
    times: list[float] = []

    class Timed(Editor):
        """An editor that notes how long its edits take, and keeps its pace."""

        def edit(self) -> None:
            began = time.perf_counter()
            super().edit()
            took = time.perf_counter() - began
            times.append(took)
            self.pause = max(EACH_SECONDS - took, 0)

    with tempfile.TemporaryDirectory(prefix="patchbay-bench-") as folder:
        site = Site(Path(folder) / "data", RATES="free=1000000")
        site.start(first=True)
        watcher = watcher_of(site)
        token = watcher.key
        headers = {"x_api_key": token, "Content_Type": "application/json"}
        nodes = [
            {"id": f"a{at}", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {}}
            for at in range(asked.nodes)
        ]
        site.ask("POST", "/api/workflows", json.dumps({"name": "W", "nodes": nodes}), **headers)
        editors = [Timed(site.port, token, "w", at, EACH_SECONDS) for at in range(asked.editors)]
        sockets = Sockets(watcher, "w", asked.sockets)
        sockets.start()
        sockets.ready.wait(60)
        assert site.process is not None
        before = cpu_seconds(site.process.pid)
        for editor in editors:
            editor.start()
        time.sleep(asked.seconds)
        spent = cpu_seconds(site.process.pid) - before
        for editor in editors:
            editor.over.set()
        done = sum(len(editor.acknowledged) for editor in editors)
        refused = sum(editor.conflicts for editor in editors)
        for editor in editors:
            editor.join(60)
            editor.close()
        site.stop()
    times.sort()
    print(
        f"{asked.editors} editors, {asked.seconds:g} s: {done / asked.seconds:.0f} acknowledged "
        f"and {refused / asked.seconds:.1f} refused edits a second; an edit took "
        f"{statistics.median(times) * 1000:.0f} ms, 95 % at most "
        f"{times[int(len(times) * 0.95)] * 1000:.0f} ms; {spent / done * 1000:.1f} ms of the "
        f"server's CPU an edit"
    )
    if asked.sockets:
        each = sockets.characters / asked.sockets / 1000
        print(f"{asked.sockets} sockets: {sockets.frames} frames, {each:.0f} kB each")


if __name__ == "__main__":
    main()
