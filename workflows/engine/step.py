"""One node of a run, from its inputs to its committed result.

In this order: work out the calls, look for a kept result, say `submit`, run with a time-out and
new tries for what is transient, say `completion`. What a node may do meanwhile is `context.py`'s
matter, which node runs when is the scheduler's.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows import database
from workflows.billing.ledger import Charge
from workflows.engine import cache, retry
from workflows.engine.host import derived, files
from workflows.engine.host.context import NodeContext
from workflows.engine.provider_call import Asking
from workflows.engine.suspects import Suspect
from workflows.errors import NodeError, PatchbayError, Superseded
from workflows.failpoints import failpoint
from workflows.fields import encode, encode_long
from workflows.graph.measure import json_bytes
from workflows.graph.spread import Calls, gather
from workflows.graph.values import is_asset
from workflows.journal.events import Completion, NodeFailed, Submit
from workflows.journal.records import CacheRow, StepRow
from workflows.models import StepStatus
from workflows.nodes import registry
from workflows.nodes.provider import Provider
from workflows.types import JsonObject, NodeId

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode

logger = logging.getLogger(__name__)

#: Calls of one node on the items of a list that may be under way at once.
ITEMS_AT_ONCE = 4
MAX_OUTPUT_BYTES = 8 * 1024 * 1024
#: What the results of all nodes of one run may have together: they stay in memory until its end.
MAX_RUN_BYTES = 32 * 1024 * 1024
_DONE = str(StepStatus.COMPLETED)
_CRASHED = "This node has a fault of its own and could not finish."


class StepFailed(Exception):
    """A node failed permanently; the `error` event is in the journal."""

    def __init__(self, node_id: NodeId, message: str, error: JsonObject) -> None:
        super().__init__(message)
        self.node_id = node_id
        self.message = message
        self.error = error


@dataclass(slots=True)
class _Key:
    """A node's cache key, and whether a kept result may be taken and kept."""

    key: str | None = None
    kept: bool = False


async def run_step(run: ActiveRun, node: PlannedNode) -> JsonObject:
    """Run one node and return its outputs, appended to the journal if not yet committed.

    Raises StepFailed, with the failure in the journal, and Superseded.
    """
    row = StepRow(node.id, started_at=timezone.now(), digest=run.digests.get(node.id, ""))
    began = time.perf_counter()
    try:
        if node.pinned is not None:
            row.cached = True
            run.journal.append(Submit(node.id, node.type))
            held = await _filed(run, node, dict(node.pinned))
            return _complete(run, node, row, held, began, None, None)
        calls = run.plan.calls(node.id, run.outputs)
        key = await _key_of(run, node, calls)
        row.cache_key = key.key
        hit = await _hit(run, key)
        if hit is not None:
            row.cached = True
            # Whoever watches is told of every step in the same way.
            run.journal.append(Submit(node.id, node.type))
            mark = CacheRow(key.key or "", node.type, None) if hit.stale_mark else None
            output = await _filed(run, node, hit.output)
            return _complete(run, node, row, output, began, calls.items, mark)
        async with run.budget.reserve(node, calls.arguments, run.journal) as charge:
            outputs = await _run(run, node, row, calls)
            keep = CacheRow(key.key, node.type, "") if key.kept and key.key else None
            outputs = _complete(run, node, row, outputs, began, calls.items, keep, charge)
            for answered in run.answered.pop(node.id, ()):
                run.host.release_later(run.journal, answered)
            return outputs
    except NodeError as error:
        facts = {name: fact for name, fact in error.context.items() if name in _FACTS}
        made = None if error.outputs is None else run.secrets.json(error.outputs)
        raise _fail(run, node, row, error.message, error.status, error.code, facts, made) from error
    except (Superseded, StepFailed):
        raise
    except Exception as error:
        logger.exception("run %s: node %s (%s) crashed", run.run_id, node.id, node.type)
        raise _fail(run, node, row, _CRASHED, 500, "NODE_CRASHED", {}) from error


_FACTS = frozenset({"field", "value", "expected", "item", "detail", "error_type", "cause"})
_INVALID = "invalid"


def fail_step(
    run: ActiveRun, node: PlannedNode, message: str, status: int, code: str
) -> StepFailed:
    """Write a node's failure for a reason outside the node; returns what to raise."""
    row = StepRow(node.id, started_at=timezone.now())
    return _fail(run, node, row, message, status, code, {})


