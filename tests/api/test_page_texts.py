"""The pages that the server writes itself, in a pseudo-locale: every text could be translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client, RequestFactory

from canvas import texts, views
from canvas.login import login_link
from workflows.models import User
from workflows.services.identity import accounts
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db

#: A text with its marks; another one may have been put into it.
MARKED = re.compile("⟦[^⟦⟧]*(?:⟦[^⟧]*⟧[^⟦⟧]*)*⟧")
#: What is the same in every language.
NAMES = re.compile(r"Patchbay|alice|·|\d+|[\s.]")


class Reader(HTMLParser):
    """Keeps what a page says: its texts, its title, and what attributes say."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.said: list[str] = []
        self._within: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within.append(tag)
        said = ("alt", "aria-label", "placeholder", "title")
        self.said += [value for name, value in attrs if name in said and value]

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        # Code is typed, and is what it is in every language.
        if "code" not in self._within:
            self.said.append(data)

    def text(self) -> str:
        return "".join(self.said)


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mark every text."""
    for name, value in vars(texts).items():
        if isinstance(value, str) and name.strip("_").isupper() and name != "LANGUAGE":
            monkeypatch.setattr(texts, name, f"⟦{value}⟧")


def unmarked(page: bytes) -> str:
    said = Reader(page).text()
    assert "⟦" in said
    return NAMES.sub("", MARKED.sub("", said))


@pytest.mark.parametrize("path", ["/login", "/login/none", "/invitation/none", "/nothing"])
def test_pages_of_visitors_say_nothing_that_a_translation_could_not_change(path: str) -> None:
    assert unmarked(Client().get(path).content) == ""


def test_a_wrong_password_and_too_many_tries_are_told_in_texts(alice: User) -> None:
    client = Client()
    pages = [client.post("/login", {"username": "alice", "password": "x"}) for _ in range(60)]
    rates.forget()
    assert {page.status_code for page in pages} == {401, 429}
    assert {unmarked(page.content) for page in pages} == {""}


def test_links_that_log_in_and_invite_speak_in_texts(alice: User) -> None:
    path = "/login/" + login_link(alice).rpartition("/")[2]
    staff = User.objects.create_user("root", is_staff=True)
    _, key = accounts.invitation_create(by=staff, request=accounts.InvitationFields())
    for page in (Client().get(path), Client().get(f"/invitation/{key}")):
        assert (page.status_code, unmarked(page.content)) == (200, "")


@pytest.mark.parametrize(
    "path", ["/", "/templates", "/runs", "/queue", "/models", "/runners", "/settings", "/api/docs"]
)
def test_pages_of_users_have_titles_of_texts(alice: User, path: str) -> None:
    client = Client()
    client.force_login(alice)
    assert unmarked(client.get(path).content) == ""


@pytest.mark.parametrize("view", [views.bad_request, views.forbidden, views.csrf_failure])
def test_pages_of_errors_speak_in_texts(view: type) -> None:
    assert unmarked(view(RequestFactory().get("/x")).content) == ""


def test_a_failure_of_the_server_speaks_in_texts() -> None:
    request = RequestFactory().get("/x")
    request.id = "abc123"  # type: ignore[attr-defined]
    page = views.server_error(request).content
    assert unmarked(page) == ""
    assert b"<code>abc123</code>" in page
