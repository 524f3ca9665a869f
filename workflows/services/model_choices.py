"""What models a user can choose from for a task, and what fields each has.

A provider's own listing comes first and is cached for a while; where it cannot be had, the dated
list of `nodes/models/providers.py` is used instead, and the page says so.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeVar

from workflows.billing.prices import task_price
from workflows.engine.credentials import header_of
from workflows.errors import InvalidBody, PatchbayError, TaskNotFound
from workflows.graph.ports import LOCAL, TASKS, WORKFLOW
from workflows.graph.schema import json_schema
from workflows.models import User, Workflow
from workflows.nodes.local.pack import size
from workflows.nodes.models import filling, published
from workflows.nodes.models.dialect import Listed
from workflows.nodes.models.providers import KNOWN_ON
from workflows.nodes.models.published import Field
from workflows.services import local_models
from workflows.services.library.choices import as_app_of
from workflows.services.library.documents import document_of
from workflows.services.library.named import workflow_named
from workflows.services.providers import Account, Trial, account_of, provider_list
from workflows.types import JsonObject

#: How long a listing is used before the provider is called again.
KEPT_SECONDS = 600.0
#: How long what a model takes is.
SCHEMA_SECONDS = 3600.0
#: How long one that could not be had is not requested again.
FAILED_SECONDS = 30.0
MAX_KEPT = 500
LIST_SECONDS = 12.0

ModelState = Literal["ready", "needsKey", "needsWeights", "off"]

#: What a task takes and gives, as port types.
SHAPES = {
    "chat": (("text", "image"), ("text", "json")),
    "describe": (("image",), ("text",)),
    "image": (("text",), ("image",)),
    "edit": (("image", "text"), ("image",)),
    "upscale": (("image",), ("image",)),
    "removeBackground": (("image",), ("image", "mask")),
    "video": (("text", "image"), ("video",)),
    "speak": (("text",), ("audio",)),
    "transcribe": (("audio",), ("text",)),
    "sound": (("text",), ("audio",)),
    "embed": (("text",), ("json",)),
    "moderate": (("text", "image"), ("boolean",)),
    "readText": (("image",), ("text",)),
    "denoise": (("audio",), ("audio",)),
    "faces": (("image",), ("image", "mask")),
    "any": (("any",), ("any",)),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that a task can use, and what is missing before it can.

    `resumes`: a call outlives a restart of this server, and is not made and charged a second time.
    """

    id: str
    name: str
    provider: str
    provider_name: str
    task: str
    price: str
    note: str
    state: ModelState
    missing: str
    resumes: bool = True

    def credits(self, tier: str) -> Decimal:
        """Return what a call of it costs a tier here, or an image, or a second (`unit_of`)."""
        return task_price(self.task, tier, self.id)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A provider whose listing could not be had, in its own words."""

    provider: str
    message: str


@dataclass(slots=True)
class _Listing:
    models: list[Listed]
    problem: str
    until: float


#: User, URL, and a key's id or a model's name.
Key = tuple[int, str, str]
V = TypeVar("V")
_known: OrderedDict[Key, _Listing] = OrderedDict()
#: What models take, and until when that is believed; by model.
_schemas: OrderedDict[Key, tuple[float, list[Field]]] = OrderedDict()
_lock = threading.Lock()


def provider_test(*, user: User, provider_id: str, request: Trial) -> list[Listed]:
    """Make one harmless call with a key, and list the models it may use.

    Raises ProviderNotFound, CredentialMissing, and NodeError in the provider's words.
    """
    account = account_of(user, provider_id)
    secret = (request.secret or "").strip()
    if secret and not all(character.isprintable() and ord(character) < 256 for character in secret):
        raise InvalidBody("The key is not one line of text.", field="secret", expected="one line")
    headers = header_of(provider_id, secret) if secret else account.headers(user)
    if headers is None:
        raise account.missing("secret")
    dialect, client = account.dialect, account.client(headers)

    async def check() -> list[Listed]:
        async with asyncio.timeout(LIST_SECONDS * 2):
            await dialect.check(client)
            return await dialect.models(client)

    try:
        models = asyncio.run(check())
    except TimeoutError as error:
        raise account.slow() from error
    if not secret:
        _keep(user, account, _Listing(models, "", time.monotonic() + KEPT_SECONDS))
    return models


def model_choices(
    *, user: User, task: str, refresh: bool = False
) -> tuple[list[Choice], list[Trouble]]:
    """List the models of a task, those that can be used first, and which providers gave no list.

    Raises TaskNotFound.
    """
    if task not in TASKS:
        raise TaskNotFound(value=task, expected=", ".join(TASKS))
    accounts = [row for row in provider_list(user=user) if task in row.tasks]
    ready = [row for row in accounts if row.state != "needsKey"]
    listings = dict(zip((row.id for row in ready), _listings(user, ready, refresh), strict=True))
    choices: list[Choice] = []
    troubles: list[Trouble] = []
    for account in accounts:
        listing = listings.get(account.id)
        if listing is None:
            known = _choices(account, task, account.known, "needsKey")
            choices += known or _unseen(account, task)
        elif listing.problem:
            troubles.append(Trouble(account.id, listing.problem))
            choices += _choices(account, task, account.known, "ready", f"list of {KNOWN_ON}")
        else:
            choices += _choices(account, task, listing.models, "ready")
    choices += _workflows(user, task)
    choices += _local(task)
    return sorted(choices, key=lambda row: row.state != "ready"), troubles


def model_fields(*, user: User, task: str, model: str) -> list[JsonObject]:
    """Return the fields that a model has besides those of its task's node, as a node declares them.

    Empty where the provider does not say. Raises TaskNotFound, ProviderNotFound, CredentialMissing,
    and NodeError in the provider's words.
    """
    if task not in TASKS:
        raise TaskNotFound(value=task, expected=", ".join(TASKS))
    provider, _, name = model.partition("/")
    if provider == LOCAL or not name:
        return []
    if provider == WORKFLOW:
        owner, _, handle = name.partition("/")
        workflow = as_app_of(user, workflow_named(user=user, owner=owner, name=handle))
        schema = json_schema(document_of(workflow))
        return filling.rows(published.fields_of(schema, schema), task)
    account = account_of(user, provider)
    key = (user.pk, account.base, name)
    with _lock:
        known = _schemas.get(key)
    if known is None or known[0] < time.monotonic():
        headers = account.headers(user)
        if headers is None:
            raise account.missing("model", model)
        known = (
            time.monotonic() + SCHEMA_SECONDS,
            asyncio.run(_takes(account, headers, name, task)),
        )
        _remember(_schemas, key, known)
    return filling.rows(known[1], task)


async def _takes(account: Account, headers: dict[str, str], name: str, task: str) -> list[Field]:
    try:
        async with asyncio.timeout(LIST_SECONDS):
            return await account.dialect.takes(account.client(headers), name, task)
    except TimeoutError as error:
        raise account.slow() from error


def _choices(
    account: Account, task: str, models: Iterable[Listed], state: ModelState, note: str = ""
) -> list[Choice]:
    missing = f"Needs a key of {account.name}." if state == "needsKey" else ""
    return [
        Choice(
            f"{account.id}/{model.name}",
            model.label or model.name,
            account.id,
            account.name,
            task,
            model.price,
            model.note or note,
            state,
            missing,
            task in account.dialect.jobs,
        )
        for model in models
        if task in model.tasks
    ]


def _unseen(account: Account, task: str) -> list[Choice]:
    """Represent the models of a provider that are listed for those alone who have a key."""
    unseen = Listed("*", (task,), f"Models of {account.name}")
    return _choices(account, task, [unseen], "needsKey")


def tag_of(task: str) -> str:
    """Return the tag that publishes a workflow as a model of a task."""
    return f"model:{task}"


def _workflows(user: User, task: str) -> list[Choice]:
    """Return the user's own workflows that are published as models of a task."""
    rows = Workflow.objects.filter(owner=user, archived=False).order_by("name")
    return [
        Choice(
            f"{WORKFLOW}/{user.username}/{handle}",
            name,
            WORKFLOW,
            "Your workflows",
            task,
            "",
            description,
            "ready",
            "",
        )
        for handle, name, description, tags in rows.values_list(
            "handle", "name", "description", "tags"
        )
        if tag_of(task) in tags
    ]


