"""What a provider says a call has cost: money, or tokens, seconds and characters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflows.graph.document import is_number
from workflows.types import Json, JsonObject

#: Where tokens are counted that were given and made, by dialect; those of the first that says any
#: are added up.
_GIVEN = (
    ("prompt_tokens",),
    ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    ("promptTokenCount",),
)
_MADE = (
    ("completion_tokens",),
    ("output_tokens",),
    ("candidatesTokenCount", "thoughtsTokenCount"),
)
_PLACES = ("usage", "usageMetadata", "metrics")
#: Headers that count, and what.
_HEADERS = {"x-fal-billable-units": "units", "character-cost": "characters"}


@dataclass(slots=True)
class Bill:
    """All that was said of the cost of what went through one client.

    `usd` is None for as long as no response has named money.
    """

    usd: Decimal | None = None
    usage: dict[str, float] = field(default_factory=dict)

    @property
    def says(self) -> bool:
        """Whether anything was said at all."""
        return self.usd is not None or bool(self.usage)

    def pay(self, usd: Decimal) -> None:
        """Add money."""
        self.usd = usd if self.usd is None else self.usd + usd

    def count(self, name: str, amount: float) -> None:
        """Add to what is counted of something."""
        self.usage[name] = self.usage.get(name, 0) + amount

    def read_headers(self, headers: Mapping[str, str]) -> None:
        """Add what the headers of a response count."""
        for header, name in _HEADERS.items():
            amount = _number(headers.get(header))
            if amount is not None:
                self.count(name, amount)

    def read(self, body: JsonObject) -> None:
        """Add what a response says."""
        facts = facts_of(body)
        if is_number(facts.get("cost")):
            self.pay(Decimal(str(facts["cost"])))
        for name, dialects in (("input", _GIVEN), ("output", _MADE)):
            found = ([facts[key] for key in keys if is_number(facts.get(key))] for keys in dialects)
            amounts = next(filter(None, found), None)
            if amounts is not None:
                self.count(name, sum(amounts))
        for key in ("predict_time", "seconds"):
            if is_number(facts.get(key)):
                self.count("seconds", facts[key])


def facts_of(body: JsonObject) -> JsonObject:
    """Return what a response, or an event of one, says of its usage; empty where it says nothing.

    What the events of a stream say each replaces what the earlier ones have said.
    """
    message = body.get("message")
    for holder in (body, message if isinstance(message, dict) else {}):
        for place in _PLACES:
            found: Any = holder.get(place)
            if isinstance(found, dict):
                return found
    return {}


def _number(text: Json) -> float | None:
    try:
        return float(text) if isinstance(text, str) else None
    except ValueError:
        return None
