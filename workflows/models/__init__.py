"""All tables, split by concept; import models from here."""

from __future__ import annotations

from workflows.models.connections import Credential, Runner, Webhook
from workflows.models.library import Change, Folder, Snapshot, Workflow
from workflows.models.media import Asset
from workflows.models.people import CreditEntry, Token, User
from workflows.models.runs import CacheEntry, Event, Run, RunStatus, Step, StepStatus, Worker

__all__ = [
    "Asset",
    "CacheEntry",
    "Change",
    "Credential",
    "CreditEntry",
    "Event",
    "Folder",
    "Run",
    "RunStatus",
    "Runner",
    "Snapshot",
    "Step",
    "StepStatus",
    "Token",
    "User",
    "Webhook",
    "Worker",
    "Workflow",
]
