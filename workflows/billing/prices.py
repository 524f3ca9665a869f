"""What a node costs: the one price table, by task, provider and model, and by the payer's tier.

A credit is meant as a US cent of what providers list. The first of these that knows the node says
its price (docs/settings.md): CREDIT_PRICES for the model, nothing for a model that runs here,
CREDIT_PRICES for the node type, the tables below, and what the node type declares
(`NodeType.credits`, None: free). CREDIT_PERCENTS says what part of it each tier pays.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.conf import settings

from workflows.graph import work
from workflows.graph.ports import LOCAL
from workflows.graph.work import Work
from workflows.nodes import registry
from workflows.nodes.models.providers import PROVIDERS

#: Credits are counted to a thousandth, as the ledger keeps them.
SMALLEST = Decimal("0.001")
#: US dollars that a credit represents where a provider does not report what a call has cost.
CREDIT_USD = Decimal("0.01")

#: Credits of a call by task; of each image and each second of a video (`graph/work.COUNTED`).
BY_TASK: Mapping[str, float] = {
    "chat": 1,
    "describe": 1,
    "image": 4,
    "edit": 4,
    "upscale": 4,
    "removeBackground": 2,
    "video": 10,
    "speak": 2,
    "transcribe": 1,
    "sound": 5,
    "embed": 0.1,
    "moderate": 0.1,
    "readText": 1,
    "denoise": 2,
    "faces": 1,
    "any": 4,
}
#: A task that is unknown here.
OTHER_TASK = 4
#: Where a provider's models are far from that: by task and provider.
BY_PROVIDER: Mapping[tuple[str, str], float] = {
    ("chat", "groq"): 0.2,
    ("chat", "deepseek"): 0.2,
    ("describe", "groq"): 0.2,
    ("transcribe", "groq"): 0.2,
    ("speak", "elevenlabs"): 5,
    ("sound", "elevenlabs"): 10,
    ("moderate", "openai"): 0,
}
#: And single models, also `provider/beginning*`.
BY_MODEL: Mapping[str, float] = {
    "openai/gpt-image-2*": 8,
    "openai/gpt-image-1-mini": 2,
    "google/gemini-3-pro-image*": 14,
    "fal/fal-ai/flux/schnell": 0.3,
    "fal/fal-ai/flux/dev": 2.5,
    "replicate/black-forest-labs/flux-schnell": 0.3,
    "replicate/black-forest-labs/flux-dev": 2.5,
}


def node_price(node_type: str, tier: str, model: str = "", amount: float = 1) -> Decimal | None:
    """Return the credits that calls of a node cost a tier, or None when they cost nothing at all.

    `model` is as the node names it ("": not known yet); `amount` counts as `graph/work.Work` does.
    A model that costs nothing is 0, a node without a model and without a price None.
    """
    price = _price(node_type, model, settings.CREDIT_PRICES)
    if price is None:
        return None
    percent = settings.CREDIT_PERCENTS.get(tier, 100)
    total = Decimal(str(price)) * Decimal(str(amount)) * Decimal(str(percent)) / 100
    return total.quantize(SMALLEST)


def task_price(task: str, tier: str, model: str) -> Decimal:
    """Return the credits that a call of a model for a task costs a tier, or an image, or a second.

    Where several node types do a task, it is the price of the first.
    """
    for row in registry.node_types().values():
        if work.task_of(row) == task:
            return node_price(row.type, tier, model) or Decimal(0)
    return Decimal(0)


def work_price(rows: Iterable[Work], tier: str) -> Decimal | None:
    """Return the credits that work costs a tier, or None when no node of it costs anything."""
    prices = [node_price(row.type, tier, row.model, row.amount) for row in rows]
    known = [price for price in prices if price is not None]
    return sum(known, Decimal(0)) if known else None


def usual_usd(node_type: str, model: str, amount: float = 1) -> Decimal:
    """Return what calls probably cost in US dollars, by the tables alone, whatever is charged."""
    provider = provider_of(model)
    known, price = registry.get(node_type), Decimal(0)
    if known is not None and provider in PROVIDERS:
        task = work.task_of(known.node_type)
        price = Decimal(str(_usual(task, provider, model)))
    return price * Decimal(str(amount)) * CREDIT_USD


def provider_of(model: str) -> str:
    """Return the provider that a model's name begins with, empty where it names none."""
    provider, _, name = model.partition("/")
    return provider if name else ""


def check(prices: Iterable[str]) -> None:
    """End the start of a server whose CREDIT_PRICES name what there is not."""
    for key in prices:
        named = bool(provider_of(key)) and "*" not in key.removesuffix("*")
        if not named and registry.get(key) is None:
            sys.exit(
                f"CREDIT_PRICES has a price for {key!r}; it must be for a node type such as "
                "generateImage, or for models such as openai/gpt-image-2, openai/gpt-* or fal/*."
            )


def _price(node_type: str, model: str, prices: Mapping[str, float]) -> float | None:
    known = registry.get(node_type)
    if known is None:
        return None
    declared = known.node_type.credits
    if not any(port.widget == "model" for port in known.node_type.inputs):
        return prices.get(node_type, declared)
    provider, task = provider_of(model), work.task_of(known.node_type)
    found = _of_model(prices, model)
    if found is not None:
        return found
    if provider and (provider == LOCAL or provider not in PROVIDERS):
        return 0
    return prices.get(node_type, _usual(task, provider, model) if declared is None else declared)


def _usual(task: str, provider: str, model: str) -> float:
    """Return the price of a call by the tables alone."""
    for price in (_of_model(BY_MODEL, model), BY_PROVIDER.get((task, provider))):
        if price is not None:
            return price
    return BY_TASK.get(task, OTHER_TASK)


def _of_model(prices: Mapping[str, float], model: str) -> float | None:
    """Return the price of a model by its name, else by the longest beginning that fits."""
    if model in prices:
        return prices[model]
    fitting = [
        key for key in prices if "/" in key and key.endswith("*") and model.startswith(key[:-1])
    ]
    return prices[max(fitting, key=len)] if fitting else None
