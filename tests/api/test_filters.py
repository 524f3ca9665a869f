"""The filters of the lists: workflows and runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.client import Caller, a_node
from workflows.models import Folder, Run, Snapshot, User, Workflow

pytestmark = pytest.mark.django_db


def slugs(caller: Caller, query: str) -> set[str]:
    """List the workflows a query lets through."""
    response = caller.get(f"/api/workflows?{query}")
    assert response.status_code == 200, response.content
    return {row["slug"] for row in response.json()}


@pytest.fixture
def library(hers: Caller, his: Caller, alice: User) -> Folder:
    """Some workflows of alice's, and a template of bob's."""
    folder = Folder.objects.create(owner=alice, name="Prints")
    hers.create("Plain")
    hers.create("Stored", archived=True)
    hers.create("Veiled", hidden=True)
    hers.create("Filed", folderId=str(folder.pk), tags=["print", "A3"])
    hers.create("Shared", isTemplate=True, description="For ÉVERYBODY")
    his.create("Gift", isTemplate=True, tags=["print"])
    his.create("Secret", tags=["print"])
    return folder


OWN = {"plain", "stored", "veiled", "filed", "shared"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {*OWN, "gift"}),
        ("archived=true", {"stored"}),
        ("archived=false", {*OWN, "gift"} - {"stored"}),
        ("hidden=true", {"veiled"}),
        ("hidden=0&archived=0", {"plain", "filed", "shared", "gift"}),
        ("template=true", {"shared", "gift"}),
        ("template=false", OWN - {"shared"}),
        ("folderId=null&template=false", OWN - {"shared", "filed"}),
        ("tag=print", {"filed", "gift"}),
        ("tag=PRINT", set()),
        ("q=p", {"plain", "filed", "gift"}),
        ("q=%C3%A9very", {"shared"}),
        ("q=a3", {"filed"}),
        ("q=nothing&tag=print", set()),
        ("unknown=filter", {*OWN, "gift"}),
    ],
)
def test_a_filter_lets_through_what_it_says(
    library: Folder, hers: Caller, query: str, expected: set[str]
) -> None:
    assert slugs(hers, query) == expected


def test_the_folder_filter_is_about_ones_own_folders(
    library: Folder, hers: Caller, his: Caller
) -> None:
    assert slugs(hers, f"folderId={library.pk}") == {"filed"}
    assert slugs(his, f"folderId={library.pk}") == set()
    Workflow.objects.filter(slug="shared").update(folder=library)
    (shared,) = [row for row in his.get("/api/workflows").json() if row["slug"] == "shared"]
    assert shared["folderId"] is None
    assert his.get("/api/workflows/shared").json()["folderId"] is None
    assert "shared" in slugs(his, "folderId=null")


@pytest.mark.parametrize(
    ("query", "field", "expected"),
    [
        ("archived=maybe", "archived", "true or false"),
        ("archived=", "archived", "true or false"),
        ("hidden=2", "hidden", "true or false"),
        ("template=yes", "template", "true or false"),
        ("folderId=root", "folderId", "a folder's id or null"),
        ("folderId=", "folderId", "a folder's id or null"),
        ("q=", "q", "1 to 200 characters"),
        (f"tag={'x' * 201}", "tag", "1 to 200 characters"),
        ("archived=true&archived=false", "archived", "once"),
    ],
)
def test_another_value_is_refused_with_what_was_expected(
    hers: Caller, query: str, field: str, expected: str
) -> None:
    response = hers.get(f"/api/workflows?{query}")
    body = response.json()
    assert (response.status_code, body["code"]) == (400, "INVALID_REQUEST")
    assert (body["field"], body["expected"]) == (field, expected)


def test_a_filtered_list_takes_as_many_queries_for_many_rows(hers: Caller, alice: User) -> None:
    hers.create("One", nodes=[a_node()])
    query = "/api/workflows?q=o&archived=false&folderId=null"
    with CaptureQueriesContext(connection) as few:
        hers.get(query)
    now = timezone.now()
    Workflow.objects.bulk_create(
        Workflow(owner=alice, slug=f"o-{n}", handle=f"o-{n}", name=f"O {n}", updated_at=now)
        for n in range(300)
    )
    with CaptureQueriesContext(connection) as many:
        assert len(hers.get(query).json()) == 301
    assert len(many) == len(few)
    assert not any('"workflows_workflow"."nodes"' in row["sql"] for row in many)


@pytest.fixture
def history(hers: Caller, his: Caller, alice: User, bob: User) -> list[Run]:
    """Runs of alice's, oldest first, and one of bob's."""
    found = []
    now = timezone.now()
    for number, (owner, slug, status, source) in enumerate(
        [
            (alice, "one", "completed", "canvas"),
            (alice, "two", "failed", "api"),
            (alice, "one", "queued", "api"),
            (alice, "one", "running", "canvas"),
            (alice, "two", "cancelled", "api"),
            (bob, "three", "completed", "api"),
        ]
    ):
        workflow, _ = Workflow.objects.get_or_create(
            owner=owner, slug=slug, defaults={"handle": slug, "name": slug, "updated_at": now}
        )
        snapshot = Snapshot.objects.create(workflow=workflow, sha256=f"{number:064}")
        finished = None if status in ("queued", "running") else now
        run = Run.objects.create(
            owner=owner,
            workflow=workflow,
            snapshot=snapshot,
            status=status,
            source=source,
            finished_at=finished,
        )
        # Two of them in one moment, as it happens.
        at = now + timedelta(seconds=min(number, 3))
        Run.objects.filter(pk=run.pk).update(created_at=at)
        found.append(run)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("workflow=one", [0, 2, 3]),
        ("workflow=three", []),
        ("status=processing", [2, 3]),
        ("status=completed", [0]),
        ("status=failed&source=api", [1]),
        ("status=cancelled", [4]),
        ("source=canvas", [0, 3]),
        ("source=fal", []),
    ],
)
def test_runs_are_filtered(
    history: list[Run], hers: Caller, query: str, expected: list[int]
) -> None:
    rows = hers.get(f"/api/executions?{query}").json()
    assert {row["executionId"] for row in rows} == {str(history[n].pk) for n in expected}


def test_a_list_of_runs_is_continued_behind_its_last_one(history: list[Run], hers: Caller) -> None:
    whole = [row["executionId"] for row in hers.get("/api/executions").json()]
    paged: list[str] = []
    query = "limit=1"
    while page := hers.get(f"/api/executions?{query}").json():
        paged += [row["executionId"] for row in page]
        query = f"limit=1&before={paged[-1]}"
    assert paged == whole
    third = hers.get(f"/api/executions/{history[2].pk}").json()["createdAt"]
    older = hers.get(f"/api/executions?before={third}").json()
    assert {row["executionId"] for row in older} == {str(history[n].pk) for n in (0, 1)}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=done", "status"),
        ("source=door", "source"),
        ("before=yesterday", "before"),
        ("before=", "before"),
        ("before=9999-99-99", "before"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=%D9%A3", "limit"),
        ("workflow=Bad", "workflow"),
        ("status=failed&status=failed", "status"),
        ("before=0001-01-01T00:00:00%2B14:00", "before"),
    ],
)
def test_a_wrong_filter_of_runs_is_named(hers: Caller, query: str, field: str) -> None:
    response = hers.get(f"/api/executions?{query}")
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_a_page_behind_somebody_elses_run_is_404(history: list[Run], hers: Caller) -> None:
    foreign = hers.get(f"/api/executions?before={history[5].pk}")
    missing = hers.get("/api/executions?before=00000000-0000-4000-8000-000000000000")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
