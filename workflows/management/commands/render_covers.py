"""`manage.py render_covers`: runs the templates and writes what they make as their covers."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.samples import covers, templates


class Command(BaseCommand):
    """Draws the covers of the templates again, after a template or one of its nodes has changed."""

    help = "Run the templates and write their covers to workflows/samples/covers."
    requires_system_checks = []  # needs no database and no folders

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the names of some templates."""
        parser.add_argument("slugs", nargs="*", choices=[*templates.slugs(), []], metavar="slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one file for each template and say how large it is."""
        for slug in options["slugs"] or templates.slugs():
            cover = asyncio.run(covers.render_cover(slug))
            body = covers.encode_cover(cover)
            path = templates.cover(slug)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(body)
            size = f"{cover.width} x {cover.height} px, {len(body) / 1000:.0f} kB"
            self.stdout.write(f"{path.name}: {size}")
