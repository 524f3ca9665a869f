"""Which credentials a user lets a workflow use: its slots, and the choices for them.

In a workflow of the user's own the document says it; for one of another user, and for what other
workflows run inside it, the user binds a credential to the slot. Choices are private.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from django.db import transaction

from workflows.bodies import Body, Meta
from workflows.engine.host.nested import MAX_DEPTH
from workflows.errors import CredentialNotFound, FetchRefused, InvalidBody, WorkflowNotFound
from workflows.graph import credentials as slots
from workflows.graph.credentials import Slot
from workflows.media import fetch
from workflows.models import Credential, CredentialBinding, User, Workflow
from workflows.nodes import registry
from workflows.nodes.fal import equivalents, service
from workflows.nodes.models.providers import PROVIDERS, base_of
from workflows.services.identity import credentials
from workflows.services.library import access, apps
from workflows.services.library.aliases import NAMESPACE
from workflows.services.library.named import workflow_of_app
from workflows.services.locks import hold
from workflows.types import Json, JsonObject

#: Slots of one workflow, those of the workflows that it runs included.
MAX_SLOTS = 500
#: Workflows that are read for it.
MAX_WORKFLOWS = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot and the user's credential for it, if there is one.

    `wanted` says that the step needs a key: it fails without. `editable` slots are bound; the
    others are chosen in the user's own document. `app` names the workflow that holds the node.
    """

    slot: Slot
    app: str
    origin: str
    wanted: bool
    editable: bool
    credential: Credential | None


class Binding(Body):
    """Which credential a slot gets; null: none."""

    slot: str
    credential: Annotated[
        str | None,
        Meta(
            extra={
                "expected": "the id of one of your credentials, or null",
                "unknown": CredentialNotFound,
            }
        ),
    ]


def slot_list(*, user: User, slug: str) -> list[Choice]:
    """List the credential slots of a workflow the user may run, in the order of its nodes.

    Raises WorkflowNotFound.
    """
    workflow = access.workflow_runnable(user=user, slug=slug)
    rows = CredentialBinding.objects.select_related("credential").defer("credential__secret")
    bound = {row.slot: row.credential for row in rows.filter(user=user, workflow=workflow)}
    mine = _Mine(credentials.credential_list(user=user))
    found = _Walk(user).slots(workflow, workflow.owner_id == user.pk)
    return [_choice(slot, app, own, mine, bound) for slot, app, own in islice(found, MAX_SLOTS)]


@transaction.atomic
def binding_set(*, user: User, slug: str, request: Binding) -> None:
    """Bind a credential of the user's to a slot of a workflow, or with None take it back.

    Raises WorkflowNotFound, CredentialNotFound, and InvalidBody for what is no slot to be bound.
    """
    workflow = access.workflow_runnable(user=user, slug=slug)
    rows = slot_list(user=user, slug=slug)
    found = next((row for row in rows if row.slot.name == request.slot), None)
    if found is None or len(found.slot.name) > CredentialBinding.MAX_SLOT:
        raise InvalidBody(
            "This workflow has no such slot.",
            field="slot",
            value=request.slot[:200],
            expected="the slot of a row of this list",
        )
    if not found.editable:
        raise InvalidBody(
            "This workflow is yours: the field of its node chooses the credential.",
            field="slot",
            value=request.slot[:200],
            expected="a slot of another user's workflow",
        )
    hold(f"owner:{user.pk}")
    bound = CredentialBinding.objects.filter(user=user, workflow=workflow, slot=found.slot.name)
    if request.credential is None:
        bound.delete()
        return
    credential = credentials.credential_get(user=user, credential_id=request.credential)
    CredentialBinding.objects.update_or_create(
        user=user, workflow=workflow, slot=found.slot.name, defaults={"credential": credential}
    )


