"""Writes what is derived to files, for who needs one.

A recipe is written once, however many wait for it, and what waits may be a step or a page.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack
from typing import BinaryIO, cast

from django.conf import settings

from workflows import database
from workflows.engine.host import derived, derived_images
from workflows.engine.host.derived_images import DerivedImage
from workflows.errors import MediaBusy, NodeError
from workflows.media import hashed, memory, storage
from workflows.media.drafts import new_draft
from workflows.media.processes import lanes
from workflows.media.processes.pool import Lane, Steps
from workflows.media.references import asset_id
from workflows.models import Asset
from workflows.nodes.context import Clip
from workflows.nodes.recipes import later, slices
from workflows.nodes.video.derived import Derived, write_clip
from workflows.nodes.video.writing import writing_bytes
from workflows.types import Json, JsonObject

#: How long a page waits for a file to be written; it goes on, so the next try finds it.
PAGE_SECONDS = 50.0
#: How long one may take.
WRITE_SECONDS = 3_600.0
_REPORT_SECONDS = 0.5
#: Recipes of one step that are written at once.
_AT_ONCE = 4
#: Takes how far something is, 0..1, and what is done.
Report = Callable[[float | None, str], Awaitable[None]]


def written(asset: Asset, seconds: float = PAGE_SECONDS) -> Asset:
    """Return an asset that is a file, written now if need be. For a thread.

    Raises MediaBusy with the `share` that is done when that takes long, and whatever is wrong with
    what it is made of.
    """
    if not asset.is_recipe:
        return asset
    writing = _join(asset.sha256)
    try:
        writing.future.result(seconds)
    except TimeoutError as error:
        raise MediaBusy(
            "This file is being written; try again soon.", share=writing.share
        ) from error
    return Asset.objects.get(pk=asset.pk)


async def settle(report: Report, calls: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """Return the arguments of calls with a file for everything derived among them."""
    loose = {id for call in calls for id in loose_in(call)}
    found = await database.read(_recipes, loose) if loose else {}
    if not found:
        return calls
    turns = asyncio.Semaphore(_AT_ONCE)
    try:
        async with asyncio.TaskGroup() as group:
            for recipe_id in set(filter(None, found.values())):
                group.create_task(_settle(report, recipe_id, turns))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    files = await database.read(_references, set(found))
    return [{name: _replaced(value, files) for name, value in call.items()} for call in calls]


async def _settle(report: Report, recipe_id: str, turns: asyncio.Semaphore) -> None:
    """Write a recipe to its file when it is its turn, and report how far that is."""
    async with turns:
        await _write(report, recipe_id)


async def _write(report: Report, recipe_id: str) -> None:
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
            f"Writing this file takes longer than {WRITE_SECONDS:g} s.", field="video"
        ) from error
    finally:
        writing.leave()


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
            made = database.with_retry(derived.opened, self._recipe_id, files, "video")
            file = files.enter_context(new_draft(limit))
            held = files.enter_context(memory.budget().holding(self._recipe_id))
            lane, work, bytes = _work(file, made)
            held.have_soon(bytes, WRITE_SECONDS)
            steps = lane.begin_steps(slices, work)
            with _lock:
                self._steps = steps
                if self._left:
                    raise CancelledError
            while True:
                more, done = steps.step().result()
                if not more:
                    break
                self.share = min(1.0, done / made.duration) if made.duration else None
            stored = hashed.write(file, limit)
        facts = storage.inspect(stored)
        database.with_retry(storage.recipe_write, self._recipe_id, stored, facts)


def _work(file: BinaryIO, made: Derived | DerivedImage) -> tuple[Lane, Iterator[float], int]:
    """Return where something is written, the recipe of that, and how many bytes it takes."""
    if isinstance(made, DerivedImage):
        # A page waits for an image and must not wait for a video.
        return lanes.pages(), later(derived_images.write, file, made.recipe), made.decoding_bytes
    own = made.width * made.height * writing_bytes((made.width, made.height))
    work = later(write_clip, file, cast("Clip", made))
    return lanes.long(), work, made.decoding_bytes + own


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
