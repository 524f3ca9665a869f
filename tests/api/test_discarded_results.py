"""PATCH /api/workflows/<slug>/results/<node>: a result is taken out of its node's results."""

from __future__ import annotations

import json

import pytest

from tests.api.client import Caller
from tests.api.test_results import CHAIN, ran, results, save

pytestmark = pytest.mark.django_db(transaction=True)


def listed(caller: Caller, slug: str, node: str) -> list[str]:
    return [
        row["id"] for row in caller.get(f"/api/workflows/{slug}/results/{node}").json()["results"]
    ]


def test_a_result_is_taken_out_of_its_nodes_results_and_back_in(
    engine: None, her_browser: Caller, his: Caller
) -> None:
    slug = her_browser.create("Discarded", **CHAIN)["slug"]
    path = f"/api/workflows/{slug}/results/s"
    runs = [ran(her_browser, slug)]
    save(
        her_browser,
        slug,
        [
            {**row, "data": {**row["data"], "radius": 9}} if row["id"] == "s" else row
            for row in CHAIN["nodes"]
        ],
    )
    runs.append(ran(her_browser, slug))
    runs.append(ran(her_browser, slug))  # from the cache
    newest, oldest = listed(her_browser, slug, "s")
    assert results(her_browser, slug)["s"]["executionId"] == runs[2]

    def discard(id: str, discarded: bool = True) -> int:
        return her_browser.send(
            "PATCH", path, json.dumps({"id": id, "discarded": discarded})
        ).status_code

    assert discard(newest) == 204
    assert listed(her_browser, slug, "s") == [oldest]
    # What later runs took of it goes with it.
    assert results(her_browser, slug)["s"]["executionId"] == runs[0]
    assert discard(oldest) == 204
    assert listed(her_browser, slug, "s") == []
    assert "s" not in results(her_browser, slug)
    assert discard(newest, False) == 204
    assert listed(her_browser, slug, "s") == [newest]
    assert results(her_browser, slug)["s"]["executionId"] == runs[2]
    # Its run shows what it has made as before.
    assert her_browser.get(f"/api/executions/{runs[0]}").json()["status"] == "completed"
    other = listed(her_browser, slug, "t")[0]
    for wrong in (other, "0", "x", "9" * 30, ""):
        assert discard(wrong) == 400
    assert his.send("PATCH", path, json.dumps({"id": oldest, "discarded": True})).status_code == 404


def test_a_result_that_was_taken_out_is_listed_again_once_a_run_has_it(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Again", **CHAIN)["slug"]
    ran(her_browser, slug)
    (first,) = listed(her_browser, slug, "s")
    body = json.dumps({"id": first, "discarded": True})
    assert her_browser.send("PATCH", f"/api/workflows/{slug}/results/s", body).status_code == 204
    run = ran(her_browser, slug)
    (again,) = listed(her_browser, slug, "s")
    assert again != first
    assert results(her_browser, slug)["s"]["executionId"] == run
