"""HTTP request: what is sent, and how answers are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .context import Answer, FakeContext, failure, run

URL = "https://api.example.com/items"


def _context(body: object = None, status: int = 200, url: str = URL, **headers: Any) -> FakeContext:
    context = FakeContext()
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": "application/json", **headers}
    context.answers[url] = Answer(status, given, content, url)
    return context


async def test_an_answer_comes_as_json_as_text_and_with_its_status() -> None:
    answer = await run(_context({"a": [1, 2]}), "httpRequest", url=URL)
    assert answer == {"response": {"a": [1, 2]}, "text": '{"a": [1, 2]}', "status": 200}


async def test_plain_text_stays_text() -> None:
    context = _context(b"hello \xff", 200, **{"content-type": "text/plain"})
    answer = await run(context, "httpRequest", url=URL)
    assert answer["response"] == answer["text"] == "hello \ufffd"


async def test_gaps_are_filled_and_escaped_in_the_url() -> None:
    url = f"{URL}?q=a%26b%2F%3F&n=5&lang=en+gb"
    context = _context(1, url=url)
    await run(
        context,
        "httpRequest",
        url=URL + "?q={{word}}",
        params={"word": "a&b/?", "n": 5},
        query={"n": "{{n}}", "lang": "en gb"},
        headers={"X-Word": "{{ n }}"},
    )
    assert context.calls[0]["url"] == url
    assert context.calls[0]["headers"] == {"X-Word": "5"}


@pytest.mark.parametrize(
    ("mode", "body", "sent", "content_type"),
    [
        ("none", {"a": 1}, None, None),
        ("json", {"a": "{{n}}", "b": ["<{{n}}>"]}, b'{"a": 5, "b": ["<5>"]}', "application/json"),
        ("json", '{"a": "{{n}}"}', b'{"a": 5}', "application/json"),
        ("form", {"a": "{{n}} x"}, b"a=5+x", "application/x-www-form-urlencoded"),
        ("raw", "n={{n}}", b"n=5", "text/plain; charset=utf-8"),
    ],
)
async def test_a_body_is_sent_in_its_mode(
    mode: str, body: Any, sent: Any, content_type: str
) -> None:
    context = _context(1)
    await run(
        context,
        "httpRequest",
        url=URL,
        method="POST",
        bodyMode=mode,
        body=body,
        params={"n": 5},
        timeout=7,
    )
    call = context.calls[0]
    assert call["body"] == sent
    assert call["headers"].get("Content-Type") == content_type
    assert call["method"] == "POST"
    assert call["timeout_seconds"] == 7


async def test_a_value_with_quotes_cannot_break_out_of_the_json() -> None:
    context = _context(1)
    await run(
        context,
        "httpRequest",
        url=URL,
        method="POST",
        bodyMode="json",
        body='{"a": "x {{v}}"}',
        params={"v": '", "admin": true, "z": "'},
    )
    assert json.loads(context.calls[0]["body"]) == {"a": 'x ", "admin": true, "z": "'}


async def test_a_given_content_type_is_kept() -> None:
    context = _context(1)
    await run(
        context,
        "httpRequest",
        url=URL,
        bodyMode="raw",
        body="<a/>",
        headers={"content-type": "application/xml"},
    )
    assert context.calls[0]["headers"] == {"content-type": "application/xml"}


@pytest.mark.parametrize(
    ("path", "value"), [("data.0.url", "u"), ("$.data.0.url", "u"), ("data", [{"url": "u"}])]
)
async def test_a_path_picks_from_the_answer(path: str, value: object) -> None:
    context = _context({"data": [{"url": "u"}]})
    assert (await run(context, "httpRequest", url=URL, responsePath=path))["response"] == value


@pytest.mark.parametrize("path", ["data.1.url", "data.url", "nothing", "data.0.url.x", "data.-1"])
async def test_a_path_that_leads_nowhere_says_what_there_is(path: str) -> None:
    context = _context({"data": [{"url": "u"}]})
    error = await failure(context, "httpRequest", url=URL, responsePath=path)
    assert error.context["field"] == "responsePath"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": URL + "/{{x}}"}, "url"),
        ({"headers": ["a"]}, "headers"),
        ({"headers": {"a": {"b": 1}}}, "headers"),
        ({"query": "words"}, "query"),
        ({"bodyMode": "form", "body": "words"}, "body"),
        ({"bodyMode": "json", "body": {"a": "{{x}}"}}, "body"),
        ({"method": "TRACE"}, "method"),
        ({"url": "https://unreachable.example.com"}, "url"),
    ],
)
async def test_what_cannot_be_sent_is_named(values: dict, field: str) -> None:
    context = _context(1)
    error = await failure(context, "httpRequest", **{"url": URL, **values})
    assert error.context["field"] == field


@pytest.mark.parametrize(("status", "transient"), [(404, False), (429, True), (503, True)])
async def test_an_error_answer_fails_the_node_unless_it_is_accepted(
    status: int, transient: bool
) -> None:
    context = _context({"why": "no"}, status, **{"retry-after": "12"})
    error = await failure(context, "httpRequest", url=URL)
    assert error.transient is transient
    assert error.retry_after == 12
    assert "no" in error.message
    answer = await run(context, "httpRequest", url=URL, allowErrors=True)
    assert answer["status"] == status


async def test_a_broken_json_answer_is_refused() -> None:
    error = await failure(_context(b"{oops"), "httpRequest", url=URL)
    assert error.context["value"] == "{oops"


async def test_a_huge_answer_is_refused() -> None:
    error = await failure(_context(b"x" * 4_000_001), "httpRequest", url=URL)
    assert error.context["value"] == 4_000_001
