"""/api/account and /api/invitations: the user behind a browser session."""

from __future__ import annotations

from typing import Annotated, TypedDict

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from rest_framework.response import Response

from workflows.api import query
from workflows.api.address import client_address
from workflows.api.base import ApiView, Request
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.errors import Forbidden
from workflows.api.run_shapes import Money, money
from workflows.api.shapes import moment
from workflows.billing import credits
from workflows.billing.estimate import number
from workflows.bodies import Meta
from workflows.models import CreditEntry, Entry
from workflows.models.people import Tier
from workflows.services.identity import accounts
from workflows.types import Time

INVITATION = "/invitation/"


class UsageKey(TypedDict):
    """The key that has spent something, null: none has."""

    keyId: str | None
    keyName: str | None


class UsageEntry(UsageKey):
    """A line of the ledger.

    A line of the kind `call` is what a provider was paid: `usd` as it says, null where it does not
    say, and then `usdEstimate` counts for the caps of the credential.
    """

    at: Time
    kind: Entry
    amount: float
    balanceAfter: float
    executionId: str | None
    workflowSlug: str | None
    nodeId: str | None
    model: str | None
    usd: float | None
    usdEstimate: float | None
    usage: dict[str, float] | None
    credentialId: str | None
    credentialName: str | None


class UsageDay(TypedDict):
    """What was spent on a day."""

    day: Annotated[str, Meta(description="A day of UTC.", extra_json_schema={"format": "date"})]
    amount: float
    runs: int


class KeyUsage(UsageKey):
    """What was spent by a key."""

    amount: float
    runs: int


class WorkflowUsage(TypedDict):
    """What was spent on a workflow, null: on none."""

    workflowSlug: str | None
    amount: float
    runs: int


class CallsOfDay(Money):
    """What calls of a day have cost."""

    day: Annotated[str, Meta(description="A day of UTC.", extra_json_schema={"format": "date"})]
    usdEstimate: float


class CallsOfCredential(Money):
    """What calls with a credential have cost, null: with none; it may be deleted by now."""

    credentialId: str | None
    credentialName: str | None
    usdEstimate: float


class CallsOfModel(Money):
    """What calls of a model have cost."""

    model: str
    usdEstimate: float


class Usage(TypedDict):
    """What was spent; `usdEstimate` is what calls of unknown cost are counted as."""

    entries: list[UsageEntry]
    byDay: list[UsageDay]
    byKey: list[KeyUsage]
    byWorkflow: list[WorkflowUsage]
    callsByDay: list[CallsOfDay]
    callsByCredential: list[CallsOfCredential]
    callsByModel: list[CallsOfModel]


class Invitation(TypedDict):
    """A link that makes an account once."""

    url: str
    email: str
    tier: Tier
    expiresAt: Time


class AccountDetail(ApiView):
    """One's own account."""

    capability = {"GET": SESSION_ONLY, "PUT": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """Return the account, its credits and its limits."""
        return Response(accounts.account(user=request.user))

    def put(self, request: Request) -> Response:
        """Change names and e-mail address."""
        fields = self.read(request, accounts.AccountFields)
        accounts.account_save(user=request.user, request=fields)
        return Response(accounts.account(user=request.user))


class Password(ApiView):
    """One's own password."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request) -> Response:
        """Set a new password; all other sessions end."""
        accounts.password_change(
            user=request.user,
            request=self.read(request, accounts.NewPassword),
            address=client_address(request),
        )
        update_session_auth_hash(request._request, request.user)
        return Response({"success": True})


class UsageDetail(ApiView):
    """What was spent."""

    capability = {"GET": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """Return the ledger of the last `?days=` and their sums by day, key and workflow.

        `?keyId=` and `?workflow=<slug>` leave the lines of one key and of one workflow.
        """
        usage = credits.usage(
            user=request.user,
            days=query.number(request, "days", default=30, low=1, high=credits.MAX_DAYS),
            token_id=query.identifier(request, "keyId"),
            slug=query.text(request, "workflow"),
        )
        found: Usage = {
            "entries": [_entry(row) for row in usage.entries],
            "byDay": [
                {"day": day.isoformat(), "amount": number(amount), "runs": runs}
                for day, amount, runs in usage.by_day
            ],
            "byKey": [
                {**_key(id, name), "amount": number(amount), "runs": runs}
                for (id, name), amount, runs in usage.by_key
            ],
            "byWorkflow": [
                {"workflowSlug": slug or None, "amount": number(amount), "runs": runs}
                for slug, amount, runs in usage.by_workflow
            ],
            "callsByDay": [
                {"day": day.isoformat(), **money(paid), "usdEstimate": float(paid.estimate)}
                for day, paid in usage.calls_by_day
            ],
            "callsByCredential": [
                {
                    "credentialId": id or None,
                    "credentialName": name or None,
                    **money(paid),
                    "usdEstimate": float(paid.estimate),
                }
                for (id, name), paid in usage.calls_by_credential
            ],
            "callsByModel": [
                {"model": model, **money(paid), "usdEstimate": float(paid.estimate)}
                for model, paid in usage.calls_by_model
            ],
        }
        return Response(found)


class Invitations(ApiView):
    """Links that make an account."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request) -> Response:
        """Make a one-time link; staff only."""
        if not request.user.is_staff:
            raise Forbidden("Only staff may invite users.")
        fields = self.read(request, accounts.InvitationFields)
        invitation, key = accounts.invitation_create(by=request.user, request=fields)
        shown: Invitation = {
            "url": f"{settings.PUBLIC_URL}{INVITATION}{key}",
            "email": invitation.email,
            "tier": Tier(invitation.tier),
            "expiresAt": moment(invitation.expires_at),
        }
        return Response(shown, status=201)


def _entry(row: CreditEntry) -> UsageEntry:
    return {
        "at": moment(row.created_at),
        "kind": Entry(row.kind),
        "amount": number(row.amount),
        "balanceAfter": number(row.balance_after),
        "executionId": None if row.run_id is None else str(row.run_id),
        "workflowSlug": row.workflow_slug or None,
        "nodeId": row.node_id,
        "model": row.model or None,
        "usd": None if row.usd is None else float(row.usd),
        "usdEstimate": None if row.usd_estimate is None else float(row.usd_estimate),
        "usage": row.usage,
        "credentialId": row.credential or None,
        "credentialName": row.credential_name or None,
        **_key(row.token_id, row.key_name),
    }


def _key(id: int | None, name: str) -> UsageKey:
    return {"keyId": None if id is None else str(id), "keyName": name or None}
