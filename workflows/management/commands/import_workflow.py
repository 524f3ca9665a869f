"""`manage.py import_workflow`: make a workflow of a file of any format that is known here."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from workflows.errors import PatchbayError
from workflows.models import User
from workflows.services.library.imports import file_read
from workflows.services.library.workflows import workflow_create


class Command(BaseCommand):
    """Create a workflow from a file (Patchbay, fal or ComfyUI) and print its slug."""

    help = "Create a workflow from a file (Patchbay, fal or ComfyUI) and print its slug."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", help="file to read, or - for standard input")
        parser.add_argument("--user", required=True, help="the account that will own it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it."""
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no account named {options['user']!r}.")
        try:
            if options["file"] == "-":
                text = sys.stdin.buffer.read()
            else:
                text = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        try:
            name = "" if options["file"] == "-" else Path(options["file"]).name
            found = file_read(user=user, content=text, name=name)
            workflow = workflow_create(user=user, body={**found.document, "name": found.name})
        except PatchbayError as error:
            raise CommandError(error.message) from error
        for what in found.removed:
            self.stderr.write(f"Secret taken out: {what}")
        for warning in found.warnings:
            self.stderr.write(warning)
        self.stdout.write(workflow.slug)
