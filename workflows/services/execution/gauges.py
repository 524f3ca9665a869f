"""What is waiting and running on this site, as operators measure it: read when it is requested."""

from __future__ import annotations

from django.db.models import Count, Min
from django.utils import timezone

from workflows.engine import members
from workflows.metrics import Gauge
from workflows.models import Delivery, Run, RunStatus
from workflows.models.runs import UNFINISHED
from workflows.services.limits import watchers


def runs() -> dict[str, float]:
    """Return how many runs of the site have not ended, by status."""
    rows = Run.objects.filter(UNFINISHED).values_list("status").annotate(Count("pk")).order_by()
    found = {str(status): 0.0 for status in (RunStatus.QUEUED, RunStatus.RUNNING)}
    return found | {status: float(count) for status, count in rows}


def queue_age() -> dict[str, float]:
    """Return for how many seconds the run waits that has waited longest; 0 when none does."""
    waiting = Run.objects.filter(UNFINISHED, status=RunStatus.QUEUED)
    oldest = waiting.aggregate(at=Min("created_at"))["at"]
    return {"": (timezone.now() - oldest).total_seconds() if oldest else 0.0}


def processes() -> dict[str, float]:
    """Return how many processes that execute runs live, by tags; with SQLite it is this one."""
    alive = [member for member in members.alive() if member.capacity]
    found: dict[str, float] = {}
    for member in alive:
        name = ",".join(sorted(member.tags))
        found[name] = found.get(name, 0) + 1
    return found


def deliveries() -> dict[str, float]:
    """Return how many webhook deliveries wait."""
    return {"": float(Delivery.objects.filter(finished_at__isnull=True).count())}


def streams() -> dict[str, float]:
    """Return how many event streams and sockets are open in this process."""
    return {"": float(watchers.total())}


GAUGES: tuple[Gauge, ...] = (
    ("patchbay_runs", "Runs of the site that have not ended, by status.", "status", runs),
    ("patchbay_queue_age_seconds", "How long the oldest waiting run waits.", "", queue_age),
    ("patchbay_workers", "Processes that execute runs and live, by tags.", "tags", processes),
    ("patchbay_deliveries_waiting", "Webhook deliveries that wait.", "", deliveries),
    ("patchbay_streams", "Open event streams and sockets of this process.", "", streams),
)
