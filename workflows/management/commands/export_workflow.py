"""`manage.py export_workflow`: write a workflow as a file, in a format that can hold it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from workflows.errors import InvalidBody
from workflows.graph import formats
from workflows.models import Workflow
from workflows.nodes import registry
from workflows.services.library.documents import document_of


class Command(BaseCommand):
    """Write a workflow to a file or to standard output."""

    help = "Write a workflow as a file."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("slug", help="the workflow's slug")
        parser.add_argument("file", nargs="?", help="file to write (default: standard output)")
        parser.add_argument("--format", choices=list(formats.NAMES), default=formats.PATCHBAY)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        workflow = Workflow.objects.filter(slug=options["slug"]).first()
        if workflow is None:
            raise CommandError(f"There is no workflow {options['slug']!r}.")
        try:
            types = registry.node_types()
            document, said = formats.without_modes(document_of(workflow), options["format"], types)
            content = formats.write(document, options["format"])
        except InvalidBody as error:
            raise CommandError(f"{error.message} Expected {error.context['expected']}.") from error
        for sentence in said:
            self.stderr.write(sentence)
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)
        if options["file"]:
            Path(options["file"]).write_text(text + "\n", encoding="utf-8")
        else:
            self.stdout.write(text)
