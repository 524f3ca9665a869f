"""Node types for tests of the engine: they count, wait, fail and die on demand."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from typing import Any

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject

TEXT = (Input("text", "text"), Input("more", "any", many=True))
OUT = (Output("text", "text"),)

#: How often each node id has run in this process.
calls: Counter[str] = Counter()
#: Node types that are running right now, and the most there have been.
busy: Counter[str] = Counter()
most: Counter[str] = Counter()


class Gate:
    """Holds the nodes of its name until it is opened; `arrived` is set when one waits."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.left = threading.Event()
        self._open = threading.Event()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def wait(self) -> None:
        event = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), event))
        self.arrived.set()
        try:
            if not self._open.is_set():
                await event.wait()
        finally:
            self.left.set()

    def open(self) -> None:
        self._open.set()
        for loop, event in self._waiting:
            loop.call_soon_threadsafe(event.set)


gates: dict[str, Gate] = {}


def gate(name: str) -> Gate:
    """Return the gate of this name, closed when new."""
    return gates.setdefault(name, Gate())


def _declare(type: str, **more: Any) -> Any:
    return node(
        type,
        name=type,
        category="Tests",
        description="Test.",
        inputs=more.pop("inputs", TEXT),
        outputs=more.pop("outputs", OUT),
        **more,
    )


@_declare("testText", cacheable=False)
async def text(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    return {"text": text if text is not None else "".join(str(item) for item in more or [])}


@_declare("testKept")
async def kept(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    return {"text": f"<{text}>"}


@_declare("testVersioned", version=2)
async def versioned(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    return {"text": text}


@_declare("testEffect", deterministic=False, cacheable=False)
async def effect(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    return {"text": f"{text}!"}


@_declare("testWait", deterministic=False, cacheable=False)
async def wait(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    busy["testWait"] += 1
    most["testWait"] = max(most["testWait"], busy["testWait"])
    try:
        await gate(context.data["gate"]).wait()
    finally:
        busy["testWait"] -= 1
    return {"text": text}


#: Texts that `testFragile` fails for.
rejected: set[str] = set()


@_declare("testFragile", deterministic=False, cacheable=False)
async def fragile(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    """Count each text, and fail for those that are rejected; `long 9` asks for nine characters."""
    calls[f"{context.node_id}:{text}"] += 1
    if text == "number":
        return {"text": float("nan")}
    if text.startswith("long "):
        return {"text": "x" * int(text.removeprefix("long "))}
    if text in rejected:
        raise NodeError(f"{text} is broken.", field="text", value=text, expected="another")
    return {"text": f"<{text}>"}


@_declare("testTogether", deterministic=False, cacheable=False)
async def together(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    """Wait until `crowd` of them have been busy at once; then let whoever may run beside it."""
    busy["testTogether"] += 1
    most["testTogether"] = max(most["testTogether"], busy["testTogether"])
    async with asyncio.timeout(30):
        while most["testTogether"] < context.data.get("crowd", 1):  # noqa: ASYNC110  any loop
            await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    busy["testTogether"] -= 1
    return {"text": f"{text}"}


@_declare("testThread", deterministic=False, cacheable=False)
async def thread(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    def work() -> str:
        holding = gate(context.data["gate"])
        holding.arrived.set()
        holding._open.wait(30)
        holding.left.set()
        return "computed for nobody"

    return {"text": await context.run_thread(work)}


@_declare("testHungry", deterministic=False, cacheable=False)
async def hungry(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    """Ask for more memory than a media process may have."""
    return {"text": str(await context.run_cpu(bytearray_of, 64 * 1024**3))}


def bytearray_of(size: int) -> Any:
    return len(bytearray(size))


@_declare("testFail", cacheable=False)
async def fail(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    raise NodeError("The colour is wrong.", field="text", value=text, expected="a colour")


@_declare("testFailOnce", cacheable=False)
async def fail_once(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    if calls[context.node_id] == 1:
        raise NodeError("Not today.")
    return {"text": "later"}


@_declare("testFlaky", cacheable=False)
async def flaky(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    calls[context.node_id] += 1
    if calls[context.node_id] < 3:
        raise NodeError("Busy.", transient=True)
    return {"text": "at last"}


@_declare("testBroken", cacheable=False)
async def broken(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    raise ZeroDivisionError("/etc/secret")


@_declare("testNotJson", cacheable=False)
async def not_json(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    return {"text": b"bytes"}


@_declare("testSlow", cacheable=False, timeout_seconds=0.01)
async def slow(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    await asyncio.Event().wait()
    return {}


@_declare("testReports", cacheable=False)
async def reports(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    for step in range(1001):
        await context.progress(step / 1000, f"step {step}")
    return {"text": text}


@_declare("testPicture", inputs=(Input("color", "color"),), outputs=(Output("image", "image"),))
async def picture(context: Context, *, color: str) -> JsonObject:
    from PIL import Image

    calls[context.node_id] += 1
    image = await context.run_cpu(Image.new, "RGB", (8, 8), color or "#ff0000")
    return {"image": await context.save_image(image, name="square")}


@_declare("testSize", inputs=(Input("image", "image"),), outputs=(Output("text", "text"),))
async def size(context: Context, *, image: JsonObject) -> JsonObject:
    calls[context.node_id] += 1
    opened = await context.load_image(image, field="image")
    return {"text": f"{opened.width}x{opened.height}"}


def _write_down(line: str) -> None:
    with open(os.environ["LEDGER"], "a", encoding="ascii") as file:
        file.write(line)
    print("ran", flush=True)


@_declare("testLedger", deterministic=False, cacheable=False)
async def ledger(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    """Write down that it ran, and tell whoever watches the process."""
    _write_down(f"{context.run_id} {context.node_id}\n")
    await asyncio.sleep(context.data.get("seconds", 0.001))
    if context.data.get("fail"):
        raise NodeError("Meant to fail.")
    return {"text": context.node_id}


@_declare("testLedgerOfItems", deterministic=False, cacheable=False)
async def ledger_of_items(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    """Do the same for each item, by its text."""
    _write_down(f"{context.run_id} {context.node_id} {text}\n")
    await asyncio.sleep(0.03)
    return {"text": text}


@_declare("testGrind", deterministic=False, cacheable=False)
async def grind(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    """Wait for a thread, write down that it has one, and keep it for a while."""

    def work() -> str:
        _write_down(f"{context.run_id} {context.node_id}\n")
        threading.Event().wait(context.data["seconds"])
        return context.node_id

    return {"text": await context.run_thread(work)}


@_declare("testPoison", deterministic=False, cacheable=False)
async def poison(context: Context, *, text: str, more: list[Any]) -> JsonObject:
    os._exit(137)


@_declare("testNumbers", inputs=(), outputs=(Output("items", "list<text>"),), cacheable=False)
async def numbers(context: Context) -> JsonObject:
    return {"items": [str(number) for number in range(context.data["count"])]}
