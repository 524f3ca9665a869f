"""Accounts, their API tokens and their credits."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from workflows.fields import DocumentField


class Tier(models.TextChoices):
    """What an account may do; ceilings and caps per tier are settings."""

    FREE = "free"
    CREATOR = "creator"
    PRO = "pro"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"


class User(AbstractUser):
    """A user with an account."""

    tier = models.CharField(max_length=16, choices=Tier.choices, default=Tier.FREE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_tier_known", condition=models.Q(tier__in=Tier.values)
            ),
        ]


class Token(models.Model):
    """An API key: a set of capabilities of its owner. Only a digest of its text is kept.

    `made_by` is the key that created it, if a key did: it ends with that key.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    made_by = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="made")
    name = models.CharField(max_length=200)
    lookup = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    capabilities = DocumentField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: authenticate a request by the 8 readable characters of its key.
            models.UniqueConstraint(fields=["lookup"], name="token_lookup_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.lookup})"


class Entry(models.TextChoices):
    """Why a line is in the ledger.

    A grant is what a tier gets, a charge what a node has cost. Usage is what a node would have cost
    an account without a limit: it is noted and changes no balance. An adjustment is made by staff.
    A call is what a provider of models was paid in money, for which no credits move.
    """

    GRANT = "grant"
    CHARGE = "charge"
    USAGE = "usage"
    ADJUSTMENT = "adjustment"
    CALL = "call"


class CreditEntry(models.Model):
    """One line of an account's append-only credit ledger.

    Which key, which workflow and which of the owner's credentials spent is in it as text too,
    for these may be deleted. Money is in US dollars: `usd` is what the provider says, null where it
    says nothing, and `usd_estimate` what is counted in its place.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credit_entries")
    kind = models.CharField(max_length=16, choices=Entry.choices, default=Entry.CHARGE)
    run = models.ForeignKey("workflows.Run", null=True, on_delete=models.SET_NULL, related_name="+")
    # Stored here, for keys, workflows and runs may be deleted before the ledger is read.
    token = models.ForeignKey(Token, null=True, on_delete=models.SET_NULL, related_name="+")
    key_name = models.CharField(max_length=200, default="", db_default="", blank=True)
    workflow_slug = models.CharField(max_length=128, default="", blank=True)
    node_id = models.CharField(max_length=200, null=True)  # noqa: DJ001  null: not about a node
    period = models.CharField(max_length=16, null=True)  # noqa: DJ001  null: not a grant
    # Which call of the node, empty for all of them together.
    call = models.CharField(max_length=250, default="", db_default="", blank=True)
    model = models.CharField(max_length=200, default="", db_default="", blank=True)
    credential = models.CharField(max_length=32, default="", db_default="", blank=True)
    credential_name = models.CharField(max_length=200, default="", db_default="", blank=True)
    usd = models.DecimalField(max_digits=16, decimal_places=8, null=True)
    usd_estimate = models.DecimalField(max_digits=16, decimal_places=8, null=True)
    usage = DocumentField(null=True, default=None)
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    balance_after = models.DecimalField(max_digits=12, decimal_places=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Serves: a node of a run, and each call of it, is paid once, whatever is written twice.
            models.UniqueConstraint(fields=["run", "node_id", "call"], name="credit_node_once"),
            # Serves: a month's grant is given once.
            models.UniqueConstraint(fields=["owner", "period"], name="credit_period_once"),
            models.CheckConstraint(
                name="credit_kind_known", condition=models.Q(kind__in=Entry.values)
            ),
        ]
        indexes = [
            # Serves: an account's ledger, newest first, and its balance.
            models.Index(fields=["owner", "-created_at"], name="credit_owner_newest"),
            # Serves: what was spent on a credential today and this month, before each call.
            models.Index(
                fields=["credential", "created_at"],
                condition=models.Q(kind="call"),
                name="credit_of_credential",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} -> {self.balance_after}"


class Invitation(models.Model):
    """A link that makes one account, once. Only a digest of its text is kept."""

    digest = models.CharField(max_length=64)
    email = models.CharField(max_length=254, default="", blank=True)
    tier = models.CharField(max_length=16, choices=Tier.choices, default=Tier.FREE)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Serves: the page behind the link.
            models.UniqueConstraint(fields=["digest"], name="invitation_digest_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.tier} {self.email}".strip()
