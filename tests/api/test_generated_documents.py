"""Thousands of generated documents: none breaks the server; what it takes comes back unchanged."""

from __future__ import annotations

import json

import pytest

from tests.api import generated
from tests.api.client import Caller
from workflows.graph.document import READ_ONLY
from workflows.types import Json, JsonObject

pytestmark = pytest.mark.django_db

#: Every so many documents begin with a workflow of their own.
FRESH = 40
CHUNK = 1_200
#: What null means, where it means the same as nothing.
UNSET: JsonObject = {
    "description": "",
    "tags": [],
    "cover": None,
    "thumbnail": None,
    "viewport": {"x": 0, "y": 0, "zoom": 1},
}
SERVERS = READ_ONLY - {"isTemplate", "folderId"}


def exact(value: Json) -> str:
    """Write a value so that types, key order and the sign of zero count."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def canonical(value: Json) -> str:
    """Write a value so that types and the sign of zero count, and key order does not.

    A save alters what differs; a node whose keys came in another order is no other node.
    """
    return json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True)


def check(caller: Caller, seeds: range) -> int:
    """Save each document and compare; return how many the server took."""
    taken = 0
    slug = ""
    for number, seed in enumerate(seeds):
        if number % FRESH == 0:
            slug = caller.create(f"Seed {seed}")["slug"]
        sent = generated.document(seed)
        if not isinstance(sent, dict):
            sent = {"nodes": sent}
        answer = caller.put(f"/api/workflows/{slug}", sent)
        assert answer.status_code in (200, 400, 403, 404, 413), f"seed {seed}: {answer.status_code}"
        if answer.status_code != 200:
            assert answer.json()["code"], f"seed {seed}"
            continue
        taken += 1
        got = caller.get(f"/api/workflows/{slug}")
        assert got.content == answer.content, f"seed {seed}"
        _compare(sent, got.json(), seed)
        if number % 10 == 0:
            _same_again(caller, slug, got.json(), seed)
        if number % 40 == 1:
            _copied(caller, slug, got.json(), seed)
    return taken


def _compare(sent: JsonObject, got: JsonObject, seed: int) -> None:
    for key, value in sent.items():
        if key in SERVERS:
            continue
        expected = UNSET[key] if value is None and key in UNSET else value
        assert canonical(got[key]) == canonical(expected), f"seed {seed}: {key}"


def _same_again(caller: Caller, slug: str, got: JsonObject, seed: int) -> None:
    """Saving what was read changes nothing."""
    again = caller.put(f"/api/workflows/{slug}", got)
    assert again.status_code == 200, f"seed {seed}: {again.content!r}"
    assert exact(again.json()) == exact(got), f"seed {seed}"


def _copied(caller: Caller, slug: str, got: JsonObject, seed: int) -> None:
    """A copy and a post of the same are the same but for what is the server's."""
    posted = caller.post("/api/workflows", got)
    assert posted.status_code == 201, f"seed {seed}: {posted.content!r}"
    copied = caller.post(f"/api/workflows/{slug}/duplicate", {"name": got["name"]})
    assert copied.status_code == 201, f"seed {seed}"
    not_copied = {"publicPlayground", "hidden", "archived", "isTemplate", "folderId"}
    for made, but in ((posted.json(), set()), (copied.json(), not_copied)):
        keys = got.keys() - READ_ONLY - but
        left = {key: got[key] for key in got if key in keys}
        right = {key: made[key] for key in made if key in keys}
        assert exact(left) == exact(right), f"seed {seed}"
        schema = caller.get(f"/api/workflows/{made['slug']}/schema")
        assert schema.status_code == 200, f"seed {seed}"


def test_some_generated_documents_come_back_as_they_were_sent(hers: Caller) -> None:
    assert check(hers, range(400)) > 150


@pytest.mark.soak
@pytest.mark.parametrize("start", range(400, 10_000, CHUNK))
def test_ten_thousand_generated_documents_come_back_as_they_were_sent(
    hers: Caller, start: int
) -> None:
    assert check(hers, range(start, start + CHUNK)) > CHUNK // 3


def test_bodies_of_any_shape_are_refused_in_words_or_taken(hers: Caller) -> None:
    import random

    chance = random.Random(7)
    slug = hers.create("Any")["slug"]
    paths = (
        ("POST", "/api/workflows"),
        ("PUT", f"/api/workflows/{slug}"),
        ("POST", "/api/folders"),
        ("PUT", f"/api/workflows/{slug}/move"),
        ("POST", f"/api/workflows/{slug}/duplicate"),
        ("POST", f"/api/workflows/{slug}/changes"),
        ("POST", "/api/models/gradient/run?async=1"),
        ("POST", f"/api/workflows/{slug}/run?async=true"),
    )
    keys = (
        "name",
        "folderId",
        "parentId",
        "inputs",
        "only",
        "force",
        "operations",
        "batchId",
        "baseVersion",
        "label",
        "isTemplate",
        "nodes",
        "edges",
    )
    for _ in range(600):
        method, path = chance.choice(paths)
        body = {key: generated.value(chance, 4) for key in chance.sample(keys, 5)}
        answer = hers.send(method, path, json.dumps(body))
        assert answer.status_code < 500, (method, path, body)
        if answer.status_code >= 400:
            assert answer.json()["code"], (method, path, body)
