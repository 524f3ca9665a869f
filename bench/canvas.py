"""Measures the canvas against a bare React Flow page, in one run: `python bench/canvas.py`.

Both pages show the same boxes, ports and edges in panes of the same size. Figures are medians with
[least, most] over the repetitions. `--sizes 500,2000,5000 --reps 3` asks for other ones, and
`--only "zoom near"` for one gesture.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from playwright.async_api import Browser, BrowserContext, Page, async_playwright  # noqa: E402

from bench import canvas_ask as ask  # noqa: E402
from bench import canvas_graph as graph  # noqa: E402
from bench.canvas_drive import SETTLE_SECONDS, Hand  # noqa: E402
from bench.canvas_floor import floor_server  # noqa: E402
from tests import environment  # noqa: E402, F401 - says where data lies
from tests.browser.server import Server, temporary_folder  # noqa: E402
from tests.browser.site import Site  # noqa: E402
from tests.machine import CHROMIUM_FLAGS, chromium  # noqa: E402

GESTURE_SECONDS = 2.0
DRAG_STEPS = 60
UPDATES_HZ = 100

Figures = dict[tuple[str, int, str], list[float]]


class Bench:
    """One browser, one Patchbay, one floor page, and the figures they gave."""

    def __init__(
        self, browser: Browser, url: str, state: Any, floor: Path, floor_url: str, only: str
    ) -> None:
        self.browser = browser
        self.url = url
        self.state = state
        self.floor = floor
        self.floor_url = floor_url
        self.only = only
        self.figures: Figures = defaultdict(list)
        self.pane: tuple[float, float] = (graph.WINDOW[0], graph.WINDOW[1])

    async def editor(self, slug: str, count: int, *, boxes: bool) -> None:
        """Measure the editor once with one workflow."""
        async with await self._context(graph.WINDOW) as context:
            page = await context.new_page()
            hand = await Hand.on(page)
            await page.goto(f"{self.url}/app/editor/{slug}")
            await self._common("editor", hand, count)
            if boxes:
                found = json.dumps(await page.evaluate(ask.BOXES))
                (self.floor / f"graph-{count}.json").write_text(found)
            if self.only:
                return
            await self._renders(hand, count)
            if count == 500:
                await self._updates(hand, count)

    async def bare(self, count: int) -> None:
        """Measure the floor page once."""
        size = (round(self.pane[0]), round(self.pane[1]))
        async with await self._context(size) as context:
            page = await context.new_page()
            hand = await Hand.on(page)
            await page.goto(f"{self.floor_url}/?{count}")
            await self._common("floor", hand, count)

    async def weight(self, name: str, path: str) -> None:
        """Count the compressed JavaScript of a first visit, kB."""
        async with await self._context(graph.WINDOW) as context:
            page = await context.new_page()
            session = await context.new_cdp_session(page)
            await session.send("Network.enable")
            scripts: set[str] = set()
            sizes: dict[str, float] = {}

            def answered(event: dict[str, Any]) -> None:
                if event["type"] == "Script":
                    scripts.add(event["requestId"])

            def finished(event: dict[str, Any]) -> None:
                sizes[event["requestId"]] = event["encodedDataLength"]

            session.on("Network.responseReceived", answered)
            session.on("Network.loadingFinished", finished)
            await page.goto(self.url + path)
            await page.wait_for_load_state("networkidle")
            total = sum(size for id, size in sizes.items() if id in scripts) / 1000
            self.figures[name, 0, "JavaScript, kB compressed"].append(total)

    async def _context(self, size: tuple[int, int]) -> BrowserContext:
        # A context has a cache of its own: every visit is a first one.
        context = await self.browser.new_context(
            storage_state=self.state,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark",
        )
        # The editor puts its parts here for who has asked before it loads.
        await context.add_init_script("window.__patchbay = {}")
        return context

    async def _common(self, name: str, hand: Hand, count: int) -> None:
        page = hand.page
        self._note(name, count, "open, ms", await page.evaluate(ask.USABLE, count))
        if name == "editor":
            width, height = await page.evaluate(ask.PANE)
            self.pane = (width, height)
        await asyncio.sleep(1.0)
        self._note(name, count, "heap, MB", await hand.heap_mb())
        whole, near = graph.fit(count, self.pane), graph.near(count)
        for what, view, gesture, where in (
            ("pan whole", whole, hand.pan, ask.BACKGROUND),
            ("zoom whole", whole, hand.zoom, ask.BACKGROUND),
            ("pan near", near, hand.pan, ask.BACKGROUND),
            ("zoom near", near, hand.zoom, ask.BACKGROUND),
            ("drag", near, hand.drag, ask.NODE),
        ):
            if self.only not in what:
                continue
            await self._look(page, view)
            at = await page.evaluate(where)
            cost = await gesture(at["x"], at["y"], GESTURE_SECONDS)
            self._note(name, count, f"{what}, main ms/frame", cost.main_ms)
            self._note(name, count, f"{what}, 95th frame ms", cost.p95_ms)
            self._note(name, count, f"{what}, longest frame ms", cost.longest_ms)

    async def _renders(self, hand: Hand, count: int) -> None:
        page = hand.page
        await self._look(page, graph.near(count))
        point = await page.evaluate(ask.NODE)
        before = await page.evaluate("__patchbay.renders.count")
        await hand.steps(point["x"], point["y"], DRAG_STEPS)
        rendered = await page.evaluate("__patchbay.renders.count") - before
        self._note("editor", count, f"card renders in a {DRAG_STEPS}-step drag", rendered)

    async def _updates(self, hand: Hand, count: int) -> None:
        page = hand.page
        await self._look(page, graph.near(count))
        await page.evaluate(ask.UPDATES, [count, UPDATES_HZ])
        point = await page.evaluate(ask.BACKGROUND)
        pan = await hand.pan(point["x"], point["y"], GESTURE_SECONDS)
        await page.evaluate("clearInterval(window.__updates)")
        self._note("editor", count, "pan near with 100 updates/s, main ms/frame", pan.main_ms)

    async def _look(self, page: Page, view: dict[str, float]) -> None:
        for _ in range(2):  # events still on their way move the view once more
            await page.evaluate(ask.VIEW, view)
            await asyncio.sleep(SETTLE_SECONDS)

    def _note(self, name: str, count: int, what: str, value: float) -> None:
        self.figures[name, count, what].append(value)


def report(figures: Figures) -> None:
    """Print every figure; the floor and the ratio beside the editor's where there is one."""
    print(f"{'canvas':<48}{'editor':>24}{'floor':>24}{'ratio':>8}")
    for (name, count, what), values in figures.items():
        if name == "floor":
            continue
        floor = figures.get(("floor", count, what))
        label = f"{count} nodes: {what}" if count else f"{name}: {what}"
        ratio = f"{statistics.median(values) / statistics.median(floor):.2f}" if floor else ""
        print(f"{label:<48}{_range(values):>24}{_range(floor) if floor else '':>24}{ratio:>8}")


