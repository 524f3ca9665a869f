"""Rights end with their reason: whatever a right has produced is tried again when it is over.

A table of reasons and of what ends with each; what is not named there must go on working, and all
of it worked before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from tests.api.client import ECHO, Caller, a_node
from tests.api.test_other_sites import browser
from tests.fal.contents import TEXTS
from workflows.api.auth import Caller as Person
from workflows.api.grants import caller_by, grant_of
from workflows.compat.fal import tokens
from workflows.compat.fal.links import Ticket
from workflows.compat.fal.tokens import token_for
from workflows.media import storage
from workflows.models import Delivery, Run, Token, User, Webhook, Workflow
from workflows.services.identity.tokens import token_create
from workflows.services.limits import rates, revocation
from workflows.webhooks import deliveries

pytestmark = pytest.mark.django_db

PASSWORD = "alice likes patch cables"
APP = "workflows/alice/texts"
#: What a key and a session each produce.
GIVEN = (
    "itself",
    "stream",
    "temporary token",
    "token for uploads",
    "place for a file",
    "upload in parts",
)
KEY = frozenset(f"key: {name}" for name in GIVEN) | {"key: webhook"}
SESSION = frozenset(f"session: {name}" for name in GIVEN)
SAMPLES = frozenset({"template: sample", "template: cover"})
TEMPLATE = SAMPLES | {"template: itself", "template: run"}
OPEN = frozenset({"public: run", "public: ticket", "public: cover"})
PUBLIC = frozenset({"public: page", "public: schema"}) | OPEN

Try = Callable[[], bool]


@dataclass
class World:
    """Everything that was produced, by name, and who can bring a reason about."""

    alice: User
    key: Token
    browser: Caller
    script: Caller
    things: dict[str, Try] = field(default_factory=dict)


def _passes(caller: Caller, method: str, path: str, body: str = "", **headers: str) -> Try:
    def go() -> bool:
        rates.forget()
        answer = caller.send(method, path, body, **headers)
        assert answer.status_code < 500, answer.content
        return answer.status_code not in (302, 401, 403, 404)

    return go


def _given(world: World, name: str, caller: Caller) -> None:
    """Produce all that a caller can pass on, and note how to use it."""
    nobody, things = Caller(), world.things
    asked = {"allowed_apps": ["texts"], "token_expiration": 3_600}
    temporary = caller.post("/fal/rest/tokens/", asked).json()
    things[f"{name}: temporary token"] = _passes(
        nobody, "POST", f"/fal/queue/{APP}?fal_jwt_token={temporary}", '{"prompt": "x"}'
    )
    upload = caller.post("/fal/rest/storage/auth/token").json()["token"]
    bearer = {"Authorization": f"Bearer {upload}"}
    things[f"{name}: token for uploads"] = _passes(
        nobody, "POST", "/fal/cdn/files/upload", "a text", **bearer
    )
    place = caller.post("/fal/rest/storage/upload/initiate", {"file_name": "a.txt"}).json()
    path = "/" + place["upload_url"].split("/", 3)[3]
    things[f"{name}: place for a file"] = _passes(nobody, "PUT", path, "a text")
    begun = nobody.send("POST", "/fal/cdn/files/upload/multipart", **bearer).json()
    file = "/" + begun["access_url"].split("/", 3)[3]
    things[f"{name}: upload in parts"] = _passes(
        nobody, "PUT", f"{file}/multipart/{begun['uploadId']}/1", "a part"
    )
    things[f"{name}: itself"] = _passes(caller, "GET", "/api/workflows")
    principal = revocation.principal(
        world.alice,
        token=world.key if name == "key" else None,
        session_key=None if name == "key" else caller.client.session.session_key,
    )
    things[f"{name}: stream"] = lambda: not revocation._lost({principal}, timezone.now())


@pytest.fixture
def world(alice: User, bob: User, his: Caller, nobody: Caller) -> World:
    key, text = token_create(
        owner=alice,
        name="k",
        capabilities=["workflow:*", "execution:*", "webhook:receive"],
    )
    client = Caller()
    client.client = browser(alice)
    client.headers["X-CSRFToken"] = client.client.cookies["csrftoken"].value
    script = Caller({"x-api-key": text})
    world = World(User.objects.get(pk=alice.pk), key, client, script)
    script.post("/v1/workflows", {"name": "texts", "title": "T", "contents": TEXTS})
    _given(world, "key", script)
    _given(world, "session", client)
    files = {name: storage.asset_create(alice, name.encode(), "f.txt") for name in ("a", "b")}
    sample = storage.reference(files["a"])
    script.create(
        "Shown",
        nodes=[a_node("f", "loadFile", file=sample)],
        isTemplate=True,
        cover={"type": "single", "image": storage.url(files["b"].pk)},
    )
    for name, file in zip(("sample", "cover"), files.values(), strict=True):
        world.things[f"template: {name}"] = _passes(his, "GET", storage.url(file.pk))
    world.things["template: itself"] = _passes(his, "GET", "/api/workflows/shown")
    world.things["template: run"] = _passes(
        his, "POST", "/api/workflows/shown/run?async=true", '{"inputs": {}}'
    )
    rates.forget()
    example = {"image": storage.url(storage.asset_create(alice, b"c", "f.txt").pk)}
    script.create("Open", **ECHO, publicPlayground=True, publicRun=True, cover=example)
    run = nobody.post("/api/workflows/open/public-run", {"inputs": {}}).json()
    world.things["public: page"] = _passes(nobody, "GET", "/play/open")
    world.things["public: schema"] = _passes(nobody, "GET", "/api/workflows/open/public-schema")
    world.things["public: cover"] = _passes(nobody, "GET", "/api/workflows/open/cover")
    world.things["public: run"] = _passes(
        nobody, "POST", "/api/workflows/open/public-run", '{"inputs": {}}'
    )
    world.things["public: ticket"] = _passes(nobody, "GET", run["pollUrl"])
    hook = Webhook.objects.create(token=key, url="https://hooks.example/", secret="s")
    row = Delivery.objects.create(
        webhook=hook, run=Run.objects.first(), event="x", created_at=timezone.now()
    )

    def reported() -> bool:
        found = Delivery.objects.select_related("webhook__token__owner").get(pk=row.pk)
        return not deliveries._why_not(found)

    world.things["key: webhook"] = reported
    return world


def _save(slug: str, **body: object) -> Callable[[World], None]:
    def do(world: World) -> None:
        assert world.script.put(f"/api/workflows/{slug}", body).status_code == 200

    return do


def _logout(world: World) -> None:
    assert world.browser.send("POST", "/logout").status_code == 302


def _revoke(world: World) -> None:
    assert world.browser.delete(f"/api/api-keys/{world.key.pk}").status_code == 200


def _expire(world: World) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Token.objects.filter(pk=world.key.pk).update(expires_at=past)


def _deactivate(world: World) -> None:
    User.objects.filter(pk=world.alice.pk).update(is_active=False)


def _password(world: World) -> None:
    """Set a new password elsewhere, as somebody does whose session was stolen."""
    user = User.objects.get(pk=world.alice.pk)
    user.set_password("another password of hers")
    user.save()


def _delete(slug: str) -> Callable[[World], None]:
    def do(world: World) -> None:
        assert world.script.delete(f"/api/workflows/{slug}").status_code == 200

    return do


def _remove(world: World) -> None:
    Workflow.objects.filter(slug="shown").delete()


#: What ends for which reason. Passwords end streams of keys too: who watches comes back.
REASONS: dict[str, tuple[Callable[[World], None], frozenset[str]]] = {
    "the session is logged out": (_logout, SESSION),
    "the key is revoked": (_revoke, KEY),
    "the key has expired": (_expire, KEY - {"key: webhook"}),
    "the account is deactivated": (_deactivate, KEY | SESSION),
    "the password is changed": (_password, SESSION | {"key: stream"}),
    "the template is withdrawn": (_save("shown", isTemplate=False), TEMPLATE),
    "the template is deleted": (_delete("shown"), TEMPLATE),
    "the template is removed by the admin": (_remove, TEMPLATE),
    "the sample is replaced": (
        _save("shown", nodes=[a_node("f", "loadFile")]),
        frozenset({"template: sample"}),
    ),
    "the cover is taken away": (_save("shown", cover=None), frozenset({"template: cover"})),
    "public runs are closed": (_save("open", publicRun=False), OPEN),
    "the example is taken away": (_save("open", cover=None), frozenset({"public: cover"})),
    "the playground is closed": (_save("open", publicPlayground=False), PUBLIC),
    "the public workflow is deleted": (_delete("open"), PUBLIC),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_a_right_produced_ends_with_it_and_nothing_else_does(
    world: World, reason: str
) -> None:
    act, ended = REASONS[reason]
    assert ended <= set(world.things)
    before = {name for name, works in world.things.items() if not works()}
    assert before == set()
    act(world)
    after = {name for name, works in world.things.items() if not works()}
    assert after == ended


def test_a_copy_of_a_template_keeps_its_samples_when_the_template_goes(
    world: World, his: Caller, bob: User
) -> None:
    copy = his.post("/api/workflows/shown/duplicate").json()
    file = copy["nodes"][0]["data"]["file"]
    assert file["url"] == storage.url(file["asset"])
    _remove(world)
    for path in (file["url"], copy["cover"]["image"]):
        assert his.get(path).status_code == 200
        assert Caller().get(path).status_code == 401
    assert {asset.owner_id for asset in bob.assets.all()} == {bob.pk}
    again = his.post(f"/api/workflows/{copy['slug']}/duplicate").json()
    assert again["nodes"][0]["data"]["file"] == file


def test_the_session_cannot_be_read_out_of_what_it_passed_on(world: World) -> None:
    session = world.browser.client.session.session_key
    person = Person(world.alice, frozenset(), session=session)
    held = signing.loads(token_for(person, ["a"], 60), salt=tokens._SALT)
    assert caller_by(held["by"]).session == session
    assert session not in str(held)
    assert session not in Ticket(grant_of(person)).sign()
