"""What a connection costs: deadlines that are met share a timer, a response watches nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock

from canvas.connections import Deadline, Transport


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that goes on when it is told to."""
    clock = Clock()
    monkeypatch.setattr("canvas.connections.time", SimpleNamespace(monotonic=clock.seconds))
    return clock


def test_a_deadline_that_is_met_again_and_again_sets_one_timer(clock: Clock) -> None:
    timers: list[float] = []

    def later(seconds: float, rung: Callable[[], None]) -> Any:
        timers.append(seconds)
        return clock.callLater(seconds, rung)

    late: list[float] = []
    deadline = Deadline(later)
    for _ in range(50):
        deadline.set(20, lambda: late.append(clock.seconds()))
        clock.advance(0.1)
        deadline.clear()
    assert timers == [20]
    clock.advance(60)
    assert (late, clock.calls) == ([], [])


@pytest.mark.parametrize("first", [5, 20, 30])
def test_what_is_late_is_called_at_its_time_whatever_was_due_before(
    clock: Clock, first: float
) -> None:
    late: list[float] = []
    deadline = Deadline(clock.callLater)
    deadline.set(first, lambda: late.append(-1))
    clock.advance(1)
    deadline.set(10, lambda: late.append(clock.seconds()))
    clock.pump([0.5] * 100)
    assert late == [11]
    assert not deadline.is_set


def test_a_deadline_that_stops_leaves_no_timer(clock: Clock) -> None:
    deadline = Deadline(clock.callLater)
    deadline.set(10, lambda: None)
    deadline.stop()
    assert clock.getDelayedCalls() == []


class Reactor:
    """What a transport needs of a reactor; notes what is watched."""

    def __init__(self) -> None:
        self.soon: list[tuple[Any, ...]] = []
        self.watched: list[str] = []
        self._asyncioEventloop = SimpleNamespace(call_soon=lambda *call: self.soon.append(call))

    def addReader(self, reader: Any) -> None:
        pass

    def removeReader(self, reader: Any) -> None:
        pass

    def addWriter(self, writer: Any) -> None:
        self.watched.append("begin")

    def removeWriter(self, writer: Any) -> None:
        self.watched.append("end")

    def _readOrWrite(self, transport: Any, read: bool) -> None:
        assert transport.doWrite() is None

    def turn(self) -> None:
        """Do what is due."""
        due, self.soon = self.soon, []
        for function, *given in due:
            function(*given)


@pytest.fixture
def ends() -> Iterator[tuple[Reactor, Transport, socket.socket]]:
    """A connection and who reads from it."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    reactor = Reactor()
    transport = Transport(ours, Protocol(), ("", 0), None, 0, reactor)  # type: ignore[arg-type]
    yield reactor, transport, theirs
    ours.close()
    theirs.close()


def test_what_is_written_in_one_turn_is_sent_at_once_and_nothing_is_watched(
    ends: tuple[Reactor, Transport, socket.socket],
) -> None:
    reactor, transport, theirs = ends
    transport.write(b"head")
    transport.writeSequence([b"body", b"end"])
    assert len(reactor.soon) == 1
    reactor.turn()
    assert theirs.recv(100) == b"headbodyend"
    assert (reactor.soon, reactor.watched) == ([], [])


def test_what_finds_no_room_waits_for_it_and_arrives_whole(
    ends: tuple[Reactor, Transport, socket.socket],
) -> None:
    reactor, transport, theirs = ends
    whole = bytes(range(256)) * 20_000
    transport.write(whole)
    reactor.turn()
    assert reactor.watched == ["begin"]
    transport.write(b"more")
    assert reactor.soon == []
    got = b""
    while len(got) < len(whole) + 4:
        got += theirs.recv(1 << 20)
        reactor._readOrWrite(transport, False)
    assert got == whole + b"more"
    assert reactor.watched == ["begin", "end"]
