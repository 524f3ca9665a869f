"""The price table: which price counts for which node, provider and model."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import override_settings

from workflows.billing.prices import BY_TASK, check, node_price, usual_usd, work_price
from workflows.graph.ports import TASKS
from workflows.graph.work import Work
from workflows.nodes import registry
from workflows.nodes.models.providers import PROVIDERS


def price(type: str, model: str = "", amount: float = 1, tier: str = "pro") -> float | None:
    found = node_price(type, tier, model, amount)
    return None if found is None else float(found)


def test_every_task_has_a_price() -> None:
    assert set(BY_TASK) == set(TASKS)
    for row in registry.node_types().values():
        if any(port.widget == "model" for port in row.inputs):
            assert price(row.type) is not None


@pytest.mark.parametrize(
    ("model", "credits"),
    [
        ("", 4),
        ("together/black-forest-labs/FLUX.1-dev", 4),
        ("openai/gpt-image-2", 8),
        ("openai/gpt-image-2.5-sunburst", 8),
        ("openai/gpt-image-1-mini", 2),
        ("fal/fal-ai/flux/schnell", 0.3),
        ("local/anything", 0),
        ("ollama/llava", 0),
    ],
)
def test_an_image_costs_what_its_model_its_provider_or_its_task_says(
    model: str, credits: float
) -> None:
    assert price("generateImage", model) == credits


@override_settings(
    CREDIT_PRICES={
        "generateImage": 5,
        "openai/gpt-image-2": 20,
        "openai/gpt-*": 9,
        "openai/*": 7,
        "ollama/*": 1,
    }
)
def test_the_operators_closest_price_comes_first() -> None:
    assert price("generateImage", "openai/gpt-image-2") == 20
    assert price("generateImage", "openai/gpt-image-2.5-sunburst") == 9
    assert price("generateImage", "openai/other") == 7
    assert price("generateImage", "fal/fal-ai/flux/schnell") == 5
    assert price("generateImage") == 5
    # A price of a node type is for models of others; those here have one only by their name.
    assert price("generateImage", "local/anything") == 0
    assert price("generateImage", "ollama/llava") == 1
    assert price("editImage", "fal/fal-ai/flux-pro/kontext") == 4


@override_settings(CREDIT_PRICES={"gradient": 2}, CREDIT_PERCENTS={"pro": 50})
def test_tiers_pay_their_part_and_nodes_without_a_model_only_what_is_set() -> None:
    assert price("generateImage", "openai/gpt-image-2", 3) == 12
    assert price("generateImage", "openai/gpt-image-2", 3, "free") == 24
    assert price("gradient") == 1
    assert price("outline") is None
    assert price("fromAnotherServer", "openai/gpt-image-2") is None


def test_work_of_local_models_costs_nothing_and_work_without_models_has_no_price() -> None:
    assert work_price([Work("speak", "local/piper-joe"), Work("outline")], "pro") == 0
    assert work_price([Work("outline"), Work("textBox", "", 3)], "pro") is None
    rows = [Work("generateImage", "openai/gpt-image-2", 2), Work("chat", "groq/llama", 5)]
    assert work_price(rows, "pro") == 17


@override_settings(CREDIT_PRICES={"generateImage": 0, "openai/*": 0})
def test_what_a_call_probably_costs_in_money_does_not_follow_what_users_are_charged() -> None:
    assert usual_usd("generateImage", "openai/gpt-image-2", 2) == Decimal("0.16")
    assert usual_usd("chat", "ollama/llama") == 0


@pytest.mark.parametrize("key", ["generateImages", "openai", "openai/", "openai/*/x", "*", "/x"])
def test_a_price_for_what_there_is_not_ends_the_start(key: str) -> None:
    with pytest.raises(SystemExit, match="CREDIT_PRICES has a price for"):
        check(["generateImage", key])


def test_prices_of_node_types_and_models_are_taken() -> None:
    check(["generateImage", "openai/gpt-image-2", "fal/*", "fal/fal-ai/flux/*", "ollama/llama3.2"])
    assert all("/" not in provider for provider in PROVIDERS)
