"""All tables, split by concept; import models from here."""

from __future__ import annotations

from workflows.models.aliases import Alias
from workflows.models.connections import (
    Credential,
    CredentialBinding,
    Delivery,
    DeliveryStatus,
    Dialect,
    ModelServer,
    Runner,
    RunnerCancel,
    RunnerCatalogue,
    RunnerStatus,
    Webhook,
)
from workflows.models.library import Change, Folder, Slug, Snapshot, Workflow
from workflows.models.media import Asset, Part, Recipe, Share
from workflows.models.people import CreditEntry, Entry, Invitation, Token, User
from workflows.models.runs import (
    CacheEntry,
    Event,
    NodeResult,
    RateWindow,
    Reservation,
    Run,
    RunStatus,
    Step,
    StepStatus,
    Worker,
)

__all__ = [
    "Alias",
    "Asset",
    "CacheEntry",
    "Change",
    "Credential",
    "CredentialBinding",
    "CreditEntry",
    "Delivery",
    "DeliveryStatus",
    "Dialect",
    "Entry",
    "Event",
    "Folder",
    "Invitation",
    "ModelServer",
    "NodeResult",
    "Part",
    "RateWindow",
    "Recipe",
    "Reservation",
    "Run",
    "RunStatus",
    "Runner",
    "RunnerCancel",
    "RunnerCatalogue",
    "RunnerStatus",
    "Share",
    "Slug",
    "Snapshot",
    "Step",
    "StepStatus",
    "Token",
    "User",
    "Webhook",
    "Worker",
    "Workflow",
]
