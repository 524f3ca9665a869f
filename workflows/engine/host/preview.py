"""A node tried out at preview size, outside of any run: small images in, one small image out.

Nothing is stored, reported or paid for: a node that needs more than images here is not previewed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from workflows.engine.host import derived, derived_images
from workflows.engine.host.derived_images import DerivedImage
from workflows.errors import NodeError
from workflows.media import hashed, images, memory, storage
from workflows.media.processes import lanes
from workflows.media.processes.pixels import Pixels
from workflows.media.references import asset_id
from workflows.models import Asset
from workflows.types import Json, JsonObject
from workflows.weights import store

if TYPE_CHECKING:
    from PIL.Image import Image

P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")

#: The longer side of what is worked on, px: as large as a card shows it on a sharp display.
SIDE = 640
NO_PREVIEW = "This node has no preview before it runs."


class PreviewContext:
    """What a node can use meanwhile; the part of `nodes.context.Context` that makes images."""

    run_id = "preview"
    node_id = "preview"

    def __init__(self, data: JsonObject, files: Mapping[str, Asset]) -> None:
        self.data = data
        self.inputs: JsonObject = {}
        self._files = files
        self._made: dict[str, Pixels] = {}

    def __getattr__(self, name: str) -> Any:
        """Refuse whatever else a context has: network, secrets, other workflows."""
        raise NodeError(NO_PREVIEW, field=name)

    def made(self, value: Json) -> Pixels | None:
        """Return the image that a reference of `save_image` names."""
        return self._made.get(str(asset_id(value)))

    async def load_image(self, value: Json, *, field: str, mode: str | None = None) -> Image:
        """Open a small version of an image of this server."""
        asset = self._files.get(str(asset_id(value)))
        if asset is None:
            raise NodeError("This is not a file.", field=field, expected="a file of this server")
        name = (asset.sha256, mode, SIDE)
        found = memory.image_cache().get(name)
        if found is None:
            found = await self._small(asset, mode)
            memory.budget().keep(name, found)
        return cast("Image", found)

    async def _small(self, asset: Asset, mode: str | None) -> Pixels:
        pixels = memory.image_cache().get((asset.sha256, mode))
        if pixels is not None:
            return cast(Pixels, await self.run_cpu(images.shrunk, cast("Image", pixels), SIDE))
        limits = images.limits()
        if asset.is_recipe:
            return await self._small_of(asset, mode)
        with hashed.open_file(asset.sha256) as file:
            opened = await self.run_cpu(images.opening, file, limits, SIDE)
            with memory.budget().holding("previews") as held:
                await held.have(opened.decoding_bytes)
                small = await self.run_cpu(images.small, file, SIDE, limits, mode)
        return cast(Pixels, small)

    async def _small_of(self, asset: Asset, mode: str | None) -> Pixels:
        with ExitStack() as files, memory.budget().holding("previews") as held:
            made = await asyncio.to_thread(derived.opened, asset.sha256, files)
            if not isinstance(made, DerivedImage):
                raise NodeError(NO_PREVIEW, field="image")
            await held.have(made.decoding_bytes)
            found = await self.run_cpu(derived_images.small, made.recipe, SIDE, mode)
            return cast(Pixels, found)

    async def make_room(self, *args: Any, **more: Any) -> None:
        """Small images need no room of their own."""

    async def save_image(self, image: Image, *, name: str, **options: Any) -> JsonObject:
        """Keep an image for `made`."""
        id = f"00000000-0000-0000-0000-{len(self._made):012}"
        self._made[id] = cast(Pixels, image)
        return {"asset": id, "url": storage.url(id)}

    async def progress(self, *args: Any, **more: Any) -> None:
        """Do nothing: no one waits for long."""

    def warn(self, message: str) -> None:
        """Do nothing: no one reads it before the run."""

    async def run_cpu(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function in a media process."""
        return await lanes.previews().begin(function, *args, **kwargs).result()

    async def weights(self, model: str, *, field: str) -> str:
        """Refuse a model that could be used: no one waits for it at every touch of a slider."""
        store.folder_of(model, field)
        raise NodeError(NO_PREVIEW, field=field)

    def run_steps(
        self, function: Callable[P, Iterator[Y]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Y, Any]:
        """Run a generator function in a media process."""
        return lanes.previews().begin_steps(function, *args, **kwargs).values()
