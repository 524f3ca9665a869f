"""`manage.py event_types`: writes the browser's types of a run's events anew."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from workflows.journal.typescript import declarations

#: Where the browser's code reads them from, in the folder of the source.
PLACE = Path("frontend", "src", "api", "events.d.ts")


class Command(BaseCommand):
    """Write frontend/src/api/events.d.ts."""

    requires_system_checks = []
    help = "Write the TypeScript of a run's events from their classes."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="compare instead of writing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say that it is out of date."""
        file, text = Path(settings.BASE_DIR) / PLACE, declarations()
        if not options["check"]:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            raise CommandError(f"{PLACE} is out of date; run `make openapi`.")
