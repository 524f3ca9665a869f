"""/api/runners: who registers which, what others see of a shared one, and that headers stay in."""

from __future__ import annotations

import json
import logging
import urllib.request
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from tests.clients.fake_comfyui import Server, serve
from workflows.models import Run, Runner, RunnerCatalogue, Snapshot, Step, User
from workflows.runners import pool
from workflows.services.identity.tokens import token_create

pytestmark = pytest.mark.django_db

PATH = "/api/runners"
SECRET = "Bearer canary-7f3e"
WISH = {"name": "attic", "endpoint": "http://192.168.1.100:8188", "headers": {}, "tags": ["gpu"]}


@pytest.fixture
def staff(db: None) -> Caller:
    """A script of one of staff."""
    erin = User.objects.create_user(username="erin", tier="enterprise", is_staff=True)
    _, text = token_create(owner=erin, name="t", capabilities=["*"])
    return Caller({"x-api-key": text})


@pytest.fixture
def open_to_all(settings: Any) -> None:
    """A server on which everybody registers runners."""
    settings.RUNNERS_BY_USERS = True


def make(caller: Caller, **changes: object) -> dict[str, Any]:
    answer = caller.post(PATH, {**WISH, **changes})
    assert answer.status_code == 201, answer.content
    return answer.json()


def public(**changes: object) -> dict[str, object]:
    return {**WISH, "endpoint": "https://comfy.example", **changes}


def test_a_runner_is_made_listed_changed_and_forgotten(staff: Caller) -> None:
    made = make(staff)
    assert made == {
        "id": made["id"],
        "name": "attic",
        "endpoint": "http://192.168.1.100:8188",
        "tags": ["gpu"],
        "status": "active",
        "shared": False,
        "private": True,
        "mine": True,
        "headers": {},
        "health": None,
        "lastSeenAt": None,
        "createdAt": made["createdAt"],
    }
    assert staff.get(PATH).json() == [made] == [staff.get(f"{PATH}/{made['id']}").json()]
    changed = staff.put(f"{PATH}/{made['id']}", {"name": "cellar", "status": "disabled"}).json()
    assert (changed["name"], changed["status"]) == ("cellar", "disabled")
    assert changed["endpoint"] == made["endpoint"]
    assert staff.delete(f"{PATH}/{made['id']}").json() == {"success": True}
    assert staff.get(PATH).json() == []
    assert staff.delete(f"{PATH}/{made['id']}").status_code == 404


def test_only_staff_register_unless_the_server_says_otherwise(hers: Caller, settings: Any) -> None:
    refused = hers.post(PATH, public())
    assert (refused.status_code, refused.json()["code"]) == (403, "RUNNERS_FORBIDDEN")
    settings.RUNNERS_BY_USERS = True
    made = hers.post(PATH, public()).json()
    assert made["private"] is False
    settings.RUNNERS_BY_USERS = False
    for change in ({"endpoint": "https://b.example"}, {"headers": {"a": "b"}}, {"shared": False}):
        assert hers.put(f"{PATH}/{made['id']}", change).status_code == 403
    assert hers.put(f"{PATH}/{made['id']}", {"status": "disabled"}).status_code == 200
    assert hers.delete(f"{PATH}/{made['id']}").status_code == 200


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://192.168.1.100:8188",
        "http://127.0.0.1",
        "http://[::1]:8188",
        "http://localhost:8188",
        "http://[::ffff:10.0.0.1]",
    ],
)
def test_a_private_address_is_for_staff(open_to_all: None, hers: Caller, endpoint: str) -> None:
    refused = hers.post(PATH, {**WISH, "endpoint": endpoint})
    assert (refused.status_code, refused.json()["field"]) == (400, "endpoint")


def test_sharing_is_for_staff(open_to_all: None, hers: Caller) -> None:
    refused = hers.post(PATH, public(shared=True))
    assert (refused.status_code, refused.json()["field"]) == (403, "shared")


def test_others_see_of_a_shared_runner_nothing_that_leads_to_it(
    staff: Caller, hers: Caller
) -> None:
    made = make(staff, headers={"Authorization": SECRET}, shared=True)
    secret = make(staff, name="not shared")
    health = {"state": "down", "error": "http://192.168.1.100:8188 refused", "devices": []}
    Runner.objects.filter(pk=made["id"]).update(health=health)
    (seen,) = hers.get(PATH).json()
    assert (seen["name"], seen["mine"], seen["endpoint"], seen["headers"]) == (
        "attic",
        False,
        "",
        {},
    )
    assert seen["health"] == {**health, "error": ""}
    assert b"192.168" not in hers.get(f"{PATH}/{made['id']}").content
    for id in (made["id"], secret["id"], str(uuid4()), "x"):
        for answer in (
            hers.put(f"{PATH}/{id}", {"name": "mine"}),
            hers.delete(f"{PATH}/{id}?force=true"),
        ):
            assert answer.status_code == 404
            assert answer.json() == {"error": "Runner not found", "code": "RUNNER_NOT_FOUND"}
    assert hers.get(f"{PATH}/{secret['id']}").status_code == 404


