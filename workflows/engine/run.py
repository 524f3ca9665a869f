"""A run while it is executed: what its steps share, and what they use of their process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TypeVar
from uuid import UUID

from django.conf import settings

from workflows.boundaries import background
from workflows.engine.budget import Budget
from workflows.engine.cache import Prepared
from workflows.engine.credentials import Scope
from workflows.engine.limits import Slots, Threads
from workflows.engine.reserved import Reserved
from workflows.engine.secrets import Secrets
from workflows.engine.spending import RunCap, Spending, UserCap
from workflows.engine.suspects import Turns
from workflows.errors import Superseded
from workflows.graph.amounts import ItemBudget
from workflows.journal.events import Pausing, Resumed
from workflows.journal.writer import Writer
from workflows.media.storage import Allowance
from workflows.models import User
from workflows.runners.connections import Connections
from workflows.types import JsonObject, NodeId

if TYPE_CHECKING:
    from workflows.graph.plan import Plan
    from workflows.journal.journal import Journal
    from workflows.journal.past import Past
    from workflows.nodes.context import Context
    from workflows.nodes.provider import Provider

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 10.0
T = TypeVar("T")


class Interrupted(Exception):
    """What was about to be called is not, for the run is to pause."""


def _no_engine(*args: object) -> NoReturn:
    raise RuntimeError("this host executes no other runs")


def _no_other(run_id: UUID, node_types: Collection[str]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Responded:
    """A request whose response we have."""

    provider: Provider
    context: Context
    request_id: str


@dataclass(slots=True)
class Host:
    """What all runs of an engine share.

    `start` and `abort` are for runs that a node waits for: at once, and from the engine's loop.
    `make_room` lets further runs begin when one has come to wait for a provider. `pass_on` gives a
    run to an engine that knows node types which this one does not; False: none does.
    `look_at_pauses` has the runs pause or go on as their rows say.
    """

    writer: Writer
    threads: Threads
    slots: Slots
    runner: str
    parallelism: int
    reserved: Reserved = field(default_factory=Reserved)
    spending: Spending = field(default_factory=Spending)
    connections: Connections = field(default_factory=Connections)
    turns: Turns = field(default_factory=Turns)
    start: Callable[[UUID, int], None] = _no_engine
    abort: Callable[[UUID], None] = _no_engine
    make_room: Callable[[], None] = _no_engine
    look_at_pauses: Callable[[], Awaitable[None]] = _no_engine
    pass_on: Callable[[UUID, Collection[str]], bool] = _no_other
    stopping: bool = False
    #: The runs whose steps are executed now.
    runs: dict[UUID, ActiveRun] = field(default_factory=dict)
    #: Runs that are to pause as soon as they are among those.
    pausing: set[UUID] = field(default_factory=set)
    #: Runs of which something waits for a provider, and how many calls do.
    waiting: Counter[UUID] = field(default_factory=Counter)
    #: Runs that another engine has taken over: what they wait for is the other's by now.
    taken: set[UUID] = field(default_factory=set)
    _tidying: set[asyncio.Task[None]] = field(default_factory=set)

    @contextmanager
    def waits(self, run_id: UUID) -> Iterator[None]:
        """Count a run among those that wait, so that others have its place meanwhile."""
        self.waiting[run_id] += 1
        if self.waiting[run_id] == 1:
            self.make_room()
        try:
            yield
        finally:
            self.waiting[run_id] -= 1
            if not self.waiting[run_id]:
                del self.waiting[run_id]

    def cancel_later(self, provider: Provider, context: Context, request_id: str) -> None:
        """Cancel a request at its provider, without waiting for that."""

        async def cancel() -> None:
            with background(logger, "run %s: %s kept a request", context.run_id, provider.name):
                async with asyncio.timeout(CANCEL_SECONDS):
                    await provider.cancel(context, request_id)

        self._later(cancel())

    def release_later(self, journal: Journal, responded: Responded) -> None:
        """Release a response at its provider, once it is on disk here."""

        async def release() -> None:
            provider = responded.provider
            failure = ("run %s: %s kept a response", journal.run_id, provider.name)
            with background(logger, *failure), suppress(Superseded):
                await journal.flush()
                async with asyncio.timeout(CANCEL_SECONDS):
                    await provider.release(responded.context, responded.request_id)

        self._later(release())

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tidying.add(task)
        task.add_done_callback(self._tidying.discard)

    async def settle(self) -> None:
        """Wait for what is still being sent to providers."""
        await asyncio.gather(*self._tidying)


def item_budget() -> ItemBudget:
    """Return how many items a run may have."""
    limits = settings.LIMITS
    return ItemBudget(limits["items_per_node"], limits["items_per_run"])


@dataclass(slots=True)
class ActiveRun:
    """One attempt at one run.

    `outputs` holds the results of the nodes that are done. `uncacheable` are nodes whose results
    depend on more than their keys say. `responded` are the requests of nodes that are not done yet
    to which their providers have responded. `digests` say what goes into each result. With
    `commit_each_step` a process has died over this run before. `discards`: its inputs go when it
    ends. Keys, credits and runners are those of the payer.
    """

    run_id: UUID
    owner_id: int
    payer_id: int
    plan: Plan
    journal: Journal
    past: Past
    host: Host
    budget: Budget
    money: RunCap | None = None
    allowed: UserCap | None = None
    scope: Scope = field(default_factory=Scope)
    prepared: Prepared = field(default_factory=Prepared)
    secrets: Secrets = field(default_factory=Secrets)
    force: bool | frozenset[NodeId] = False
    discards: bool = False
    commit_each_step: bool = False
    digests: Mapping[NodeId, str] = field(default_factory=dict)
    outputs: dict[NodeId, JsonObject] = field(default_factory=dict)
    #: Nodes that failed or were left out while the run goes on.
    without: set[NodeId] = field(default_factory=set)
    #: How often lists may call nodes.
    items: ItemBudget = field(default_factory=item_budget)
    #: Bytes of all results that are held, as JSON.
    result_bytes: int = 0
    uncacheable: set[NodeId] = field(default_factory=set)
    responded: dict[NodeId, list[Responded]] = field(default_factory=dict)
    #: The recipes of the images that this attempt has made, by the ids of their assets.
    recipes: dict[str, str] = field(default_factory=dict)
    allowance: Allowance = field(init=False)
    _pause: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.allowance = Allowance(User(pk=self.owner_id))

    def forces(self, id: NodeId) -> bool:
        """Return whether a node is to run although its result may be known."""
        return self.force if isinstance(self.force, bool) else id in self.force

    @property
    def is_pausing(self) -> bool:
        """Whether the run is to pause: nothing further is called."""
        return self._pause.is_set()

    def pause(self) -> None:
        """Begin nothing further. For the engine's loop."""
        if not self.is_pausing and self.journal.is_open:
            self._pause.set()
            self.journal.append(Pausing())

    def go_on(self) -> None:
        """Take that back. For the engine's loop."""
        if self.is_pausing and self.journal.is_open:
            self._pause.clear()
            self.journal.append(Resumed())

    async def unless_paused(self, waiting: Awaitable[T]) -> T:
        """Wait for something that has no effect. Raises Interrupted when the run is to pause."""
        task, pausing = asyncio.ensure_future(waiting), asyncio.ensure_future(self._pause.wait())
        try:
            await asyncio.wait({task, pausing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pausing.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
        if task.cancelled():
            raise Interrupted
        return task.result()

    def check_pause(self) -> None:
        """Raise Interrupted when the run is to pause."""
        if self.is_pausing:
            raise Interrupted

    @property
    def goes_on(self) -> bool:
        """Whether the run goes on without us: handed back, or in another engine."""
        host = self.host
        return host.stopping or self.journal.taken_over or self.run_id in host.taken
