"""Runs that the owner of a shared workflow pays for end when the owner pays for them no more."""

from __future__ import annotations

from workflows.errors import RoleForbidden
from workflows.models import Run, User
from workflows.models.runs import UNFINISHED
from workflows.services.execution.runs import run_cancel
from workflows.services.library.paying import check_paid


def paid_runs_end(*, user: User, slug: str) -> None:
    """Cancel the runs of a workflow that its owner does not pay for any more.

    Call it after a share has ended or changed, and after what the owner pays has.
    """
    rows = Run.objects.filter(UNFINISHED, payer=user, workflow__slug=slug, nested=False)
    for run in rows.select_related("owner", "workflow"):
        try:
            check_paid(run)
        except RoleForbidden:
            run_cancel(user=run.owner, run_id=run.pk)
