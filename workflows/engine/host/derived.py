"""Derived videos on disk: kept as recipes, read as clips, and written to files for who needs one.

A recipe is written once, however many wait for it, and what waits may be a step or a page.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, suppress
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings

from workflows import database
from workflows.errors import AssetNotFound, MediaBusy, NodeError
from workflows.media import clips, memory, storage
from workflows.media.clips import FoundClip
from workflows.media.demux import Facts
from workflows.media.drafts import new_draft
from workflows.media.processes import lanes
from workflows.media.processes.pool import Steps
from workflows.media.references import asset_id
from workflows.media.thumbnails import thumbnail
from workflows.models import Asset, Recipe, Run, User
from workflows.nodes.video.derived import MOST_STEPS, Derived, from_json, named, to_json, write_clip
from workflows.nodes.video.recipes import later, slices
from workflows.nodes.video.writing import writing_bytes
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode
    from workflows.nodes.context import Clip

logger = logging.getLogger(__name__)

#: A longer recipe, of many subtitles say, is written to a file instead.
MOST_TEXT = 256 * 1024
#: How long a page waits for a video to be written; it goes on, so the next try finds it.
PAGE_SECONDS = 50.0
#: How long one may take.
WRITE_SECONDS = 3_600.0
_REPORT_SECONDS = 0.5
#: Takes how far something is, 0..1, and what is done.
Report = Callable[[float | None, str], Awaitable[None]]


def is_joined(run: ActiveRun, node: PlannedNode) -> bool:
    """Return whether a step's videos may stay recipes: all nodes that follow join them.

    A run whose inputs go with it leaves nothing that would need them.
    """
    follows = run.plan.dependants[node.id]
    joins = all(run.plan.nodes[id].node_type.joins for id in follows)
    return bool(follows) and joins and not run.discards


async def keep(run: ActiveRun, node: PlannedNode, clip: Derived, name: str) -> JsonObject | None:
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

    with suppress(TypeError):
        text = json.dumps(to_json(named(clip, node.title), leaf), separators=(",", ":"))
        if len(text) <= MOST_TEXT:
            return await database.read(_keep, run.run_id, run.owner_id, text, parts, clip, name)
    return None


def _keep(
    run_id: Any, owner_id: int, text: str, parts: set[str], clip: Derived, name: str
) -> JsonObject:
    facts = storage.Facts("video/mp4", clip.width, clip.height, clip.duration)
    asset = storage.asset_keep(User(pk=owner_id), text, parts, facts, name, Run(pk=run_id))
    return storage.reference(asset)


def opened(recipe_id: str, files: ExitStack, field: str | None = None) -> Derived:
    """Open what a recipe is made of; `files` closes it. Raises AssetNotFound. For a thread."""
    recipe = Recipe.objects.filter(pk=recipe_id).first()
    if recipe is None:
        raise AssetNotFound()
    limits = clips.limits()

    def leaf(text: JsonObject) -> FoundClip:
        facts = Facts(**{**text["facts"], "rate": Fraction(text["facts"]["rate"])})
        file = files.enter_context(storage.open_file(text["sha256"]))
        return FoundClip(file, facts, limits, field, text["sha256"])

    return from_json(json.loads(recipe.text), leaf)


def poster(asset: Asset, width: int) -> bytes:
    """Return a preview of a derived video: one frame of it is read. For a thread."""
    return thumbnail(asset.sha256, width, _poster)


def _poster(recipe_id: str, width: int) -> bytes:
    with ExitStack() as files:
        clip = opened(recipe_id, files)
        held = files.enter_context(memory.budget().holding("thumbnails"))
        held.have_soon(clip.decoding_bytes)
        return lanes.pages().call(clips.poster_of, clip, width)


def written(asset: Asset, seconds: float = PAGE_SECONDS) -> Asset:
    """Return an asset that is a file, written now if need be. For a thread.

    Raises MediaBusy when that takes long, and whatever is wrong with what it is made of.
    """
    if not asset.is_recipe:
        return asset
    writing = _join(asset.sha256)
    try:
        writing.future.result(seconds)
    except TimeoutError as error:
        share = f" ({writing.share:.0%})" if writing.share is not None else ""
        raise MediaBusy(f"This video is being written{share}; try again soon.") from error
    return Asset.objects.get(pk=asset.pk)


async def settle(report: Report, calls: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """Return the arguments of calls with a file for every derived video among them."""
    loose = {id for call in calls for id in loose_in(call)}
    found = await database.read(_recipes, loose) if loose else {}
    if not found:
        return calls
    for recipe_id in filter(None, found.values()):
        await _settle(report, recipe_id)
    files = await database.read(_references, set(found))
    return [{name: _replaced(value, files) for name, value in call.items()} for call in calls]


async def _settle(report: Report, recipe_id: str) -> None:
    """Write a recipe to its file, and report how far that is."""
    writing = _join(recipe_id)
    waiting = asyncio.wrap_future(writing.future)
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            while not waiting.done():
                await report(writing.share, "Writing")
                await asyncio.wait({waiting}, timeout=_REPORT_SECONDS)
        waiting.result()
    except TimeoutError as error:
        raise NodeError(
            f"Writing this video takes longer than {WRITE_SECONDS:g} s.", field="video"
        ) from error
    finally:
        writing.leave()


def explained(error: NodeError, title: str) -> NodeError:
    """Let an error of another step's recipe say which step that is."""
    step = error.context.pop("step", None)
    if step and step != title:
        error.message = f"{step}: {error.message}"
    return error


