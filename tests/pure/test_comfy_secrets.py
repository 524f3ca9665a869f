"""Secrets in ComfyUI files: found by name and by form, reported, and nothing else touched."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.comfy_files import API, node
from workflows.graph.comfy_format import strip_secrets
from workflows.graph.document import same

KEY = "sk-" + "proj-" + "a1B2c3D4e5F6g7H8i9J0kLmNoPqR"


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "openai_api_key",
        "API Key",
        "auth_token",
        "accessToken",
        "password",
        "client_secret",
        "api_key_comfy_org",
        "auth_token_comfy_org",
        "Authorization",
        "hf_token",
    ],
)
def test_a_value_whose_name_says_so_is_taken_out(name: str) -> None:
    prompt = {"1": node("LLM", **{name: "abc", "prompt": "a fox"})}
    cleaned, removed = strip_secrets(prompt)
    assert cleaned == {"1": node("LLM", **{name: "", "prompt": "a fox"})}
    assert removed == [f"1.inputs.{name}"]


@pytest.mark.parametrize(
    "secret",
    [
        KEY,
        "hf_" + "abcdefGHIJKLmnopqrstUVWX" * 2,
        "ghp_" + "a1b2c3d4e5f6" * 3,
        "AKIA" + "ABCDEFGH12345678",
        "AIza" + "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXy",
        "comfyui-" + "0123456789abcdef" * 4,
        "Bearer " + "abcdef0123456789abcdef",
        "12345678-1234-1234-1234-123456789abc:" + "0123456789abcdef" * 2,
    ],
)
def test_the_key_of_a_known_service_is_taken_out_wherever_it_stands(secret: str) -> None:
    prompt = {"1": node("Fetch", text=f"use {secret} please", deep={"list": [secret]})}
    cleaned, removed = strip_secrets(prompt)
    assert secret not in str(cleaned)
    assert removed == ["1.inputs.text", "1.inputs.deep.list.0"]


def test_secrets_around_the_graph_are_taken_out() -> None:
    body = {"prompt": API, "extra_data": {"api_key_comfy_org": "x1", "auth_token_comfy_org": None}}
    cleaned, removed = strip_secrets(body)
    assert cleaned["extra_data"]["api_key_comfy_org"] == ""
    assert removed == ["extra_data.api_key_comfy_org"]
    assert cleaned["prompt"] is API


def test_values_in_lists_are_known_by_the_names_the_file_gives() -> None:
    one: dict[str, Any] = {
        "id": 1,
        "type": "LLM",
        "inputs": [],
        "outputs": [],
        "widgets_values": ["a fox", "s3cret", 7],
        "widgets_values_named": {"prompt": "a fox", "api_key": "s3cret", "seed": 7},
    }
    cleaned, removed = strip_secrets({"nodes": [one], "links": [], "version": 0.4})
    kept = cleaned["nodes"][0]
    assert kept["widgets_values"] == ["a fox", "", 7]
    assert kept["widgets_values_named"] == {"prompt": "a fox", "api_key": "", "seed": 7}
    assert sorted(removed) == [
        "nodes.0.widgets_values.api_key",
        "nodes.0.widgets_values_named.api_key",
    ]


def test_the_file_itself_stays_as_it_was() -> None:
    prompt = {"1": node("LLM", api_key="abc")}
    before = copy.deepcopy(prompt)
    strip_secrets(prompt)
    assert same(prompt, before)


@pytest.mark.parametrize(
    "inputs",
    [
        {"seed": 2**63, "noise_seed": 530976807293994},
        {"text": "a secret garden, password written on a wall, token of love, sk-8 skateboard"},
        {"max_tokens": 512, "num_tokens": 3, "token": "<|endoftext|>", "tokenizer": "t5"},
        {"ckpt_name": "hf_model.safetensors", "sha256": "0123456789abcdef" * 4},
        {"api_key": ""},
        {"api_key": "$text(key)"},
        {"api_key": "<your key>"},
        {"api_key": "••••"},
        {"api_key": "${OPENAI_API_KEY}"},
        {"use_api_key": "yes"},
        {"api_key": ["7", 0]},
        {"password": None},
        {"api_key_env": "OPENAI_API_KEY"},
        {"keys": "C major"},
        {"id": "12345678-1234-1234-1234-123456789abc"},
    ],
)
def test_what_is_no_secret_is_left_alone(inputs: dict[str, Any]) -> None:
    prompt = {"1": node("X", **inputs)}
    cleaned, removed = strip_secrets(prompt)
    assert removed == []
    assert cleaned is prompt


@given(st.text(max_size=60), st.integers(0, 2**64))
def test_prompts_of_words_and_seeds_are_never_touched(text: str, seed: int) -> None:
    prompt = {"1": node("X", text=" ".join(text), seed=seed)}
    assert strip_secrets(prompt) == (prompt, [])
