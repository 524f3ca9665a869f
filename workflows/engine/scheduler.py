"""Executes one run: claims it unless it is new, starts nodes when all they need is done, ends it.

No recursion and no visit of a node more than once per edge. Which process calls `execute`, and for
which runs, is `embedded.py`'s matter.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from uuid import UUID

from workflows import database
from workflows.engine import cache, discards
from workflows.engine.budget import Budget
from workflows.engine.held import outputs_of
from workflows.engine.run import ActiveRun, Host, Interrupted
from workflows.engine.run_facts import Facts, load
from workflows.engine.spending import PAYER_USD, RunCap, UserCap
from workflows.engine.step import MAX_RUN_BYTES, StepFailed, fail_step, run_step
from workflows.engine.suspects import DEATHS
from workflows.errors import InvalidGraph, Superseded
from workflows.failpoints import failpoint
from workflows.graph.measure import json_bytes
from workflows.graph.plan import Plan
from workflows.graph.planner import compile
from workflows.graph.result import result_of
from workflows.journal.events import Failed, Output, Paused, Queued, Skipped
from workflows.journal.journal import Claim, Ending
from workflows.journal.records import StepRow
from workflows.journal.transitions import RANDOMIZED
from workflows.log_facts import logging_about
from workflows.media import memory
from workflows.models import RunStatus, StepStatus
from workflows.nodes import registry
from workflows.types import JsonObject, NodeId

logger = logging.getLogger(__name__)

#: How long nodes that never wait may keep the engine's loop to themselves.
SLICE_SECONDS = 0.005
#: Lines that may be on their way to the disk before a run waits for them.
MOST_LINES_BEHIND = 2_000
MOST_BYTES_BEHIND = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class New:
    """A run that was created as ours, begun already: its plan, and the seq of its last event."""

    facts: Facts
    plan: Plan
    seq: int


async def execute(run_id: UUID, host: Host, new: New | None = None) -> None:
    """Run a queued run, a new one, or one whose process has died, to its end.

    Returns quietly when another process owns the run by now. Cancelling hands it back as queued if
    the host is stopping, and else just stops: the one who cancels has fenced the journal.
    """
    with logging_about(run_id=str(run_id)):
        await _run(run_id, host, new)


async def _run(run_id: UUID, host: Host, new: New | None) -> None:
    claim: Claim | None = None
    try:
        taken = _begun(run_id, host, new) if new else await _take(run_id, host)
        if taken is None:
            return
        facts, plan, claim = taken
        claim.journal.reported = facts.reported
        logger.info("the run begins, attempt %d", claim.journal.attempt)
        claim.journal.shown = facts.shown
        failpoint("run.claimed")
        if isinstance(plan, InvalidGraph):
            await _end_failed(claim, plan.message, None, {"issues": plan.context["issues"]})
            return
        await _execute(run_id, facts, plan, claim, host)
        if facts.options.get(discards.OPTION):
            await database.read(discards.delete_inputs, run_id)
    except Superseded:
        logger.info("run %s: not ours any more", run_id)
    except Exception:
        if claim is None or claim.journal.broken is not None:
            raise
        logger.exception("run %s: the engine failed", run_id)
        await _end_failed(claim, "The engine has a fault.", None, {"code": "ENGINE_FAILED"})
    except asyncio.CancelledError:
        if host.stopping and claim is not None and claim.journal.is_open:
            claim.journal.end(Queued(), Ending(RunStatus.QUEUED))
        raise
    finally:
        memory.image_cache().end(run_id)


#: A run that is ours now: what is known of it, its plan or what is wrong with its graph.
_Taken = tuple[Facts, Plan | InvalidGraph, Claim]


def _begun(run_id: UUID, host: Host, new: New) -> _Taken:
    return new.facts, new.plan, host.writer.opened(run_id, new.seq)


async def _take(run_id: UUID, host: Host) -> _Taken | None:
    facts = await database.read(load, run_id)
    if facts is None:
        return None
    plan = _compile(facts)
    if isinstance(plan, Plan):
        return facts, plan, await host.writer.claim(run_id, host.runner, executed(plan, facts.held))
    # A parent waits for its own runs here.
    unknown = [] if "parent" in facts.options else registry.unknown(facts.document)
    if bool(unknown) and await database.read(host.pass_on, run_id, unknown):
        logger.info("the run is another engine's, which knows %s", ", ".join(unknown))
        return None
    return facts, plan, await host.writer.claim(run_id, host.runner, [])


def executed(plan: Plan, held: Collection[NodeId]) -> list[NodeId]:
    """List the nodes that a run executes, in the order of its plan."""
    return [id for id in plan.nodes if id not in held]


def _compile(facts: Facts) -> Plan | InvalidGraph:
    try:
        only, randomized = (facts.options.get(key) for key in ("only", RANDOMIZED))
        return compile(facts.document, facts.inputs, registry.node_types(), only, randomized)
    except InvalidGraph as problem:
        return problem


async def _execute(run_id: UUID, facts: Facts, plan: Plan, claim: Claim, host: Host) -> None:
    option = facts.options.get("force")
    force = bool(option) if isinstance(option, bool | None) else frozenset(option)
    cap = _cap(run_id, facts.options, "maxCredits")
    budget = Budget(facts.payer_id, facts.tier, host.reserved, cap)
    run = ActiveRun(
        run_id,
        facts.owner_id,
        facts.payer_id,
        plan,
        claim.journal,
        claim.past,
        host,
        budget,
        _cap(run_id, facts.options, "maxUsd"),
        _allowed(facts),
        scope=facts.scope,
        force=force,
        discards=bool(facts.options.get(discards.OPTION)),
        commit_each_step=claim.past.crashed,
        digests=facts.digests,
    )
    run.outputs.update(outputs_of(facts.held))
    run.outputs.update(
        (id, output) for id, output in claim.past.completed.items() if id in plan.nodes
    )
    run.result_bytes = sum(json_bytes(output, MAX_RUN_BYTES) for output in run.outputs.values())
    schedule = _Schedule(run)
    host.runs[run_id] = run
    if run_id in host.pausing:
        run.pause()
    try:
        for node_id, deaths in claim.past.suspects.items():
            if deaths >= DEATHS and node_id in plan.nodes:
                message = f"The server died {deaths} times while this node alone was tried."
                schedule.failed.add(node_id)
                raise fail_step(run, plan.nodes[node_id], message, 500, "worker_lost")
        if cache.needs_keys(plan):
            lookup = force is not True
            keys = {id: result.key for id, result in facts.held.items()}
            run.prepared = await database.read(
                cache.prepare, plan, facts.owner_id, lookup=lookup, held=keys
            )
        await schedule.run_all()
        while schedule.missing:
            await claim.journal.flush()
            await host.look_at_pauses()
            if run.is_pausing:
                failpoint("run.pausing")
                claim.journal.end(Paused(), Ending(RunStatus.PAUSED))
                await claim.journal.flush()
                failpoint("run.paused")
                return
            # Resumed before the last step was done.
            schedule = _Schedule(run)
            await schedule.run_all()
        result = result_of(plan, run.outputs)
        claim.journal.end(Output(result), Ending(RunStatus.COMPLETED, output=result))
    except StepFailed as failure:
        schedule.skip_rest(failure)
        title = plan.nodes[failure.node_id].title
        error = {"code": failure.error["body"]["code"], "nodeName": title, **failure.error}
        return await _end_failed(claim, failure.message, failure.node_id, error)
    finally:
        del host.runs[run_id]
    await claim.journal.flush()
    failpoint("run.ended")


def _cap(run_id: UUID, options: JsonObject, name: str) -> RunCap | None:
    most, root = options.get(name), options.get("root", str(run_id))
    return None if most is None else RunCap(UUID(root), Decimal(str(most)))


def _allowed(facts: Facts) -> UserCap | None:
    """Return what the payer spends a day on the user who runs it; None for one's own account."""
    if facts.payer_id == facts.owner_id:
        return None
    return UserCap(facts.payer_id, facts.owner_id, Decimal(str(facts.options[PAYER_USD])))


