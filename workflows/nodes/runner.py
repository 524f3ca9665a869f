"""What a runner offers a node, a registered ComfyUI server; the engine provides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workflows.types import Json, JsonObject

#: The provider whose request ids are `<runner id>/<prompt id>`.
PROVIDER = "comfyui"

#: Counts the node classes and the options that a graph needs and these node types do not have.
Lacks = Callable[[JsonObject], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended: `kind` is success, error or interrupted.

    `outputs` maps node id to `{"files": [...], "texts": [...]}`, each file as `Runner.keep` takes
    it, with the `folder` it is in: output, temp or input. `error` is what the runner said, and
    `warnings` what it said of nodes that did not run although the rest did.
    """

    kind: str
    outputs: Mapping[str, JsonObject] = field(default_factory=dict)
    error: JsonObject = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestState:
    """What is known of a request: `state` is empty (not known yet), queued, running, ended, lost,
    removed or away.

    A lost one is not known to a runner that was restarted, a removed one was deleted there.

    An away runner does not respond; `away_seconds` says for how long and `patience_seconds` for how
    long it is waited for. `problem` is what went wrong when the request was submitted, if anything.
    """

    state: str
    position: int | None = None
    fraction: float | None = None
    text: str = ""
    preview: JsonObject | None = None
    away_seconds: float = 0.0
    patience_seconds: float = 0.0
    problem: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """What of a graph a runner refused, or (without `message`) left out.

    `nodes` lists `{"node", "node_type", "input", "type", "message"}`.
    """

    message: str
    nodes: tuple[JsonObject, ...] = ()


class Runner(Protocol):
    """One ComfyUI server. All texts that come from it are as short as they may be shown."""

    id: str
    name: str

    async def catalogue(self, *, fresh: bool = False) -> JsonObject:
        """Return the node types it has (`/object_info`); raises NodeError when it is not there.

        What it said before is stored; `fresh` reads it again, unless it was read a moment ago.
        """
        ...

    async def upload(self, value: Json, *, folder: str, field: str) -> str:
        """Copy a media value into a folder of its inputs; return what a graph calls it.

        Raises NodeError naming `field`.
        """
        ...

    async def submit(
        self,
        prompt_id: str,
        prompt: JsonObject,
        *,
        workflow: JsonObject | None = None,
    ) -> Refused | None:
        """Submit a prompt under an id; return what was refused, altogether or of it.

        Returns when it was taken, and also when it is not known whether it was: `status` finds out.
        Raises NodeError when it certainly has not arrived. `workflow` is the file in UI format
        that the runner writes into what it saves.
        """
        ...

    async def status(self, prompt_id: str) -> RequestState:
        """Return the state of a request, as soon as there is something new to say of it.

        Raises NodeError when the runner is not registered any more.
        """
        ...

    async def keep(self, prompt_id: str, file: JsonObject) -> JsonObject:
        """Copy a file of a request's outcome to our storage and return its media reference.

        Raises NodeError when it is too large, is not what its name says, or does not come.
        """
        ...

    async def cancel(self, prompt_id: str) -> None:
        """Have a request taken out of the queue or stopped as soon as the runner can be reached."""
        ...

    async def forget(self, prompt_id: str) -> None:
        """Watch a request no longer, and let the runner forget it too where that is configured."""
        ...