def _fail(
    run: ActiveRun,
    node: PlannedNode,
    row: StepRow,
    message: str,
    status: int,
    code: str,
    facts: JsonObject,
    made: JsonObject | None = None,
) -> StepFailed:
    message = run.secrets.text(message)
    error: JsonObject = {"status": status, "body": {"code": code, **run.secrets.json(facts)}}
    failed = replace(
        row,
        status=str(StepStatus.FAILED),
        state=row.state if row.state == _INVALID else "",
        position=None,
        error=encode({"message": message, **error}),
        output=None if made is None else encode(made),
        finished_at=timezone.now(),
    )
    run.journal.append(NodeFailed(node.id, message, error, made), step=failed)
    return StepFailed(node.id, message, error)


def _complete(
    run: ActiveRun,
    node: PlannedNode,
    row: StepRow,
    outputs: JsonObject,
    began: float,
    items: int | None,
    keep: CacheRow | None,
    charge: Charge | None = None,
) -> JsonObject:
    if not isinstance(outputs, dict):
        raise TypeError(f"{node.type} returned {type(outputs).__name__}, not a dict of outputs")
    # Counted first: what is far too large is never written out.
    _check_size(json_bytes(outputs, MAX_OUTPUT_BYTES), MAX_OUTPUT_BYTES, "The result is too large.")
    outputs = run.secrets.json(outputs)
    text = _encoded(outputs)
    _check_size(len(text), MAX_OUTPUT_BYTES, "The result is too large.")
    run.kept_bytes += len(text)
    _check_size(run.kept_bytes, MAX_RUN_BYTES, "The results of this run are too large together.")
    if keep is not None and keep.output is not None:
        keep.output = text
    failpoint("step.completed")
    done = replace(
        row, status=_DONE, state="", position=None, output=text, finished_at=timezone.now()
    )
    if charge is not None:
        done.cost = charge.amount
    ms = round((time.perf_counter() - began) * 1000)
    event = Completion(node.id, node.type, text, row.cached, ms, items)
    run.journal.append(event, step=done, cache=keep, charge=charge)
    return outputs


def _check_size(count: int, most: int, message: str) -> None:
    if count > most:
        raise NodeError(
            message, field="result", value=count, expected=f"at most {most // 2**20} MB"
        )


def _encoded(outputs: JsonObject) -> str:
    try:
        return encode_long(outputs)
    except ValueError as error:
        raise NodeError(
            "The result holds a number that JSON has no word for.",
            field="result",
            expected="finite numbers",
        ) from error


async def _key_of(run: ActiveRun, node: PlannedNode, calls: Calls) -> _Key:
    """Find the node's key, and note when its own result cannot be foretold from keys."""
    if not run.prepared.keys and not cache.is_kept(node.node_type):
        return _Key()
    unforeseen = any(source in run.unforeseen for source in run.plan.depends[node.id])
    if not node.node_type.deterministic or cache.is_volatile(node, calls.arguments):
        run.unforeseen.add(node.id)
        return _Key()
    if unforeseen:
        run.unforeseen.add(node.id)
    if not cache.is_kept(node.node_type):
        return _Key()
    key = None if unforeseen else run.prepared.keys.get(node.id)
    if key is None:
        key = await database.read(cache.resolved_key, node, calls.arguments, run.owner_id)
    stands_in = node.has_model and await database.read(cache.lacks_model, node)
    return _Key(key, not stands_in)


async def _hit(run: ActiveRun, key: _Key) -> cache.Hit | None:
    if not key.kept or key.key is None or run.force:
        return None
    if key.key in run.prepared.looked_up:
        return run.prepared.hits.get(key.key)
    found = await database.read(cache.look_up, {key.key}, run.owner_id)
    return found.get(key.key)


async def _filed(run: ActiveRun, node: PlannedNode, output: JsonObject) -> JsonObject:
    """Return a kept result, with files for derived videos that not all who follow join."""
    if derived.is_joined(run, node) or next(derived.loose_in(output), None) is None:
        return output
    context = NodeContext(run, node)
    try:
        return (await _settled(context, [output]))[0]
    finally:
        context.close()


async def _run(run: ActiveRun, node: PlannedNode, row: StepRow, calls: Calls) -> JsonObject:
    registered = registry.get(node.type)
    if registered is None:
        raise NodeError("This server does not know the node type any more.", value=node.type)
    # The row goes on changing while a provider has the work.
    written = row if registered.provider is None else replace(row)
    run.journal.append(Submit(node.id, node.type), step=written)
    if run.careful or node.has_model or not node.node_type.deterministic:
        # Effects outside must not happen twice because a line before them was lost.
        await run.journal.flush()
    failpoint("step.submitted")
    deaths = run.past.suspects.get(node.id)
    suspect = None
    if deaths is not None:
        suspect = Suspect(run.host.turns, run.journal, node.id, deaths)
    context = NodeContext(run, node, suspect)
    row.warnings = context.warnings
    call = _Call(run, node, row, registered, context, suspect)
    try:
        arguments: Sequence[JsonObject] = calls.arguments
        if not node.node_type.joins:
            arguments = await _settled(context, arguments)
        if calls.items is None:
            return await call(arguments[0], None)
        return gather(node.outputs, await _each(call, arguments))
    except NodeError as error:
        raise derived.explained(error, node.title) from error.__cause__
    finally:
        context.close()
        if suspect is not None:
            suspect.end()


