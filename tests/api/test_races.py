"""Many callers at once: slugs, caps, changes and quotas stay right, and nobody sees a 500."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from tests.api.client import Caller, a_node
from workflows.models import Change, Workflow

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16


def together(work: Callable[[int], int], count: int) -> Counter[int]:
    """Do `work` for 0...count-1 in threads that start at one moment; count what it answers."""
    barrier = threading.Barrier(THREADS)

    def one(number: int) -> int:
        try:
            if number < THREADS:
                barrier.wait(timeout=30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(one, range(count)))


def test_creates_of_one_name_at_once_get_a_slug_each(hers: Caller) -> None:
    names = ("A b", "a-B", "\uff21 \uff42", "A  B!")

    def create(number: int) -> int:
        body = {"name": names[number % len(names)]}
        return Caller(hers.headers).post("/api/workflows", body).status_code

    assert together(create, 100) == {201: 100}
    slugs = set(Workflow.objects.values_list("slug", flat=True))
    assert slugs == {"a-b"} | {f"a-b-{n}" for n in range(2, 101)}


def test_long_names_keep_within_the_slugs_length(hers: Caller) -> None:
    def create(number: int) -> int:
        return Caller(hers.headers).post("/api/workflows", {"name": "x" * 200}).status_code

    assert together(create, 40) == {201: 40}
    slugs = set(Workflow.objects.values_list("slug", flat=True))
    assert len(slugs) == 40
    assert max(map(len, slugs)) == 80


@override_settings(LIMITS={**settings.LIMITS, "active_runs_per_user": 5})
def test_no_more_runs_are_active_than_may_be_whatever_comes_at_once(hers: Caller) -> None:
    slug = hers.create(nodes=[a_node(text="hello")])["slug"]

    def start(number: int) -> int:
        path = f"/api/workflows/{slug}/run?async=true"
        return Caller(hers.headers).post(path, {"inputs": {}}).status_code

    assert together(start, 40) == {202: 5, 429: 35}


@override_settings(MAX_WORKFLOWS={"enterprise": 10})
def test_the_cap_holds_whatever_comes_at_once(hers: Caller) -> None:
    for number in range(6):
        hers.create(f"T{number}", isTemplate=True)
    hers.create("Source")

    def make(number: int) -> int:
        caller = Caller(hers.headers)
        if number % 3 == 0:
            return caller.post("/api/workflows", {"name": "New"}).status_code
        if number % 3 == 1:
            return caller.post("/api/workflows/source/duplicate").status_code
        return caller.put(f"/api/workflows/t{number % 6}", {"isTemplate": False}).status_code

    answers = together(make, 60)
    assert set(answers) <= {200, 201, 403}
    assert Workflow.objects.filter(is_template=False).count() == 10


def test_of_many_changes_on_one_version_each_is_applied_whole_and_the_last_value_stays(
    hers: Caller,
) -> None:
    hers.create("Busy", nodes=[a_node("a")])

    def change(number: int) -> int:
        operations = [
            {"op": "field.set", "id": "a", "field": "text", "value": str(number)},
            {"op": "node.add", "node": a_node(f"n{number}")},
        ]
        body = {"baseVersion": 1, "batchId": str(uuid4()), "label": "", "operations": operations}
        return Caller(hers.headers).post("/api/workflows/busy/changes", body).status_code

    assert together(change, 48) == {200: 48}
    workflow = Workflow.objects.get()
    assert workflow.version == 49
    assert Change.objects.count() == 48
    first, *added = workflow.nodes
    assert {node["id"] for node in added} == {f"n{number}" for number in range(48)}
    assert added[-1]["id"] == f"n{first['data']['text']}"


def test_one_batch_sent_by_many_is_applied_once(hers: Caller) -> None:
    hers.create("Once", nodes=[])
    operations = [{"op": "node.add", "node": a_node("b")}]
    body = {"baseVersion": 1, "batchId": str(uuid4()), "label": "", "operations": operations}

    def change(number: int) -> int:
        response = Caller(hers.headers).post("/api/workflows/once/changes", body)
        return response.json().get("version", -1)

    assert together(change, 48) == {2: 48}
    assert Change.objects.count() == 1


def test_saves_with_if_match_lose_nothing(hers: Caller) -> None:
    hers.create("Guarded", count=0)

    def increment(number: int) -> int:
        caller = Caller(hers.headers)
        for _attempt in range(200):
            current = caller.get("/api/workflows/guarded")
            body = {"count": current.json()["count"] + 1}
            saved = caller.put("/api/workflows/guarded", body, If_Match=current["ETag"])
            if saved.status_code == 200:
                return 200
            assert saved.status_code == 412
        return 412

    assert together(increment, 24) == {200: 24}
    assert Workflow.objects.get().extra == {"count": 24}
