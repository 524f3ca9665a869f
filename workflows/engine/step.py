"""One node of a run, from its inputs to its committed result.

In this order: work out the calls, look for a stored result, say `submit`, run with a time-out and
new tries for what is transient, say `completion`. What a node may do meanwhile is `context.py`'s
matter, which node runs when is the scheduler's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows import database, metrics
from workflows.billing.ledger import Charge
from workflows.engine import cache
from workflows.engine.call import NodeCall
from workflows.engine.host import derived, files, writing
from workflows.engine.host.context import NodeContext
from workflows.engine.items import ItemCalls
from workflows.engine.outcome import MAX_OUTPUT_BYTES, check_size, facts_of, finite
from workflows.engine.run import Interrupted
from workflows.engine.suspects import Suspect
from workflows.errors import NodeError, PatchbayError, Superseded
from workflows.failpoints import failpoint
from workflows.fields import encode, encode_long
from workflows.graph.measure import json_bytes
from workflows.graph.spread import Calls, gather
from workflows.journal.events import Completion, NodeFailed, Submit
from workflows.journal.records import CacheRow, StepRow
from workflows.models import StepStatus
from workflows.nodes import registry
from workflows.types import JsonObject, NodeId

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode

logger = logging.getLogger(__name__)

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
    """A node's cache key, and whether a stored result may be used and a new one stored."""

    key: str | None = None
    cacheable: bool = False


async def run_step(run: ActiveRun, node: PlannedNode) -> JsonObject:
    """Run one node and return its outputs, appended to the journal if not yet committed.

    A node that fails and may be gone on without gives nothing at each output. Raises StepFailed,
    with the failure in the journal, Superseded, and Interrupted when the run is to pause.
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
        if calls.items:
            run.items.count(node.title, calls.items)
        key = await _key_of(run, node, calls)
        row.cache_key = key.key
        hit = None if run.forces(node.id) else await _hit(run, key)
        if hit is not None:
            row.cached = True
            # Watchers see every step in the same way.
            run.journal.append(Submit(node.id, node.type))
            mark = CacheRow(key.key or "", node.type, None) if hit.stale_mark else None
            output = await _filed(run, node, hit.output)
            return _complete(run, node, row, output, began, calls.items, mark)
        async with run.budget.reserve(node, calls.made, run.journal) as charge:
            outputs, failed = await _run(run, node, row, calls)
            # What lacks something is no result to be used again.
            whole = key.cacheable and not failed and not calls.holes
            entry = CacheRow(key.key, node.type, "") if whole and key.key else None
            outputs = _complete(
                run, node, row, outputs, began, calls.items, entry, charge, len(failed)
            )
            for responded in run.responded.pop(node.id, ()):
                run.host.release_later(run.journal, responded)
            return outputs
    except NodeError as error:
        facts = facts_of(error)
        made = None if error.outputs is None else run.secrets.json(error.outputs)
        failure = _fail(run, node, row, error.message, error.status, error.code, facts, made)
        if not node.on_error.goes_on:
            raise failure from error
        if node.on_error.policy == "continue":
            run.without.add(node.id)
        return node.on_error.stand_in(node.outputs)
    except (Superseded, StepFailed, Interrupted):
        raise
    except Exception as error:
        logger.exception("run %s: node %s (%s) crashed", run.run_id, node.id, node.type)
        raise _fail(run, node, row, _CRASHED, 500, "NODE_CRASHED", {}) from error


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
    goes_on = node.on_error.goes_on or None
    run.journal.append(NodeFailed(node.id, message, error, made, goes_on), step=failed)
    return StepFailed(node.id, message, error)


def _complete(
    run: ActiveRun,
    node: PlannedNode,
    row: StepRow,
    outputs: JsonObject,
    began: float,
    items: int | None,
    entry: CacheRow | None,
    charge: Charge | None = None,
    failed: int = 0,
) -> JsonObject:
    if not isinstance(outputs, dict):
        raise TypeError(f"{node.type} returned {type(outputs).__name__}, not a dict of outputs")
    # Counted first: what is far too large is never written out.
    check_size(json_bytes(outputs, MAX_OUTPUT_BYTES), MAX_OUTPUT_BYTES, "The result is too large.")
    outputs = run.secrets.json(outputs)
    with finite():
        text = encode_long(outputs)
    check_size(len(text), MAX_OUTPUT_BYTES, "The result is too large.")
    run.result_bytes += len(text)
    check_size(run.result_bytes, MAX_RUN_BYTES, "The results of this run are too large together.")
    if entry is not None and entry.output is not None:
        entry.output = text
    failpoint("step.completed")
    if failed:
        row.warnings.append(f"{failed} of {items} items failed.")
    done = replace(
        row, status=_DONE, state="", position=None, output=text, finished_at=timezone.now()
    )
    if charge is not None:
        done.cost = charge.amount
    ms = round((time.perf_counter() - began) * 1000)
    metrics.step(node.type, ms / 1000, row.cached)
    event = Completion(node.id, node.type, text, row.cached, ms, items, failed or None)
    run.journal.append(event, step=done, cache=entry, charge=charge)
    return outputs


async def _key_of(run: ActiveRun, node: PlannedNode, calls: Calls) -> _Key:
    """Find the node's key, and note when its own result cannot be foretold from keys."""
    if not run.prepared.keys and not cache.is_cacheable(node.node_type):
        return _Key()
    uncacheable = any(source in run.uncacheable for source in run.plan.depends[node.id])
    if not node.node_type.deterministic or cache.is_volatile(node, calls.arguments):
        run.uncacheable.add(node.id)
        return _Key()
    if uncacheable:
        run.uncacheable.add(node.id)
    if not cache.is_cacheable(node.node_type):
        return _Key()
    key = None if uncacheable else run.prepared.keys.get(node.id)
    if key is None:
        key = await database.read(cache.resolved_key, node, calls.arguments, run.owner_id)
    substitute = node.has_model and await database.read(cache.lacks_model, node)
    return _Key(key, not substitute)


