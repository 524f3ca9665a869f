"""A slug stays with its owner: what links and keys name never becomes another user's workflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import Caller
from workflows.models import Slug, User, Workflow
from workflows.services.identity.tokens import token_create
from workflows.services.library.slugs import free_slugs

pytestmark = pytest.mark.django_db


def _by_api(caller: Caller, owner: User) -> None:
    assert caller.delete("/api/workflows/poster").status_code == 200


def _by_fal(caller: Caller, owner: User) -> None:
    assert caller.delete("/fal/rest/workflows/alice/poster").status_code == 204


def _in_bulk(caller: Caller, owner: User) -> None:
    Workflow.objects.filter(owner=owner).delete()


def _with_the_account(caller: Caller, owner: User) -> None:
    User.objects.get(pk=owner.pk).delete()


@pytest.mark.parametrize("delete", [_by_api, _by_fal, _in_bulk, _with_the_account])
def test_a_deleted_slug_is_never_given_to_another_user(
    hers: Caller, his: Caller, alice: User, delete: Callable[[Caller, User], None]
) -> None:
    assert hers.create("Poster")["slug"] == "poster"
    delete(hers, alice)
    assert [his.create("Poster")["slug"] for _ in range(2)] == ["poster-2", "poster-3"]
    assert Slug.objects.get(slug="poster").workflow is None


def test_a_key_for_a_deleted_workflow_opens_nothing_of_anybody_elses(
    hers: Caller, his: Caller, alice: User, bob: User
) -> None:
    hers.create("Poster")
    _, text = token_create(owner=alice, name="k", capabilities=["workflow:poster:run"])
    hers.delete("/api/workflows/poster")
    his.create("Poster", isTemplate=True)
    run = Caller({"x-api-key": text}).post("/api/workflows/poster/run", {"inputs": {}})
    assert run.status_code == 404


def test_its_owner_uses_a_deleted_slug_again_the_lowest_first(hers: Caller, his: Caller) -> None:
    made = [caller.create("Poster")["slug"] for caller in (hers, his, hers, hers)]
    assert made == ["poster", "poster-2", "poster-3", "poster-4"]
    for slug in ("poster-4", "poster"):
        hers.delete(f"/api/workflows/{slug}")
    assert his.create("Poster")["slug"] == "poster-5"
    assert [hers.create("Poster")["slug"] for _ in range(3)] == ["poster", "poster-4", "poster-6"]


def test_names_that_end_in_numbers_are_passed_over(hers: Caller) -> None:
    assert [hers.create(f"Poster {n}")["slug"] for n in (2, 3, 2024)] == [
        "poster-2",
        "poster-3",
        "poster-2024",
    ]
    assert [hers.create("Poster")["slug"] for _ in range(3)] == ["poster", "poster-4", "poster-5"]
    assert hers.create("Poster 2")["slug"] == "poster-2-2"


def test_the_number_of_alike_slugs_costs_nothing(alice: User) -> None:
    def cost() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            slug, _, _ = next(free_slugs("poster", alice.pk))
        return len(queries), slug

    Slug.objects.create(slug="poster", base="poster")
    before, _ = cost()
    Slug.objects.bulk_create(
        Slug(slug=f"poster-{n}", base="poster", number=n) for n in range(2, 1_001)
    )
    after, slug = cost()
    assert (after, slug) == (before, "poster-1001")
    for sql, _ in (
        Slug.objects.filter(base="poster").order_by("-number")[:1].query.sql_with_params(),
        Slug.objects.filter(base="poster", owner=1, workflow=None)
        .order_by("number")[:1]
        .query.sql_with_params(),
    ):
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                values: list[Any] = ["poster", 1]
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values[: sql.count("%s")])
                plan = " ".join(str(row) for row in cursor.fetchall())
                assert "USING" in plan and "INDEX slug_" in plan, plan
