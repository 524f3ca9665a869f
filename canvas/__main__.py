"""`python -m canvas` and the installed command `patchbay`: both are `manage.py serve`."""

from __future__ import annotations

import os
import sys

from workflows.lean import loading


def main() -> None:
    """Serve; arguments are passed on to the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas.settings")
    with loading():
        import django
        from django.core.management import execute_from_command_line

        django.setup()
    execute_from_command_line([sys.argv[0], "serve", *sys.argv[1:]])


if __name__ == "__main__":
    main()