async def _hit(run: ActiveRun, key: _Key) -> cache.Hit | None:
    if not key.cacheable or key.key is None:
        return None
    if key.key in run.prepared.searched:
        return run.prepared.hits.get(key.key)
    found = await database.read(cache.look_up, {key.key}, run.owner_id)
    return found.get(key.key)


async def _filed(run: ActiveRun, node: PlannedNode, output: JsonObject) -> JsonObject:
    """Return a stored result, with files for what is derived unless all who follow join it."""
    if derived.is_joined(run, node) or next(writing.loose_in(output), None) is None:
        return output
    context = NodeContext(run, node)
    try:
        return (await _settled(context, [output]))[0]
    finally:
        context.close()


async def _run(
    run: ActiveRun, node: PlannedNode, row: StepRow, calls: Calls
) -> tuple[JsonObject, list[NodeError]]:
    """Return a node's outputs, and why items of a list failed that the rest goes on without."""
    registered = registry.get(node.type)
    if registered is None:
        raise NodeError("This server does not know the node type any more.", value=node.type)
    # The row goes on changing while a provider has the work.
    written = row if registered.provider is None else replace(row)
    run.journal.append(Submit(node.id, node.type), step=written)
    if run.commit_each_step or node.has_model or not node.node_type.deterministic:
        # Effects outside must not happen twice because a line before them was lost.
        await run.journal.flush()
    failpoint("step.submitted")
    deaths = run.past.suspects.get(node.id)
    suspect = None
    if deaths is not None:
        suspect = Suspect(run.host.turns, run.journal, node.id, deaths)
    context = NodeContext(run, node, suspect)
    row.warnings = context.warnings
    call = NodeCall(run, node, row, registered, context, suspect)
    try:
        arguments: Sequence[JsonObject] = calls.arguments
        if not node.node_type.joins:
            arguments = await _settled(context, arguments)
        if calls.items is None:
            return await call(arguments[0], None), []
        results, failed = await ItemCalls(call, arguments, calls.holes).all()
        return gather(node.outputs, results), failed
    except NodeError as error:
        raise derived.explained(error, node.title) from error.__cause__
    finally:
        context.close()
        if suspect is not None:
            suspect.end()


async def _settled(context: NodeContext, values: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """Return arguments or outputs with files for what is derived."""
    try:
        return await writing.settle(context.progress, values)
    except (NodeError, Superseded):
        raise
    except PatchbayError as error:
        raise files.as_node_error(error, None) from error
