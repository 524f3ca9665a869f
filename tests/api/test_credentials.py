"""/api/credentials: written, never read; used by a node towards its origins; nowhere else."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from tests.api.client import Caller, a_node, an_edge, whole
from tests.api.receiver import Receiver, receiver
from workflows.media import storage
from workflows.models import Asset, Credential, User

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = 'sk-canary/"7f3e+9a"=0451'
PATH = "/api/credentials"


@pytest.fixture
def service() -> Iterator[Receiver]:
    """A service that may be called."""
    with receiver() as server:
        yield server


def body(*origins: str, **changes: object) -> dict[str, object]:
    origins = origins or ("https://api.example.com",)
    return {
        "name": "mine",
        "provider": "openai",
        "allowedOrigins": list(origins),
        "secret": CANARY,
        **changes,
    }


def calling(caller: Caller, url: str, credential: object, **data: object) -> str:
    """Create a workflow that calls a service with a credential; return its slug."""
    nodes = [
        a_node("call", "httpRequest", url=url, credential=credential, **data),
        a_node("end", "responseOutput"),
    ]
    edges = [an_edge("call", "end", "text", "result")]
    return str(caller.create("Call", nodes=nodes, edges=edges)["slug"])


def test_a_secret_goes_in_and_never_comes_out(her_browser: Caller, alice: User) -> None:
    made = her_browser.post(PATH, body())
    assert made.status_code == 201, made.content
    shape = made.json()
    assert shape == {
        "id": Credential.objects.get().public_id,
        "name": "mine",
        "provider": "openai",
        "allowedOrigins": ["https://api.example.com"],
        "last4": CANARY[-4:],
        "createdAt": shape["createdAt"],
        "lastUsedAt": None,
        "workflows": [],
        "capPerDay": None,
        "capPerMonth": None,
        "spentToday": 0,
        "spentThisMonth": 0,
        "callsThisMonth": 0,
    }
    assert re.fullmatch(r"cred_[A-Za-z0-9_-]{22}", shape["id"])
    assert her_browser.get(PATH).json() == [shape]
    assert her_browser.get(f"{PATH}/{shape['id']}").status_code == 405
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workflows_credential")
        assert CANARY not in str(cursor.fetchall())
    assert her_browser.delete(f"{PATH}/{shape['id']}").json() == {"success": True}
    assert her_browser.delete(f"{PATH}/{shape['id']}").status_code == 404


def test_a_key_of_fals_needs_no_urls(her_browser: Caller) -> None:
    given = {"name": "fal", "provider": "fal", "secret": "id:secret-of-fal"}
    made = her_browser.post(PATH, given)
    assert made.status_code == 201, made.content
    assert set(made.json()["allowedOrigins"]) >= {
        "https://fal.run",
        "https://queue.fal.run",
        "https://rest.fal.ai",
    }
    other = her_browser.post(PATH, {**given, "name": "other", "provider": "other"})
    assert (other.status_code, other.json()["field"]) == (400, "allowedOrigins")


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("HTTPS://API.Example.com/", "https://api.example.com"),
        ("https://api.example.com:443", "https://api.example.com"),
        ("http://10.0.0.5:8188", "http://10.0.0.5:8188"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://api.example.com/v1", None),
        ("https://api.example.com?x", None),
        ("https://user@api.example.com", None),
        ("api.example.com", None),
        ("*", None),
        ("https://*.example.com", None),
        ("ftp://a.example", None),
        ("", None),
        (5, None),
    ],
)
def test_an_origin_is_exact(her_browser: Caller, origin: object, kept: str | None) -> None:
    response = her_browser.post(PATH, body(origin))  # type: ignore[arg-type]
    if kept is None:
        assert (response.status_code, response.json()["field"]) == (400, "allowedOrigins")
    else:
        assert response.json()["allowedOrigins"] == [kept]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"provider": None}, "provider"),
        ({"secret": "short"}, "secret"),
        ({"secret": f"{CANARY}\r\nX-Evil: 1"}, "secret"),
        ({"provider": "nobody knows it", "allowedOrigins": []}, "allowedOrigins"),
    ],
)
def test_a_wrong_value_is_named_and_the_secret_not_repeated(
    her_browser: Caller, change: dict[str, object], field: str
) -> None:
    response = her_browser.post(PATH, body(**change))
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert b"canary" not in response.content


def test_a_name_is_taken_once(her_browser: Caller) -> None:
    assert her_browser.post(PATH, body()).status_code == 201
    again = her_browser.post(PATH, body())
    assert (again.status_code, again.json()["code"]) == (409, "CREDENTIAL_EXISTS")


@pytest.mark.parametrize(
    ("provider", "secret", "header", "value"),
    [
        ("openai", CANARY, "authorization", f"Bearer {CANARY}"),
        ("fal", CANARY, "authorization", f"Key {CANARY}"),
        ("anthropic", CANARY, "x-api-key", CANARY),
        ("own", f"Basic {CANARY}", "authorization", f"Basic {CANARY}"),
    ],
)
def test_a_node_shows_it_to_its_origin_as_the_provider_wants_it(
    engine: None,
    her_browser: Caller,
    service: Receiver,
    provider: str,
    secret: str,
    header: str,
    value: str,
) -> None:
    made = her_browser.post(PATH, body(service.origin, provider=provider, secret=secret)).json()
    typed = {"Authorization": "typed by hand", "X-Other": "stays"}
    slug = calling(her_browser, service.url, made["id"], headers=typed)
    answer = her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    assert answer.status_code == 200, answer.content
    sent = service.got[0].headers
    assert sent[header] == value
    assert sent["x-other"] == "stays"


def test_it_goes_to_no_other_origin_not_even_by_redirect(
    engine: None, her_browser: Caller, service: Receiver
) -> None:
    with receiver() as other, override_settings(FETCH_ALLOW=(service.origin, other.origin)):
        made = her_browser.post(PATH, body(service.origin)).json()
        slug = calling(her_browser, other.url, made["id"])
        refused = her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}})
        (error,) = refused.json()["nodeErrors"]
        assert (error["nodeId"], error["body"]["field"]) == ("call", "credential")
        assert service.origin in error["body"]["expected"]
        assert other.got == []
        service.statuses, service.location = [302], other.url
        slug = calling(her_browser, service.url, made["id"])
        assert her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}}).status_code == 200
        assert "authorization" in service.got[0].headers
        assert "authorization" not in other.got[0].headers
        assert CANARY not in str(other.got[0])


def test_nothing_but_ones_own_id_finds_a_credential(
    engine: None, her_browser: Caller, his: Caller, service: Receiver
) -> None:
    made = her_browser.post(PATH, body(service.origin)).json()
    row = str(Credential.objects.get().pk)
    for caller, id in (
        (his, made["id"]),
        (her_browser, row),
        (her_browser, int(row)),
        (her_browser, "-1"),
        (her_browser, made["id"].upper()),
    ):
        slug = calling(caller, service.url, id)
        answer = caller.post(f"/api/workflows/{slug}/run", {"inputs": {}})
        (error,) = answer.json()["nodeErrors"]
        assert error["message"] == "There is no such credential."
        assert error["body"]["code"] == "CREDENTIAL_UNKNOWN"
    assert service.got == []


def test_it_says_where_it_is_used_and_when_it_was(
    engine: None, her_browser: Caller, service: Receiver
) -> None:
    made = her_browser.post(PATH, body(service.origin)).json()
    slug = calling(her_browser, service.url, made["id"])
    [row] = her_browser.get(PATH).json()
    assert (row["workflows"], row["lastUsedAt"]) == ([{"slug": slug, "name": "Call"}], None)
    assert her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}}).status_code == 200
    assert her_browser.get(PATH).json()[0]["lastUsedAt"] is not None


def _everything(caller: Caller, slug: str, id: str) -> dict[str, bytes]:
    """Read all that the API tells about a workflow and its run."""
    paths = (
        f"/api/workflows/{slug}",
        "/api/workflows",
        f"/api/workflows/{slug}/schema",
        f"/api/executions/{id}",
        "/api/executions",
        PATH,
        "/api/account",
        "/api/account/usage",
        "/api/whoami",
        "/api/nodes",
        "/api/models",
        "/api/api-keys",
    )
    found = {path: caller.get(path).content for path in paths}
    found["events"] = whole(caller.get(f"/api/executions/{id}/events"))
    copy = caller.post(f"/api/workflows/{slug}/duplicate", {})
    return {**found, "copy": copy.content}


def _database() -> bytes:
    """Read every row of every table as text."""
    parts: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            parts += [str(row) for row in cursor.fetchall()]
    return "\n".join(parts).encode()


@pytest.mark.parametrize("status", [200, 401])
def test_a_planted_secret_is_nowhere_after_a_whole_life(
    engine: None,
    her_browser: Caller,
    service: Receiver,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    made = her_browser.post(PATH, body(service.origin)).json()
    # A service that repeats the key, plainly, inside JSON and in base64, in body and error.
    service.statuses = [status]
    plain, coded = f"Bearer {CANARY}", base64.b64encode(CANARY.encode()).decode()
    service.answer = json.dumps({plain: [plain, coded], "text": CANARY}).encode() + b" " * 3
    slug = calling(her_browser, service.url, made["id"])
    answer = her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    assert answer.status_code == (200 if status == 200 else 500)
    assert CANARY in service.got[0].headers["authorization"]
    body_ = answer.json()
    found = _everything(her_browser, slug, body_["executionId"])
    found |= {"answer": answer.content, "database": _database(), "log": caplog.text.encode()}
    for asset in Asset.objects.all():
        found[str(asset.pk)] = storage.open_asset(asset).read()
    for file in Path(settings.MEDIA_ROOT).rglob("*"):
        if file.is_file():
            found[str(file)] = file.read_bytes()
    forms = (CANARY, json.dumps(CANARY)[1:-1], coded, coded.rstrip("="))
    for place, text in found.items():
        for form in forms:
            assert form.encode() not in text, place
            assert json.dumps(form)[1:-1].encode() not in text, place
    if status == 200:
        assert "[secret]" in str(body_["result"])


def test_a_secret_is_in_no_picture_a_node_saves(
    engine: None, her_browser: Caller, service: Receiver
) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    made = her_browser.post(PATH, body(service.origin)).json()
    notes, out = PngInfo(), io.BytesIO()
    notes.add_text("prompt", f"Bearer {CANARY}")
    Image.new("RGB", (4, 4)).save(out, "PNG", pnginfo=notes)
    service.answer = out.getvalue()
    slug = calling(her_browser, service.url, made["id"])
    answer = her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}})
    assert b"canary" not in answer.content


def test_a_key_gets_caps_and_loses_them(her_browser: Caller, bob: User) -> None:
    new = body(capPerDay=5, capPerMonth=20.255)
    made = her_browser.post("/api/credentials", new).json()
    assert (made["capPerDay"], made["capPerMonth"]) == (5, 20.26)
    path = f"/api/credentials/{made['id']}"
    changed = her_browser.put(path, {"capPerDay": 0.5})
    assert (changed.json()["capPerDay"], changed.json()["capPerMonth"]) == (0.5, 20.26)
    assert her_browser.put(path, {"capPerMonth": None}).json()["capPerMonth"] is None
    for wrong in (-1, "5", 1_000_001, True):
        refused = her_browser.put(path, {"capPerDay": wrong})
        assert (refused.status_code, refused.json()["field"]) == (400, "capPerDay")
    assert her_browser.get("/api/credentials").json()[0]["capPerDay"] == 0.5
    Credential.objects.update(owner=bob)
    assert her_browser.put(path, {"capPerDay": None}).status_code == 404


def test_a_workflow_says_whose_key_each_model_will_use(her_browser: Caller) -> None:
    nodes = [
        a_node("new", "chat", prompt="x", model="openai/gpt-6-luna"),
        a_node("none", "chat", prompt="x", model="groq/llama"),
        a_node("here", "speak", text="x"),
    ]
    her_browser.create("Models", nodes=nodes)
    for name in ("old", "new"):
        made = her_browser.post(PATH, body("https://api.openai.com", name=name)).json()
    her_browser.post(PATH, body("https://elsewhere.example", name="not for it"))
    slots = her_browser.get("/api/workflows/models/credentials").json()
    shown = {row["nodeId"]: row["credential"] and row["credential"]["name"] for row in slots}
    assert shown == {"new": "new", "none": None, "here": None}
    used = {row["id"]: row["workflows"] for row in her_browser.get(PATH).json()}
    assert used[made["id"]] == [{"slug": "models", "name": "Models"}]
