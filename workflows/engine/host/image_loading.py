"""Opening images for a node: from memory, from their files, or made again from their recipes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar, cast

from workflows import database
from workflows.engine.host import derived, derived_images, files
from workflows.engine.host.derived_images import StoredImage
from workflows.engine.host.memory import Room
from workflows.errors import PatchbayError
from workflows.media import images, memory
from workflows.media.draft_file import again
from workflows.media.processes.pixels import Encoded, Pixels
from workflows.media.references import asset_id
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode

P = ParamSpec("P")
R = TypeVar("R")


class RunCpu(Protocol):
    """Calls a module-level function in a media process."""

    async def __call__(
        self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...


@dataclass(frozen=True, slots=True)
class ImageLoader:
    """Opens media values as images, for one call of a node; `held` is the memory it has."""

    run: ActiveRun
    node: PlannedNode
    arguments: JsonObject
    held: Callable[[], Room]
    run_cpu: RunCpu

    async def load(self, value: Json, field: str, mode: str | None) -> Pixels | Encoded:
        """Open a media value as a decoded image, in `mode` if given."""
        room = self.held()
        recipe_id = await self._recipe_of(value, field)
        if room.is_empty:
            room.expect(await files.sizes(self.run, self.arguments.values()))
        try:
            if recipe_id is not None:
                id = asset_id(value) or ""
                pixels: Pixels | Encoded = await self._derived(recipe_id, id, field, mode)
            else:
                pixels = await self._stored(value, field, mode)
        except PatchbayError as error:
            raise files.as_node_error(error, field) from error
        room.loaded(pixels, pixels.width * pixels.height)
        return pixels

    async def _stored(self, value: Json, field: str, mode: str | None) -> Pixels | Encoded:
        found = await files.find(self.run, value, field)
        with found.file:
            name = found.asset and found.asset.sha256
            pixels: Pixels | Encoded | None = (
                memory.image_cache().get((name, mode)) if name else None
            )
            if pixels is None:
                pixels = await self._decoded(found, field, mode)
                if name and isinstance(pixels, Pixels):
                    memory.budget().keep((name, mode), pixels)
            else:
                await self.held().image(found.id, pixels.width * pixels.height, 0, field)
        if name:
            pixels.origin = StoredImage(name, mode, *pixels.size, self.node.title)
        return pixels

    async def _recipe_of(self, value: Json, field: str) -> str | None:
        """Return the recipe of a derived image that is no file yet."""
        # What this run has made and still has is not looked up again.
        known = self.run.recipes.get(asset_id(value) or "")
        if known is not None and memory.image_cache().get((known, None)) is not None:
            return known
        asset = await files.recipe_of(self.run, value, field)
        if asset is None or asset.content_type != derived_images.CONTENT_TYPE:
            return None
        return asset.sha256

    async def _derived(self, recipe_id: str, id: str, field: str, mode: str | None) -> Pixels:
        """Open a derived image: its pixels, made again if they are gone."""
        name = (recipe_id, None)
        pixels = memory.image_cache().get(name)
        if pixels is None:
            made = await database.read(derived.image_of, recipe_id)
            opened = self.held().files
            ready = await self.run.host.threads.run(derived.opened_image, made, opened, field)
            area = made.width * made.height
            await self.held().image(id, area, made.decoding_bytes, field)
            pixels = cast(Pixels, await self.run_cpu(derived_images.make, ready.recipe))
            pixels.origin = made
            memory.budget().keep(name, pixels)
        else:
            await self.held().image(id, pixels.width * pixels.height, 0, field)
        if self._alone(field):
            memory.image_cache().taken(name)
        if mode not in (None, pixels.mode):
            pixels = cast(Pixels, await self.run_cpu(images.convert, cast("Image", pixels), mode))
        return pixels

    async def _decoded(self, found: files.Found, field: str, mode: str | None) -> Pixels | Encoded:
        limits = images.limits()
        opened = await self.run_cpu(images.opening, found.file, limits)
        area = opened.width * opened.height
        await self.held().image(found.id, area, opened.decoding_bytes, field)
        if opened.mode is not None and mode in (None, opened.mode) and self._alone(field):
            file = again(found.file)
            self.held().keep(file)
            return Encoded(file, limits, opened.mode, opened.size, field)
        return cast(Pixels, await self.run_cpu(images.decode, found.file, limits, mode))

    def _alone(self, field: str) -> bool:
        """Return whether no other node reads what comes to a field."""
        plan = self.run.plan
        sources = [source for source, _ in self.node.links.get(field, ())]
        return all(len(plan.dependants[source]) == 1 for source in sources)
