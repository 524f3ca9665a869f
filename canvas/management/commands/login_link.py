"""`manage.py login_link`: print a new one-time login link."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from canvas.login import login_link
from workflows.models import User


class Command(BaseCommand):
    """Print a link that logs a user in once, within 30 minutes."""

    help = "Print a link that logs a user in once, within 30 minutes."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--user", default="admin", help="the account's name (default: admin)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link alone."""
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account named {options['user']!r}.")
        self.stdout.write(login_link(user))