def _local(task: str) -> list[Choice]:
    """Return the models of this server that a task can use, with what each lacks."""
    states: dict[str, ModelState] = {"ready": "ready", "noLibrary": "off"}
    return [
        Choice(
            f"{LOCAL}/{model.id}",
            model.name,
            LOCAL,
            "This server",
            task,
            "free",
            model.description,
            states.get(status.state, "needsWeights"),
            "" if status.state == "ready" else status.message or f"Needs {size(model.bytes)}.",
        )
        for model, status in local_models.local_model_list()
        if model.task == task
    ]


def _listings(user: User, accounts: list[Account], refresh: bool) -> list[_Listing]:
    """Return what each provider lists: from memory, else by calling all others at once."""
    now = time.monotonic()
    found: dict[str, _Listing] = {}
    for account in accounts:
        known = _known.get(_key(user, account))
        if known is not None and known.until > now and not refresh:
            found[account.id] = known
    lacking = [row for row in accounts if row.id not in found]
    if lacking:
        headers = [row.headers(user) for row in lacking]
        for account, listing in zip(lacking, asyncio.run(_list_all(lacking, headers)), strict=True):
            found[account.id] = listing
            _keep(user, account, listing)
    return [found[row.id] for row in accounts]


async def _list_all(
    accounts: list[Account], headers: list[dict[str, str] | None]
) -> list[_Listing]:
    return await asyncio.gather(
        *(_list(account, header or {}) for account, header in zip(accounts, headers, strict=True))
    )


async def _list(account: Account, header: dict[str, str]) -> _Listing:
    try:
        async with asyncio.timeout(LIST_SECONDS):
            models = await account.dialect.models(account.client(header))
    except TimeoutError:
        return _Listing([], account.slow().message, time.monotonic() + FAILED_SECONDS)
    except PatchbayError as error:
        return _Listing([], error.message, time.monotonic() + FAILED_SECONDS)
    return _Listing(models, "", time.monotonic() + KEPT_SECONDS)


def _keep(user: User, account: Account, listing: _Listing) -> None:
    _remember(_known, _key(user, account), listing)


def _remember(cache: OrderedDict[Key, V], key: Key, value: V) -> None:
    """Keep a value; the oldest of too many go."""
    with _lock:
        cache[key] = value
        cache.move_to_end(key)
        while len(cache) > MAX_KEPT:
            cache.popitem(last=False)


def _key(user: User, account: Account) -> Key:
    return user.pk, account.base, account.credential.public_id if account.credential else ""
