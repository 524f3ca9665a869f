"""What Prometheus reads: runs, steps and what waits; for whoever has the token alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.browser.server import Server
from tests.models.site import User
from tests.server.test_serve import Site
from workflows.metrics import text
from workflows.services.execution.gauges import GAUGES

TOKEN = "a-token-of-the-tests"
BOARD = Path(__file__).resolve().parent.parent.parent / "deploy" / "grafana.json"


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Server]:
    """A server that counts."""
    server = Server(tmp_path)
    server.set(METRICS_TOKEN=TOKEN)
    server.start()
    yield server
    server.stop()


def asked(server: Server, **headers: str) -> tuple[int, str]:
    site = Site(server.folder)
    site.port = server.port
    answer = site.ask("GET", "/metrics", **headers)
    return answer.status, answer.body.decode()


def test_metrics_count_runs_and_steps_and_what_waits(counting: Server) -> None:
    user = User(counting)
    user.run("gradient", width=8, height=8)
    status, body = asked(counting, Authorization=f"Bearer {TOKEN}")
    assert status == 200
    families = {family.name: family for family in text_string_to_metric_families(body)}
    ended = {row.labels["status"]: row.value for row in families["patchbay_runs_ended"].samples}
    assert ended["completed"] == 1
    steps = families["patchbay_step_seconds"].samples
    counted = {row.labels["type"]: row.value for row in steps if row.name.endswith("_count")}
    assert counted == {"gradient": 1}
    waiting = {row.labels["status"]: row.value for row in families["patchbay_runs"].samples}
    assert waiting == {"queued": 0, "running": 0}
    assert families["patchbay_queue_age_seconds"].samples[0].value == 0
    assert families["process_resident_memory_bytes"].samples[0].value > 1e7


def test_without_the_token_there_is_no_such_page(counting: Server) -> None:
    for given in ("", "Bearer wrong", f"Basic {TOKEN}", TOKEN):
        status, body = asked(counting, **({"Authorization": given} if given else {}))
        assert status == 404, given
        assert "patchbay_" not in body


def test_the_board_draws_only_what_there_is(settings: object, db: None) -> None:
    settings.METRICS_TOKEN = TOKEN  # type: ignore[attr-defined]
    names = {family.name for family in text_string_to_metric_families(text(GAUGES).decode())}
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(queries) >= 8
    for query in queries:
        assert any(name in query for name in names), query
