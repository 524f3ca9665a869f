"""Log lines say which request or run they are about, wherever the work is done."""

from __future__ import annotations

import asyncio
import json
import logging
import threading

import pytest

from canvas.log import JsonFormatter, PlainFormatter
from workflows import database
from workflows.engine.limits import Threads
from workflows.log_facts import logging_about


def line() -> dict[str, str]:
    record = logging.LogRecord("a.b", logging.WARNING, "", 0, "it\nhappened", None, None)
    return dict(json.loads(JsonFormatter().format(record)))


def test_a_line_has_the_facts_of_its_block_and_its_own_count_first() -> None:
    assert "request_id" not in line()
    with logging_about(request_id="r1"):
        with logging_about(run_id="7"):
            assert line()["run_id"] == "7"
            assert "request_id" not in line()
        assert line()["request_id"] == "r1"
        record = logging.LogRecord("a", logging.WARNING, "", 0, "x", None, None)
        record.run_id = "8"
        assert json.loads(JsonFormatter().format(record))["run_id"] == "8"
        assert PlainFormatter().format(record).endswith("x (request_id=r1, run_id=8)")
    assert "run_id" not in line()


async def test_tasks_and_threads_carry_them_and_nothing_stays_behind() -> None:
    threads = Threads(1)
    try:
        with logging_about(run_id="1"):
            assert (await asyncio.create_task(_line()))["run_id"] == "1"
            assert (await threads.run(line))["run_id"] == "1"
            assert (await database.read(line))["run_id"] == "1"
        assert "run_id" not in await threads.run(line)
        assert "run_id" not in await database.read(line)
    finally:
        threads.close()
        await asyncio.to_thread(database.close)


async def _line() -> dict[str, str]:
    return line()


@pytest.mark.parametrize("count", [8])
def test_two_at_a_time_do_not_mix(count: int) -> None:
    wrong: list[str] = []

    def work(id: str) -> None:
        with logging_about(request_id=id):
            wrong.extend(id for _ in range(100) if line()["request_id"] != id)

    threads = [threading.Thread(target=work, args=(f"r{at}",)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
