"""Everybody who may call, and one of everything they have, for the permission tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
from django.utils import timezone

from tests.api.client import ECHO, Caller
from tests.api.expected import (
    ALIAS,
    COLLECTION,
    CREDENTIAL,
    DELIVERY,
    FILE,
    FOLDER,
    KEY,
    RUN,
    RUNNER,
    WORKFLOW,
)
from workflows.media import storage
from workflows.models import (
    Alias,
    Collaborator,
    Collection,
    Credential,
    Delivery,
    Discussion,
    Folder,
    Run,
    Runner,
    Snapshot,
    Token,
    User,
    Version,
    Webhook,
    Workflow,
)
from workflows.services.identity.tokens import token_create
from workflows.services.library.documents import document_of
from workflows.services.limits import rates

#: Stands in everything of bob's that alice may not see.
CANARY = "canary-of-bob"
ALL = frozenset({"*"})
#: What alice shares, with a user of each role.
SHARED, ROLES = "alice-private", ("view", "run", "edit")
_ID = "987654321"

STATES: dict[str, dict[str, object]] = {
    "private": {},
    "template": {"isTemplate": True},
    "public": {"publicPlayground": True},
    "open": {"publicPlayground": True, "publicRun": True},
    "archived": {"archived": True},
    "hidden": {"hidden": True},
}


@dataclass(frozen=True)
class Thing:
    """One thing a path can be about: whose, in which state, and what stands in the path."""

    owner: str
    state: str
    id: str


@dataclass(frozen=True)
class Who:
    """One caller. `status` is what they get everywhere; else `holds` and `person` decide."""

    caller: Caller
    person: str = ""
    holds: frozenset[str] = frozenset()
    status: int | None = None
    unsafe_status: int | None = None
    role: str = ""


@dataclass
class World:
    """Everybody, and everything they have."""

    callers: dict[str, Who] = field(default_factory=dict)
    things: dict[str, list[Thing]] = field(default_factory=dict)


def _browser(user: User) -> Caller:
    caller = Caller(enforce_csrf_checks=True)
    caller.client.force_login(user)
    caller.client.get("/login")
    caller.client.get("/")
    caller.headers["X-CSRFToken"] = caller.client.cookies["csrftoken"].value
    return caller


def _key(user: User, *capabilities: str, **changes: object) -> Caller:
    token, text = token_create(owner=user, name="k", capabilities=capabilities)
    if changes:
        Token.objects.filter(pk=token.pk).update(**changes)
    return Caller({"x-api-key": text})


@pytest.fixture
def world(alice: User, bob: User, settings: Any) -> Iterator[World]:
    """Alice and bob with one of everything, and all who may call."""
    settings.RUNNERS_BY_USERS = True
    rates.forget()
    world = World()
    people = {"alice": alice, "bob": bob}
    for name, user in people.items():
        _fill(world, name, user)
    kinds = (WORKFLOW, FOLDER, RUN, FILE, KEY, DELIVERY, CREDENTIAL, RUNNER, ALIAS, COLLECTION)
    for kind in kinds:
        world.things[kind] += [Thing("nobody", "missing", _missing(kind))]
    world.callers = _callers(alice, bob)
    yield world
    rates.forget()


def thread_of(slug: str) -> str:
    """Return the id of the thread that a workflow of this world has."""
    return str(uuid5(NAMESPACE_URL, slug))


def _fill(world: World, name: str, user: User) -> None:
    caller = _key(user, "*")
    mark = CANARY if name == "bob" else "plain"
    folder = Folder.objects.create(owner=user, name=f"folder {mark}")
    gone = Folder.objects.create(owner=user, name="gone")
    world.things.setdefault(FOLDER, []).append(Thing(name, "private", str(folder.pk)))
    world.things[FOLDER].append(Thing(name, "deleted", str(gone.pk)))
    gone.delete()
    for state, flags in STATES.items():
        shown = name if state == "template" else mark
        made = caller.create(f"{name} {state}", **{**ECHO, **flags}, tags=[shown])
        workflow = Workflow.objects.get(slug=made["slug"])
        workflow.folder, (workflow.copied_from, workflow.published) = folder, _versions(workflow)
        workflow.save()
        discussion = Discussion.objects.create(workflow=workflow)
        thread = discussion.threads.create(id=thread_of(made["slug"]), seq=0, x=0, y=0, count=1)
        thread.comments.create(number=1, author=user, text=mark, size=len(mark))
        world.things.setdefault(WORKFLOW, []).append(Thing(name, state, made["slug"]))
    made = caller.create(f"{name} gone")
    caller.delete(f"/api/workflows/{made['slug']}")
    world.things[WORKFLOW].append(Thing(name, "deleted", made["slug"]))
    workflow = Workflow.objects.get(slug=f"{name}-private")
    alias = Alias.objects.create(owner=user, app=f"demo/{mark}", workflow=workflow)
    world.things.setdefault(ALIAS, []).append(Thing(name, "private", str(alias.pk)))
    snapshot = Snapshot.objects.create(
        workflow=workflow, sha256=uuid4().hex * 2, nodes=workflow.nodes, edges=workflow.edges
    )
    run = Run.objects.create(
        owner=user,
        workflow=workflow,
        snapshot=snapshot,
        status="failed",
        name=mark,
        inputs={"text": mark},
        output={"text": mark},
        finished_at=timezone.now(),
    )
    world.things.setdefault(RUN, []).append(Thing(name, "private", str(run.pk)))
    key, _ = token_create(owner=user, name=mark, capabilities=["webhook:receive"])
    hook = Webhook.objects.create(token=key, url=f"http://127.0.0.1:9/{mark}", secret=CANARY)
    world.things.setdefault(KEY, []).append(Thing(name, "private", str(key.pk)))
    for_one = Webhook.objects.create(url=f"http://127.0.0.1:9/{mark}", secret=CANARY)
    for webhook, of in ((hook, None), (for_one, run)):
        row = Delivery.objects.create(
            webhook=webhook,
            run=of,
            event=mark,
            body="{}",
            status="failed",
            created_at=timezone.now(),
            finished_at=timezone.now(),
        )
        world.things.setdefault(DELIVERY, []).append(Thing(name, "private", str(row.pk)))
    credential = Credential.objects.create(owner=user, name=mark, provider="p", secret=CANARY)
    world.things.setdefault(CREDENTIAL, []).append(Thing(name, "private", credential.public_id))
    runner = Runner.objects.create(
        owner=user, name=mark, endpoint=f"https://{mark}.example", headers=f'{{"X": "{mark}"}}'
    )
    world.things.setdefault(RUNNER, []).append(Thing(name, "private", str(runner.pk)))
    file = storage.asset_create(user, b"of " + mark.encode(), f"{mark}.txt")
    world.things.setdefault(FILE, []).append(Thing(name, "private", str(file.pk)))
    collection = Collection.objects.create(owner=user, name=f"collection {mark}")
    world.things.setdefault(COLLECTION, []).append(Thing(name, "private", str(collection.pk)))


def _versions(workflow: Workflow) -> tuple[Version, Version]:
    """Make a workflow a copy of an earlier version of itself, and publish it."""
    document = document_of(workflow)
    kept = ((0, None), (workflow.version, 1))
    base, live = (
        Version.objects.create(workflow=workflow, version=at, number=number, document=document)
        for at, number in kept
    )
    return base, live


def _missing(kind: str) -> str:
    numbered = dict.fromkeys((FOLDER, KEY, DELIVERY, CREDENTIAL, ALIAS, COLLECTION), _ID)
    return {WORKFLOW: "never-was", **numbered}.get(kind, str(uuid4()))


def _callers(alice: User, bob: User) -> dict[str, Who]:
    from workflows.models.people import Tier

    carol, dave, erin = (
        User.objects.create_user(username=name, tier=tier, is_staff=staff, is_superuser=staff)
        for name, tier, staff in (
            ("carol", Tier.ENTERPRISE, False),
            ("dave", Tier.ENTERPRISE, False),
            ("erin", Tier.ENTERPRISE, True),
        )
    )
    forgetful = _browser(alice)
    del forgetful.headers["X-CSRFToken"]
    past = timezone.now() - timedelta(seconds=1)
    gone, poor = _key(carol, "*"), _key(dave, "*")
    session_gone = _browser(carol)
    User.objects.filter(pk=carol.pk).update(is_active=False)
    User.objects.filter(pk=dave.pk).update(tier=Tier.FREE)
    named = "workflow:alice-private:run"
    found = {
        "anonymous": Who(Caller(), status=401),
        "alice by session": Who(_browser(alice), "alice", ALL),
        "alice by session without CSRF": Who(forgetful, "alice", ALL, unsafe_status=403),
        "bob by session": Who(_browser(bob), "bob", ALL),
        "staff by session": Who(_browser(erin), "erin", ALL),
        "deactivated by session": Who(session_gone, status=401),
        "revoked key": Who(_key(alice, "*", revoked_at=past), status=401),
        "expired key": Who(_key(alice, "*", expires_at=past), status=401),
        "malformed key": Who(Caller({"x-api-key": "pb_nonsense"}), status=401),
        "key of a deactivated person": Who(gone, status=401),
        "key of a tier without API": Who(poor, status=403),
        "key for everything": Who(_key(alice, "*"), "alice", ALL),
        "key of staff for everything": Who(_key(erin, "*"), "erin", ALL),
        "bob's key for everything": Who(_key(bob, "*"), "bob", ALL),
    }
    for role in ROLES:
        user = User.objects.create_user(username=f"may {role}", tier=Tier.ENTERPRISE)
        workflow = Workflow.objects.get(slug=SHARED)
        Collaborator.objects.create(workflow=workflow, user=user, role=role)
        found[f"may {role}, by session"] = Who(_browser(user), user.username, ALL, role=role)
        found[f"may {role}, by key"] = Who(_key(user, "*"), user.username, ALL)
    for capabilities in (
        ("workflow:read",),
        ("workflow:write",),
        ("workflow:run",),
        (named,),
        ("execution:read",),
        ("workflow:read", "workflow:write"),
        ("model:run",),
        ("model:pattern:run",),
        ("webhook:receive",),
        ("runner:read",),
        ("runner:write",),
        ("key:read",),
        ("key:write",),
        ("webhook:read",),
        ("webhook:write",),
        ("webhook:*",),
    ):
        key = _key(alice, *capabilities)
        found["key " + "+".join(capabilities)] = Who(key, "alice", frozenset(capabilities))
    return found
