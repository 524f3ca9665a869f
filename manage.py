#!/usr/bin/env python
"""Django's entry; `manage.py serve` is what a user runs."""

from __future__ import annotations

import os
import sys

from workflows.lean import loading


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas.settings")
    with loading():
        import django
        from django.core.management import execute_from_command_line

        django.setup()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
