"""DELETE /api/workflows/<slug>."""

from __future__ import annotations

import pytest

from tests.api.client import Caller
from workflows.models import Workflow

pytestmark = pytest.mark.django_db


def test_a_deleted_workflow_is_gone_and_a_second_delete_is_404(hers: Caller) -> None:
    slug = hers.create("Gone")["slug"]
    response = hers.delete(f"/api/workflows/{slug}")
    assert (response.status_code, response.json()) == (200, {"success": True, "slug": slug})
    assert hers.delete(f"/api/workflows/{slug}").status_code == 404
    assert hers.get(f"/api/workflows/{slug}").status_code == 404


def test_another_persons_workflow_is_404_and_stays(hers: Caller, his: Caller) -> None:
    slug = hers.create("Kept")["slug"]
    theirs, missing = his.delete(f"/api/workflows/{slug}"), his.delete("/api/workflows/nope")
    assert theirs.status_code == missing.status_code == 404
    assert theirs.content == missing.content
    assert Workflow.objects.filter(slug=slug).exists()


def test_a_stale_if_match_keeps_it(hers: Caller) -> None:
    slug = hers.create("Kept")["slug"]
    hers.put(f"/api/workflows/{slug}", {"description": "x"})
    assert hers.delete(f"/api/workflows/{slug}", If_Match='"v1"').status_code == 412
    assert hers.delete(f"/api/workflows/{slug}", If_Match='"v2"').status_code == 200
