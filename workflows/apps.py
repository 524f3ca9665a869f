"""The domain app: loads the node types; says who starts runs of runs, and where providers are."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Patchbay's domain."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every node type, our checks, nested runs, providers' URLs."""
        from django.conf import settings

        from workflows import checks  # noqa: F401 - registers them
        from workflows.billing import prices
        from workflows.engine.host import nested
        from workflows.nodes import packages, registry
        from workflows.nodes.fal import service
        from workflows.nodes.models import providers

        registry.load_builtin()
        packages.load_installed()
        service.move(settings.FAL_ORIGIN)
        providers.move(settings.MODEL_ORIGINS)
        prices.check(settings.CREDIT_PRICES)
        nested.started_by("workflows.services.execution.nested", "run_nested")
