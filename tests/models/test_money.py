"""What calls cost, from the providers' responses to the ledger, through the live server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.site import User, output_of, step_of


@pytest.fixture(scope="module")
def keys(user: User) -> dict[str, str]:
    """A key of every provider here."""
    return {name: user.connect(name) for name in ("openai", "anthropic", "google", "openrouter")}


def call_lines(user: User, run: Any) -> list[Any]:
    """Return the ledger's lines about calls of a run."""
    entries = user.call("GET", "/api/account/usage?days=1")["entries"]
    mine = [row for row in entries if row["executionId"] == run["executionId"]]
    return [row for row in mine if row["kind"] == "call"]


def test_what_openrouter_says_it_charged_is_kept_beside_the_credits(
    user: User, keys: dict[str, str]
) -> None:
    run = user.run("chat", prompt="A fox for a price", model="openrouter/meta/llama")
    assert output_of(run)["text"] == "A dear fox."
    assert step_of(run)["money"] == {"usd": 0.0125, "calls": 1, "unknownCalls": 0}
    assert (step_of(run)["cost"], run["cost"]) == (1, 1)
    [line] = call_lines(user, run)
    assert (line["usd"], line["usdEstimate"], line["amount"]) == (0.0125, None, 0)
    assert line["usage"] == {"input": 5, "output": 3}
    assert (line["model"], line["credentialId"]) == ("openrouter/meta/llama", keys["openrouter"])


@pytest.mark.parametrize(
    "model",
    ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "google/gemini-flash-latest"],
)
def test_tokens_are_counted_where_money_is_not_said(
    user: User, keys: dict[str, str], model: str
) -> None:
    run = user.run("chat", prompt="Say something", model=model)
    output_of(run)
    assert step_of(run)["money"] == {"usd": None, "calls": 1, "unknownCalls": 1}
    [line] = call_lines(user, run)
    assert (line["usd"], line["usdEstimate"]) == (None, 0.01)
    assert line["usage"] == {"input": 9, "output": 7}


def test_a_call_that_is_refused_costs_nothing(user: User, keys: dict[str, str]) -> None:
    run = user.run("chat", prompt="There is no credit", model="openai/gpt-6-luna")
    assert run["status"] == "failed"
    assert (step_of(run)["money"], step_of(run)["cost"], call_lines(user, run)) == (None, 0, [])


def test_a_response_that_does_not_fit_was_paid_all_the_same(
    user: User, keys: dict[str, str]
) -> None:
    schema = {"type": "object", "properties": {"colors": {"type": "array"}}}
    run = user.run("chat", prompt="A fox for a price", model="openrouter/meta/llama", schema=schema)
    assert run["status"] == "failed"
    assert step_of(run)["cost"] == 0
    assert step_of(run)["money"]["usd"] == 0.0125


def test_a_key_says_what_was_spent_on_it_and_its_cap_holds(
    user: User, keys: dict[str, str]
) -> None:
    def key() -> Any:
        rows = user.call("GET", "/api/credentials")
        return next(row for row in rows if row["id"] == keys["openrouter"])

    before = key()
    user.run("chat", prompt="A fox for a price", model="openrouter/meta/llama")
    after = key()
    assert after["callsThisMonth"] == before["callsThisMonth"] + 1
    spent = after["spentToday"]
    assert spent == pytest.approx(before["spentToday"] + 0.0125)
    path = f"/api/credentials/{keys['openrouter']}"
    user.call("PUT", path, {"capPerDay": round(spent, 2)})
    refused = user.run("chat", prompt="A fox for a price", model="openrouter/meta/llama")
    assert refused["error"]["body"]["code"] == "KEY_CAP_REACHED"
    assert refused["error"]["body"]["cause"]["credential"] == keys["openrouter"]
    assert key()["callsThisMonth"] == after["callsThisMonth"]
    user.call("PUT", path, {"capPerDay": None})
    output_of(user.run("chat", prompt="A fox for a price", model="openrouter/meta/llama"))


def test_usage_is_summed_by_key_model_and_day(user: User, keys: dict[str, str]) -> None:
    user.run("chat", prompt="A fox for a price", model="openrouter/meta/llama")
    usage = user.call("GET", "/api/account/usage?days=1")
    by_key = {row["credentialId"]: row for row in usage["callsByCredential"]}
    assert by_key[keys["openrouter"]]["usd"] >= 0.0125
    by_model = {row["model"]: row for row in usage["callsByModel"]}
    assert by_model["openrouter/meta/llama"]["unknownCalls"] == 0
    assert sum(row["calls"] for row in usage["callsByDay"]) == sum(
        row["calls"] for row in usage["callsByModel"]
    )
