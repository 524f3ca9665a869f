"""What operators measure, for Prometheus; nothing is counted where METRICS_TOKEN is empty.

`prometheus_client` takes a sixth of a second to load, so it is loaded only where values are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

#: Names a gauge, says what it is, and returns its values by label (of one name), or one value.
Gauge = tuple[str, str, str, Callable[[], dict[str, float]]]
_STEP_SECONDS = (0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800)
_COMMIT_SECONDS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 1, 5, 30)


class _Counts:
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram
        from prometheus_client.platform_collector import PlatformCollector
        from prometheus_client.process_collector import ProcessCollector

        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.steps = Histogram(
            "patchbay_step_seconds",
            "Time of steps that this process has executed, by node type.",
            ["type", "cached"],
            buckets=_STEP_SECONDS,
            registry=self.registry,
        )
        self.runs = Counter(
            "patchbay_runs_ended",
            "Runs that this process has ended, by status.",
            ["status"],
            registry=self.registry,
        )
        self.commits = Histogram(
            "patchbay_event_commit_seconds",
            "From an event to its commit, of the oldest of each batch.",
            buckets=_COMMIT_SECONDS,
            registry=self.registry,
        )


class _Gauges:
    """Looks values up when they are read."""

    def __init__(self, gauges: Iterable[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> list[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        found: list[Metric] = []
        for name, words, label, read in self._gauges:
            family = GaugeMetricFamily(name, words, labels=[label] if label else [])
            for value, number in read().items():
                family.add_metric([value] if label else [], number)
            found.append(family)
        return found


_counts: _Counts | None = None


def _counting() -> _Counts | None:
    global _counts
    if _counts is None and settings.METRICS_TOKEN:
        _counts = _Counts()
    return _counts


def step(type: str, seconds: float, cached: bool) -> None:
    """Count a step that is completed."""
    if counts := _counting():
        counts.steps.labels(type, str(cached).lower()).observe(seconds)


def run_ended(status: str) -> None:
    """Count a run that has ended."""
    if counts := _counting():
        counts.runs.labels(status).inc()


def committed(seconds: float) -> None:
    """Count a commit whose oldest event has waited so long."""
    if counts := _counting():
        counts.commits.observe(seconds)


def registry() -> CollectorRegistry | None:
    """Return what is counted; None where nothing is."""
    counts = _counting()
    return counts.registry if counts else None


def text(gauges: Iterable[Gauge]) -> bytes:
    """Return what is counted, and these gauges as they are now, in Prometheus's text format.

    Raises RuntimeError where nothing is counted.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    counted = registry()
    if counted is None:
        raise RuntimeError("nothing is counted without METRICS_TOKEN")
    looked_up = CollectorRegistry()
    looked_up.register(_Gauges(gauges))
    return generate_latest(counted) + generate_latest(looked_up)
