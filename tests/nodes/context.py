"""A host for node types whose files and network lie in memory, and a way to run one node."""

from __future__ import annotations

import os
import tempfile
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from workflows.errors import NodeError
from workflows.graph import node_ports
from workflows.graph.values import accept_typed
from workflows.media import clips
from workflows.media.clips import FoundClip
from workflows.media.draft_file import reader
from workflows.media.drafts import new_draft
from workflows.media.processes import lanes
from workflows.media.processes.pixels import Pixels, view
from workflows.nodes import registry
from workflows.samples.rehearsal import MemoryContext

registry.load_builtin()


@dataclass
class Answer:
    """What the fake network answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""


class FakeContext(MemoryContext):
    """Adds to the host in memory: answers for URLs, and records of calls and progress."""

    def __init__(self, data: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None):
        super().__init__()
        self.data = data or {}
        self.inputs = inputs or {}
        self.answers: dict[str, Answer] = {}
        self.calls: list[dict[str, Any]] = []
        self.reports: list[tuple[float | None, str]] = []
        self.warnings: list[str] = []

    def picture(self, image: Image.Image, name: str = "picture.png") -> dict[str, Any]:
        """Store an image and return its reference."""
        from workflows.media import images

        return self.keep(images.encode(image), "image/png", name)

    def open(self, reference: dict[str, Any]) -> Image.Image:
        """Open a stored image."""
        from workflows.media import images

        return images.decode(self.assets[reference["asset"]])

    async def load_bytes(self, value: Any, *, field: str) -> bytes:
        if isinstance(value, str) and value in self.answers:
            return self.answers[value].body
        return await super().load_bytes(value, field=field)

    async def fetch(self, url: str, *, field: str, **call: Any) -> Answer:
        self.calls.append({"url": url, **call})
        if url not in self.answers:
            raise NodeError("The URL cannot be reached from here.", field=field, value=url)
        return self.answers[url]

    async def load_clip(self, value: Any, *, field: str, kind: str = "video") -> Any:
        clip = await super().load_clip(value, field=field, kind=kind)
        with tempfile.TemporaryFile() as file:
            file.write(await self.load_bytes(value, field=field))
            file.flush()
            found = reader(os.dup(file.fileno()))
        return FoundClip(found, clip.facts, clips.LIMITS, field)

    def new_file(self) -> Any:
        return new_draft(100_000_000)

    async def run_cpu(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return opened(await lanes.short().begin(function, *args, **kwargs).result())

    def run_steps(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._stepped(lanes.long().begin_steps(function, *args, **kwargs).values())

    def run_model(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._stepped(lanes.models().begin_steps(function, *args, **kwargs).values())

    async def _stepped(self, steps: Any) -> Any:
        said = None
        async with aclosing(steps):
            with suppress(StopAsyncIteration):
                while True:
                    said = yield opened(await steps.asend(said))

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    async def progress(self, fraction: Any, text: str = "", preview: Any = None) -> None:
        self.reports.append((fraction, text))


def opened(value: Any) -> Any:
    """Return what a media process has made, with images that can be looked at."""
    if isinstance(value, tuple | list):
        return type(value)(map(opened, value))
    return view(value) if isinstance(value, Pixels) else value


async def run(context: FakeContext, type: str, **values: Any) -> dict[str, Any]:
    """Run a node as the engine does: every input by name, defaults where nothing is given."""
    registered = registry.get(type)
    assert registered is not None, f"no node type {type}"
    declared = node_ports.inputs_of(registered.node_type, context.data)
    unknown = set(values) - {port.name for port in declared}
    assert not unknown, f"{type} has no inputs {unknown}"
    filled = {}
    for port in declared:
        value = values.get(port.name, context.data.get(port.name))
        filled[port.name] = accept_typed(port, port.default if value is None else value)
    answer: dict[str, Any] = await registered.function(context, **filled)
    return answer


async def failure(context: FakeContext, type: str, **values: Any) -> NodeError:
    """Run a node that has to fail, and return how it did; every failure says what was expected."""
    try:
        answer = await run(context, type, **values)
    except NodeError as error:
        assert error.message.endswith((".", "!")) or ":" in error.message
        assert error.context.get("field"), "the error names no field"
        return error
    raise AssertionError(f"{type} answered {answer}")
