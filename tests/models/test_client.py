"""What comes back from a provider, however it comes: pieces, comments, errors, and no end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.errors import (
    ModelBusy,
    ModelCredit,
    ModelFailed,
    ModelGone,
    ModelKeyRefused,
    ModelRefused,
    NodeError,
)
from workflows.nodes.models.client import Client, form, step
from workflows.nodes.models.requests import Media


@dataclass
class Given:
    """A response that a test gives, in pieces for who listens."""

    pieces: list[bytes]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    async def fetch(self, url: str, *, sink: Any = None, **call: Any) -> Given:
        for piece in self.pieces if sink is not None else ():
            await sink(piece)
        return self


async def heard(*pieces: bytes) -> list[Any]:
    events: list[Any] = []

    async def listen(event: Any) -> None:
        events.append(event)

    await client(Given(list(pieces))).call("/chat", body={}, listen=listen)
    return events


def client(given: Given) -> Client:
    return Client("openai", "OpenAI", "https://api.example/v1", given.fetch)


@given(st.lists(st.integers(0, 400), max_size=6))
async def test_a_stream_says_the_same_wherever_it_is_cut(places: list[int]) -> None:
    rows = [{"n": number, "text": "ünï\n"} for number in range(5)]
    lines = [f"data: {json.dumps(row)}\n\n: a comment\n".encode() for row in rows]
    whole = b"".join(lines) + b"data: [DONE]\n\n"
    cuts = sorted({min(place, len(whole)) for place in places})
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) if a != b]
    assert await heard(*pieces) == rows


async def test_lines_of_json_without_data_are_events_too() -> None:
    assert await heard(b'{"a": 1}\n{"a"', b": 2}") == [{"a": 1}, {"a": 2}]


async def test_an_event_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(ModelFailed, match="too long"):
        await heard(*[b"x" * 1024 * 1024] * 5)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": {"code": "invalid_api_key", "message": "no"}}, ModelKeyRefused),
        (400, {"error": {"details": [{"reason": "API_KEY_INVALID"}]}}, ModelKeyRefused),
        (429, {"error": {"type": "insufficient_quota", "message": "no"}}, ModelCredit),
        (402, {"detail": "pay"}, ModelCredit),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, ModelCredit),
        (400, {"error": {"message": "Your credit balance is too low"}}, ModelCredit),
        (403, {"error": {"metadata": {"reasons": ["x"], "flagged_input": "y"}}}, ModelRefused),
        (400, {"error": {"code": "moderation_blocked", "message": "no"}}, ModelRefused),
        (422, {"detail": [{"msg": "no", "type": "content_policy_violation"}]}, ModelRefused),
        (429, {"error": {"message": "Upgrade at https://x.example/settings/billing"}}, ModelBusy),
        (529, {"error": {"type": "overloaded_error"}}, ModelBusy),
        (404, {"error": "model 'x' not found"}, ModelGone),
        (400, {"error": {"code": "model_decommissioned", "message": "gone"}}, ModelGone),
        (422, {"detail": [{"loc": ["body", "n"], "msg": "too many"}]}, ModelFailed),
        (500, "oops", ModelFailed),
    ],
)
async def test_a_refusal_is_known_by_what_it_says(
    status: int, body: Any, kind: type[NodeError]
) -> None:
    given = Given([json.dumps(body).encode()], status)
    with pytest.raises(NodeError) as refused:
        await client(given).json("/x", body={}, model="m")
    assert type(refused.value) is kind
    assert refused.value.transient == (kind is ModelBusy)


async def test_the_wait_that_a_provider_asks_for_is_kept() -> None:
    busy = Given([b"{}"], 429, {"retry-after": "7"})
    with pytest.raises(ModelBusy) as refused:
        await client(busy).json("/x", body={})
    assert refused.value.retry_after == 7
    google = Given([b'{"error": {"details": [{"retryDelay": "46s"}]}}'], 429)
    with pytest.raises(ModelBusy) as refused:
        await client(google).json("/x", body={})
    assert refused.value.retry_after == 46


async def test_an_error_under_a_status_of_success_is_one() -> None:
    with pytest.raises(ModelBusy):
        await client(Given([b'{"error": {"code": 429, "message": "slow"}}'])).json("/x", body={})


@pytest.mark.parametrize("body", [b"", b"<html>", b"3", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_object_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ModelFailed, match="no JSON"):
        await client(Given([body])).json("/x", body={})


async def test_a_bare_list_is_read_as_a_listing() -> None:
    assert await client(Given([b'[{"id": "a"}]'])).json("/models") == {"data": [{"id": "a"}]}


def test_a_name_from_a_document_is_one_step_of_a_path() -> None:
    assert step("../keys?x=1#y") == "..%2Fkeys%3Fx%3D1%23y"
    for name in (".", ".."):
        with pytest.raises(ModelFailed):
            step(name)


def test_a_file_name_writes_no_header_of_a_form() -> None:
    file = Media(b"x", "image/png", 'a"\r\nX-Evil: 1\r\n\r\n.png')
    body, kind = form([("image", file), ("model", "m")])
    assert kind.startswith("multipart/form-data; boundary=")
    assert b"\r\nX-Evil" not in body
