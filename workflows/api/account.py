"""/api/account and /api/invitations: the person behind a browser session."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from rest_framework.response import Response

from workflows.api import query
from workflows.api.address import client_address
from workflows.api.base import ApiView, Request
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.errors import Forbidden
from workflows.api.shapes import moment
from workflows.billing import credits
from workflows.billing.estimate import number
from workflows.models import CreditEntry
from workflows.services.identity import accounts
from workflows.types import JsonObject

INVITATION = "/invitation/"


class Account(ApiView):
    """One's own account."""

    capability = {"GET": SESSION_ONLY, "PUT": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """Return the account, its credits and its limits."""
        return Response(accounts.account(user=request.user))

    def put(self, request: Request) -> Response:
        """Change names and e-mail address."""
        accounts.account_save(user=request.user, body=self.body(request))
        return Response(accounts.account(user=request.user))


class Password(ApiView):
    """One's own password."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request) -> Response:
        """Set a new password; all other sessions end."""
        accounts.password_change(
            user=request.user, body=self.body(request), address=client_address(request)
        )
        update_session_auth_hash(request._request, request.user)
        return Response({"success": True})


class Usage(ApiView):
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
        by_day = [
            {"day": day.isoformat(), "amount": number(amount), "runs": runs}
            for day, amount, runs in usage.by_day
        ]
        by_key = [
            {**_key(id, name), "amount": number(amount), "runs": runs}
            for (id, name), amount, runs in usage.by_key
        ]
        by_workflow = [
            {"workflowSlug": slug or None, "amount": number(amount), "runs": runs}
            for slug, amount, runs in usage.by_workflow
        ]
        return Response(
            {
                "entries": [_entry(row) for row in usage.entries],
                "byDay": by_day,
                "byKey": by_key,
                "byWorkflow": by_workflow,
            }
        )


class Invitations(ApiView):
    """Links that make an account."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request) -> Response:
        """Make a one-time link; staff only."""
        if not request.user.is_staff:
            raise Forbidden("Only staff may invite users.")
        invitation, key = accounts.invitation_create(by=request.user, body=self.body(request))
        answer = {
            "url": f"{settings.PUBLIC_URL}{INVITATION}{key}",
            "email": invitation.email,
            "tier": invitation.tier,
            "expiresAt": moment(invitation.expires_at),
        }
        return Response(answer, status=201)


def _entry(row: CreditEntry) -> JsonObject:
    return {
        "at": moment(row.created_at),
        "kind": row.kind,
        "amount": number(row.amount),
        "balanceAfter": number(row.balance_after),
        "executionId": None if row.run_id is None else str(row.run_id),
        "workflowSlug": row.workflow_slug or None,
        "nodeId": row.node_id,
        **_key(row.token_id, row.key_name),
    }


def _key(id: int | None, name: str) -> JsonObject:
    return {"keyId": None if id is None else str(id), "keyName": name or None}
