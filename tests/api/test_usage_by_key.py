"""What each key and each workflow has spent, also when they are gone."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tests.api.client import Caller, a_node, an_edge
from tests.api.conftest import TokenCaller
from workflows.models import Run, Token, User

pytestmark = pytest.mark.django_db(transaction=True)

SKY = {
    "nodes": [a_node("g", "gradient", width=8, height=8), a_node("end", "responseOutput")],
    "edges": [an_edge("g", "end", "image", "result")],
}


@override_settings(CREDIT_PRICES={"gradient": 2})
def test_the_ledger_says_which_key_and_which_workflow_spent(
    engine: None, hers: Caller, her_browser: Caller, alice: User, token: TokenCaller
) -> None:
    for name in ("Sky", "Sea"):
        hers.create(name, **SKY)
    other = token(alice)
    first, second = Token.objects.order_by("pk").values_list("pk", flat=True)
    Token.objects.filter(pk=second).update(name="nightly")
    for caller, slug in ((hers, "sky"), (other, "sky"), (other, "sea"), (her_browser, "sky")):
        run = caller.post(f"/api/workflows/{slug}/run", {"inputs": {}, "force": True})
        assert run.status_code == 200, run.content
    model = other.post("/api/models/gradient/run", {"inputs": {"width": 8}})
    assert model.status_code == 200, model.content
    hers.delete("/api/workflows/sky")
    Run.objects.all().delete()
    Token.objects.filter(pk=second).delete()

    usage = her_browser.get("/api/account/usage").json()
    assert usage["byWorkflow"] == [
        {"workflowSlug": "sky", "amount": 6, "runs": 1},
        {"workflowSlug": None, "amount": 2, "runs": 1},
        {"workflowSlug": "sea", "amount": 2, "runs": 1},
    ]
    assert {(row["keyId"], row["keyName"]): row["amount"] for row in usage["byKey"]} == {
        (None, "nightly"): 6,
        (str(first), "test"): 2,
        (None, None): 2,
    }
    spent = [row for row in usage["entries"] if row["nodeId"]]
    assert [(row["keyName"], row["workflowSlug"]) for row in spent] == [
        ("nightly", None),
        (None, "sky"),
        ("nightly", "sea"),
        ("nightly", "sky"),
        ("test", "sky"),
    ]

    mine = her_browser.get(f"/api/account/usage?keyId={first}").json()
    assert [row["keyName"] for row in mine["entries"]] == ["test"]
    assert [row["amount"] for row in mine["byDay"]] == [2]
    sea = her_browser.get("/api/account/usage?workflow=sea").json()
    assert [row["workflowSlug"] for row in sea["entries"]] == ["sea"]
    assert her_browser.get("/api/account/usage?keyId=x").json()["field"] == "keyId"


def test_runs_are_listed_by_the_key_that_started_them(
    hers: Caller, her_browser: Caller, alice: User, token: TokenCaller
) -> None:
    hers.create("Sky", **SKY)
    other = token(alice)
    first, second = Token.objects.order_by("pk").values_list("pk", flat=True)
    for caller in (hers, other, other, her_browser):
        assert caller.post("/api/workflows/sky/run?async=true", {"inputs": {}}).status_code == 202
    rows = hers.get("/api/executions").json()
    assert [row["keyId"] for row in rows] == [None, str(second), str(second), str(first)]
    assert len(hers.get(f"/api/executions?keyId={second}").json()) == 2
    assert hers.get("/api/executions?keyId=999999").json() == []
