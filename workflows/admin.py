"""What staff see and change at /admin: users and their tiers; keys and ledgers are for reading.

Loaded when the first page of the site is requested, not at the start of the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.admin import UserAdmin
from django.forms import ModelForm
from django.http import HttpRequest

from workflows.billing import ledger
from workflows.models import CreditEntry, Invitation, Token, User

if TYPE_CHECKING:
    Rows = ModelAdmin[Any]
    Accounts = UserAdmin[User]
else:  # Django's classes take no type arguments when they run
    Rows, Accounts = ModelAdmin, UserAdmin


class Reading(Rows):
    """Rows that no one adds, changes or deletes here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


class Users(Accounts):
    """Accounts. One is deactivated, never deleted: its runs and its ledger stay."""

    list_display = ("username", "email", "tier", "is_active", "is_staff", "last_login")
    list_filter = ("tier", "is_active", "is_staff")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "tier")}),
        ("User", {"fields": ("first_name", "last_name", "email")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2", "tier")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


class Keys(Reading):
    """API keys, without their text, which no one has."""

    list_display = ("name", "owner", "lookup", "created_at", "last_used_at", "revoked_at")
    search_fields = ("name", "lookup", "owner__username")
    fields = (
        "name",
        "owner",
        "lookup",
        "capabilities",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )


class Invitations(Reading):
    """Invitations, without their links."""

    list_display = ("email", "tier", "created_by", "created_at", "expires_at", "used_at", "user")
    fields = ("email", "tier", "created_by", "created_at", "expires_at", "used_at", "user")


class Ledger(Reading):
    """The credit ledger. Adding a line adjusts an account."""

    list_display = ("created_at", "owner", "kind", "amount", "balance_after", "node_id")
    list_filter = ("kind",)
    search_fields = ("owner__username",)
    list_select_related = ("owner",)
    fields = ("owner", "amount")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may adjust accounts."""
        return request.user.has_perm("workflows.add_creditentry")

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[CreditEntry], change: bool
    ) -> None:
        """Write the line through the ledger, which knows the balance."""
        line = ledger.adjust(obj.owner_id, obj.amount)
        obj.pk, obj.kind, obj.balance_after = line.pk, line.kind, line.balance_after


def register(site: AdminSite) -> None:
    """Show our tables at a site."""
    site.register(User, Users)
    site.register(Token, Keys)
    site.register(CreditEntry, Ledger)
    site.register(Invitation, Invitations)
