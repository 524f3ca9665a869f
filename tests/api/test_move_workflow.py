"""PUT, POST and PATCH /api/workflows/<slug>/move."""

from __future__ import annotations

import json

import pytest

from tests.api.client import Caller
from workflows.models import Folder, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
def test_a_workflow_moves_into_a_folder_and_back_to_the_root(
    hers: Caller, alice: User, method: str
) -> None:
    folder = Folder.objects.create(owner=alice, name="Stickers")
    slug = hers.create("Mover")["slug"]
    for target in (str(folder.pk), None):
        body = json.dumps({"folderId": target})
        response = hers.send(method, f"/api/workflows/{slug}/move", body)
        assert response.status_code == 200
        assert response.json()["folderId"] == target
    assert response.json()["version"] == 3


def test_the_folder_must_be_named(hers: Caller) -> None:
    slug = hers.create("Mover")["slug"]
    response = hers.put(f"/api/workflows/{slug}/move", {})
    assert (response.status_code, response.json()["field"]) == (400, "folderId")


def test_another_persons_folder_and_workflow_are_404(
    hers: Caller, his: Caller, alice: User
) -> None:
    folder = Folder.objects.create(owner=alice, name="Hers")
    slug = his.create("His")["slug"]
    foreign = his.put(f"/api/workflows/{slug}/move", {"folderId": str(folder.pk)})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "FOLDER_NOT_FOUND")
    assert hers.put(f"/api/workflows/{slug}/move", {"folderId": None}).status_code == 404
