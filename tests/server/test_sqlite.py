"""The SQLite backend: writers take turns, and connections are used again when they are clean."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError

from canvas.sqlite import base
from canvas.sqlite.queue import WriteQueue
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db

Make = Callable[..., base.DatabaseWrapper]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make connections of the test's thread or another to one file; all are closed afterwards."""
    made: list[base.DatabaseWrapper] = []

    def new(timeout: float = 20) -> base.DatabaseWrapper:
        database = {
            **settings.DATABASES["default"],
            "ENGINE": "canvas.sqlite",
            "NAME": str(tmp_path / "db.sqlite3"),
            "TEST": {},
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": timeout},
        }
        wrapper = base.DatabaseWrapper(database, alias="other")
        made.append(wrapper)
        return wrapper

    first = new()
    run(first, "CREATE TABLE counter (value INTEGER)", "INSERT INTO counter VALUES (0)")
    yield new
    for wrapper in made:
        wrapper.inc_thread_sharing()
        wrapper.close()
    for key in [key for key in base._idle if key[0].startswith(str(tmp_path))]:
        for connection in base._idle.pop(key):
            connection.close()


def run(wrapper: base.DatabaseWrapper, *statements: str) -> list[tuple[object, ...]]:
    """Run statements in one transaction and return the rows of the last."""
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        with wrapper.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall()
        wrapper.commit()
        return rows
    except BaseException:
        wrapper.rollback()
        raise
    finally:
        wrapper.set_autocommit(True)


def test_writers_of_many_threads_lose_nothing(make: Make) -> None:
    def add(_: int) -> None:
        wrapper = make()
        (value,) = run(wrapper, "SELECT value FROM counter")[0]
        assert isinstance(value, int)
        for _ in range(5):
            run(wrapper, "UPDATE counter SET value = value + 1")
        wrapper.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert run(make(), "SELECT value FROM counter") == [(200,)]


def test_a_second_writer_waits_for_the_first_and_no_longer_than_its_patience(make: Make) -> None:
    first = make()
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="locked"):
        run(make(timeout=0.05), "UPDATE counter SET value = 7")
    done = threading.Event()

    def second() -> None:
        run(make(), "UPDATE counter SET value = value + 1")
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    first.commit()
    assert done.wait(5)
    thread.join()
    first.set_autocommit(True)


def test_writers_have_their_turns_in_order_however_long_the_queue_is_while_it_moves() -> None:
    queue, order = WriteQueue(), list[int]()
    assert queue.acquire(0)

    def write(number: int) -> None:
        assert queue.acquire(0.5)
        order.append(number)
        time.sleep(0.1)
        queue.release()

    with ThreadPoolExecutor(10) as pool:
        done = []
        for number in range(10):
            done.append(pool.submit(write, number))
            wait_until(lambda: len(queue._waiting) == len(done), 5)
        queue.release()
        assert all(future.exception() is None for future in done)
    assert order == list(range(10))


def test_who_waits_for_a_database_that_lets_nobody_in_is_refused_after_one_patience() -> None:
    queue = WriteQueue()
    assert queue.acquire(0)

    def wait() -> bool:
        got = queue.acquire(0.5)
        if got:
            time.sleep(2)
            queue.release(moved=False)
        return got

    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(wait) for _ in range(3)]
        wait_until(lambda: len(queue._waiting) == 3, 5)
        queue.release(moved=False)
        assert Counter(future.result() for future in waiting) == {True: 1, False: 2}
    assert queue.acquire(0)


def test_a_failed_transaction_gives_up_its_turn(make: Make) -> None:
    with pytest.raises(OperationalError):
        run(make(), "UPDATE counter SET value = 1", "UPDATE nothing SET value = 1")
    assert run(make(timeout=0.05), "SELECT value FROM counter") == [(0,)]


def test_a_connection_closed_inside_a_transaction_gives_up_its_turn_and_its_changes(
    make: Make,
) -> None:
    left = make()
    left.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with left.cursor() as cursor:
        cursor.execute("UPDATE counter SET value = 99")
    raw = left.connection
    left.close()
    other = make(timeout=0.05)
    assert run(other, "SELECT value FROM counter") == [(0,)]
    assert other.connection is not raw


def test_a_clean_connection_is_used_again(make: Make) -> None:
    first = make()
    run(first, "SELECT value FROM counter")
    raw = first.connection
    first.close()
    second = make()
    second.ensure_connection()
    assert second.connection is raw
