"""What is asked again and again takes an index that does not grow with history."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from workflows.models import Delivery, Run, Step
from workflows.models.runs import UNFINISHED

LOOKUPS = {
    "the unfinished runs of a person": (Run.objects.filter(UNFINISHED, owner=1), "run_unfinished"),
    "all unfinished runs": (Run.objects.filter(UNFINISHED), "run_unfinished"),
    "reports that are due": (
        Delivery.objects.filter(finished_at=None, next_at__lte=timezone.now()),
        "delivery_open",
    ),
    "the step of a request": (Step.objects.filter(request_id="r"), "step_request"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", LOOKUPS)
def test_is_found_through_an_index_of_what_is_open(name: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table this small without an index")
    rows: QuerySet = LOOKUPS[name][0]
    assert f"INDEX {LOOKUPS[name][1]}" in rows.explain()
