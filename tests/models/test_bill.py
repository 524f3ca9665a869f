"""What responses say of their cost, as each provider words it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.nodes.context import Answer
from workflows.nodes.models.bill import Bill, facts_of
from workflows.nodes.models.client import Client
from workflows.nodes.models.fal import FalModels


@pytest.mark.parametrize(
    ("body", "usd", "usage"),
    [
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 7}}, None, {"input": 9, "output": 7}),
        (
            {"usage": {"prompt_tokens": 9, "completion_tokens": 7, "cost": 0.0031}},
            "0.0031",
            {"input": 9, "output": 7},
        ),
        (
            {"usage": {"input_tokens": 1, "cache_read_input_tokens": 20, "output_tokens": 3}},
            None,
            {"input": 21, "output": 3},
        ),
        (
            {"usageMetadata": {"promptTokenCount": 4, "thoughtsTokenCount": 9}},
            None,
            {"input": 4, "output": 9},
        ),
        ({"metrics": {"predict_time": 1.5}}, None, {"seconds": 1.5}),
        ({"usage": {"type": "duration", "seconds": 12}}, None, {"seconds": 12}),
        ({"usage": {"cost": 0}}, "0", {}),
        ({"usage": {"cost": "free", "prompt_tokens": True}}, None, {}),
        ({"usage": None, "data": []}, None, {}),
        ({"usage": {"cost": 1e999}}, None, {}),
    ],
)
def test_a_response_is_read(body: dict, usd: str | None, usage: dict) -> None:
    bill = Bill()
    bill.read(body)
    assert bill.usd == (None if usd is None else Decimal(usd))
    assert bill.usage == usage
    assert bill.says == (usd is not None or bool(usage))


def test_several_responses_are_added_up_and_unknown_money_is_not_nothing() -> None:
    bill = Bill()
    for _ in range(3):
        bill.read({"usage": {"prompt_tokens": 2}})
    assert (bill.usd, bill.usage) == (None, {"input": 6})
    bill.read({"usage": {"cost": 0.1}})
    bill.read({"usage": {"cost": 0.2}})
    assert bill.usd == Decimal("0.3")


def test_headers_count_units_and_characters() -> None:
    bill = Bill()
    bill.read_headers({"x-fal-billable-units": "2.5", "character-cost": "120", "x": "1"})
    bill.read_headers({"character-cost": "many"})
    assert bill.usage == {"units": 2.5, "characters": 120}


def test_the_events_of_a_stream_say_it_at_last() -> None:
    usage: dict = {}
    for event in (
        {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
        {"type": "content_block_delta", "delta": {"text": "a"}},
        {"type": "message_delta", "usage": {"output_tokens": 7}},
    ):
        usage |= facts_of(event)
    bill = Bill()
    bill.read({"usage": usage})
    assert bill.usage == {"input": 9, "output": 7}


@pytest.mark.parametrize(
    ("prices", "units", "usd"),
    [
        ([{"unit_price": 0.025, "unit": "image", "currency": "USD"}], None, "0.050"),
        ([{"unit_price": 0.025, "unit": "megapixels", "currency": "USD"}], 1.5, "0.0375"),
        ([{"unit_price": 0.025, "unit": "megapixels", "currency": "USD"}], None, None),
        ([{"unit_price": 8, "unit": "request", "currency": "credits"}], 1, None),
        ([], 1, None),
        ([{"unit_price": "much", "unit": "image", "currency": "USD"}], 1, None),
    ],
)
async def test_fals_units_times_their_listed_price_are_money(
    prices: list, units: float | None, usd: str | None
) -> None:
    asked: list[str] = []

    async def fetch(url: str, **call: object) -> Answer:
        asked.append(url)
        return Answer(body=json.dumps({"prices": prices}).encode())

    client = Client("fal", "fal", "https://api.fal.ai", fetch)
    if units is not None:
        client.bill.count("units", units)
    await FalModels().price(client, "fal-ai/flux/dev", 2)
    assert asked == ["https://api.fal.ai/v1/models/pricing?endpoint_id=fal-ai%2Fflux%2Fdev"]
    assert client.bill.usd == (None if usd is None else Decimal(usd))