def test_a_header_goes_in_and_never_comes_out(
    staff: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = make(staff, headers={"Authorization": SECRET, "X-Team": "blue"})
    assert set(made["headers"].values()) == {"••••"}
    row = Runner.objects.get()
    assert json.loads(row.headers) == {"Authorization": SECRET, "X-Team": "blue"}
    kept = staff.put(f"{PATH}/{made['id']}", {"headers": {**made["headers"], "X-Team": "red"}})
    assert kept.status_code == 200
    row.refresh_from_db()
    assert json.loads(row.headers) == {"Authorization": SECRET, "X-Team": "red"}
    staff.put(f"{PATH}/{made['id']}", {"headers": {"Authorization": "••••"}})
    row.refresh_from_db()
    assert json.loads(row.headers) == {"Authorization": SECRET}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workflows_runner")
        assert "canary" not in str(cursor.fetchall())
    assert "canary" not in caplog.text
    assert "canary" not in staff.get(PATH).content.decode()


def test_kept_headers_do_not_follow_an_endpoint_elsewhere(staff: Caller) -> None:
    made = make(staff, headers={"Authorization": SECRET})
    place = f"{PATH}/{made['id']}"
    elsewhere = {"endpoint": "http://192.168.1.101:8188"}
    for body in (elsewhere, {**elsewhere, "headers": made["headers"]}):
        refused = staff.put(place, body)
        assert (refused.status_code, refused.json()["field"]) == (400, "headers")
    row = Runner.objects.get()
    assert (row.endpoint, json.loads(row.headers)) == (
        WISH["endpoint"],
        {"Authorization": SECRET},
    )
    # The same server by another path is the same server.
    assert staff.put(place, {"endpoint": f"{WISH['endpoint']}/comfy/"}).status_code == 200
    again = staff.put(place, {**elsewhere, "headers": {"Authorization": "Bearer new"}})
    assert again.status_code == 200
    row.refresh_from_db()
    assert json.loads(row.headers) == {"Authorization": "Bearer new"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "a"},
        {"content-length": "1"},
        {"Cookie": "a=b"},
        {"Transfer-Encoding": "x"},
        {"connection": "close"},
        {"Origin": "http://a"},
        {"Sec-WebSocket-Key": "x"},
        {"X-Forwarded-For": "10.0.0.1"},
        {"a b": "c"},
        {"": "c"},
        {"a:b": "c"},
        {"A": "x", "a": "y"},
        {"X": "a\r\nHost: b"},
        {"X": "a\x01b"},
        {"X": ""},
        {"X": 5},
        {"X": "x" * 8_001},
        {"X": "••••"},
        {"X": "ł"},
        {str(n): "x" for n in range(21)},
        [],
        "x",
        None,
    ],
)
def test_a_header_that_is_not_a_persons_to_set_is_refused(staff: Caller, headers: object) -> None:
    refused = staff.post(PATH, {**WISH, "headers": headers})
    assert (refused.status_code, refused.json()["field"]) == (400, "headers")
    assert not Runner.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": None}, "name"),
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": ""}, "endpoint"),
        ({"endpoint": "ftp://a.example"}, "endpoint"),
        ({"endpoint": "a.example:8188"}, "endpoint"),
        ({"endpoint": "http://u:p@a.example"}, "endpoint"),
        ({"endpoint": "http://a.example/?x=1"}, "endpoint"),
        ({"endpoint": "http://a.example/#x"}, "endpoint"),
        ({"endpoint": "http://a.example:0"}, "endpoint"),
        ({"endpoint": "http://a b"}, "endpoint"),
        ({"endpoint": "http://a.example/" + "x" * 2_000}, "endpoint"),
        ({"tags": "gpu"}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"tags": ["a,b"]}, "tags"),
        ({"tags": ["x" * 65]}, "tags"),
        ({"tags": [f"t{n}" for n in range(11)]}, "tags"),
        ({"tags": [5]}, "tags"),
        ({"tags": ["a\nb"]}, "tags"),
        ({"status": "asleep"}, "status"),
        ({"shared": "yes"}, "shared"),
    ],
)
def test_a_wrong_value_is_named(staff: Caller, change: dict[str, object], field: str) -> None:
    refused = staff.post(PATH, {**WISH, **change})
    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.content


def test_tags_are_trimmed_kept_once_and_told_apart_by_case(staff: Caller) -> None:
    assert make(staff, tags=[" gpu ", "GPU", "gpu"])["tags"] == ["gpu", "GPU"]


