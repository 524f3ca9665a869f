"""What steps derive, on disk: stored as recipes, and opened as what they make.

A step's video or image stays a recipe as long as the steps after it read it as one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from workflows import database
from workflows.engine.host import derived_images
from workflows.engine.host.derived_images import DerivedImage, StoredImage
from workflows.errors import AssetNotFound, NodeError
from workflows.media import clips, hashed, images, memory, storage
from workflows.media.clips import FoundClip
from workflows.media.demux import Facts
from workflows.media.origin import Origin
from workflows.media.processes import lanes
from workflows.media.processes.pixels import Encoded, Pixels
from workflows.media.thumbnails import thumbnail
from workflows.models import Asset, Recipe, Run, User
from workflows.nodes.recipes import decoded, encoded
from workflows.nodes.video.derived import MOST_STEPS, Derived, from_json, named, to_json
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode
    from workflows.nodes.context import Clip

#: A longer recipe, of many subtitles say, is written to a file instead.
MOST_TEXT = 256 * 1024


def is_joined(run: ActiveRun, node: PlannedNode) -> bool:
    """Return whether what a step makes may stay a recipe: all nodes that follow join it.

    A run whose inputs go with it leaves nothing that would need them.
    """
    follows = run.plan.dependants[node.id]
    joins = all(run.plan.nodes[id].node_type.joins for id in follows)
    return bool(follows) and joins and not run.discards


async def keep_clip(
    run: ActiveRun, node: PlannedNode, clip: Derived, name: str, origin: Origin
) -> JsonObject | None:
    """Keep a step's video as its recipe; None where it has to be a file."""
    if not is_joined(run, node) or not node.node_type.joins or clip.steps > MOST_STEPS:
        return None
    parts: set[str] = set()

    def leaf(file: FoundClip) -> JsonObject:
        if file.sha256 is None:
            raise TypeError("a file from elsewhere is gone with its run")
        parts.add(file.sha256)
        rate = str(file.facts.rate)
        return {"sha256": file.sha256, "facts": {**asdict(file.facts), "rate": rate}}

    facts = storage.Facts("video/mp4", clip.width, clip.height, clip.duration)
    with suppress(TypeError):
        text = _text(to_json(named(clip, node.title), leaf))
        if len(text) <= MOST_TEXT:
            return await database.read(_keep, run, text, parts, facts, name, origin)
    return None


async def keep_image(
    run: ActiveRun, node: PlannedNode, pixels: Pixels, name: str, origin: Origin
) -> JsonObject | None:
    """Keep a step's image as its recipe, and its pixels for those who follow; None for a file."""
    made, budget = pixels.origin, memory.budget()
    if not isinstance(made, DerivedImage) or not is_joined(run, node):
        return None
    facts = storage.Facts(derived_images.CONTENT_TYPE, made.width, made.height)
    with suppress(TypeError):
        text = _text(encoded(made, _unknown))
        if len(text) > MOST_TEXT or made.decoding_bytes > budget.size:
            return None
        recipe_id = storage.recipe_id(text)
        if budget.keep_for(run.run_id, (recipe_id, None), pixels):
            parts = {part.sha256 for part in made.parts}
            stored = await database.read(_keep, run, text, parts, facts, name, origin)
            run.recipes[stored["asset"]] = recipe_id
            return stored
    return None


def _unknown(value: object) -> None:
    """Know nothing that a recipe of images has besides kept functions and plain values."""


def _text(recipe: Json) -> str:
    return json.dumps(recipe, separators=(",", ":"))


def _keep(
    run: ActiveRun, text: str, parts: set[str], facts: storage.Facts, name: str, origin: Origin
) -> JsonObject:
    owner, row = User(pk=run.owner_id), Run(pk=run.run_id)
    asset = storage.asset_keep(
        owner, text, parts, facts, name, row, allowance=run.allowance, origin=origin
    )
    return storage.reference(asset)


def opened(recipe_id: str, files: ExitStack, field: str | None = None) -> Derived | DerivedImage:
    """Open what a recipe is made of; `files` closes it. Raises AssetNotFound. For a thread.

    An image whose pixels are there is made of them alone.
    """
    pixels = memory.image_cache().get((recipe_id, None))
    if pixels is not None:
        return DerivedImage(pixels, pixels.mode, pixels.width, pixels.height, 0, 0)
    if derived_images.is_one(_read(recipe_id)):
        return opened_image(image_of(recipe_id), files, field)
    return opened_clip(recipe_id, files, field)


def opened_clip(recipe_id: str, files: ExitStack, field: str | None) -> Derived:
    """Open a derived video. Raises AssetNotFound. For a thread."""
    limits = clips.limits()

    def leaf(text: JsonObject) -> FoundClip:
        facts = Facts(**{**text["facts"], "rate": Fraction(text["facts"]["rate"])})
        file = files.enter_context(hashed.open_file(text["sha256"]))
        return FoundClip(file, facts, limits, field, text["sha256"])

    text = _read(recipe_id)
    with _known():
        return from_json(text, leaf)


def image_of(recipe_id: str) -> DerivedImage:
    """Return the derived image of a recipe. Raises AssetNotFound. For a reader thread."""
    text = _read(recipe_id)
    with _known():
        return cast(DerivedImage, decoded(text, _unread))


def _unread(text: JsonObject) -> Any:
    raise KeyError(next(iter(text), None))


@contextmanager
def _known() -> Iterator[None]:
    """Raise AssetNotFound for a recipe of what nothing here is called any more."""
    try:
        yield
    except KeyError as error:
        raise AssetNotFound(
            "This was made by a step that this server does not know any more; run it again."
        ) from error


def opened_image(made: DerivedImage, files: ExitStack, field: str | None) -> DerivedImage:
    """Open the files of a derived image, so that a process can make it. Raises AssetNotFound."""
    limits = images.limits()

    def leaf(part: StoredImage) -> Encoded:
        file = files.enter_context(hashed.open_file(part.sha256))
        return Encoded(file, limits, part.mode, (part.width, part.height), field, part.step)

    return derived_images.opened(made, leaf)


def _read(recipe_id: str) -> JsonObject:
    recipe = Recipe.objects.filter(pk=recipe_id).first()
    if recipe is None:
        raise AssetNotFound()
    return cast(JsonObject, json.loads(recipe.text))


def poster(asset: Asset, width: int) -> bytes:
    """Return a preview of what is derived; of a video one frame is read. For a thread."""
    return thumbnail(asset.sha256, width, _poster)


def _poster(recipe_id: str, width: int) -> bytes:
    with ExitStack() as files:
        made = opened(recipe_id, files)
        held = files.enter_context(memory.budget().holding("thumbnails"))
        held.have_soon(made.decoding_bytes)
        if isinstance(made, DerivedImage):
            return lanes.pages().call(derived_images.preview, made.recipe, width)
        return lanes.pages().call(clips.poster_of, cast("Clip", made), width)


def explained(error: NodeError, title: str) -> NodeError:
    """Let an error of another step's recipe say which step that is."""
    step = error.context.pop("step", None)
    if step and step != title:
        error.message = f"{step}: {error.message}"
    return error