def _range(values: list[float]) -> str:
    spread = f"[{min(values):.1f}, {max(values):.1f}]" if len(values) > 1 else ""
    return f"{statistics.median(values):.1f} {spread}"


async def measure(server: Server, sizes: list[int], reps: int, only: str) -> Figures:
    """Log in, make the workflows, and measure editor and floor in turn.

    With `only`, no gestures but those whose name has it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="patchbay-floor-") as name,
        floor_server(Path(name)) as floor_url,
    ):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium(), args=CHROMIUM_FLAGS
            )
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(server.login_link)
            await page.get_by_role("button", name="Log in").click()
            await page.wait_for_url(f"{server.url}/")
            state = await context.storage_state()
            await context.close()
            bench = Bench(browser, server.url, state, Path(name), floor_url, only)
            with Site(server.url, state) as site:
                slugs = {
                    size: site.post("/api/workflows", graph.document(size))["slug"]
                    for size in sizes
                }
            if not only:
                await bench.weight("library page", "/")
                await bench.weight("editor page", f"/app/editor/{slugs[sizes[0]]}")
            for rep in range(reps):
                for size in sizes:
                    if rep and size > 2000:
                        continue  # the growth rate needs no repetition, and it is slow to load
                    await bench.editor(slugs[size], size, boxes=not rep)
                    await bench.bare(size)
            await browser.close()
            return bench.figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="500,2000,5000", help="numbers of nodes")
    parser.add_argument("--reps", type=int, default=2)
    parser.add_argument("--only", default="", help="gestures, by part of their name: 'zoom near'")
    options = parser.parse_args()
    if chromium() is None:
        sys.exit("Chromium was not found; on Debian: apt-get install chromium")
    sizes = [int(size) for size in options.sizes.split(",")]
    with temporary_folder() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            report(asyncio.run(measure(server, sizes, options.reps, options.only)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
