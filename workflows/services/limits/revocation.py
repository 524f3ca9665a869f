"""Watches over open streams: one whose key is revoked, or whose session is over, ends in a second.

One thread asks for all watchers together, so a thousand of them cost three queries a round. Any
change of what a watcher has shown ends it: who may still watch comes back and is judged again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.contrib.sessions.models import Session
from django.db import Error
from django.utils import timezone

from workflows import database
from workflows.models import Token, User

logger = logging.getLogger(__name__)

ROUND_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Badge:
    """What a watcher has shown, a key or a session, and how the account stood then."""

    user_id: int
    account: tuple[Any, ...]
    token_id: int | None = None
    session_key: str | None = None


@dataclass(frozen=True, slots=True)
class _Watcher:
    badge: Badge
    over: asyncio.Future[None]

    def end(self) -> None:
        # A loop that has closed meanwhile streams nothing any more.
        with suppress(RuntimeError):
            self.over.get_loop().call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self.over.done():
            self.over.set_result(None)


def badge(user: User, *, token: Token | None = None, session_key: str | None = None) -> Badge:
    """Return the badge of somebody who has just been let in."""
    account = (user.is_active, user.tier, user.password)
    return Badge(user.pk, account, token.pk if token else None, session_key)


@contextmanager
def watched(badge: Badge) -> Iterator[asyncio.Future[None]]:
    """Yield a future of this loop, done when the badge stops counting while inside."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    key = next(_keys)
    with _changed:
        _watchers[key] = _Watcher(badge, over)
        _start()
    try:
        yield over
    finally:
        with _changed:
            _watchers.pop(key, None)
            _changed.notify()


_keys = count()
_changed = threading.Condition()
_watchers: dict[int, _Watcher] = {}
_thread: threading.Thread | None = None


def _start() -> None:
    global _thread
    if _thread is None:
        _thread = threading.Thread(target=_run, name="patchbay-vigil", daemon=True)
        _thread.start()


def _run() -> None:
    global _thread
    try:
        while True:
            with _changed:
                _changed.wait_for(lambda: not _watchers, ROUND_SECONDS)
                if not _watchers:
                    _thread = None
                    return
                watchers = dict(_watchers)
            try:
                lost = _lost({watcher.badge for watcher in watchers.values()}, timezone.now())
            except Error as error:
                logger.warning("the vigil waits for the database: %s", error)
                database.drop_connection()
                continue
            for key, watcher in watchers.items():
                if watcher.badge in lost:
                    with _changed:
                        known = _watchers.pop(key, None)
                    if known is not None:
                        known.end()
    finally:
        database.drop_connection()


def _lost(badges: set[Badge], now: datetime) -> set[Badge]:
    """Return the badges that do not count any more."""
    users = {badge.user_id for badge in badges}
    tokens = {badge.token_id for badge in badges if badge.token_id is not None}
    keys = {badge.session_key for badge in badges if badge.session_key is not None}
    rows = User.objects.filter(pk__in=users, is_active=True)
    accounts = {pk: facts for pk, *facts in rows.values_list("pk", "is_active", "tier", "password")}
    good: set[object] = {None}
    if tokens:
        found = Token.objects.filter(pk__in=tokens, revoked_at=None)
        good |= {
            pk for pk, end in found.values_list("pk", "expires_at") if end is None or end > now
        }
    if keys:
        open_ = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
        good |= set(open_.values_list("session_key", flat=True))
    return {
        badge
        for badge in badges
        if accounts.get(badge.user_id) != list(badge.account)
        or badge.token_id not in good
        or badge.session_key not in good
    }
