"""The domain app: loads the node types, and says who starts the runs of runs."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Patchbay's domain."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every built-in node type, and the start of nested runs."""
        from workflows.engine import nested
        from workflows.nodes import registry

        registry.load_builtin()
        nested.started_by("workflows.services.named", "run_nested")
