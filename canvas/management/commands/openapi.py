"""`manage.py openapi`: writes the description of the API again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Write workflows/api/openapi/openapi.json."""

    requires_system_checks = []
    help = "Write the OpenAPI description of the API from its rows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        from workflows.api.openapi.generate import write

        write()
