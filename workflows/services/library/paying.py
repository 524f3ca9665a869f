"""Who pays for the runs of users with whom a workflow is shared: they themselves, or its owner.

An owner pays for what the owner has published, and for nothing that others may change: a user who
decides what a key is used for could as well have the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from django.db import transaction
from django.utils import timezone

from workflows.billing.calls import spent_for
from workflows.bodies import Body, Meta
from workflows.errors import InvalidBody, RoleForbidden
from workflows.models import Payer, Role, Run, User, Version, Workflow
from workflows.services.library.access import collaborator_of, workflow_lock

_Usd = Annotated[int, Meta(ge=0, le=100_000)] | Annotated[float, Meta(ge=0, le=100_000)]


class Payment(Body):
    """Who pays for runs by others, and what the owner pays for each of them a day."""

    payer: Payer
    daily_usd: Annotated[
        _Usd | None,
        Meta(
            description="US dollars that an owner who pays spends at providers for each user a "
            "day; null: as it was.",
            extra={"expected": "US dollars, 0 to 100000"},
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an owner pays for: a published version, `usd` a day, of which `spent` are gone.

    `pays` says whether it is what is requested.
    """

    owner: User
    number: int
    usd: Decimal
    spent: Decimal
    pays: bool


@transaction.atomic
def payment_set(*, user: User, slug: str, request: Payment) -> Workflow:
    """Set who pays for runs of a workflow of the user's own by others.

    Raises WorkflowNotFound, and InvalidBody where the owner has published nothing to pay for.
    """
    workflow = workflow_lock(user=user, slug=slug)
    if request.payer == Payer.OWNER and _payable(workflow) is None:
        raise InvalidBody(
            "You pay for what you have published, and nothing that you have published is live.",
            field="payer",
            value=request.payer,
            expected="runner, or a version that you publish first",
        )
    workflow.payer = request.payer
    if request.daily_usd is not None:
        workflow.payer_daily_usd = Decimal(str(request.daily_usd)).quantize(Decimal("0.01"))
    workflow.save(update_fields=["payer", "payer_daily_usd"])
    return workflow


def payer_of(user: User, workflow: Workflow) -> User | None:
    """Return who pays for a run of a row by a user, as the row was read; None: the user."""
    if workflow.role not in (Role.RUN, Role.EDIT) or workflow.payer != Payer.OWNER:
        return None
    published = _payable(workflow)
    is_it = (
        published is not None and workflow.taken is not None and published.pk == workflow.taken.pk
    )
    return workflow.owner if is_it else None


def offer_of(user: User, workflow: Workflow) -> Offer | None:
    """Return what the owner of a shared workflow pays for, None: nothing."""
    published = _payable(workflow) if workflow.role in (Role.RUN, Role.EDIT) else None
    if published is None or workflow.payer != Payer.OWNER:
        return None
    return Offer(
        workflow.owner,
        published.number or 0,
        workflow.payer_daily_usd,
        spent_for(workflow.owner_id, user.pk, timezone.now()),
        payer_of(user, workflow) is not None,
    )


def check_paid(run: Run, workflow: Workflow | None = None) -> None:
    """Raise RoleForbidden where no one pays any more for a run that another user has paid for.

    `workflow` is what it goes on with, as it was read; None: what it was.
    """
    if run.payer_id is None:
        return
    found = None
    if run.workflow is not None:
        found = collaborator_of(user=run.owner, slug=run.workflow.slug, role=Role.RUN)
    if found is None or found.workflow.payer != Payer.OWNER:
        raise RoleForbidden(
            "The owner of this workflow does not pay for your runs any more.",
            role=None if found is None else found.role,
            expected="a new run, with your own keys",
        )
    if workflow is not None and payer_of(run.owner, workflow) is None:
        raise RoleForbidden(
            "The owner pays for what is published, and this version is not.",
            role=found.role,
            expected="the published version, or a new run with your own keys",
        )


def number_paid(workflow: Workflow) -> int | None:
    """Return the number of the version that an owner can pay for; None: there is none."""
    published = _payable(workflow)
    return None if published is None else published.number


def published_by_owner(workflow: Workflow) -> bool:
    """Return whether what is live of a workflow was published by its owner."""
    return _payable(workflow) is not None


def _payable(workflow: Workflow) -> Version | None:
    published = workflow.published
    return published if published is not None and published.author_id == workflow.owner_id else None
