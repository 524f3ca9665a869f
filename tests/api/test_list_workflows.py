"""GET /api/workflows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.client import Caller, a_node
from workflows.models import Run, Snapshot, User, Workflow

pytestmark = pytest.mark.django_db


def test_the_list_is_a_bare_array_of_own_rows_then_templates_of_others(
    hers: Caller, his: Caller
) -> None:
    his.create("Bobs template", isTemplate=True)
    his.create("Bobs secret")
    hers.create("First")
    hers.create("Second")
    hers.put("/api/workflows/first", {"description": "edited last"})
    rows = hers.get("/api/workflows").json()
    assert [row["slug"] for row in rows] == ["first", "second", "bobs-template"]
    assert rows[2]["isTemplate"] is True


def test_a_row_has_the_documented_fields_and_no_document(hers: Caller, alice: User) -> None:
    hers.create("Row", nodes=[a_node("a"), a_node("b")], tags=["t"], cover={"image": "/media/x"})
    (row,) = hers.get("/api/workflows").json()
    assert row["nodeCount"] == 2
    assert row["tags"] == ["t"]
    assert row["cover"] == {"image": "/media/x"}
    assert row["createdBy"] == str(alice.pk)
    assert row["estimatedCreditCost"] is None
    assert row["folderId"] is None
    assert row["lastRun"] is None
    assert not {"nodes", "edges", "viewport"} & row.keys()


def test_a_row_tells_the_last_run_of_the_caller_alone(hers: Caller, alice: User, bob: User) -> None:
    hers.create("Ran", isTemplate=True)
    workflow = Workflow.objects.get()
    snapshot = Snapshot.objects.create(workflow=workflow, sha256="0" * 64)
    now = timezone.now()
    for owner, status in ((alice, "completed"), (alice, "failed"), (bob, "cancelled")):
        run = Run.objects.create(
            owner=owner, workflow=workflow, snapshot=snapshot, status=status, finished_at=now
        )
        if status == "failed":
            Run.objects.filter(pk=run.pk).update(error={"message": "no", "nodeId": "mix"})
            last = run
    (row,) = hers.get("/api/workflows").json()
    assert row["lastRun"]["executionId"] == str(last.pk)
    assert row["lastRun"]["status"] == "failed"
    assert row["lastRun"]["failedNode"] == "mix"
    assert row["lastRun"]["ms"] >= 0


def test_a_thousand_rows_take_as_many_queries_as_one_and_parse_no_document(
    hers: Caller, alice: User
) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert hers.get("/api/workflows").status_code == 200
        return [query["sql"] for query in captured]

    hers.create("One", nodes=[a_node()])
    few = queries()
    now = timezone.now()
    Workflow.objects.bulk_create(
        Workflow(owner=alice, slug=f"w-{n}", handle=f"w-{n}", name=f"W {n}", updated_at=now)
        for n in range(999)
    )
    many = queries()
    assert len(many) == len(few) <= 5
    listing = [sql for sql in many if 'FROM "workflows_workflow"' in sql and "last_run_id" in sql]
    assert listing
    assert not any('"nodes"' in sql or '"edges"' in sql for sql in listing)


def test_pages_hold_every_row_once_in_the_order_of_the_whole_list(
    hers: Caller, his: Caller
) -> None:
    for number in range(4):
        hers.create(f"Mine {number}")
        his.create(f"Shown {number}", isTemplate=True)
    Workflow.objects.update(updated_at=timezone.now())  # alike: only the numbers of rows differ
    whole = [row["slug"] for row in hers.get("/api/workflows").json()]
    for limit in (1, 3, 8, 9):
        slugs, path = [], f"/api/workflows?limit={limit}"
        while path:
            response = hers.get(path)
            rows = response.json()
            assert 0 < len(rows) <= limit
            slugs += [row["slug"] for row in rows]
            link = response.headers.get("Link")
            path = link[link.index("/api/") : link.index(">")] if link else None
        assert slugs == whole


def test_a_page_goes_on_behind_a_row_that_has_been_deleted(hers: Caller) -> None:
    for name in ("C", "B", "A"):
        hers.create(name)
    link = hers.get("/api/workflows?limit=1&template=false").headers["Link"]
    assert 'rel="next"' in link
    hers.delete("/api/workflows/a")
    path = link[link.index("/api/") : link.index(">")]
    assert [row["slug"] for row in hers.get(path).json()] == ["b"]


def test_a_parameter_by_which_others_page_is_refused(hers: Caller) -> None:
    for path, name, expected in (
        ("/api/workflows", "page", "limit and cursor"),
        ("/api/workflows", "before", "limit and cursor"),
        ("/api/executions", "cursor", "limit and before"),
        ("/api/executions", "page", "limit and before"),
    ):
        refused = hers.get(f"{path}?{name}=2")
        assert refused.status_code == 400
        assert (refused.json()["field"], refused.json()["expected"]) == (name, expected)


def test_a_wrong_limit_or_cursor_is_refused(hers: Caller) -> None:
    for asked, field in (
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("cursor=%21", "cursor"),
        ("cursor=x", "cursor"),
    ):
        response = hers.get(f"/api/workflows?{asked}")
        assert (response.status_code, response.json()["field"]) == (400, field)
