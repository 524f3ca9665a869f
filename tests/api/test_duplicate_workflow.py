"""POST /api/workflows/<slug>/duplicate."""

from __future__ import annotations

import pytest

from tests.api.client import Caller, a_node
from workflows.models import User

pytestmark = pytest.mark.django_db


def test_a_copy_has_the_content_and_none_of_the_standing(
    hers: Caller, his: Caller, bob: User
) -> None:
    source = hers.create(
        "Sticker", nodes=[a_node()], isTemplate=True, publicPlayground=True, own={"key": 1}
    )
    response = his.post(f"/api/workflows/{source['slug']}/duplicate")
    assert response.status_code == 201
    copy = response.json()
    assert response["Location"] == f"/api/workflows/{copy['slug']}"
    assert (copy["name"], copy["slug"], copy["createdBy"]) == ("Sticker", "sticker-2", str(bob.pk))
    assert copy["nodes"] == source["nodes"]
    assert copy["own"] == {"key": 1}
    assert (copy["isTemplate"], copy["publicPlayground"], copy["canEdit"]) == (False, False, True)


def test_a_copy_of_ones_own_says_so_and_may_be_named(hers: Caller) -> None:
    slug = hers.create("Mine")["slug"]
    assert hers.send("POST", f"/api/workflows/{slug}/duplicate").json()["name"] == "Mine copy"
    named = hers.post(f"/api/workflows/{slug}/duplicate", {"name": "Other"}).json()
    assert (named["name"], named["slug"]) == ("Other", "other")


def test_a_private_workflow_of_another_person_cannot_be_copied(hers: Caller, his: Caller) -> None:
    slug = hers.create("Private")["slug"]
    assert his.post(f"/api/workflows/{slug}/duplicate").status_code == 404
