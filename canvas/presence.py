"""Who has a workflow open, and where they point: in memory, passed on to the others, never stored.

All of it happens in the server's event loop. What a member sends replaces what was there, so that a
slow page gets the newest and no queue grows; how much and how often one may send has bounds. The
members at other processes of the site are in the same rooms, as those processes report them.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from workflows import broadcast, database
from workflows.errors import InvalidBody
from workflows.types import Json, JsonObject

#: How long a member may say nothing before the others see it as gone.
SILENT_SECONDS = 5.0
#: The same for one that is idle: browsers let a page that is hidden speak once a minute.
IDLE_SILENT_SECONDS = 90.0
MAX_CHARACTERS = 4_096
MAX_IDS = 50
MAX_ID = 200
#: Members of a workflow that see each other; one that comes later edits unseen.
MAX_MEMBERS = 100
#: Messages a second, and how many at once; more are dropped.
RATE, BURST = 30.0, 60.0
#: The topic on which processes report their members to each other, and how soon they do.
TOPIC = "presence"
REPORT_SECONDS = 0.1
#: How often a workflow's other members are requested, should all that was said have been lost.
ASK_SECONDS = 10.0
#: What a member may take of a message between processes.
MAX_PACKED = broadcast.MAX_TEXT - 100
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
    #: Its socket is at another process, which shows it the others.
    elsewhere: bool = False

    def shown(self) -> JsonObject:
        """Return what others see of it."""
        return {**self.facts, **self.state}

    def put(self, id: str, shown: JsonObject | None) -> None:
        """Note what it is to be sent."""
        if not self.elsewhere:
            self.news[id] = shown
            self.changed.set()


@dataclass(slots=True)
class _Room:
    """Who has a workflow open, and when other processes were last queried for who has it there."""

    members: dict[str, Member] = field(default_factory=dict)
    queried: float = field(default_factory=time.monotonic)

    def show(self, member: Member, shown: JsonObject | None) -> None:
        """Show the others what a member is now."""
        for other in self.members.values():
            if other is not member:
                other.put(member.id, shown)


_rooms: dict[UUID, _Room] = {}
_ids = count(1)


def join(uid: UUID, facts: JsonObject) -> Member | None:
    """Enter a workflow; None where it is full. The others learn of each other."""
    room = _rooms.setdefault(uid, _Room())
    if len(room.members) >= MAX_MEMBERS:
        return None
    member = Member(f"{broadcast.process_name()}-{next(_ids)}", facts)
    for other in room.members.values():
        if other.here:
            member.put(other.id, other.shown())
    room.members[member.id] = member
    room.show(member, member.shown())
    _post.report(uid, member, ask=True)
    return member


def leave(uid: UUID, member: Member) -> None:
    """Leave it."""
    room = _rooms.get(uid)
    if room is None:
        return
    if room.members.pop(member.id, None) is not None:
        room.show(member, None)
        _post.report(uid, member, gone=True)
    if all(other.elsewhere for other in room.members.values()):
        _rooms.pop(uid, None)


def say(uid: UUID, member: Member, state: Json) -> None:
    """Replace a member's state and show it to the others. Raises InvalidBody."""
    now = time.monotonic()
    member.allowance = min(BURST, member.allowance + (now - member.seen) * RATE) - 1
    member.seen = now
    if member.allowance < 0:
        member.allowance = 0
        return
    checked, room = check(state), _rooms.get(uid, _Room())
    ask = now - room.queried > ASK_SECONDS
    if ask or any(other.elsewhere for other in room.members.values()):
        room.queried = now if ask else room.queried
        _post.report(uid, member, ask=ask)
    if checked == member.state and member.here:
        return
    member.state, member.here = checked, True
    room.show(member, member.shown())


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
    room = _rooms.get(uid, _Room())
    for member in list(room.members.values()):
        patience = IDLE_SILENT_SECONDS if member.state.get("idle") else SILENT_SECONDS
        if member.here and now - member.seen > patience:
            member.here = False
            room.show(member, None)
            if member.elsewhere:
                del room.members[member.id]


class _Post:
    """What other processes learn of the members here, the newest of each, a few times a second.

    A text is the workflow, `?` where theirs are requested, and the member in base64. What is
    lost is said again: a member by its page's next sign of life, the question after `ASK_SECONDS`.
    """

    def __init__(self) -> None:
        self.waiting: dict[tuple[UUID, str], tuple[Member, bool]] = {}
        self.querying: set[UUID] = set()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.timer: asyncio.TimerHandle | None = None

    def report(self, uid: UUID, member: Member, *, ask: bool = False, gone: bool = False) -> None:
        """Have a member reported soon, and those of the others requested."""
        if not broadcast.has_others():
            return
        self.waiting[uid, member.id] = member, gone
        if ask:
            self.querying.add(uid)
        loop = asyncio.get_running_loop()
        if self.timer is None or self.loop is not loop:
            self.loop, self.timer = loop, loop.call_later(REPORT_SECONDS, self._send)

    def _send(self) -> None:
        self.timer = None
        texts = [
            _text(uid, uid in self.querying, member, gone)
            for (uid, _), (member, gone) in self.waiting.items()
        ]
        self.waiting, self.querying = {}, set()
        database.start(broadcast.publish, TOPIC, *texts)

    def hear(self, text: str | None) -> None:
        """Take what another process reports; called in the listener's thread."""
        if text is not None and self.loop is not None:
            uid, ask, id, shown = _read(text)
            # A loop that has been closed has no members left.
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(_meet, uid, ask, id, shown)


_post = _Post()
broadcast.subscribe(TOPIC, _post.hear)


def _meet(uid: UUID, ask: bool, id: str, shown: JsonObject | None) -> None:
    """Show the members here one of another process, or that it has left."""
    room = _rooms.get(uid)
    if room is None:
        return
    member = room.members.get(id)
    if shown is None:
        if member is not None:
            del room.members[id]
            room.show(member, None)
    elif member is not None or len(room.members) < MAX_MEMBERS:
        fresh = member is None or member.facts != shown
        if member is None:
            member = room.members[id] = Member(id, shown, elsewhere=True)
        member.facts, member.seen = shown, time.monotonic()
        member.state = {"idle": True} if shown.get("idle") else {}
        if fresh:
            room.show(member, shown)
    if ask:
        for other in room.members.values():
            if other.here and not other.elsewhere:
                _post.report(uid, other)


def _text(uid: UUID, ask: bool, member: Member, gone: bool) -> str:
    shown = None if gone else member.shown()
    packed = _pack(member.id, shown)
    if shown is not None and len(packed) > MAX_PACKED:
        # That it is here, and where, is worth more than all that it has selected.
        packed = _pack(member.id, {**shown, "selected": [], "drag": {}})
    return f"{uid}{'?' if ask else '!'}{packed}"


def _pack(id: str, shown: JsonObject | None) -> str:
    return b64encode(json.dumps([id, shown], ensure_ascii=False).encode()).decode()


def _read(text: str) -> tuple[UUID, bool, str, JsonObject | None]:
    id, shown = json.loads(b64decode(text[37:]))
    return UUID(text[:36]), text[36] == "?", id, shown


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
