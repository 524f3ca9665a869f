"""manage.py create_token, login_link, export_workflow, import_workflow; the first start's parts."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from canvas.management.commands.serve import create_first_account
from tests.api.client import ECHO, Caller
from tests.fal.contents import TEXTS
from workflows.models import Asset, Change, User, Workflow
from workflows.samples import templates as shipped
from workflows.services.database import migrate_if_needed
from workflows.services.library.templates import SYSTEM_USER, templates_install

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_create_token_makes_the_account_and_prints_the_token_alone() -> None:
    names = "workflow:read,workflow:write,workflow:run"
    text = run("create_token", "--user", "ci", "--capabilities", names)
    assert text.count("\n") == 1
    body = Caller({"x-api-key": text.strip()}).get("/api/whoami").json()
    assert (body["username"], body["tier"]) == ("ci", "pro")
    assert body["capabilities"] == sorted(names.split(","))
    assert not User.objects.get(username="ci").has_usable_password()


def test_create_token_for_an_account_that_exists_keeps_it(alice: User) -> None:
    run("create_token", "--user", "alice", "--capabilities", "workflow:read")
    alice.refresh_from_db()
    assert alice.tier == "enterprise"
    assert alice.has_usable_password()
    run("create_token", "--user", "alice", "--tier", "business", "--capabilities", "workflow:read")
    alice.refresh_from_db()
    assert alice.tier == "business"


@pytest.mark.parametrize(
    ("capabilities", "tier", "said"),
    [
        ("workflow:fly", "pro", "workflow:read"),
        ("workflow:read", "free", "tier"),
        (",", "pro", "no"),
    ],
)
def test_create_token_refuses_with_a_sentence_and_leaves_no_account(
    capabilities: str, tier: str, said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        run("create_token", "--user", "x", "--tier", tier, "--capabilities", capabilities)
    assert not User.objects.filter(username="x").exists()


def test_login_link_prints_a_link_that_works(alice: User) -> None:
    from django.test import Client

    link = run("login_link", "--user", "alice").strip()
    assert Client().post("/login/" + link.rpartition("/")[2]).status_code == 302
    with pytest.raises(CommandError, match="nobody"):
        run("login_link", "--user", "nobody")


def test_an_exported_workflow_can_be_imported_by_somebody_else(
    hers: Caller, bob: User, tmp_path: Path
) -> None:
    slug = hers.create("Travels", **ECHO, own={"key": [1, 2.0, None]}, tags=["ä"])["slug"]
    file = tmp_path / "travels.json"
    run("export_workflow", slug, str(file))
    assert json.loads(run("export_workflow", slug)) == json.loads(file.read_text(encoding="utf-8"))
    copy = Workflow.objects.get(slug=run("import_workflow", str(file), "--user", "bob").strip())
    source = Workflow.objects.get(slug=slug)
    assert copy.owner == bob
    for column in ("name", "nodes", "edges", "viewport", "extra", "tags"):
        assert getattr(copy, column) == getattr(source, column)


def test_a_file_of_fal_comes_in_and_goes_out_as_it_was(alice: User, tmp_path: Path) -> None:
    file = tmp_path / "words.json"
    written = {"name": "words", "title": "Words", "is_public": False, "contents": TEXTS}
    file.write_text(json.dumps(written), encoding="utf-8")
    slug = run("import_workflow", str(file), "--user", "alice").strip()
    assert json.loads(run("export_workflow", slug, "--format", "fal")) == written
    with pytest.raises(CommandError, match="one of patchbay, fal"):
        run("export_workflow", slug, "--format", "comfy")


@pytest.mark.parametrize("text", ["{", "[]", "hello", '{"name":"x","a":1}'])
def test_a_faulty_file_is_refused_with_a_sentence(alice: User, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        run("import_workflow", str(file), "--user", "alice")
    assert not Workflow.objects.exists()


def test_the_first_start_creates_one_administrator_without_a_password() -> None:
    for _ in range(2):
        create_first_account()
    user = User.objects.get()
    assert (user.username, user.tier, user.is_superuser) == ("admin", "enterprise", True)
    assert not user.has_usable_password()


def test_no_administrator_is_created_where_there_is_one_or_the_name_is_taken(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    create_first_account()
    User.objects.filter(pk=alice.pk).update(is_superuser=False, username="admin")
    create_first_account()
    assert list(User.objects.all()) == [alice]


def test_djangos_own_commands_find_nothing_wrong() -> None:
    call_command("check")


def test_a_migrated_database_is_left_alone(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        migrate_if_needed()


def test_the_shipped_templates_are_installed_once_with_pictures_everybody_can_see(
    his: Caller,
) -> None:
    assert templates_install() == len(shipped.slugs()) >= 3
    assets = Asset.objects.count()
    assert templates_install() == 0
    assert Asset.objects.count() == assets
    rows = his.get("/api/workflows").json()
    assert {row["slug"] for row in rows} == set(shipped.slugs())
    for row in rows:
        assert row["isTemplate"] is True
        cover = his.get(row["cover"]["image"])
        assert cover["Content-Type"] == "image/webp"
        assert "sample" not in his.get(f"/api/workflows/{row['slug']}").content.decode().split('"')
    system = User.objects.get(username=SYSTEM_USER)
    assert not system.is_active
    assert not system.has_usable_password()


def test_a_new_version_of_a_template_is_a_change_of_the_installed_one() -> None:
    templates_install()
    Workflow.objects.filter(slug="sticker").update(description="old")
    assert templates_install() == 1
    assert Workflow.objects.get(slug="sticker").description != "old"
    assert Change.objects.get().label == "New version"


def test_a_template_whose_slug_is_taken_gets_another(hers: Caller) -> None:
    hers.create("Sticker")
    templates_install()
    assert Workflow.objects.get(owner__username=SYSTEM_USER, handle="sticker").slug == "sticker-2"
    assert templates_install() == 0


@pytest.mark.django_db(transaction=True)
def test_quick_shipped_templates_run_on_their_own_samples(engine: None, his: Caller) -> None:
    # All of them make their covers in tests/nodes; here it is the engine that runs them.
    templates_install()
    rows = his.get("/api/workflows").json()
    quick = [row["slug"] for row in rows if (row["template"]["ms"] or 9999) <= 2000]
    assert len(quick) >= 8
    for slug in quick:
        copy = his.post(f"/api/workflows/{slug}/duplicate").json()["slug"]
        response = his.post(f"/api/workflows/{copy}/run", {"inputs": {}})
        assert response.status_code == 200, response.content
        assert response.json()["result"]


def test_every_copy_of_a_shipped_template_can_be_planned(his: Caller) -> None:
    templates_install()
    for slug in shipped.slugs():
        copy = his.post(f"/api/workflows/{slug}/duplicate").json()["slug"]
        response = his.post(f"/api/workflows/{copy}/plan", {"inputs": {}})
        assert response.status_code == 200, response.content
