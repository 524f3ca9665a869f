"""The domain app: loads the node types, nothing else."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Patchbay's domain."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every built-in node type."""
        from workflows.nodes import registry

        registry.load_builtin()
