"""Who has a workflow open, and where they point: in memory, passed on to the others, never stored.

All of it happens in the server's event loop. What a member sends replaces what was there, so that a
slow page gets the newest and no queue grows; how much and how often one may send has bounds.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from workflows.errors import InvalidBody
from workflows.types import Json, JsonObject

#: How long a member may say nothing before the others see it as gone.
SILENT_SECONDS = 5.0
#: The same for one that is idle: browsers let a page that is hidden speak once a minute.
IDLE_SILENT_SECONDS = 90.0
MAX_CHARACTERS = 4_096
MAX_IDS = 50
MAX_ID = 200
#: Members of a workflow that see each other; whoever comes later edits unseen.
MAX_MEMBERS = 100
#: Messages a second, and how many at once; more are dropped.
RATE, BURST = 30.0, 60.0
_FAR = 10_000_000
_KEYS = {"at", "view", "selected", "drag", "idle"}


@dataclass(slots=True, eq=False)
class Member:
    """One open page. `news` is what it has not been sent: others by id, null for who has left."""

    id: str
    facts: JsonObject
    state: JsonObject = field(default_factory=dict)
    seen: float = field(default_factory=time.monotonic)
    here: bool = True
    allowance: float = BURST
    news: dict[str, JsonObject | None] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def shown(self) -> JsonObject:
        """Return what others see of it."""
        return {**self.facts, **self.state}

    def put(self, id: str, shown: JsonObject | None) -> None:
        """Note what it is to be sent."""
        self.news[id] = shown
        self.changed.set()


_rooms: dict[UUID, dict[str, Member]] = {}
_ids = count(1)


def join(uid: UUID, facts: JsonObject) -> Member | None:
    """Enter a workflow; None where it is full. The others learn of each other."""
    room = _rooms.setdefault(uid, {})
    if len(room) >= MAX_MEMBERS:
        return None
    member = Member(str(next(_ids)), facts)
    for other in room.values():
        other.put(member.id, member.shown())
        if other.here:
            member.put(other.id, other.shown())
    room[member.id] = member
    return member


def leave(uid: UUID, member: Member) -> None:
    """Leave it."""
    room = _rooms.get(uid, {})
    if room.pop(member.id, None) is not None:
        for other in room.values():
            other.put(member.id, None)
    if not room:
        _rooms.pop(uid, None)


def say(uid: UUID, member: Member, state: Json) -> None:
    """Replace a member's state and show it to the others. Raises InvalidBody."""
    now = time.monotonic()
    member.allowance = min(BURST, member.allowance + (now - member.seen) * RATE) - 1
    member.seen = now
    if member.allowance < 0:
        member.allowance = 0
        return
    checked = check(state)
    if checked == member.state and member.here:
        return
    member.state, member.here = checked, True
    for other in _rooms.get(uid, {}).values():
        if other is not member:
            other.put(member.id, member.shown())


async def news(uid: UUID, member: Member) -> dict[str, JsonObject | None]:
    """Return what a member has not been sent; notices on the way who has fallen silent."""
    while not member.news:
        member.changed.clear()
        try:
            async with asyncio.timeout(1):
                await member.changed.wait()
        except TimeoutError:
            _sweep(uid)
    found, member.news = member.news, {}
    return found


def _sweep(uid: UUID) -> None:
    now = time.monotonic()
    room = _rooms.get(uid, {})
    for member in room.values():
        patience = IDLE_SILENT_SECONDS if member.state.get("idle") else SILENT_SECONDS
        if member.here and now - member.seen > patience:
            member.here = False
            for other in room.values():
                if other is not member:
                    other.put(member.id, None)


def check(state: Json) -> JsonObject:
    """Return what a page says of itself. Raises InvalidBody for anything else."""
    if not isinstance(state, dict) or not state.keys() <= _KEYS:
        raise _wrong("here", "an object with at, view, selected, drag and idle")
    found: JsonObject = {}
    for key, length in (("at", 2), ("view", 3)):
        if state.get(key) is not None:
            found[key] = _numbers(key, state[key], length)
    ids = state.get("selected", [])
    if not isinstance(ids, list) or len(ids) > MAX_IDS or not all(map(_is_id, ids)):
        raise _wrong("selected", f"at most {MAX_IDS} ids")
    found["selected"] = ids
    drag = state.get("drag", {})
    if not isinstance(drag, dict) or len(drag) > MAX_IDS or not all(map(_is_id, drag)):
        raise _wrong("drag", f"places of at most {MAX_IDS} nodes")
    if not isinstance(state.get("idle", False), bool):
        raise _wrong("idle", "true or false")
    if state.get("idle"):
        found["idle"] = True
    found["drag"] = {id: _numbers("drag", place, 2) for id, place in drag.items()}
    return found


def _is_id(value: Json) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID


def _numbers(key: str, value: Json, length: int) -> list[float]:
    if not isinstance(value, list) or len(value) != length:
        raise _wrong(key, f"{length} numbers")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise _wrong(key, f"{length} numbers")
        if not -_FAR <= number <= _FAR:
            raise _wrong(key, f"numbers from -{_FAR} to {_FAR}")
    return value


def _wrong(field: str, expected: str) -> InvalidBody:
    return InvalidBody(f"{field} must be {expected}.", field=field, expected=expected)
