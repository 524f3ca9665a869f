"""What a caller requests of a run: the body, and what the run's row stores of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from django.conf import settings

from workflows.bodies import Meta
from workflows.engine import placement
from workflows.errors import InvalidBody, InvalidInputs
from workflows.graph.reach import Reach
from workflows.journal import transitions
from workflows.nodes import registry
from workflows.services.execution.variations import Variations, varied
from workflows.services.limits.idempotency import digest
from workflows.services.runner_fields import Tags, tags_of
from workflows.services.webhooks import RunWebhook
from workflows.types import Json, JsonObject

#: The option under which a run stores its variations.
VARIATIONS = "variations"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a caller requests of a run. `only` names the nodes it is for; None: the sinks.

    `reach` says what it covers besides them: see `graph/reach.py`.
    `force` runs nodes again whose result is known, all or these. `max_credits` is what the run may
    cost at most; None: as much as RUN_MAX_CREDITS allows. `max_usd` is what it may spend at
    providers. A run that has not begun after `start_seconds` fails. `ignores_unknown` leaves out,
    and notes in the journal, inputs that are not declared. `tags` are those of the workers that may
    execute it; `version` is what was requested beside the body.
    `variations` are of one node, which the run is for.
    """

    inputs: JsonObject
    only: list[str] | None = None
    force: bool | Sequence[str] = False
    max_credits: float | None = None
    max_usd: float | None = None
    start_seconds: float | None = None
    ignores_unknown: bool = False
    tags: Sequence[str] = ()
    version: str = ""
    variations: Variations | None = None
    reach: Reach = "to"

    def options(self) -> JsonObject:
        """Return what the run's row stores of it for the engine."""
        caps = [cap for cap in (self.max_credits, settings.RUN_MAX_CREDITS) if cap is not None]
        more: JsonObject = {"maxCredits": min(caps)} if caps else {}
        if self.max_usd is not None:
            more["maxUsd"] = self.max_usd
        if self.start_seconds is not None:
            more[transitions.START_BY] = time.time() + self.start_seconds
        if self.ignores_unknown:
            more[transitions.IGNORED] = []
        if self.tags:
            more[placement.OPTION] = list(self.tags)
        if self.variations is not None:
            more[VARIATIONS] = self.variations.json()
        return {"only": self.goals, "force": self.force, **more}

    @property
    def goals(self) -> list[str] | None:
        """Return the nodes that the run is for: of variations that node alone."""
        return self.only if self.variations is None else [self.variations.node]

    def graph(self, document: JsonObject) -> JsonObject:
        """Return the graph that the run executes of a workflow's. Raises InvalidBody."""
        if self.variations is None:
            return document
        return varied(document, self.variations, registry.node_types())

    def fingerprint(self, slug: str) -> str:
        """Return the digest by which a repeated request is recognised."""
        more: list[Json] = [list(self.tags)] if self.tags else []
        more += [] if self.max_usd is None else [{"maxUsd": self.max_usd}]
        more += [self.version] if self.version else []
        if self.variations is not None:
            more.append(self.variations.json())
        more += [{"reach": self.reach}] if self.reach != "to" else []
        return digest(slug, self.inputs, self.only, self.force, self.max_credits, *more)


Inputs = Annotated[
    JsonObject,
    Meta(extra={"error": InvalidInputs, "expected": "a JSON object (it may be empty)"}),
]


class NewRun(RunWebhook, kw_only=True):
    """A run to start: its inputs, and how."""

    inputs: Inputs
    force: Annotated[
        bool | Annotated[list[str], Meta(max_length=5_000)],
        Meta(
            description="Run nodes again whose result is known: all, or these.",
            extra={"expected": "true, false, or a list of ids of nodes"},
        ),
    ] = False
    max_credits: Annotated[
        Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)] | None,
        Meta(
            description="What the run may cost at most.",
            extra={"expected": "a number of credits, 0 or more"},
        ),
    ] = None
    max_usd: Annotated[
        Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)] | None,
        Meta(
            description="What its calls of providers may cost at most, in US dollars.",
            extra={"expected": "a number of US dollars, 0 or more"},
        ),
    ] = None
    only: Annotated[
        Annotated[list[str], Meta(min_length=1)] | None,
        Meta(description="Ids of the nodes that the run is for; null: all."),
    ] = None
    reach: Annotated[
        Reach,
        Meta(
            description="What runs besides `only`: all that they need (to), all that follows them "
            "with what that needs (from), or nothing, on the results of earlier runs (alone)."
        ),
    ] = "to"
    tags: Annotated[Tags, Meta(description="What the worker that executes it must have.")] = []
    variations: Annotated[
        Variations | None,
        Meta(description="Run one node for each combination of values; takes the place of `only`."),
    ] = None

    def request(self) -> RunRequest:
        """Return what is requested of the run itself. Raises InvalidBody."""
        if self.reach != "to" and self.only is None and self.variations is None:
            raise InvalidBody(
                "A run that reaches from some nodes, or takes them alone, names them.",
                field="only",
                value=None,
                expected=f"ids of nodes, for the reach {self.reach}",
            )
        tags = tags_of(self.tags)
        return RunRequest(
            self.inputs,
            self.only,
            self.force,
            self.max_credits,
            max_usd=self.max_usd,
            tags=tags,
            variations=self.variations,
            reach=self.reach,
        )
