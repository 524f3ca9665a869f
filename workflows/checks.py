"""What `manage.py check` says of this installation besides Django's own checks."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from workflows.nodes import packages


@register
def node_packages(**_: Any) -> list[CheckMessage]:
    """Name the installed packages of nodes that could not be loaded."""
    return [
        Warning(
            f"The node package {package.name} is left out: {package.problem}",
            hint="Update or uninstall it; workflows that use its nodes do not run without them.",
            id="patchbay.W001",
        )
        for package in packages.installed()
        if package.problem
    ]
