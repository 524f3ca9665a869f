"""A document never decides whose secret is used: every reference, every way to run it.

Bob writes the documents, alice runs them, and one server records which secrets arrive. The kinds of
reference are computed from what node types declare.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest

from tests.api.client import Caller, Response, a_node, an_edge, whole
from tests.api.receiver import receiver
from tests.fal.farside import Farside, Reply, farside
from workflows.engine.credentials import OPTION
from workflows.graph.credentials import WANTED, fields_of
from workflows.media import storage
from workflows.models import Credential, CredentialBinding, Run, Runner, User, Workflow
from workflows.nodes import registry
from workflows.nodes.models import providers
from workflows.services.limits import rates
from workflows.types import JsonObject

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("engine"),
    pytest.mark.filterwarnings("ignore:unclosed"),
]

SECRETS = {"alice": "key-of:alice-000451", "bob": "key-of:bob-00000451"}


@dataclass
class World:
    """Two users with a key each, allowed at the same server; what that server gets is recorded."""

    far: Farside
    alice: Caller
    bob: Caller
    keys: dict[str, Credential]
    made: dict[str, str] = field(default_factory=dict)

    def publish(self, nodes: list[JsonObject], edges: list[JsonObject], **more: Any) -> JsonObject:
        """Let bob publish a template."""
        return self.bob.create(
            f"Trap {uuid.uuid4().hex[:8]}", nodes=nodes, edges=edges, isTemplate=True, **more
        )

    def arrived(self) -> set[str]:
        """Say whose secrets have arrived at the server."""
        shown = json.dumps([sent.headers for sent in self.far.sent])
        return {name for name, secret in SECRETS.items() if secret in shown}


@pytest.fixture
def world(
    her_browser: Caller, bob: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Alice by her browser, bob by his; what other tests have asked for does not count."""
    rates.forget()
    his = Caller(enforce_csrf_checks=True)
    his.client.force_login(bob)
    his.client.get("/")
    his.headers["X-CSRFToken"] = his.client.cookies["csrftoken"].value
    with farside() as far:
        far.results = [Reply({"ok": number}) for number in range(99)]
        monkeypatch.setattr(providers, "_moved", {"openai": f"{far.origin}/models"})
        keys = {
            name: Credential.objects.create(
                owner=user,
                name=f"Key of {name}",
                provider="fal",
                allowed_origins=[far.origin],
                secret=SECRETS[name],
                last4="0451",
            )
            for name, user in (("alice", alice), ("bob", bob))
        }
        yield World(far, her_browser, his, keys)


#: A node of each type that shows a credential, calling the server; a new type belongs here.
NODES: dict[str, Callable[[World], JsonObject]] = {
    "httpRequest": lambda world: {
        "url": f"{world.far.origin}/fal/queue/some/model",
        "method": "POST",
        "bodyMode": "json",
        "body": {"a": 1},
    },
    "falApp": lambda world: {"app": "some/model", "arguments": {"a": 1}, "sources": []},
    # It stands for all nodes of models: they have one field in common, and one way to a key.
    "chat": lambda world: {"prompt": "a", "model": "openai/any"},
}
OUTPUTS = {"httpRequest": "text", "falApp": "output", "chat": "text"}

#: What an author may write where a credential is chosen.
NAMES: dict[str, Callable[[World], Any]] = {
    "the user's, by its id": lambda world: world.keys["alice"].public_id,
    "the user's, by its row": lambda world: str(world.keys["alice"].pk),
    "the user's, by its number": lambda world: world.keys["alice"].pk,
    "the user's, by its name": lambda world: world.keys["alice"].name,
    "the author's": lambda world: world.keys["bob"].public_id,
    "any": lambda world: WANTED,
    "none": lambda world: "",
}


