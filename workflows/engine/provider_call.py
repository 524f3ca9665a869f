"""A call of a node that a provider does: submitted once, written down, waited for, cancelled.

What a provider is, is said in `nodes/provider.py`; which calls are for one is decided in `step.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workflows.engine.limits import slots_of
from workflows.engine.run import Responded
from workflows.errors import NodeError
from workflows.failpoints import failpoint
from workflows.journal.events import OnRunner, Submit
from workflows.journal.records import StepRow
from workflows.nodes.provider import Completed, Failed, Named, Pending, Provider
from workflows.types import Json, JsonObject, NodeId

if TYPE_CHECKING:
    from workflows.engine.host.context import NodeContext
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode


@dataclass(slots=True)
class ProviderCall:
    """One call; `item` says which when the node runs once per item of a list."""

    run: ActiveRun
    node: PlannedNode
    row: StepRow
    context: NodeContext
    provider: Provider
    item: int | None
    _reported: OnRunner | None = None

    async def result(self, arguments: JsonObject) -> Json:
        """Submit the call, or find it there again, and wait for the response."""
        past, place, host = self.run.past, (self.node.id, self.item), self.run.host
        self.row.provider = self.provider.name
        async with AsyncExitStack() as held:
            async with self.context.outside():
                name = self.provider.name
                count = slots_of(name, self.provider.slots)
                slots = host.slots.of(name, count, self.run.run_id)
                waiting = held.enter_async_context(slots)
                # One that the provider has already is waited for.
                await (waiting if place in past.requests else self.run.unless_paused(waiting))
            try:
                request_id = past.requests.get(place)
                if request_id is None:
                    self.run.check_pause()
                    request_id = await self._submit(arguments, place)
                # A process before us may have submitted it; the row is written again by each.
                self.row.request_id = request_id
                self.context.let_go()
                async with self.context.outside():
                    with host.waits(self.run.run_id):
                        state = await self._wait(request_id)
            except asyncio.CancelledError:
                known = past.requests.get(place)
                if known is not None and not self.run.goes_on:
                    host.cancel_later(self.provider, self.context, known)
                raise
            except NodeError as error:
                if error.state:
                    self._refused(error.state)
                raise
            if isinstance(state, Failed):
                del past.requests[place]
                raise state.error
            responded = Responded(self.provider, self.context, request_id)
            self.run.responded.setdefault(self.node.id, []).append(responded)
            return state.value

    async def _submit(self, arguments: JsonObject, place: tuple[NodeId, int | None]) -> str:
        past, journal = self.run.past, self.run.journal
        number = past.submitted.get(place, 0)
        key = ":".join(str(part) for part in (self.run.run_id, *place, past.retries, number))
        given = await self.provider.submit(self.context, arguments, key)
        named = given if isinstance(given, Named) else None
        if named is None:
            failpoint("step.request_sent")
        request_id = given.request_id if isinstance(given, Named) else given
        past.requests[place], past.submitted[place] = request_id, number + 1
        self.row.request_id = request_id
        submit = Submit(self.node.id, self.node.type, request_id, self.item)
        journal.append(submit, step=replace(self.row))
        if named is not None and number == 0:
            # One that is submitted again has been further than that already.
            self._report(named.pending)
        await journal.flush()
        failpoint("step.request_recorded")
        if named is not None:
            try:
                await named.submit()
            except NodeError:
                del past.requests[place]
                raise
            failpoint("step.request_sent")
        return request_id

    async def _wait(self, request_id: str) -> Completed | Failed:
        reported: tuple[float | None, str] = (None, "")
        while True:
            state = await self.provider.poll(self.context, request_id)
            if not isinstance(state, Pending):
                return state
            self._report(state)
            report = state.fraction, state.text
            if report != reported or state.preview is not None:
                reported = report
                await self.context.progress(*report, state.preview)
            await asyncio.sleep(state.seconds)

    def _refused(self, state: str) -> None:
        last = self._reported
        runner, prompt_id = (last.runner, last.prompt_id) if last is not None else (None, None)
        self._report(Pending(state=state, runner=runner, prompt_id=prompt_id))

    def _report(self, state: Pending) -> None:
        """Write down the state of the request, if it has changed."""
        runner = self.run.secrets.json(state.runner)
        report = OnRunner(
            self.node.id, state.state, state.position, runner, state.prompt_id, self.item
        )
        if not state.state or report == self._reported:
            return
        self._reported = report
        self.row.state, self.row.position = state.state, state.position
        self.run.journal.append(report, step=replace(self.row))
