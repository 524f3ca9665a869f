"""`manage.py work`: a worker, which executes runs that web processes accept."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.db import connection

from workflows import metrics
from workflows.lean import loading
from workflows.management.stored_files import check_files
from workflows.services.database import NewerDatabase, migrate_if_needed


class Command(BaseCommand):
    """Execute runs."""

    help = "Execute runs of a site on PostgreSQL until Ctrl-C or SIGTERM, which hands them back."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--tags",
            type=_tags,
            default=settings.WORKER_TAGS,
            help="what this worker has, such as gpu-a100,production; without, it takes any run "
            "(WORKER_TAGS)",
        )
        parser.add_argument(
            "--concurrency",
            type=int,
            default=settings.WORKER_CONCURRENCY,
            help="runs it executes at once (WORKER_CONCURRENCY)",
        )

        parser.add_argument(
            "--metrics-port",
            type=int,
            default=settings.METRICS_PORT,
            help="where Prometheus reads what this worker counts, on 127.0.0.1; "
            "needs METRICS_TOKEN (METRICS_PORT)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        tags, concurrency = options["tags"], options["concurrency"]
        if connection.vendor != "postgresql":
            raise CommandError(
                "Workers need PostgreSQL: set DATABASE_URL to the database of the site. "
                "With SQLite, `manage.py serve` executes the runs itself."
            )
        if concurrency < 1:
            raise CommandError(f"--concurrency is {concurrency}; it must be 1 or more.")
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        with loading():
            bool(settings.SECRET_KEY), bool(settings.ENCRYPTION_KEYS)
            check_files()
            try:
                migrate_if_needed()
            except NewerDatabase as error:
                raise CommandError(str(error)) from error
            connection.close()
            from workflows.engine import singleton
            from workflows.engine.shared import WorkerSeat

        counted = metrics.registry()
        if options["metrics_port"] and counted is not None:
            from prometheus_client import start_http_server

            start_http_server(options["metrics_port"], "127.0.0.1", counted)
        singleton.start(WorkerSeat(tags, concurrency), concurrency)
        try:
            found = singleton.current()
            named = ", ".join(sorted(tags)) or "none, so it takes any run"
            self.stdout.write(f"Executing up to {concurrency} runs at once; tags: {named}.")
            self.stdout.flush()
            # A worker whose engine has ended is of no use; what started it starts another one.
            while not over.wait(1.0):
                trouble = found.trouble() if found else ""
                if trouble:
                    raise CommandError(f"This worker ends: {trouble}.")
        finally:
            singleton.stop()


def _tags(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