async def _settled(context: NodeContext, values: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """Return arguments or outputs with files for derived videos."""
    try:
        return await derived.settle(context.progress, values)
    except (NodeError, Superseded):
        raise
    except PatchbayError as error:
        raise files.blame(error, None) from error


async def _each(call: _Call, arguments: Sequence[JsonObject]) -> list[JsonObject]:
    """Call the node for every item, a few at once; answers come in the order of the items.

    A suspect takes them one by one, for it has one turn.
    """
    answers: list[JsonObject] = [{}] * len(arguments)
    waiting, count, done = iter(enumerate(arguments)), 0, 0

    async def lane() -> None:
        nonlocal count, done
        for at, argument in waiting:
            answers[at] = await call(argument, at)
            count += json_bytes(answers[at], MAX_OUTPUT_BYTES)
            _check_size(count, MAX_OUTPUT_BYTES, "The results of the items are too large together.")
            done += 1
            # The first one is shown at once, while the others are worked on.
            shown = _first_media(call.node, answers[at]) if done == 1 else None
            await call.context.item_done(done, len(answers), shown)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(1 if call.suspect else min(ITEMS_AT_ONCE, len(arguments))):
                group.create_task(lane())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return answers


def _first_media(node: PlannedNode, answer: JsonObject) -> JsonObject | None:
    """Return the image or video that the card of a node shows of an answer."""
    names = sorted(answer, key=lambda name: name != node.node_type.preview)
    found = next((answer[name] for name in names if is_asset(answer[name])), None)
    return found if isinstance(found, dict) else None


@dataclass(slots=True)
class _Call:
    """Calls a node's function: with its time-out, and again while that may help."""

    run: ActiveRun
    node: PlannedNode
    row: StepRow
    registered: registry.Registered
    context: NodeContext
    suspect: Suspect | None = None

    async def __call__(self, arguments: JsonObject, item: int | None) -> JsonObject:
        tried = 0
        while True:
            tried += 1
            try:
                return await self._once(arguments, item)
            except retry.TRANSIENT as error:
                after = getattr(error, "retry_after", None)
                pause = retry.delay(tried, after, random.random)
                if pause is None or not retry.is_transient(error):
                    if item is not None and isinstance(error, NodeError):
                        error.context.setdefault("item", item)
                    raise
                reason = self.run.secrets.text(str(error))
                logger.info("run %s: node %s: %s", self.run.run_id, self.node.id, reason)
                await self.context.progress(None, f"Trying again in {pause:.0f} s")
                await asyncio.sleep(pause)

    async def _once(self, arguments: JsonObject, item: int | None) -> JsonObject:
        seconds = self.node.node_type.timeout_seconds
        if self.suspect is not None:
            # What waits for its turn takes no room from the runs that may work.
            with self.run.host.waits(self.run.run_id):
                await self.suspect.begin()
        try:
            context = self.context if item is None else self.context.for_item()
            async with asyncio.timeout(seconds) as scope:
                if self.suspect is not None:
                    self.suspect.scope = scope
                with context.call(arguments):
                    return await self._answer(context, arguments, item)
        except (NodeError, Superseded):
            raise
        except PatchbayError as error:
            # Media are read bit by bit: what is damaged in them shows long after they were opened.
            raise files.blame(error, None) from error
        except MemoryError as error:
            raise NodeError(
                "The server has not enough memory for this.",
                field="memory",
                expected="smaller inputs",
                status=503,
            ) from error
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise NodeError(
                f"This node took longer than {seconds:g} s.", expected=f"at most {seconds:g} s"
            ) from error

    async def _answer(
        self, context: NodeContext, arguments: JsonObject, item: int | None
    ) -> JsonObject:
        provider = self.registered.provider
        if provider is None or not await self._is_for(provider, arguments, item):
            return await self.registered.function(context, **arguments)
        asking = Asking(self.run, self.node, self.row, context, provider, item)
        answer = await asking.answer(arguments)
        return await self.registered.function(context, answer=answer, **arguments)

    async def _is_for(self, provider: Provider, arguments: JsonObject, item: int | None) -> bool:
        if (self.node.id, item) in self.run.past.requests:
            return True
        return await provider.takes(self.context, arguments)
