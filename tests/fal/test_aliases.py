"""App aliases: any id runs as the workflow its owner, or the site, has mapped it to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from tests.fal.contents import TEXTS, UTIL, contents
from tests.fal.test_running import events, make
from workflows.models import Alias, Run, User, Workflow

pytestmark = pytest.mark.usefixtures("engine")

FLUX = "fal-ai/flux/dev"


def says(word: str) -> dict[str, Any]:
    """Contents that return one word."""
    step = {
        "id": "s",
        "type": "run",
        "app": "fal-ai/text-concat",
        "input": {"text1": word, "text2": ""},
    }
    return contents({"s": step}, {"text": "$s.results"})


@pytest.fixture
def texts(transactional_db: None, hers: Caller) -> None:
    make(hers, "texts", TEXTS)
    assert hers.post("/api/aliases", {"app": FLUX, "workflow": "texts"}).status_code == 201


@pytest.fixture
def staff(transactional_db: None, token: TokenCaller) -> Caller:
    return token(User.objects.create_user("carol", tier="pro", is_staff=True))


def open_to_all(caller: Caller, name: str, what: Any) -> None:
    make(caller, name, what)
    Workflow.objects.filter(handle=name).update(is_public=True)


def test_an_alias_runs_on_every_surface(hers: Caller, texts: None) -> None:
    done = {"text": "a & more|ünï"}
    assert hers.post(f"/fal/run/{FLUX}", {"prompt": "a", "num_images": 1}).json() == done
    assert hers.get(f"/fal/run/{FLUX}?prompt=a").json() == done
    assert events(hers.post(f"/fal/run/{FLUX}/stream", {"prompt": "a"}))[-1]["output"] == done
    body = hers.post(f"/fal/queue/{FLUX}", {"prompt": "a"}).json()
    assert body["status"] == "IN_QUEUE"
    assert {run.workflow.slug for run in Run.objects.all()} == {"texts"}
    proxied = hers.send(
        "POST", "/fal/proxy", '{"prompt": "a"}', x_fal_target_url=f"https://fal.run/{FLUX}"
    )
    assert proxied.json() == done


def test_a_step_resolves_an_alias_for_the_owner_of_the_run(
    hers: Caller, his: Caller, texts: None
) -> None:
    step = {"id": "s", "type": "run", "app": FLUX, "input": {"prompt": "a"}}
    open_to_all(hers, "outer", contents({"s": step}, {"text": "$s.text"}))
    assert hers.post("/fal/run/workflows/alice/outer", {}).json() == {"text": "a & more|ünï"}
    # To others the document says nothing of what the id means.
    answer = his.post("/fal/run/workflows/alice/outer", {})
    assert (answer.status_code, Run.objects.filter(name="texts").count()) == (422, 1)
    make(his, "mine", says("his"))
    his.post("/api/aliases", {"app": FLUX, "workflow": "mine"})
    # Another user's document reaches nothing private by it.
    assert his.post("/fal/run/workflows/alice/outer", {}).status_code == 422
    Workflow.objects.filter(handle="mine").update(is_public=True)
    assert his.post("/fal/run/workflows/alice/outer", {}).json() == {"text": "his"}


def test_an_alias_is_its_owners_alone_and_goes_before_the_sites(
    hers: Caller, his: Caller, staff: Caller, texts: None
) -> None:
    assert his.post(f"/fal/run/{FLUX}", {}).status_code == 404
    open_to_all(staff, "house", says("the house's"))
    made = staff.post("/api/aliases", {"app": FLUX, "workflow": "house", "site": True})
    assert (made.status_code, made.json()["site"]) == (201, True)
    assert his.post(f"/fal/run/{FLUX}", {}).json() == {"text": "the house's"}
    assert hers.post(f"/fal/run/{FLUX}", {"prompt": "a"}).json()["text"] == "a & more|ünï"
    assert [row["site"] for row in hers.get("/api/aliases").json()] == [False, True]
    assert [row["site"] for row in his.get("/api/aliases").json()] == [True]


def test_the_sites_aliases_are_staffs_and_lead_to_what_everybody_may_read(
    hers: Caller, staff: Caller, texts: None
) -> None:
    body = {"app": "fal-ai/x", "workflow": "texts", "site": True}
    refused = hers.post("/api/aliases", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "ALIAS_FORBIDDEN")
    make(staff, "secret", says("secret"))
    refused = staff.post("/api/aliases", {**body, "workflow": "secret"})
    assert (refused.status_code, refused.json()["field"]) == (400, "workflow")
    Workflow.objects.filter(handle="secret").update(is_public=True)
    made = staff.post("/api/aliases", {**body, "workflow": "secret"}).json()
    assert hers.post("/fal/run/fal-ai/x", {}).status_code == 200
    # Once it is private again the id leads nowhere, and to nobody else's workflow.
    Workflow.objects.filter(handle="secret").update(is_public=False)
    assert hers.post("/fal/run/fal-ai/x", {}).status_code == 404
    assert hers.delete(f"/api/aliases/{made['id']}").status_code == 403
    assert staff.delete(f"/api/aliases/{made['id']}").json() == {"success": True}


@pytest.mark.parametrize(
    "app",
    [
        "",
        "flux",
        "a b/c",
        "fal-ai/../x y",
        "fal-ai/flux/stream",
        "fal-ai/requests/x",
        7,
        None,
        "fal-ai/text-concat",
        f"{UTIL}/merge-text",
        "workflows/alice/texts",
        "workflows/bob/other",
        "workflows/execute",
        "a/" + "b" * 300,
    ],
)
def test_an_id_that_has_a_meaning_of_its_own_is_refused(
    hers: Caller, bob: User, texts: None, app: Any
) -> None:
    answer = hers.post("/api/aliases", {"app": app, "workflow": "texts"})
    assert (answer.status_code, answer.json()["field"]) == (400, "app")
    assert Alias.objects.count() == 1


def test_an_alias_may_be_called_as_a_workflow_of_nobody_here(hers: Caller, texts: None) -> None:
    hers.post("/api/aliases", {"app": "workflows/fal-ai/sdxl-sticker", "workflow": "texts"})
    answer = hers.post("/fal/run/workflows/fal-ai/sdxl-sticker", {"prompt": "a"})
    assert answer.json() == {"text": "a & more|ünï"}


def test_an_alias_is_made_once_and_of_a_workflow_one_may_read(
    hers: Caller, his: Caller, texts: None
) -> None:
    again = hers.post("/api/aliases", {"app": FLUX, "workflow": "texts"})
    assert (again.status_code, again.json()["code"]) == (409, "ALIAS_EXISTS")
    assert his.post("/api/aliases", {"app": FLUX, "workflow": "texts"}).status_code == 404
    [alias] = hers.get("/api/aliases").json()
    assert alias["workflow"] == {"slug": "texts", "name": "texts", "owner": "alice"}
    assert his.delete(f"/api/aliases/{alias['id']}").status_code == 404
    assert hers.delete("/api/aliases/x").status_code == 404
    assert hers.delete(f"/api/aliases/{alias['id']}").json() == {"success": True}
    assert hers.post(f"/fal/run/{FLUX}", {"prompt": "a"}).status_code == 404


def test_an_alias_goes_with_its_workflow(hers: Caller, texts: None) -> None:
    assert hers.delete("/api/workflows/texts").status_code == 200
    assert not Alias.objects.exists()


def test_a_key_for_one_workflow_runs_it_by_its_alias(
    alice: User, hers: Caller, token: TokenCaller, texts: None
) -> None:
    key = token(alice, "workflow:texts:run")
    assert key.post(f"/fal/run/{FLUX}", {"prompt": "a"}).status_code == 200
    assert token(alice, "workflow:other:run").post(f"/fal/run/{FLUX}", {}).status_code == 403


def test_the_canvas_shows_what_an_alias_takes(hers: Caller, texts: None) -> None:
    [app] = hers.get(f"/api/apps?id={FLUX}").json()
    assert (app["id"], app["kind"], app["slug"]) == (FLUX, "workflow", "texts")
    assert [field["name"] for field in app["fields"]] == ["prompt"]
    assert FLUX in [row["id"] for row in hers.get("/api/apps?q=flux").json()]
