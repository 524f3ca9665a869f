"""The calls of a node on the items of a list: a few at once, each written down when it is done."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from workflows.engine.call import NodeCall
from workflows.engine.outcome import MAX_OUTPUT_BYTES, check_size, facts_of, finite
from workflows.engine.run import Interrupted
from workflows.engine.suspects import Suspect
from workflows.errors import NodeError
from workflows.graph.measure import json_bytes
from workflows.graph.plan import PlannedNode
from workflows.graph.values import is_asset
from workflows.journal.events import DoneItem, Items
from workflows.types import JsonObject

#: Calls of one node on the items of a list that may be under way at once.
ITEMS_AT_ONCE = 4
#: How long items that could be made again wait for others before they are written down.
ITEMS_SECONDS = 0.5


@dataclass(slots=True)
class ItemCalls:
    """Calls a node for every item of a list, a few at once; results come in the order of the items.

    What an earlier attempt was done with is not called again. A suspect begins with one alone; when
    that is done and on disk, it is suspected no more, and takes as many as others. So each death
    finds at least one item less to do.
    """

    call: NodeCall
    arguments: Sequence[JsonObject]
    holes: Collection[int]
    results: list[JsonObject] = field(default_factory=list)
    failed: list[NodeError] = field(default_factory=list)
    done: int = 0
    _count: int = 0
    _waiting: list[DoneItem] = field(default_factory=list)
    _due: float = 0.0
    _interrupted: bool = False
    _places: Iterator[int] = field(default_factory=lambda: iter(()))
    _lanes: int = 0
    _group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    async def all(self) -> tuple[list[JsonObject], list[NodeError]]:
        """Return the results, and why items failed whose node may be gone on without."""
        self.results = [{}] * len(self.arguments)
        self._due = time.monotonic() + ITEMS_SECONDS
        self._places = iter([at for at in range(len(self.arguments)) if at not in self.holes])
        self.done = len(self.holes)
        try:
            async with self._group:
                self._add_lanes(1 if self.call.suspect else ITEMS_AT_ONCE)
        except BaseExceptionGroup as errors:
            self._write()
            raise errors.exceptions[0] from errors
        if self.failed or self._interrupted:
            self._write()
        if self._interrupted:
            raise Interrupted
        return self.results, self.failed

    def _add_lanes(self, most: int) -> None:
        """Work on so many items at once from now on."""
        for _ in range(min(most, len(self.arguments)) - self._lanes):
            self._lanes += 1
            self._group.create_task(self._lane())

    async def _lane(self) -> None:
        for at in self._places:
            try:
                await self._one(at)
            except Interrupted:
                # The others' calls that are under way end first.
                self._interrupted = True
                return

    async def _one(self, at: int) -> None:
        call, arguments = self.call, self.arguments[at]
        digest, began = _digest(arguments), time.perf_counter()
        known = call.run.past.items.get(call.node.id, {})
        result = known.get((at, digest))
        if result is None:
            row = DoneItem(item=at, digest=digest, ms=0)
            try:
                result = await call(arguments, at)
            except NodeError as error:
                self._note(row, began, error)
                if not call.node.on_error.goes_on:
                    raise
                self.failed.append(error)
                result = call.node.on_error.stand_in(call.node.outputs)
                self._add(result)
            else:
                # Counted first: what is far too large is never written out.
                self._add(result)
                result = call.run.secrets.json(result)
                row["output"] = result
                self._note(row, began, None)
            if call.suspect is not None and self._lanes == 1:
                await self._clear(call.suspect)
        else:
            self._add(result)
        self.results[at] = result
        self.done += 1
        # The first one is shown at once, while the others are worked on.
        shown = _first_media(call.node, result) if self.done == 1 else None
        await call.context.item_done(self.done, len(self.results), shown)

    async def _clear(self, suspect: Suspect) -> None:
        """Work on as many items as others do; what is done is on disk before more is begun."""
        self._write()
        await self.call.run.journal.flush()
        suspect.clear()
        self._add_lanes(ITEMS_AT_ONCE)

    def _add(self, result: JsonObject) -> None:
        self._count += json_bytes(result, MAX_OUTPUT_BYTES)
        check_size(
            self._count, MAX_OUTPUT_BYTES, "The results of the items are too large together."
        )

    def _note(self, row: DoneItem, began: float, error: NodeError | None) -> None:
        """Write an item down: at once where it has an effect outside, else with those of a while.

        What takes no time is not worth it: the node is done before they are due.
        """
        row["ms"] = round((time.perf_counter() - began) * 1000)
        if error is not None:
            secrets = self.call.run.secrets
            row["message"] = secrets.text(error.message)
            body: Any = {"code": error.code, **secrets.json(facts_of(error))}
            row["error"] = {"status": error.status, "body": body}
        self._waiting.append(row)
        if not self.call.repeatable or time.monotonic() >= self._due:
            self._write()

    def _write(self) -> None:
        if self._waiting and self.call.run.journal.is_open:
            node, rows = self.call.node, self._waiting
            self._waiting, self._due = [], time.monotonic() + ITEMS_SECONDS
            with finite():
                self.call.run.journal.append(Items(node.id, len(self.arguments), rows))


def _digest(arguments: JsonObject) -> str:
    text = json.dumps(arguments, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _first_media(node: PlannedNode, result: JsonObject) -> JsonObject | None:
    """Return the image or video that the card of a node shows of a result."""
    names = sorted(result, key=lambda name: name != node.node_type.preview)
    found = next((result[name] for name in names if is_asset(result[name])), None)
    return found if isinstance(found, dict) else None
