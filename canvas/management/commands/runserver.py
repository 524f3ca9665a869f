"""`manage.py runserver`: `serve` as Django's developers know it, started again on changes."""

from __future__ import annotations

from typing import Any

from canvas.server import Server  # isort: skip  Twisted's reactor must be ours before Django's code
from daphne.management.commands.runserver import Command as DaphneCommand


class Command(DaphneCommand):
    """Serve with reloading, with the same limits as `serve`."""

    server_cls = Server

    def inner_run(self, *args: Any, **options: Any) -> None:
        """Serve with the engine inside."""
        from canvas.management.commands.serve import alone, prepare, start_engine, stop_engine

        def lost(holder: str) -> None:
            self.stderr.write(f"Another Patchbay runs on this database now ({holder}).")

        with alone() as owner:
            prepare()
            start_engine(owner, lost)
            try:
                super().inner_run(*args, **options)
            finally:
                stop_engine()
