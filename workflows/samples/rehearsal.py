"""Runs a document without a server: files stay in memory, nodes run one after the other.

For making the templates' covers and for trying nodes in tests; the engine is what runs workflows.
Models that need a key, weights or a runner are not called: their results are given.
"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, ParamSpec, TypeVar, cast

from workflows.errors import BadImage, BadVideo, NodeError
from workflows.graph.plan import Plan
from workflows.graph.planner import compile
from workflows.graph.spread import gather
from workflows.media import clips, images
from workflows.nodes import registry
from workflows.nodes.context import Charged, Clip, Inputs, Response
from workflows.samples import templates
from workflows.types import Json, JsonObject, NodeId
from workflows.weights import store

if TYPE_CHECKING:
    from PIL.Image import Image

    from workflows.nodes.runner import Runner

P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")

_MEDIA = "/media/"


class MemoryContext:
    """A host for nodes: implements `workflows.nodes.context.Context` over a dict of bytes."""

    def __init__(self) -> None:
        self.run_id = "rehearsal"
        self.node_id: NodeId = ""
        self.data: JsonObject = {}
        self.inputs: JsonObject = {}
        self.assets: dict[str, bytes] = {}

    def keep(self, body: bytes, content_type: str, name: str) -> JsonObject:
        """Store bytes and return their reference; equal bytes get equal references."""
        digest = hashlib.sha256(body).hexdigest()
        asset = str(uuid.UUID(digest[:32]))
        self.assets[asset] = body
        reference: JsonObject = {
            "asset": asset,
            "url": f"{_MEDIA}{asset}",
            "content_type": content_type,
            "size": len(body),
            "sha256": digest,
            "name": name,
        }
        if content_type.startswith("image/"):
            facts = images.inspect(body)
            reference |= {"width": facts.width, "height": facts.height}
        elif clip := clips.inspect(BytesIO(body)):
            reference |= {"content_type": clip.content_type, "duration": clip.duration}
            if clip.has_video:
                reference |= {"width": clip.width, "height": clip.height}
        return reference

    def sample(self, name: str) -> JsonObject:
        """Return the reference of a sample: an image, an audio file or a video."""
        body = templates.sample(name).read_bytes()
        return self.keep(body, images.sniff(body) or "application/octet-stream", name)

    async def credential(self, *, url: str, field: str = "credential") -> None:
        """Show no credential."""

    async def spend(self, model: str) -> None:
        """Ask no one."""

    @asynccontextmanager
    async def slot(self, provider: str) -> AsyncIterator[None]:
        """Hold nothing."""
        yield

    async def charged(self, charged: Charged) -> None:
        """Note nothing."""

    async def runner(self, tags: list[str], *, field: str) -> Runner:
        raise NodeError("A rehearsal has no runners.", field=field, value=tags)

    async def runner_at(self, id: str) -> Runner:
        raise NodeError("A rehearsal has no runners.", value=id)

    async def run_workflow(self, owner: str, name: str, inputs: Inputs) -> JsonObject:
        raise NodeError("A rehearsal runs no other workflows.", value=f"{owner}/{name}")

    async def alias(self, app: str) -> tuple[str, str] | None:
        return None

    async def load_image(self, value: Json, *, field: str, mode: str | None = None) -> Image:
        try:
            image = images.decode(await self.load_bytes(value, field=field))
        except BadImage as error:
            raise NodeError(error.message, field=field, expected=images.EXPECTED) from error
        return image.convert(mode) if mode else image

    async def make_room(
        self, width: int, height: int, *, field: str, pixel_bytes: int | None = None
    ) -> None:
        """Wait for nothing: no one else needs memory."""

    async def save_image(
        self, image: Image, *, name: str, format: str = "PNG", **options: Any
    ) -> JsonObject:
        body = images.encode(image, format, **options)
        return self.keep(body, f"image/{format.lower()}", name)

    async def load_bytes(self, value: Json, *, field: str) -> bytes:
        # Steps of fal name a file by its URL alone.
        asset = value.get("asset") if isinstance(value, dict) else str(value)[len(_MEDIA) :]
        if asset not in self.assets:
            raise NodeError("There is no such file.", field=field, value=value, expected="a file")
        return self.assets[asset]

    async def load_clip(self, value: Json, *, field: str, kind: str = "video") -> clips.Clip:
        body = await self.load_bytes(value, field=field)
        try:
            return clips.open_clip(BytesIO(body), kind)
        except BadVideo as error:
            facts = error.context
            raise NodeError(
                error.message, field=field, value=facts.get("value"), expected=facts.get("expected")
            ) from error

    async def keep_clip(self, clip: Clip, *, name: str) -> JsonObject | None:
        """Keep no recipes: videos are written at once."""

    def new_file(self) -> BinaryIO:
        return cast("BinaryIO", tempfile.TemporaryFile())

    async def save_bytes(
        self, body: bytes | BinaryIO, *, name: str, content_type: str
    ) -> JsonObject:
        if not isinstance(body, bytes):
            body.seek(0)
            body = body.read()
        return self.keep(body, content_type, name)

    async def fetch(
        self,
        url: str,
        *,
        field: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout_seconds: float = 60.0,
        max_bytes: int = 0,
    ) -> Response:
        raise NodeError("A rehearsal has no network.", field=field, value=url)

    async def progress(
        self, fraction: float | None, text: str = "", preview: JsonObject | None = None
    ) -> None:
        """Take note of nothing: no one watches."""

    async def run_cpu(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    async def run_steps(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        steps, said = cast("Generator[Y, Any, Any]", function(*args, **kwargs)), None
        with suppress(StopIteration):
            while True:
                said = yield steps.send(said)

    async def weights(self, model: str, *, field: str) -> str:
        return store.folder_of(model, field)

    def run_model(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        return self.run_steps(function, *args, **kwargs)

    def warn(self, message: str) -> None:
        """Take note of nothing."""

    async def run_thread(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)


async def rehearse(
    context: MemoryContext,
    document: JsonObject,
    inputs: JsonObject | None = None,
    stand_ins: Mapping[NodeId, list[JsonObject]] | None = None,
) -> tuple[Plan, dict[NodeId, JsonObject]]:
    """Plan and run a document; returns the plan and every node's outputs.

    A node of `stand_ins` is not run: it gives these outputs, call for call, the last one again
    where there are more calls. Raises InvalidGraph and NodeError.
    """
    plan = compile(document, inputs or {}, registry.node_types())
    outputs: dict[NodeId, JsonObject] = {}
    for node in plan.nodes.values():
        registered = registry.get(node.type)
        if registered is None:
            raise NodeError("This server does not know the node type.", value=node.type)
        context.node_id, context.data, context.inputs = node.id, node.data, plan.inputs
        calls = plan.calls(node.id, outputs)
        if given := (stand_ins or {}).get(node.id):
            returned = [given[min(at, len(given) - 1)] for at in range(len(calls.arguments))]
        else:
            returned = [await registered.function(context, **call) for call in calls.arguments]
        outputs[node.id] = returned[0] if calls.items is None else gather(node.outputs, returned)
    return plan, outputs
