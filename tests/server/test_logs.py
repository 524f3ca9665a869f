"""What a real server logs of a request and of the run it has started."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.test_serve import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


def test_a_request_and_its_run_can_be_found_in_the_log(tmp_path: Path) -> None:
    site = Site(tmp_path / "data", LOG_FORMAT="json", LOG_LEVEL="INFO")
    site.start()
    try:
        key = {"x_api_key": site.token(), "Content_Type": "application/json"}
        node = {"id": "a", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {"text": "x"}}
        site.ask("POST", "/api/workflows", json.dumps({"name": "S", "nodes": [node]}), **key)
        path = "/api/workflows/s/run?async=true"
        started = site.ask("POST", path, '{"inputs":{}}', X_Request_Id="request-0001", **key)
        assert started.status == 202, started.body
        run = json.loads(started.body)["executionId"]
        wait_until(lambda: "the run begins" in site.output())
    finally:
        site.stop()
    lines = [json.loads(line) for line in site.output().splitlines() if line.startswith("{")]
    (accepted,) = (line for line in lines if line["message"] == "the run is accepted")
    assert started.headers["x-request-id"] == accepted["request_id"] == "request-0001"
    assert accepted["run_id"] == run
    (begins,) = (line for line in lines if line["message"].startswith("the run begins"))
    assert (begins["run_id"], begins["message"]) == (run, "the run begins, attempt 1")
    assert "request_id" not in begins
