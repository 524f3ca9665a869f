"""One call of a node's function: with its time-out, and again while that may help."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.engine import retry
from workflows.engine.host import files
from workflows.engine.host.context import NodeContext
from workflows.engine.provider_call import ProviderCall
from workflows.engine.suspects import Suspect
from workflows.errors import NodeError, PatchbayError, Superseded
from workflows.journal.records import StepRow
from workflows.nodes import registry
from workflows.nodes.provider import Provider
from workflows.types import JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class NodeCall:
    """Calls a node with the arguments of one item, or with those that it has once."""

    run: ActiveRun
    node: PlannedNode
    row: StepRow
    registered: registry.Registered
    context: NodeContext
    suspect: Suspect | None = None

    @property
    def repeatable(self) -> bool:
        """Whether calling the node again costs nothing but time."""
        return not self.node.has_model and self.node.node_type.deterministic

    async def __call__(self, arguments: JsonObject, item: int | None) -> JsonObject:
        tried = extra = 0
        while True:
            self.run.check_pause()
            tried += 1
            try:
                return await self._once(arguments, item)
            except retry.TRANSIENT as error:
                after = getattr(error, "retry_after", None)
                pause = None
                if retry.is_transient(error):
                    pause = retry.delay(tried, after, random.random)
                if pause is None and isinstance(error, NodeError):
                    extra += 1
                    pause = self.node.on_error.pause(extra)
                if pause is None:
                    if item is not None and isinstance(error, NodeError):
                        error.context.setdefault("item", item)
                    raise
                reason = self.run.secrets.text(str(error))
                logger.info("run %s: node %s: %s", self.run.run_id, self.node.id, reason)
                await self.context.progress(None, f"Trying again in {pause:.0f} s")
                await self.run.unless_paused(asyncio.sleep(pause))

    async def _once(self, arguments: JsonObject, item: int | None) -> JsonObject:
        seconds = self.node.node_type.timeout_seconds
        if self.suspect is not None:
            # What waits for its turn takes no room from the runs that may work.
            with self.run.host.waits(self.run.run_id):
                await self.run.unless_paused(self.suspect.begin())
        try:
            context = self.context if item is None else self.context.for_item()
            async with asyncio.timeout(seconds) as scope:
                if self.suspect is not None:
                    self.suspect.scope = scope
                with context.call(arguments):
                    return await self._result(context, arguments, item)
        except (NodeError, Superseded):
            raise
        except PatchbayError as error:
            # Media are read bit by bit: what is damaged in them shows long after they were opened.
            raise files.as_node_error(error, None) from error
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

    async def _result(
        self, context: NodeContext, arguments: JsonObject, item: int | None
    ) -> JsonObject:
        provider = self.registered.provider
        if provider is None or not await self._is_for(provider, arguments, item):
            return await self.registered.function(context, **arguments)
        call = ProviderCall(self.run, self.node, self.row, context, provider, item)
        result = await call.result(arguments)
        return await self.registered.function(context, provided=result, **arguments)

    async def _is_for(self, provider: Provider, arguments: JsonObject, item: int | None) -> bool:
        if (self.node.id, item) in self.run.past.requests:
            return True
        return await provider.takes(self.context, arguments)