def graph(world: World, type: str, chosen: Any) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return a graph of one node that names a credential in every field that takes one."""
    declared = registry.node_types()[type]
    named = {port.name: chosen for port in fields_of(declared)}
    nodes = [a_node("call", type, **NODES[type](world), **named), a_node("end", "responseOutput")]
    return nodes, [an_edge("call", "end", OUTPUTS[type], "result")]


def run(caller: Caller, slug: str) -> Response:
    return caller.post(f"/api/workflows/{slug}/run", {"inputs": {}})


def as_template(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    return run(world.alice, world.publish(nodes, edges)["slug"])


def as_copy(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    slug = world.publish(nodes, edges)["slug"]
    copy = world.alice.post(f"/api/workflows/{slug}/duplicate").json()
    return run(world.alice, copy["slug"])


def as_import(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    """As bob has written the file, without our export."""
    file = io.BytesIO(json.dumps({"nodes": nodes, "edges": edges}).encode())
    file.name = "trap.json"
    found = world.alice.upload(file, "/api/import").json()
    return run(world.alice, world.alice.create("Imported", **found["document"])["slug"])


def as_export(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    slug = world.publish(nodes, edges)["slug"]
    file = json.loads(world.bob.get(f"/api/workflows/{slug}/export").content)
    return run(world.alice, world.alice.create(**{**file, "name": "Exported"})["slug"])


def as_nested(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    return run(world.alice, _around(world.alice, world.publish(nodes, edges)["appId"])["slug"])


def as_nested_twice(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    outer = _around(world.bob, world.publish(nodes, edges)["appId"], isTemplate=True)
    return run(world.alice, outer["slug"])


def as_fal(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    return world.alice.post(f"/fal/run/{world.publish(nodes, edges)['appId']}", {})


def as_public_at_fal(world: World, nodes: list[JsonObject], edges: list[JsonObject]) -> Response:
    made = world.bob.create("Public", nodes=nodes, edges=edges)
    Workflow.objects.filter(slug=made["slug"]).update(is_public=True)
    return world.alice.post(f"/fal/run/{made['appId']}", {})


WAYS = {
    "run": as_template,
    "copy": as_copy,
    "import": as_import,
    "export": as_export,
    "nested": as_nested,
    "nested twice": as_nested_twice,
    "fal": as_fal,
    "public at fal": as_public_at_fal,
}


def _around(caller: Caller, app: str, **more: Any) -> JsonObject:
    nodes = [
        a_node("inner", "falApp", app=app, arguments={}, sources=[]),
        a_node("end", "responseOutput"),
    ]
    edges = [an_edge("inner", "end", "output", "result")]
    return caller.create(f"Around {uuid.uuid4().hex[:8]}", nodes=nodes, edges=edges, **more)


def test_every_type_of_node_that_shows_a_credential_is_tried() -> None:
    types = registry.node_types()
    tried = [port for type in NODES for port in fields_of(types[type])]
    others = [port for row in types.values() for port in fields_of(row)]
    assert all(any(port is one for one in tried) for port in others)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("type", NODES)
def test_no_document_of_an_author_spends_the_key_of_its_user(
    world: World, type: str, way: str
) -> None:
    for name, chosen in NAMES.items():
        own_choice = way in ("copy", "import", "export") and type == "falApp" and name == "none"
        WAYS[way](world, *graph(world, type, chosen(world)))
        # In a workflow of her own that chooses nothing, her newest key of fal is hers to spend.
        assert world.arrived() == ({"alice"} if own_choice else set()), (type, way, name)
        world.far.sent.clear()


@pytest.mark.parametrize("type", NODES)
def test_what_others_get_to_see_names_no_credential(world: World, type: str) -> None:
    id = world.keys["bob"].public_id
    nodes, edges = graph(world, type, id)
    made = world.publish(nodes, edges)
    assert len(made["removed"]) == 1, "publishing says what others do not see"
    path = f"/api/workflows/{made['slug']}"
    paths = (
        path,
        f"{path}/export",
        f"{path}/schema",
        f"{path}/credentials",
        "/api/workflows",
        f"/v1/workflows/{made['appId'].removeprefix('workflows/')}",
    )
    for each in paths:
        assert id not in world.alice.get(each).content.decode(), each
    copy = world.alice.post(f"{path}/duplicate").json()
    assert copy["removed"] == made["removed"]
    exported = world.bob.get(f"{path}/export")
    assert id not in exported.content.decode()
    assert json.loads(unquote(exported["X-Removed"])) == made["removed"]
    # His own document, and a copy of his own, keep what he has chosen.
    field = next(fields_of(registry.node_types()[type])).name
    assert world.bob.get(path).json()["nodes"][0]["data"][field] == id
    his = world.bob.post(f"{path}/duplicate").json()
    assert (his["nodes"][0]["data"][field], his["removed"]) == (id, [])
    run(world.bob, made["slug"])
    assert world.arrived() == {"bob"}


@pytest.mark.parametrize("way", ["run", "nested", "nested twice", "fal", "public at fal"])
@pytest.mark.parametrize("type", NODES)
def test_the_key_that_the_user_binds_is_shown_and_no_other(
    world: World, type: str, way: str, alice: User
) -> None:
    answer = WAYS[way](world, *graph(world, type, world.keys["bob"].public_id))
    assert world.arrived() == set()
    root = Run.objects.filter(owner=alice).order_by("created_at").first()
    assert "CREDENTIAL_NOT_BOUND" in str([step.error for step in root.steps.all()]), answer.content
    path = f"/api/workflows/{root.workflow.slug}/credentials"
    [slot] = [row for row in world.alice.get(path).json() if row["wanted"]]
    assert (slot["editable"], slot["credential"], slot["origin"]) == (True, None, world.far.origin)
    mine = {"slot": slot["slot"], "credential": world.keys["alice"].public_id}
    his = {**mine, "credential": world.keys["bob"].public_id}
    assert world.alice.put(path, his).status_code == 404
    [bound] = [row for row in world.alice.put(path, mine).json() if row["wanted"]]
    assert bound["credential"]["name"] == "Key of alice"
    answer = _again(world, root, way)
    assert answer.status_code == 200, answer.content
    assert world.arrived() == {"alice"}
    world.far.sent.clear()
    assert world.alice.put(path, {**mine, "credential": None}).status_code == 200
    assert _again(world, root, way).status_code != 200
    assert world.arrived() == set()


def test_a_copy_keeps_what_its_user_has_bound(world: World) -> None:
    made = world.publish(*graph(world, "httpRequest", world.keys["bob"].public_id))
    path = f"/api/workflows/{made['slug']}"
    mine = {"slot": "call/credential", "credential": world.keys["alice"].public_id}
    assert world.alice.put(f"{path}/credentials", mine).status_code == 200
    copy = world.alice.post(f"{path}/duplicate").json()
    assert copy["removed"] == []
    assert run(world.alice, copy["slug"]).status_code == 200
    assert world.arrived() == {"alice"}


def test_a_key_bound_to_one_workflow_serves_no_other_that_runs_it(world: World) -> None:
    inner = world.publish(*graph(world, "httpRequest", WANTED))
    mine = {"slot": "call/credential", "credential": world.keys["alice"].public_id}
    world.alice.put(f"/api/workflows/{inner['slug']}/credentials", mine)
    outer = _around(world.bob, inner["appId"], isTemplate=True)
    assert run(world.alice, outer["slug"]).status_code == 500
    assert world.arrived() == set()
    assert run(world.alice, inner["slug"]).status_code == 200
    assert world.arrived() == {"alice"}


@pytest.mark.parametrize("shown", ["private", "template", "public"])
def test_a_workflow_of_an_author_cannot_make_the_users_own_workflow_spend_their_key(
    world: World, shown: str
) -> None:
    nodes, edges = graph(world, "httpRequest", world.keys["alice"].public_id)
    mine = world.alice.create("Mine", nodes=nodes, edges=edges, isTemplate=shown == "template")
    Workflow.objects.filter(slug=mine["slug"]).update(is_public=shown == "public")
    trap = _around(world.bob, mine["appId"], isTemplate=True)
    assert run(world.alice, trap["slug"]).status_code == 500
    assert world.arrived() == set()
    assert Run.objects.filter(workflow__slug=mine["slug"]).exists() == (shown != "private")
    around = _around(world.alice, mine["appId"])
    assert run(world.alice, around["slug"]).status_code == 200
    assert world.arrived() == {"alice"}


@pytest.mark.parametrize("type", NODES)
def test_a_public_run_spends_the_key_of_the_owner_who_opened_it(
    world: World, type: str, nobody: Caller
) -> None:
    for name, whose in (("alice", set()), ("bob", {"bob"})):
        nodes, edges = graph(world, type, world.keys[name].public_id)
        made = world.bob.create(
            "Open", nodes=nodes, edges=edges, publicPlayground=True, publicRun=True
        )
        started = nobody.post(f"/api/workflows/{made['slug']}/public-run", {"inputs": {}}).json()
        whole(world.bob.get(f"/api/executions/{started['executionId']}/events"))
        assert world.arrived() == whose
        assert (
            world.keys["bob"].public_id
            not in nobody.get(f"/api/workflows/{made['slug']}/public-schema").content.decode()
        )


@pytest.mark.parametrize("written", ["{id}", "/media/{id}", "see {id} there"])
def test_a_document_of_an_author_reads_no_private_file_of_its_user(
    world: World, alice: User, written: str
) -> None:
    file = storage.asset_create(alice, b"private to alice", "private.txt")
    text = written.format(id=file.pk)
    nodes = [
        a_node(
            "call",
            "falApp",
            app="some/model",
            sources=[],
            arguments={"a": {"asset": str(file.pk)}, "b": text, "c": f"/media/{file.pk}"},
        ),
        a_node("end", "responseOutput"),
    ]
    edges = [an_edge("call", "end", "output", "result")]
    made = world.publish(nodes, edges)
    mine = {"slot": "call/credential", "credential": world.keys["alice"].public_id}
    assert world.alice.put(f"/api/workflows/{made['slug']}/credentials", mine).status_code == 200
    for slug in (made["slug"], _around(world.alice, made["appId"])["slug"]):
        refused = run(world.alice, slug)
        assert refused.status_code in (400, 422, 500), refused.content
        assert "private to you" in refused.content.decode()
    assert (world.far.sent, world.far.uploaded) == ([], [])


def test_a_result_that_an_author_has_pinned_brings_no_private_file_of_its_user(
    world: World, alice: User
) -> None:
    file = storage.asset_create(alice, b"private to alice", "private.txt")
    held = {"asset": str(file.pk), "url": f"/media/{file.pk}", "content_type": "text/plain"}
    nodes = [
        {**a_node("text", "textBox"), "pinned": {"outputs": {"text": held}}},
        a_node("end", "responseOutput"),
    ]
    made = world.publish(nodes, [an_edge("text", "end", "text", "result")])
    refused = run(world.alice, made["slug"])
    assert refused.status_code == 400
    assert "private to you" in refused.content.decode()


def test_a_document_of_an_author_reaches_no_runner_of_theirs_and_shows_hers_to_hers_alone(
    world: World, alice: User, bob: User
) -> None:
    with receiver() as at_alice, receiver() as at_bob:
        for user, server in ((alice, at_alice), (bob, at_bob)):
            headers = json.dumps({"X-Key": SECRETS[user.username]})
            Runner.objects.create(
                owner=user,
                name=user.username,
                endpoint=server.origin,
                private=True,
                headers=headers,
                tags=[user.username],
            )
        for tag in ("alice", "bob"):
            nodes = [
                a_node(
                    "call",
                    "comfyWorkflow",
                    tags=[tag],
                    graph={"1": {"class_type": "A", "inputs": {}}},
                ),
                a_node("end", "preview"),
            ]
            run(world.alice, world.publish(nodes, [])["slug"])
        assert at_bob.got == []
        assert SECRETS["bob"] not in str(at_alice.got)
        assert world.arrived() == set()


def test_a_run_of_somebody_elses_workflow_stays_one_when_that_is_gone(
    world: World, alice: User
) -> None:
    made = world.publish(*graph(world, "falApp", ""))
    run(world.alice, made["slug"])
    world.bob.delete(f"/api/workflows/{made['slug']}")
    left = Run.objects.get(owner=alice)
    assert (left.workflow, left.options[OPTION]["own"]) == (None, False)
    retried = world.alice.post(f"/api/executions/{left.pk}/retry")
    assert retried.status_code == 200, retried.content
    whole(world.alice.get(f"/api/executions/{left.pk}/events"))
    assert world.arrived() == set()


def test_bindings_are_of_one_user_and_end_with_credential_and_workflow(
    world: World, alice: User
) -> None:
    made = world.publish(*graph(world, "httpRequest", WANTED))
    path = f"/api/workflows/{made['slug']}/credentials"
    mine = {"slot": "call/credential", "credential": world.keys["alice"].public_id}
    assert world.alice.put(path, mine).status_code == 200
    assert world.bob.get(path).json()[0]["credential"] is None
    refused = world.bob.put(path, {**mine, "credential": world.keys["bob"].public_id})
    assert (refused.status_code, refused.json()["field"]) == (400, "slot")
    used = {row["name"]: row["workflows"] for row in world.alice.get("/api/credentials").json()}
    assert used == {"Key of alice": [{"slug": made["slug"], "name": made["name"]}]}
    for wrong in ({"slot": "other/credential"}, {"slot": None}, {"credential": 5}, {"slot": 7}):
        assert world.alice.put(path, {**mine, **wrong}).status_code in (400, 404)
    world.alice.delete(f"/api/credentials/{mine['credential']}")
    assert not CredentialBinding.objects.exists()


def _again(world: World, root: Run, way: str) -> Response:
    workflow = root.workflow
    assert workflow is not None
    if "fal" in way:
        return world.alice.post(f"/fal/run/workflows/bob/{workflow.handle}", {})
    return run(world.alice, workflow.slug)