def test_a_tier_owns_so_many_runners(open_to_all: None, hers: Caller, settings: Any) -> None:
    settings.MAX_RUNNERS = {"enterprise": 1.0}
    assert hers.post(PATH, public()).status_code == 201
    refused = hers.post(PATH, public())
    assert (refused.status_code, refused.json()["code"]) == (403, "RUNNER_LIMIT_REACHED")
    assert refused.json()["limit"] == 1


def test_a_runner_with_runs_on_it_goes_by_force_only(
    staff: Caller, alice: User, hers: Caller
) -> None:
    made, other = make(staff), make(staff, name="other")
    snapshot = Snapshot.objects.create(sha256="0" * 64)
    run = Run.objects.create(owner=alice, snapshot=snapshot, status="running")
    step = Step.objects.create(
        run=run, node_id="comfy", status="running", request_id=f"{made['id']}/{uuid4()}"
    )
    refused = staff.delete(f"{PATH}/{made['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "RUNNER_BUSY")
    assert staff.delete(f"{PATH}/{other['id']}").status_code == 200
    step.status = "completed"
    step.save()
    assert staff.delete(f"{PATH}/{made['id']}?force=false").status_code == 200
    again = make(staff)
    Step.objects.update(status="running", request_id=f"{again['id']}/{uuid4()}")
    assert staff.delete(f"{PATH}/{again['id']}?force=true").status_code == 200


def test_keys_read_and_write_as_they_are_allowed(
    staff: Caller, alice: User, token: TokenCaller
) -> None:
    make(staff, shared=True)
    reads, writes = token(alice, "runner:read"), token(alice, "runner:write")
    assert reads.get(PATH).status_code == 200
    assert reads.post(PATH, WISH).json()["code"] == "CAPABILITY_DENIED"
    assert writes.get(PATH).json()["code"] == "CAPABILITY_DENIED"
    assert writes.post(PATH, WISH).json()["code"] == "RUNNERS_FORBIDDEN"
    assert token(alice, "workflow:*").get(PATH).status_code == 403


def submit(comfy: Server, gate: str) -> str:
    """Give a server a graph that runs until the gate opens, and return what it calls it."""
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "color": 0}},
        "2": {"class_type": "Hold", "inputs": {"image": ["1", 0], "gate": gate}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "a"}},
    }
    body = json.dumps({"prompt": graph}).encode()
    request = urllib.request.Request(f"{comfy.url}/prompt", body)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["prompt_id"])


def test_a_runner_is_asked_how_it_is_and_what_it_has_to_do(
    staff: Caller, alice: User, hers: Caller
) -> None:
    with serve("new") as comfy:
        made = make(staff, endpoint=comfy.url, shared=True)
        place = f"{PATH}/{made['id']}"
        health = staff.post(f"{place}/test").json()
        assert (health["state"], health["version"], health["queueRemaining"]) == (
            "up",
            "0.38.1",
            0,
        )
        shown = staff.get(place).json()
        assert (shown["health"]["state"], shown["lastSeenAt"] is None) == ("up", False)
        assert hers.post(f"{place}/test").status_code == 404
        running, pending = submit(comfy, "a"), submit(comfy, "b")
        snapshot = Snapshot.objects.create(sha256="0" * 64)
        run = Run.objects.create(owner=alice, snapshot=snapshot, status="running")
        Step.objects.create(
            run=run, node_id="comfy", status="running", request_id=f"{made['id']}/{pending}"
        )
        assert staff.get(f"{place}/queue").json() == {
            "running": [{"promptId": running, "mine": False}],
            "pending": [{"promptId": pending, "mine": False}],
        }
        # Whoever it is shared with sees their own runs there, and how many others.
        assert hers.get(f"{place}/queue").json() == {
            "running": [{"promptId": "", "mine": False}],
            "pending": [{"promptId": pending, "mine": True, "executionId": str(run.pk)}],
        }
        comfy.open("a")
        comfy.open("b")
    away = hers.get(f"{place}/queue")
    assert (away.status_code, away.json()["code"]) == (422, "RUNNER_UNREACHABLE")
    assert comfy.url.removeprefix("http://") not in away.content.decode()
    down = staff.post(f"{place}/test").json()
    assert (down["state"], bool(down["error"])) == ("down", True)
    assert hers.get(place).json()["health"]["error"] == ""


def test_what_a_forgotten_runner_still_tells_is_dropped(staff: Caller) -> None:
    row = Runner.objects.get(pk=make(staff)["id"])
    pool.store_catalogue(row, {"A": {}})
    assert RunnerCatalogue.objects.get().object_info == {"A": {}}
    staff.delete(f"{PATH}/{row.pk}")
    assert not RunnerCatalogue.objects.exists()
    pool.store_catalogue(row, {"A": {}})
    pool.keep_health(row, {"state": "up"})
    assert not RunnerCatalogue.objects.exists()
    assert not Runner.objects.exists()
