"""Every event of a run, typed; `docs/events.md` explains them.

A journal line is `{"seq", "at", "type", ...data}`; what a class declares is the data. How lines are
written belongs to `journal.py`, how they are read to `follow.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from workflows.fields import encode
from workflows.journal.follow import Page, follow
from workflows.types import Json, JsonObject, NodeId

__all__ = [
    "TERMINAL_TYPES",
    "Cancelled",
    "Completion",
    "Event",
    "Failed",
    "NodeFailed",
    "OnRunner",
    "Output",
    "Page",
    "Progress",
    "Queued",
    "Skipped",
    "Started",
    "Submit",
    "Suspected",
    "Warned",
    "follow",
]


@dataclass(slots=True)
class Event:
    """One line of the journal."""

    type: ClassVar[str]

    def data(self) -> JsonObject:
        """Return the line without seq, at and type."""
        return {fact.name: getattr(self, fact.name) for fact in fields(self)}

    def line(self) -> str:
        """Return the data as JSON text. Raises ValueError or TypeError for what is not JSON."""
        return encode(self.data())


@dataclass(slots=True)
class Queued(Event):
    """The run waits for its turn: accepted, retried, or handed back by a process that stopped.

    In the first event alone, `ignored` names inputs that were given and are not declared, and
    `randomized` holds the random numbers the run has drawn, by node and field.
    """

    type: ClassVar[str] = "queued"
    ignored: list[str] | None = None
    randomized: dict[NodeId, JsonObject] | None = None

    def data(self) -> JsonObject:
        """Leave out what there is none of."""
        facts = {"ignored": self.ignored, "randomized": self.randomized}
        return {name: fact for name, fact in facts.items() if fact is not None}


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

    `item` tells which call it is when a list met a single port.
    """

    type: ClassVar[str] = "submit"
    node_id: NodeId
    app_id: str
    request_id: str | None = None
    item: int | None = None

    def data(self) -> JsonObject:
        """Leave out the item when the node runs once."""
        line = {"node_id": self.node_id, "app_id": self.app_id, "request_id": self.request_id}
        return line if self.item is None else {**line, "item": self.item}


@dataclass(slots=True)
class Suspected(Event):
    """How many deaths of a process are to be laid at a node's door if this one dies now.

    Comes only after a process has died over the run, engine/suspects.py.
    """

    type: ClassVar[str] = "suspected"
    node_id: NodeId
    deaths: int


@dataclass(slots=True)
class OnRunner(Event):
    """Where a node's work stands that a runner does: `state` is uploaded, queued, running, invalid.

    `position` counts the requests before it in the queue, `runner` is `{"id", "name"}`,
    `prompt_id` what the request is called there. `item` as in Submit.
    """

    type: ClassVar[str] = "runner"
    node_id: NodeId
    state: str
    position: int | None = None
    runner: JsonObject | None = None
    prompt_id: str | None = None
    item: int | None = None

    def data(self) -> JsonObject:
        """Leave out the item when the node runs once."""
        line = {
            "node_id": self.node_id, "state": self.state, "position": self.position,
            "runner": self.runner, "prompt_id": self.prompt_id,
        }  # fmt: skip
        return line if self.item is None else {**line, "item": self.item}


@dataclass(slots=True)
class Progress(Event):
    """How far a node is: `fraction` is 0...1, or None when nobody knows."""

    type: ClassVar[str] = "progress"
    node_id: NodeId
    fraction: float | None
    text: str = ""
    preview: JsonObject | None = None

    def data(self) -> JsonObject:
        """Leave out the preview when there is none."""
        line: JsonObject = {"node_id": self.node_id, "fraction": self.fraction, "text": self.text}
        return line if self.preview is None else {**line, "preview": self.preview}


@dataclass(slots=True)
class Warned(Event):
    """Something the author of a node should know although it runs."""

    type: ClassVar[str] = "warning"
    node_id: NodeId
    message: str


@dataclass(slots=True)
class Completion(Event):
    """A node is done. `ms` it took; `items` how often it ran when a list met a single port.

    `output` is JSON text here, because the same text also goes to the step's row and the cache.
    """

    type: ClassVar[str] = "completion"
    node_id: NodeId
    app_id: str
    output: str
    cached: bool
    ms: int
    items: int | None = None

    def line(self) -> str:
        """Write the data around the output's text; leave out the items when the node ran once."""
        items = "" if self.items is None else f',"items":{self.items}'
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

    `output` is what it had made by then, where that was kept.
    """

    type: ClassVar[str] = "error"
    node_id: NodeId
    message: str
    error: JsonObject
    output: JsonObject | None = None

    def data(self) -> JsonObject:
        """Leave out the output when there is none."""
        line: JsonObject = {"node_id": self.node_id, "message": self.message, "error": self.error}
        return line if self.output is None else {**line, "output": self.output}


@dataclass(slots=True)
class Output(Event):
    """Terminal: the run completed with this result."""

    type: ClassVar[str] = "output"
    output: Json


@dataclass(slots=True)
class Failed(Event):
    """Terminal: the run failed, because of `node_id` where one is to blame.

    `code` says what else it was: START_TIMEOUT, when it had not begun in time.
    """

    type: ClassVar[str] = "failed"
    message: str
    node_id: NodeId | None
    code: str | None = None

    def data(self) -> JsonObject:
        """Leave out the code when there is none."""
        line: JsonObject = {"message": self.message, "node_id": self.node_id}
        return line if self.code is None else {**line, "code": self.code}


@dataclass(slots=True)
class Cancelled(Event):
    """Terminal: somebody cancelled the run."""

    type: ClassVar[str] = "cancelled"


TERMINAL_TYPES = frozenset({Output.type, Failed.type, Cancelled.type})
