"""Every event of a run, typed; `docs/events.md` explains them.

A journal line is `{"seq", "at", "type", ...data}`; what a class declares is the data:
`Annotated[held, sent]` where the line has something more exact than Python holds. How lines are
written belongs to `journal.py` and `transitions.py`, how they are read to `follow.py`. The API's
description, and with it the browser's types, have them from these classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated, ClassVar, Literal, NotRequired, TypedDict

from workflows.fields import encode
from workflows.journal.follow import Page, follow
from workflows.types import Json, JsonObject, NodeId

__all__ = [
    "TERMINAL_TYPES",
    "Cancelled",
    "Charged",
    "Completion",
    "Event",
    "Failed",
    "Items",
    "NodeFailed",
    "OnRunner",
    "Output",
    "Page",
    "Paused",
    "Pausing",
    "Progress",
    "Queued",
    "Resumed",
    "Skipped",
    "Started",
    "Submit",
    "Suspected",
    "Warned",
    "follow",
]


#: Marks a fact that is in the line only where there is one.
OPTIONAL = {"optional": True}

#: The state of a request at the runner or provider that has it.
RequestState = Literal["uploaded", "queued", "running", "invalid"]


class RunnerName(TypedDict):
    """Which runner has the work of a node."""

    id: str
    name: str


class Preview(TypedDict):
    """An image of work that is not done: a file of the server, or all in its URL."""

    url: str
    content_type: str
    asset: NotRequired[str]
    size: NotRequired[int]
    name: NotRequired[str]


class StepErrorBody(TypedDict):
    """What is known of a failure besides its sentence; the code says which further keys there are.

    `item` is the item of a list it happened for, `cause` what an outside server said.
    """

    code: str
    field: NotRequired[str | None]
    value: NotRequired[Json]
    expected: NotRequired[Json]
    item: NotRequired[int]
    cause: NotRequired[Json]


class StepError(TypedDict):
    """Why a node failed, with the status a request for it alone would have."""

    status: int
    body: StepErrorBody


@dataclass(slots=True)
class Event:
    """One line of the journal."""

    type: ClassVar[str]

    def data(self) -> JsonObject:
        """Return the line without seq, at and type."""
        return {
            fact.name: value
            for fact in fields(self)
            if (value := getattr(self, fact.name)) is not None or "optional" not in fact.metadata
        }

    def line(self) -> str:
        """Return the data as JSON text. Raises ValueError or TypeError for what is not JSON."""
        return encode(self.data())


@dataclass(slots=True)
class Queued(Event):
    """The run waits for its turn: accepted, retried, or returned by a process that stopped.

    In the first event alone, `ignored` names inputs that were given and are not declared, and
    `randomized` holds the random numbers the run has drawn, by node and field. `again` are nodes
    whose results, items included, a retry has requested once more; `items` are places in the lists
    of nodes, where it has requested those alone. `version` is that of the workflow whose graph
    it has put in the place of the run's.
    """

    type: ClassVar[str] = "queued"
    ignored: list[str] | None = field(default=None, metadata=OPTIONAL)
    randomized: dict[NodeId, dict[str, float]] | None = field(default=None, metadata=OPTIONAL)
    again: list[NodeId] | None = field(default=None, metadata=OPTIONAL)
    items: dict[NodeId, list[int]] | None = field(default=None, metadata=OPTIONAL)
    version: int | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Pausing(Event):
    """A user pauses the run: it begins no further step, and lets those under way finish."""

    type: ClassVar[str] = "pausing"


@dataclass(slots=True)
class Paused(Event):
    """The run rests: no process executes it until a user resumes it.

    `lost`: the process that executed it had died before its steps were done.
    """

    type: ClassVar[str] = "paused"
    lost: bool | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Resumed(Event):
    """A user resumes the run: it waits for its turn, or goes on if it had not paused yet."""

    type: ClassVar[str] = "resumed"


@dataclass(slots=True)
class Started(Event):
    """A process has taken the run; `nodes` are the ids that will run, in plan order."""

    type: ClassVar[str] = "started"
    attempt: int
    runner: str
    nodes: list[NodeId]


@dataclass(slots=True)
class Submit(Event):
    """A node runs. Comes again with the `request_id` once a provider has given one.

    `item` says which call it is when a list met a single port.
    """

    type: ClassVar[str] = "submit"
    node_id: NodeId
    app_id: str
    request_id: str | None = None
    item: int | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Suspected(Event):
    """How many deaths of a process are a node's, if this process dies now.

    Comes only after a process has died over the run.
    """

    type: ClassVar[str] = "suspected"
    node_id: NodeId
    deaths: int


@dataclass(slots=True)
class OnRunner(Event):
    """The state of a node's work that a runner does: `state` is uploaded, queued, running, invalid.

    `position` counts the requests before it in the queue, `runner` is `{"id", "name"}`,
    `prompt_id` what the request is called there. `item` as in `submit`.
    """

    type: ClassVar[str] = "runner"
    node_id: NodeId
    state: Annotated[str, RequestState]
    position: int | None = None
    runner: Annotated[JsonObject | None, RunnerName | None] = None
    prompt_id: str | None = None
    item: int | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Progress(Event):
    """How far a node is: `fraction` is 0...1, or null when it is not known."""

    type: ClassVar[str] = "progress"
    node_id: NodeId
    fraction: float | None
    text: str = ""
    preview: Preview | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Warned(Event):
    """Something the author of a node should know although it runs."""

    type: ClassVar[str] = "warning"
    node_id: NodeId
    message: str


@dataclass(slots=True)
class Charged(Event):
    """What a provider was paid for a call of a node; the ledger has its line from then on.

    `usd` is what the provider says, null where it does not say; `usage` what it counted. `call`
    names the call: the same one may come again after a process has died.
    """

    type: ClassVar[str] = "charged"
    node_id: NodeId
    model: str
    usd: float | None
    usage: dict[str, float]
    call: str


class DoneItem(TypedDict):
    """An item of a list that a node is done with: its result, or why there is none.

    `digest` is of what the call was given: the same call is not made again by a later attempt.
    """

    item: int
    digest: str
    ms: int
    output: NotRequired[JsonObject]
    message: NotRequired[str]
    error: NotRequired[StepError]


@dataclass(slots=True)
class Items(Event):
    """Items of a list that a node is done with, of `count`; several at a time come together."""

    type: ClassVar[str] = "items"
    node_id: NodeId
    count: int
    items: list[DoneItem]


@dataclass(slots=True)
class Completion(Event):
    """A node is done. `ms` it took; `items` how often it ran when a list met a single port.

    `failed` counts the items that have no result, where the node goes on without them.
    """

    type: ClassVar[str] = "completion"
    node_id: NodeId
    app_id: str
    # Held as JSON text, which also goes to the step's row and the cache.
    output: Annotated[str, JsonObject]
    cached: bool
    ms: int
    items: int | None = field(default=None, metadata=OPTIONAL)
    failed: int | None = field(default=None, metadata=OPTIONAL)

    def line(self) -> str:
        """Write the data around the output's text; leave out the items when the node ran once."""
        items = "" if self.items is None else f',"items":{self.items}'
        items += f',"failed":{self.failed}' if self.failed else ""
        return (
            f'{{"node_id":{encode(self.node_id)},"app_id":{encode(self.app_id)},'
            f'"output":{self.output},"cached":{"true" if self.cached else "false"},'
            f'"ms":{self.ms}{items}}}'
        )


