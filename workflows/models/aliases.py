"""App aliases: ids that fal's clients are written for, each run here as a workflow."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from workflows.errors import WorkflowNotFound
from workflows.models.library import Workflow
from workflows.models.people import User


class AliasManager(models.Manager["Alias"]):
    """Finds what an app id names."""

    def workflow_for(self, user_id: int, app: str) -> Workflow | None:
        """Return the workflow an app id is an alias of for a user, None for no alias.

        The user's own alias goes before the site's. Raises WorkflowNotFound when the user may not
        read (any more) what it leads to: the call must not end up elsewhere instead.
        """
        named = self.filter(Q(owner=user_id) | Q(owner=None), app=app)
        found = named.select_related("workflow__owner").order_by(F("owner").asc(nulls_last=True))
        alias = found.first()
        if alias is None:
            return None
        if not alias.is_readable_for(user_id):
            raise WorkflowNotFound()
        return alias.workflow


class Alias(models.Model):
    """One app id of one user, or of everybody on this site (no owner), and its workflow."""

    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="aliases")
    app = models.CharField(max_length=300)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="aliases")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AliasManager()

    class Meta:
        constraints = [
            # Serves: the look-up of an app id, which is called once for each run of one.
            models.UniqueConstraint(fields=["app", "owner"], name="alias_app_of_owner"),
            models.UniqueConstraint(
                fields=["app"], condition=Q(owner__isnull=True), name="alias_app_of_site"
            ),
        ]

    def __str__(self) -> str:
        return self.app

    def is_readable_for(self, user_id: int) -> bool:
        """Whether a user may (still) read the workflow it leads to."""
        return self.workflow.owner_id == user_id or self.workflow.is_open
