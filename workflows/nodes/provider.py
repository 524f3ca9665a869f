"""What a service must offer that takes work now and returns the result later: submit, poll, cancel.

A node type that names a provider leaves submitting and waiting to the engine, which writes the
request id down before it waits. A process that dies then reads that request again instead of
submitting the work a second time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from workflows.errors import NodeError
from workflows.nodes.context import Context
from workflows.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Completed:
    """What the provider returned in the end; the node's function makes outputs of it."""

    value: Json


@dataclass(frozen=True, slots=True)
class Pending:
    """The work goes on; poll again after `seconds`. `fraction` (0...1) and `text` are shown.

    `preview` is a media value of what there is so far. `state` is that of the request:
    `uploaded` (its files are there), `queued` behind `position` others, `running`, or nothing
    where that is not known; each change of it is written to the journal, together with the
    `runner` (`{"id", "name"}`) that has the request and what it is called there, `prompt_id`.
    """

    seconds: float = 1.0
    fraction: float | None = None
    text: str = ""
    preview: JsonObject | None = None
    state: str = ""
    position: int | None = None
    runner: JsonObject | None = None
    prompt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A request whose id is ours to choose; nothing is submitted yet.

    The id is written down first and `submit` awaited then, so that a request of which it is
    not known whether it arrived can be looked up. A NodeError of `submit` means that it did not
    arrive; where that is not known, `submit` returns and `poll` finds out.
    """

    request_id: str
    submit: Callable[[], Awaitable[None]]
    pending: Pending


@dataclass(frozen=True, slots=True)
class Failed:
    """The request ended without a response. If `error` is transient, a new one is submitted."""

    error: NodeError


class Provider(Protocol):
    """A provider's queue. Implementations are subclasses.

    `name` identifies it in step rows; `slots` is how many requests may be open at once.
    """

    name: str
    slots: int

    async def takes(self, context: Context, inputs: JsonObject) -> bool:
        """Say whether this call is for the provider; all others the node's function does alone.

        Read before a call is submitted; afterwards it stays with the provider.
        """
        return True

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> str | Named:
        """Submit the work and return its request id (at most 200 characters).

        Where the id can be chosen, return `Named` instead.

        `key` is the same until a request id is known, whatever happens to us in between: send it as
        the idempotency key.
        """
        ...

    async def poll(self, context: Context, request_id: str) -> Completed | Pending | Failed:
        """Poll the work. Raises NodeError when its state cannot be read."""
        ...

    async def cancel(self, context: Context, request_id: str) -> None:
        """Cancel the work, whose result is not needed any more; may be too late."""
        ...

    async def release(self, context: Context, request_id: str) -> None:
        """Take note that the response is on disk here, and will not be requested again."""
        return None