def loose_in(values: JsonObject) -> Iterator[str]:
    """Yield the ids of references without a hash: of recipes, and of bare documents."""
    waiting = list(values.values())
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            if "asset" not in item:
                waiting.extend(item.values())
            elif "sha256" not in item and (found := asset_id(item)) is not None:
                yield found


def _recipes(ids: set[str]) -> dict[str, str | None]:
    """Map ids of what was made by recipes to the recipe, None once it is a file."""
    rows = Asset.objects.filter(pk__in=ids, recipe__isnull=False)
    return {str(asset.pk): asset.recipe_id if asset.is_recipe else None for asset in rows}


def _references(ids: set[str]) -> dict[str, JsonObject]:
    return {str(row.pk): storage.reference(row) for row in Asset.objects.filter(pk__in=ids)}


def _replaced(value: Json, files: dict[str, JsonObject]) -> Json:
    if isinstance(value, list):
        return [_replaced(item, files) for item in value]
    if isinstance(value, dict):
        if "asset" in value:
            return {**value, **files.get(str(asset_id(value)), {})}
        return {name: _replaced(item, files) for name, item in value.items()}
    return value


class _Writing:
    """One recipe while it is written, in a thread; `future` ends with it.

    It goes on as long as a step waits for it. One that a page has begun goes on to its end.
    """

    def __init__(self, recipe_id: str) -> None:
        self.future: Future[None] = Future()
        self.share: float | None = None
        self.users = 0
        self._recipe_id = recipe_id
        self._steps: Steps[float] | None = None
        self._left = False
        threading.Thread(target=self._run, name="patchbay-writing", daemon=True).start()

    def leave(self) -> None:
        """Count one less that waits; without any it is given up."""
        with _lock:
            self.users -= 1
            self._left = self.users <= 0
            if self._left and _writings.get(self._recipe_id) is self:
                del _writings[self._recipe_id]
            steps = self._steps
        if self._left and steps is not None:
            steps.stop()

    def _run(self) -> None:
        try:
            self._write()
        except CancelledError:
            self._end()
            self.future.set_exception(MediaBusy())
        except BaseException as error:
            self._end()
            self.future.set_exception(error)
        else:
            self._end()
            self.future.set_result(None)
        finally:
            database.drop_connection()

    def _end(self) -> None:
        with _lock:
            if _writings.get(self._recipe_id) is self:
                del _writings[self._recipe_id]

    def _write(self) -> None:
        if database.with_retry(storage.recipe_written, self._recipe_id):
            return
        limit = int(settings.LIMITS["upload_bytes"])
        with ExitStack() as files:
            clip = database.with_retry(opened, self._recipe_id, files, "video")
            file = files.enter_context(new_draft(limit))
            held = files.enter_context(memory.budget().holding(self._recipe_id))
            area = clip.width * clip.height
            own = area * writing_bytes((clip.width, clip.height))
            held.have_soon(clip.decoding_bytes + own, WRITE_SECONDS)
            steps = lanes.long().begin_steps(slices, later(write_clip, file, cast("Clip", clip)))
            with _lock:
                self._steps = steps
                if self._left:
                    raise CancelledError
            while True:
                more, done = steps.step().result()
                if not more:
                    break
                self.share = min(1.0, done / clip.duration) if clip.duration else None
            stored = storage.write(file, limit)
        facts = storage.inspect(stored)
        database.with_retry(storage.recipe_write, self._recipe_id, stored, facts)


_writings: dict[str, _Writing] = {}
_lock = threading.Lock()


def _join(recipe_id: str) -> _Writing:
    """Return the writing of a recipe, begun now if it is not under way, with one more user."""
    with _lock:
        writing = _writings.get(recipe_id)
        if writing is None:
            writing = _writings[recipe_id] = _Writing(recipe_id)
        writing.users += 1
        return writing
