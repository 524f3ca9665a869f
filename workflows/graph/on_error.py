"""What a node does when it fails: the run stops, the rest goes on, or a value replaces its result.

A node's `onError` is `{"policy": "stop" | "continue" | "fallback", "outputs"?, "retries"?}`: with
`continue` the failed item of a list leaves its place empty, and what needs the value is skipped;
`outputs` are what `fallback` puts there, by output; `retries` tries again first. What is not like
that means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from workflows.errors import NodeError
from workflows.graph.ports import Output
from workflows.graph.values import convert
from workflows.types import JsonObject

Policy = Literal["stop", "continue", "fallback"]
POLICIES: tuple[Policy, ...] = ("stop", "continue", "fallback")
MAX_RETRIES = 10
#: Before the first further try; the pause doubles from try to try.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class OnError:
    """A node's policy: `outputs` stand in under `fallback`, `retries` come before any of it."""

    policy: Policy = "stop"
    outputs: JsonObject = field(default_factory=dict)
    retries: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether the run goes on without the node's result."""
        return self.policy != "stop"

    def pause(self, tried: int) -> float | None:
        """Return the seconds before the next of the node's own retries, None when none is left."""
        if tried > self.retries:
            return None
        return float(min(FIRST_PAUSE_SECONDS * 2 ** (tried - 1), LONGEST_PAUSE_SECONDS))

    def stand_in(self, outputs: Sequence[Output]) -> JsonObject:
        """Return what takes the place of a result: the fallback's values, null for the rest."""
        found: JsonObject = {}
        for output in outputs:
            value = self.outputs.get(output.name) if self.policy == "fallback" else None
            try:
                found[output.name] = (
                    None if value is None else convert(value, output.type, field=output.name)
                )
            except NodeError:
                found[output.name] = None
        return found


STOP = OnError()


def on_error_of(node: JsonObject) -> OnError:
    """Return the policy that a node of a document names."""
    found = node.get("onError")
    if not isinstance(found, dict):
        return STOP
    named = found.get("policy")
    policy = next((known for known in POLICIES if known == named), POLICIES[0])
    outputs, retries = found.get("outputs"), found.get("retries")
    counted = isinstance(retries, int) and not isinstance(retries, bool) and retries > 0
    return OnError(
        policy,
        outputs if isinstance(outputs, dict) else {},
        min(retries, MAX_RETRIES) if counted and isinstance(retries, int) else 0,
    )
