"""A server of models that staff allow: llama.cpp with a real, if tiny, model."""

from __future__ import annotations

import pytest

from tests.api.client import a_node, an_edge
from tests.models.site import Outside, Refused, User, output_of, step_of


@pytest.fixture(scope="module")
def allowed(user: User, llama: Outside) -> str:
    """The model's id once its server is allowed."""
    base = f"{llama.url}/v1"
    made = user.call("POST", "/api/servers", {"name": "Tiny llama", "baseUrl": base})
    assert made["id"] == "tiny-llama"
    models = user.call("GET", "/api/tasks/chat/models")["models"]
    found = [row for row in models if row["provider"] == "tiny-llama"]
    assert [row["state"] for row in found] == ["ready"]
    return str(found[0]["id"])


def test_a_server_that_nobody_has_allowed_is_not_called(user: User) -> None:
    error = user.run("chat", prompt="hi", model="stranger/llama")["error"]
    assert error["body"]["code"] == "SERVER_NOT_ALLOWED"
    assert "staff" in error["body"]["expected"]


def test_a_chat_is_streamed_and_counted(user: User, allowed: str) -> None:
    run = user.run("chat", prompt="hi", model=allowed, maxTokens=40, temperature=0)
    assert run["status"] == "completed", run
    outputs = output_of(run)
    assert len(outputs["text"]) > 5
    assert outputs["usage"]["output"] == 40
    assert outputs["json"] is None
    assert outputs["usage"]["model"] == allowed
    assert "longest response" in step_of(run)["warnings"][0]


def test_the_response_is_held_to_a_schema(user: User, allowed: str) -> None:
    schema = {
        "type": "object",
        "properties": {"color": {"enum": ["red", "blue"]}},
        "required": ["color"],
        "additionalProperties": False,
    }
    run = user.run("chat", prompt="a color", model=allowed, schema=schema, maxTokens=100)
    assert run["status"] == "completed", run
    assert output_of(run)["json"]["color"] in ("red", "blue")


def test_five_prompts_of_a_list_give_five_captions(user: User, allowed: str) -> None:
    prompts = [f"Caption {number}" for number in range(5)]
    nodes = [
        a_node("list", "list", items=prompts),
        a_node("it", "chat", model=allowed, maxTokens=8),
        a_node("out", "responseOutput"),
    ]
    edges = [an_edge("list", "it", "items", "prompt"), an_edge("it", "out", "text", "result")]
    run = user.run_graph(nodes, edges)
    assert run["status"] == "completed", run
    assert len(output_of(run)["text"]) == 5


def test_a_name_of_a_provider_and_a_second_of_one_name_are_refused(
    user: User, allowed: str
) -> None:
    for name, code in (("OpenAI", 400), ("local", 400), ("Tiny llama", 409), ("!!", 400)):
        with pytest.raises(Refused) as refused:
            user.call("POST", "/api/servers", {"name": name, "baseUrl": "http://127.0.0.1:1/v1"})
        assert refused.value.status == code, name


def test_an_http_request_still_does_not_reach_it(user: User, allowed: str, llama: Outside) -> None:
    run = user.run("httpRequest", url=f"{llama.url}/v1/models")
    assert run["error"]["body"]["code"] == "BLOCKED_ADDRESS"


def test_a_server_that_is_gone_is_a_problem_of_the_list_and_not_its_end(user: User) -> None:
    body = {"name": "Gone", "baseUrl": "http://127.0.0.1:9/v1"}
    id = user.call("POST", "/api/servers", body)["id"]
    found = user.call("GET", "/api/tasks/chat/models")
    assert "gone" in [row["provider"] for row in found["problems"]]
    run = user.run("chat", prompt="hi", model="gone/model")
    assert run["error"]["body"]["code"] == "UNREACHABLE"
    user.call("DELETE", f"/api/servers/{id}")
    found = user.call("GET", "/api/tasks/chat/models")
    assert "gone" not in [row["provider"] for row in found["problems"]]