@dataclass(slots=True)
class Skipped(Event):
    """A node will not run in this attempt, or was stopped, because another one failed."""

    type: ClassVar[str] = "skipped"
    node_id: NodeId
    reason: str


@dataclass(slots=True)
class NodeFailed(Event):
    """A node failed; `error` is `{status, body: {code, field?, value?, expected?}}`.

    `output` is what it had made by then, where that was stored. `continued`: the run goes on.
    """

    type: ClassVar[str] = "error"
    node_id: NodeId
    message: str
    error: Annotated[JsonObject, StepError]
    output: JsonObject | None = field(default=None, metadata=OPTIONAL)
    continued: bool | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Output(Event):
    """Terminal: the run completed with this result."""

    type: ClassVar[str] = "output"
    output: Json


@dataclass(slots=True)
class Failed(Event):
    """Terminal: the run failed, because of `node_id` where one caused it.

    `code` says what else it was: START_TIMEOUT, when it had not begun in time.
    """

    type: ClassVar[str] = "failed"
    message: str
    node_id: NodeId | None
    code: str | None = field(default=None, metadata=OPTIONAL)


@dataclass(slots=True)
class Cancelled(Event):
    """Terminal: a user cancelled the run."""

    type: ClassVar[str] = "cancelled"


TERMINAL_TYPES = frozenset({Output.type, Failed.type, Cancelled.type})