async def _end_failed(claim: Claim, message: str, node_id: NodeId | None, more: JsonObject) -> None:
    error = {"message": message, "nodeId": node_id, **more}
    claim.journal.end(Failed(message, node_id), Ending(RunStatus.FAILED, error=error))
    await claim.journal.flush()


@dataclass(slots=True)
class _Schedule:
    """Which nodes wait, are ready, run and are done.

    Nodes run in lanes: a lane runs one node after another, so a chain needs one lane and no task
    per node. A lane is added when more nodes become ready than there are lanes to take them.
    """

    run: ActiveRun
    missing: dict[NodeId, int] = field(default_factory=dict)
    ready: deque[NodeId] = field(default_factory=deque)
    failed: set[NodeId] = field(default_factory=set)
    lanes: int = 0
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    slice_end: float = 0.0

    def __post_init__(self) -> None:
        plan, done = self.run.plan, self.run.outputs
        for node_id in plan.nodes:
            if node_id in done:
                continue
            missing = sum(source not in done for source in plan.depends[node_id])
            self.missing[node_id] = missing
            if not missing:
                self.ready.append(node_id)

    async def run_all(self) -> None:
        """Run every node that is not done. Raises StepFailed, Superseded."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None  # we are awaited
        lost = False

        def leave() -> None:
            nonlocal lost
            lost = True
            task.cancel()

        # A node may wait for minutes; an engine that lost the run must not wait for its next line.
        self.run.journal.on_broken = partial(loop.call_soon_threadsafe, leave)
        try:
            async with self.group:
                self._add_lanes(len(self.ready))
        except BaseExceptionGroup as errors:
            raise _first(errors) from errors
        except asyncio.CancelledError:
            if lost and not self.run.host.stopping:
                task.uncancel()
                raise self.run.journal.broken or Superseded() from None
            raise
        finally:
            self.run.journal.on_broken = None

    def _add_lanes(self, wanted: int) -> None:
        for _ in range(min(wanted, self.run.host.parallelism - self.lanes)):
            self.lanes += 1
            self.group.create_task(self._lane())

    async def _lane(self) -> None:
        try:
            while self.ready and not self.run.is_pausing:
                node_id = self.ready.popleft()
                lacks = self._lacks(node_id)
                if lacks is not None:
                    self._leave_out(node_id, lacks)
                    continue
                try:
                    outputs = await run_step(self.run, self.run.plan.nodes[node_id])
                except StepFailed:
                    self.failed.add(node_id)
                    raise
                except Interrupted:
                    # The steps of the other lanes end first.
                    return
                self._done(node_id, outputs)
                if time.monotonic() > self.slice_end:
                    await asyncio.sleep(0)
                    self.slice_end = time.monotonic() + SLICE_SECONDS
                journal = self.run.journal
                if journal.behind > MOST_LINES_BEHIND or journal.bytes_behind > MOST_BYTES_BEHIND:
                    await self.run.journal.flush()
        finally:
            self.lanes -= 1

    def _lacks(self, node_id: NodeId) -> NodeId | None:
        """Return the node without a result that this one needs; None: it can run.

        A port that takes many connections does without those that have nothing.
        """
        if not self.run.without:
            return None
        node = self.run.plan.nodes[node_id]
        many = {port.name for port in node.inputs if port.many}
        for name, links in node.links.items():
            lacking = [source for source, _ in links if source in self.run.without]
            if lacking and (name not in many or len(lacking) == len(links)):
                return lacking[0]
        return None

    def _leave_out(self, node_id: NodeId, lacks: NodeId) -> None:
        """Go on without a node that needs what has failed; one that ends the run ends it empty."""
        plan, journal = self.run.plan, self.run.journal
        reason = f"needs {plan.nodes[lacks].title}, which has no result"
        row = StepRow(node_id, str(StepStatus.SKIPPED))
        journal.append(Skipped(node_id, reason), step=row)
        self.run.without.add(node_id)
        self._done(node_id, {})

    def _done(self, node_id: NodeId, outputs: JsonObject) -> None:
        self.run.outputs[node_id] = outputs
        del self.missing[node_id]
        before = len(self.ready)
        for dependant in self.run.plan.dependants[node_id]:
            self.missing[dependant] -= 1
            if not self.missing[dependant]:
                self.ready.append(dependant)
        added = len(self.ready) - before
        if added > 1:
            self._add_lanes(added - 1)

    def skip_rest(self, failure: StepFailed) -> None:
        """Say of every node that is neither done nor failed why it has no result."""
        plan, journal = self.run.plan, self.run.journal
        title = plan.nodes[failure.node_id].title
        below = plan.following([failure.node_id])
        for node_id in self.missing:
            if node_id in self.failed:
                continue
            reason = f"needs {title}, which failed" if node_id in below else f"{title} failed first"
            row = StepRow(node_id, str(StepStatus.SKIPPED))
            journal.append(Skipped(node_id, reason), step=row)


def _first(errors: BaseExceptionGroup) -> BaseException:
    """Pick what ended the run: an owner lost comes before a node that failed."""
    flat: list[BaseException] = []
    for error in errors.exceptions:
        flat.extend(error.exceptions if isinstance(error, BaseExceptionGroup) else [error])
    lost = [error for error in flat if isinstance(error, Superseded)]
    return (lost or flat)[0]
