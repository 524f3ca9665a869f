"""Drives a page as a hand would and reads what it cost: events at 60 Hz, CPU time per frame.

Main-thread time is CPU time (`threadTicks`), which neighbours on a shared machine hardly move;
frame intervals are wall time and only worth comparing within one run.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.async_api import CDPSession, Page

HZ = 60
SETTLE_SECONDS = 0.4

_RECORDER = """
window.__frames = {
  start() { this.times = []; this.on = true
    const note = at => { this.times.push(at); if (this.on) requestAnimationFrame(note) }
    requestAnimationFrame(note) },
  stop() { this.on = false; return this.times },
}
"""


@dataclass(frozen=True)
class Cost:
    """What one gesture cost."""

    main_ms: float  # main-thread CPU milliseconds per frame
    p95_ms: float  # 95th percentile of the intervals between frames
    longest_ms: float


class Hand:
    """A pointer on one page, and the meters beside it."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self.page = page
        self._session = session

    @classmethod
    async def on(cls, page: Page) -> Hand:
        """Attach to a page before it navigates."""
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        await page.add_init_script(_RECORDER)
        return cls(page, session)

    async def heap_mb(self) -> float:
        """Return the JavaScript heap after a garbage collection, MB."""
        await self._session.send("HeapProfiler.collectGarbage")
        return (await self._metrics())["JSHeapUsedSize"] / 1e6

    async def pan(self, x: float, y: float, seconds: float) -> Cost:
        """Drag the background around an ellipse, once in two and a half seconds."""
        return await self._circle(x, y, 220, 150, 2.5, seconds)

    async def drag(self, x: float, y: float, seconds: float) -> Cost:
        """Drag what lies at a point around a circle, once in two seconds."""
        return await self._circle(x, y, 120, 80, 2.0, seconds)

    async def zoom(self, x: float, y: float, seconds: float) -> Cost:
        """Turn the wheel at 30 Hz, the other way every third of a second."""

        async def step(index: int) -> None:
            if index % 2:
                return
            delta = 60 if index // 20 % 2 else -60
            await self._session.send(
                "Input.dispatchMouseEvent",
                {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta},
            )

        return await self._measure(step, seconds)

    async def steps(self, x: float, y: float, count: int) -> None:
        """Drag what lies at a point in a given number of steps, each after its frame."""
        await self._mouse("mousePressed", x, y)
        for index in range(1, count + 1):
            await self._mouse("mouseMoved", x + 2 * index, y + index)
            await self.page.evaluate("new Promise(requestAnimationFrame)")
        await self._mouse("mouseReleased", x + 2 * count, y + count)

    async def _circle(
        self, x: float, y: float, wide: float, tall: float, period: float, seconds: float
    ) -> Cost:
        async def step(index: int) -> None:
            angle = index / HZ * 2 * math.pi / period
            await self._mouse(
                "mouseMoved", x + wide * math.sin(angle), y + tall * (1 - math.cos(angle))
            )

        await self._mouse("mouseMoved", x, y, buttons=0)
        await self._mouse("mousePressed", x, y)
        try:
            return await self._measure(step, seconds)
        finally:
            await self._mouse("mouseReleased", x, y)

    async def _measure(self, step: Callable[[int], Awaitable[None]], seconds: float) -> Cost:
        await self.page.evaluate("__frames.start()")
        before = await self._metrics()
        begin = time.perf_counter()
        sent: list[asyncio.Task[None]] = []
        index = 0
        while time.perf_counter() - begin < seconds:
            # A fixed rate: a slow page gets as many events as a fast one.
            await asyncio.sleep(max(0.0, begin + index / HZ - time.perf_counter()))
            sent.append(asyncio.ensure_future(step(index)))
            index += 1
        await asyncio.gather(*sent)
        times = await self.page.evaluate("__frames.stop()")
        after = await self._metrics()
        gaps = sorted(later - earlier for earlier, later in pairwise(times))
        spent = 1000 * (after["TaskDuration"] - before["TaskDuration"])
        return Cost(
            main_ms=spent / max(1, len(gaps)),
            p95_ms=gaps[int(0.95 * len(gaps))] if gaps else math.nan,
            longest_ms=gaps[-1] if gaps else math.nan,
        )

    async def _mouse(self, type: str, x: float, y: float, *, buttons: int = 1) -> None:
        await self._session.send(
            "Input.dispatchMouseEvent",
            {
                "type": type,
                "x": x,
                "y": y,
                "button": "left" if buttons else "none",
                "buttons": buttons if type != "mouseReleased" else 0,
                "clickCount": 0 if type == "mouseMoved" else 1,
            },
        )

    async def _metrics(self) -> dict[str, Any]:
        answer = await self._session.send("Performance.getMetrics")
        return {metric["name"]: metric["value"] for metric in answer["metrics"]}