def uses(*, user: User) -> dict[str, list[Workflow]]:
    """Map the ids of a user's credentials to the workflows that use or are bound to them."""
    types = registry.node_types()
    known = {name for name, row in types.items() if any(slots.fields_of(row))}
    found: dict[str, dict[int, Workflow]] = defaultdict(dict)
    mine = _Mine(credentials.credential_list(user=user))
    for row in Workflow.objects.filter(owner=user).defer("edges", "viewport", "extra"):
        if known & row.node_types.keys():
            for slot in slots.slots(row.nodes, types):
                credential = mine.for_slot(slot, _provider_origin(slot))
                if credential is not None:
                    found[credential.public_id][row.pk] = row
    bound = CredentialBinding.objects.filter(user=user).select_related("workflow", "credential")
    for binding in bound.defer("credential__secret", "workflow__nodes", "workflow__edges"):
        found[binding.credential.public_id][binding.workflow_id] = binding.workflow
    return {id: list(rows.values()) for id, rows in found.items()}


class _Mine:
    """A user's credentials as their own workflows use them."""

    def __init__(self, rows: list[Credential]) -> None:
        self._by_id = {row.public_id: row for row in rows}
        self._newest = sorted(rows, key=lambda row: -row.pk)

    def for_slot(self, slot: Slot, origin: str) -> Credential | None:
        """Return the one that is chosen, else the newest of the provider, as the engine does."""
        if slot.chosen not in (None, ""):
            return self._by_id.get(str(slot.chosen))
        provider = slot.field.provider.lower()
        if not provider:
            return None
        fitting = (row for row in self._newest if row.provider.lower() == provider)
        return next((row for row in fitting if not origin or origin in row.allowed_origins), None)


class _Walk:
    """The slots of a workflow and of those that its nodes run: slot, app id, whose choice counts.

    It reads no more than MAX_WORKFLOWS workflows, however they run one another.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.left = MAX_WORKFLOWS

    def slots(
        self, workflow: Workflow, own: bool, path: tuple[str, ...] = ()
    ) -> Iterator[tuple[Slot, str, bool]]:
        self.left -= 1
        app = apps.app_id(workflow) if path else ""
        for slot in slots.slots(workflow.nodes, registry.node_types(), path):
            yield slot, app, own
        if len(path) >= MAX_DEPTH:
            return
        for node in workflow.nodes:
            if node["type"] == apps.NODE_TYPE:
                yield from self._inside(_app_of(node), own, (*path, node["id"]))

    def _inside(
        self, app: str, own: bool, path: tuple[str, ...]
    ) -> Iterator[tuple[Slot, str, bool]]:
        if self.left <= 0:
            return
        with suppress(WorkflowNotFound):
            inner = workflow_of_app(user=self.user, app=app)
            # What is private to the user, a workflow of another user does not run.
            if inner is not None and (own or inner.is_public or inner.is_template):
                yield from self.slots(inner, own and inner.owner_id == self.user.pk, path)


def _choice(
    slot: Slot,
    app: str,
    own: bool,
    mine: _Mine,
    bound: dict[str, Credential],
) -> Choice:
    origin = _provider_origin(slot)
    credential = mine.for_slot(slot, origin) if own else bound.get(slot.name)
    wanted = slot.chosen not in (None, "") or (bool(origin) and not own)
    origin = origin or _origin(slot.node["data"].get("url"))
    return Choice(slot, app, origin, wanted, not own, credential)


def _provider_origin(slot: Slot) -> str:
    """Return where the provider of a node is that wants a key; empty for what wants none."""
    if slot.field.provider == service.PROVIDER:
        return service.origin_of(service.urls().queue) if _runs_at_fal(slot) else ""
    known = PROVIDERS.get(slot.field.provider)
    return fetch.origin_of(base_of(known)) if known else ""


def _runs_at_fal(slot: Slot) -> bool:
    """Return whether the app of a node is neither a workflow of this server nor a built-in one."""
    app = _app_of(slot.node)
    at_home = app.startswith(f"{NAMESPACE}/") or equivalents.find(app) is not None
    return service.is_app(app) and not at_home


def _app_of(node: JsonObject) -> str:
    return str(node["data"].get("app") or "").strip().strip("/")


def _origin(url: Json) -> str:
    """Return the origin of a typed URL; empty where it is not known before the run."""
    try:
        return fetch.origin_of(url) if isinstance(url, str) else ""
    except FetchRefused:
        return ""
