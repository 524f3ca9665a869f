"""Pages: who sees them, the one-time link, the password form, logging out, and error pages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client

from canvas import login
from canvas.login import login_link
from tests.api.client import Caller
from workflows.models import User

pytestmark = pytest.mark.django_db


def path_of(link: str) -> str:
    return "/login/" + link.rpartition("/")[2]


@pytest.mark.parametrize("path", ["/", "/app/editor/poster"])
def test_a_page_sends_strangers_to_the_login_and_back(alice: User, path: str) -> None:
    client = Client()
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login?next={path}"
    form = {"username": "alice", "password": "alice likes patch cables", "next": path}
    assert client.post("/login", form)["Location"] == path


def test_a_link_logs_in_once(alice: User) -> None:
    path = path_of(login_link(alice))
    first, second = Client(), Client()
    assert first.post(path)["Location"] == "/"
    assert first.get("/").status_code == 200
    for used in (second.get(path), second.post(path)):
        assert used.status_code == 404
        assert b"used already" in used.content
    assert "sessionid" not in second.cookies


def test_opening_a_link_uses_nothing_up_and_says_whose_account_it_is(alice: User) -> None:
    path = path_of(login_link(alice))
    for _ in range(3):
        scanner = Client()
        assert scanner.head(path).status_code == 200
        page = scanner.get(path)
        assert (page.status_code, b"Log in as alice" in page.content) == (200, True)
        assert b"<script" not in page.content
        assert "sessionid" not in scanner.cookies
    assert Client().post(path).status_code == 302


def test_a_link_signs_in_by_the_button_of_its_own_page_alone(alice: User) -> None:
    path = path_of(login_link(alice))
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(path).status_code == 403
    page = browser.get(path).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"csrfmiddlewaretoken": token}
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert browser.post(path, form, headers=foreign).status_code == 403
    assert browser.post(path, form)["Location"] == "/"


def test_using_one_of_two_links_ends_both(alice: User) -> None:
    links = [path_of(login_link(alice)) for _ in range(2)]
    assert Client().post(links[0]).status_code == 302
    assert Client().post(links[1]).status_code == 404


def test_a_link_expires_after_thirty_minutes(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(login_link(alice))
    for minutes, status in ((31, 404), (29, 302)):
        later = datetime.now() + timedelta(minutes=minutes)
        monkeypatch.setattr(login._tokens, "_now", lambda later=later: later)
        assert Client().post(path).status_code == status


@pytest.mark.parametrize(
    "key", ["x", "-", "1", "1-", "999999-abc", "0-0-0", "%00-1", "1" * 40 + "-a", "٣-a"]
)
def test_a_made_up_link_is_404(alice: User, key: str) -> None:
    for response in (Client().get(f"/login/{key}"), Client().post(f"/login/{key}")):
        assert response.status_code == 404
        assert "sessionid" not in response.cookies


def test_a_password_reset_token_is_no_login_link(alice: User) -> None:
    forged = f"{alice.pk}-{default_token_generator.make_token(alice)}"
    assert Client().post(f"/login/{forged}").status_code == 404


def test_a_deactivated_persons_link_is_404(alice: User) -> None:
    path = path_of(login_link(alice))
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


def test_a_wrong_password_is_told_without_saying_which_half(alice: User) -> None:
    client = Client()
    answers = [
        client.post("/login", {"username": name, "password": "wrong"}) for name in ("alice", "zoe")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all(b"is wrong" in answer.content for answer in answers)
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_the_login_leads_nowhere_else(alice: User, target: str) -> None:
    form = {"username": "alice", "password": "alice likes patch cables", "next": target}
    assert Client().post("/login", form)["Location"] == "/"


def test_the_login_form_needs_its_csrf_token(alice: User) -> None:
    form = {"username": "alice", "password": "alice likes patch cables"}
    response = Client(enforce_csrf_checks=True).post("/login", form)
    assert response.status_code == 403
    assert b"<h1>" in response.content


def test_logging_out_ends_the_session_on_the_server(her_browser: Caller) -> None:
    cookie = her_browser.client.cookies["sessionid"].value
    assert her_browser.get("/logout").status_code == 405
    assert her_browser.send("POST", "/logout")["Location"] == "/login"
    stolen = Client()
    stolen.cookies["sessionid"] = cookie
    assert stolen.get("/api/whoami").status_code == 401


def test_the_editor_page_names_the_workflow_and_the_person(her_browser: Caller) -> None:
    slug = her_browser.create('Say "hi" <b>')["slug"]
    response = her_browser.get(f"/app/editor/{slug}")
    page = response.content.decode()
    assert 'data-page="editor"' in page
    assert f'data-slug="{slug}"' in page
    assert 'data-user="alice"' in page
    assert "<b>" not in page
    assert "csrftoken" in her_browser.client.cookies


def test_another_persons_editor_page_is_404(her_browser: Caller, his: Caller) -> None:
    slug = his.create("Secret plan")["slug"]
    response = her_browser.get(f"/app/editor/{slug}")
    assert response.status_code == 404
    assert b"Secret plan" not in response.content
    assert her_browser.get("/app/editor/none").status_code == 404


def test_an_unknown_page_is_a_page_and_an_unknown_host_is_refused() -> None:
    client = Client()
    missing = client.get("/no/such/page")
    assert (missing.status_code, missing["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"There is nothing here" in missing.content
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_pages_allow_no_foreign_content_and_are_not_stored() -> None:
    response = Client().get("/login")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] in (
        "no-store",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert b"<script" not in response.content
    assert b"style=" not in response.content


def test_health_tells_whether_the_engine_runs(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows import database
    from workflows.engine import embedded

    stopped = Client().get("/healthz")
    assert (stopped.status_code, stopped.json()) == (503, {"status": "engine stopped"})
    embedded.start()
    try:
        running = Client().get("/healthz")
        assert (running.status_code, running.json()) == (200, {"status": "ok"})
    finally:
        embedded.stop()
        database.close()
