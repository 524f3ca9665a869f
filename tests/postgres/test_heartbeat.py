"""Who is declared dead, and how soon."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.utils import timezone

from tests.waiting import wait_until
from workflows.engine import heartbeat
from workflows.engine.heartbeat import Membership, session_name
from workflows.engine.session_lock import open_session
from workflows.models import Worker

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

OTHER = f"{'a-host-with-a-long-name.' * 2}example:1234:ab12"


@pytest.fixture
def ours() -> Iterator[psycopg.Connection]:
    """The session of the process that watches."""
    with open_session("patchbay-member ours") as session:
        yield session


@pytest.fixture(autouse=True)
def other() -> None:
    """A process whose row moves no more."""
    Worker.objects.create(name=OTHER, capacity=1, last_seen_at=timezone.now())


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that stands still is never enough, and the end of a session is at once."""
    monkeypatch.setattr(heartbeat, "DEAD_SECONDS", 1e9)
    monkeypatch.setattr(heartbeat, "GONE_SECONDS", 0.0)


def _lives() -> bool:
    return Worker.objects.filter(name=OTHER).exists()


def _unlisted(session: psycopg.Connection) -> None:
    """Wait until the server has noticed that the other session is over."""
    wait_until(
        lambda: (session_name(OTHER),) not in session.execute(heartbeat._SESSIONS).fetchall()
    )


def test_a_process_whose_session_was_there_and_has_ended_is_dead_soon(
    ours: psycopg.Connection,
) -> None:
    me = Membership()
    with open_session(session_name(OTHER)):
        me._beat(ours)
        me._beat(ours)
        assert _lives()
    _unlisted(ours)
    me._beat(ours)
    assert not _lives()
    assert [member.name for member in me.members] == [me.me.name]


def test_a_process_whose_session_was_never_seen_is_not_dead_for_want_of_it(
    ours: psycopg.Connection,
) -> None:
    me = Membership()
    for _ in range(3):
        me._beat(ours)
    assert _lives()


def test_after_an_outage_a_session_that_is_not_back_yet_proves_nothing(
    ours: psycopg.Connection,
) -> None:
    me = Membership()
    with open_session(session_name(OTHER)):
        me._beat(ours)
    _unlisted(ours)
    me._forget()
    me._beat(ours)
    assert _lives()


def test_a_session_that_is_back_is_as_good_as_the_one_before(
    ours: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = Membership()
    with open_session(session_name(OTHER)):
        me._beat(ours)
    _unlisted(ours)
    monkeypatch.setattr(heartbeat, "GONE_SECONDS", 1e9)
    me._beat(ours)
    monkeypatch.setattr(heartbeat, "GONE_SECONDS", 0.0)
    with open_session(session_name(OTHER)):
        me._beat(ours)
        assert _lives()


def test_names_of_sessions_differ_where_the_server_cuts_them(ours: psycopg.Connection) -> None:
    other = OTHER[:-4] + "cd34"
    with open_session(session_name(OTHER)), open_session(session_name(other)):
        rows = ours.execute(heartbeat._SESSIONS).fetchall()
    assert {session_name(OTHER), session_name(other)} <= {name for (name,) in rows}
