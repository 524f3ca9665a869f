"""A context for node types that keeps its assets in memory."""

from __future__ import annotations

import hashlib
import io
import uuid
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from workflows.errors import NodeError
from workflows.graph import ports
from workflows.nodes import registry


@dataclass
class Answer:
    """What the fake network answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""


class FakeContext:
    """Provides what a node type may ask of its host; every asset is bytes in a dict."""

    def __init__(self, data: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None):
        self.run_id = "run"
        self.node_id = "node"
        self.data = data or {}
        self.inputs = inputs or {}
        self.assets: dict[str, bytes] = {}
        self.answers: dict[str, Answer] = {}
        self.calls: list[dict[str, Any]] = []
        self.reports: list[tuple[float | None, str]] = []

    def keep(self, body: bytes, content_type: str, name: str) -> dict[str, Any]:
        """Store bytes and return their reference; equal bytes get equal references."""
        digest = hashlib.sha256(body).hexdigest()
        asset = str(uuid.UUID(digest[:32]))
        self.assets[asset] = body
        reference: dict[str, Any] = {
            "asset": asset,
            "url": f"/media/{asset}",
            "content_type": content_type,
            "size": len(body),
            "sha256": digest,
            "name": name,
        }
        if content_type.startswith("image/"):
            reference["width"], reference["height"] = Image.open(io.BytesIO(body)).size
        return reference

    def picture(self, image: Image.Image, name: str = "picture.png") -> dict[str, Any]:
        """Store a picture and return its reference."""
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return self.keep(buffer.getvalue(), "image/png", name)

    def open(self, reference: dict[str, Any]) -> Image.Image:
        """Open a stored picture."""
        image = Image.open(io.BytesIO(self.assets[reference["asset"]]))
        image.load()
        return image

    async def load_image(self, value, *, field, mode=None):
        if isinstance(value, str) and value in self.answers:
            image = Image.open(io.BytesIO(self.answers[value].body))
        elif isinstance(value, dict) and value.get("asset") in self.assets:
            image = self.open(value)
        else:
            raise NodeError("Not a picture.", field=field, value=value, expected="a picture")
        image.load()
        if mode is None:
            mode = image.mode if image.mode in ("L", "RGB", "RGBA") else "RGBA"
        return image.convert(mode)

    async def save_image(self, image, *, name, format="PNG", **options):
        buffer = io.BytesIO()
        image.save(buffer, format, **options)
        return self.keep(buffer.getvalue(), f"image/{format.lower()}", name)

    async def load_bytes(self, value, *, field):
        if not isinstance(value, dict) or value.get("asset") not in self.assets:
            raise NodeError("Not a file.", field=field, value=value, expected="a file")
        return self.assets[value["asset"]]

    async def save_bytes(self, body, *, name, content_type):
        return self.keep(body, content_type, name)

    async def fetch(self, url, *, field, **call):
        self.calls.append({"url": url, **call})
        if url not in self.answers:
            raise NodeError("The address cannot be reached from here.", field=field, value=url)
        return self.answers[url]

    async def progress(self, fraction, text="", preview=None):
        self.reports.append((fraction, text))

    async def run_cpu(self, function, /, *args, **kwargs):
        return function(*args, **kwargs)


async def run(context: FakeContext, type: str, **values: Any) -> dict[str, Any]:
    """Run a node type as the engine does: every input by name, defaults where nothing is given."""
    registered = registry.get(type)
    assert registered is not None, f"no node type {type}"
    declared = ports.inputs_of(registered.node_type, context.data)
    unknown = set(values) - {port.name for port in declared}
    assert not unknown, f"{type} has no inputs {unknown}"
    filled = {}
    for port in declared:
        value = values.get(port.name, context.data.get(port.name))
        filled[port.name] = port.default if value is None else value
    return await registered.function(context, **filled)


registry.load_builtin()
