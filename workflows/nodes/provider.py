"""What a service must offer that takes work now and answers later: submit, poll, cancel.

A node type that names a provider leaves submitting and waiting to the engine, which writes the
request id down before it waits. A process that dies then asks for that request again instead of
submitting the work a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from workflows.nodes.context import Context
from workflows.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider answered in the end; the node's function makes outputs of it."""

    value: Json


@dataclass(frozen=True, slots=True)
class Pending:
    """The work goes on; ask again after `seconds`. `fraction` (0...1) and `text` are shown."""

    seconds: float = 1.0
    fraction: float | None = None
    text: str = ""


class Provider(Protocol):
    """A queue of somebody else's. Implementations are subclasses.

    `name` identifies it in step rows; `slots` is how many requests may be open at once.
    """

    name: str
    slots: int

    def takes(self, context: Context, inputs: JsonObject) -> bool:
        """Say whether this call is for the provider; all others the node's function answers alone.

        The answer must be the same whenever the same call is asked about.
        """
        return True

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> str:
        """Hand the work in and return its request id (at most 200 characters).

        `key` is the same whenever the same call is handed in again: send it as the idempotency key.
        """
        ...

    async def poll(self, context: Context, request_id: str) -> Answer | Pending:
        """Ask how the work stands. Raises NodeError when it failed or is not known any more."""
        ...

    async def cancel(self, context: Context, request_id: str) -> None:
        """Say that nobody wants the answer any more; may be too late."""
        ...
