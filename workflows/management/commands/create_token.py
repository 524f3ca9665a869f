"""`manage.py create_token`: make an API token, and its account if there is none."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.db import transaction

from workflows.errors import PatchbayError
from workflows.models import User
from workflows.models.people import Tier
from workflows.services.database import NewerDatabase, migrate_if_needed
from workflows.services.identity.tokens import token_create

DEFAULT_TIER = Tier.PRO


class Command(BaseCommand):
    """Print a new token, alone, on standard output."""

    help = "Create an API token (and the account, if needed) and print the token alone."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--user", required=True, help="the account's name")
        parser.add_argument(
            "--tier", choices=Tier.values, help=f"the account's tier (new accounts: {DEFAULT_TIER})"
        )
        parser.add_argument(
            "--capabilities", required=True, help="comma-separated, such as workflow:read"
        )
        parser.add_argument("--name", default="command line", help="what the token is called")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and print; on a new server the tables too."""
        try:
            migrate_if_needed()
        except NewerDatabase as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            self.stdout.write(self._create(options))

    def _create(self, options: dict[str, Any]) -> str:
        user, created = User.objects.get_or_create(
            username=options["user"], defaults={"tier": options["tier"] or DEFAULT_TIER}
        )
        if created:
            user.set_unusable_password()
            user.save()
        elif options["tier"] and user.tier != options["tier"]:
            user.tier = options["tier"]
            user.save(update_fields=["tier"])
        names = [part.strip() for part in options["capabilities"].split(",") if part.strip()]
        if not names:
            raise CommandError("--capabilities names no capability.")
        try:
            _, text = token_create(owner=user, name=options["name"], capabilities=names)
        except PatchbayError as error:
            expected = error.context.get("expected")
            raise CommandError(
                error.message + (f" Expected: {expected}." if expected else "")
            ) from error
        return text
