"""Watches over open streams: one whose key is revoked, or whose session is over, ends in a second.

One thread checks for all watchers together, so a thousand of them cost three queries a round; it
stays for a round without any, so that short streams do not begin a thread each. Any
change of what a watcher has shown ends it: who may still watch comes back and is judged again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
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
from workflows.models import Collaborator, Token, User

logger = logging.getLogger(__name__)

ROUND_SECONDS = 0.5


#: The id of a share and the role it gave.
Share = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Principal:
    """What a watcher has shown, a key or a session, and the account's state then."""

    user_id: int
    account: tuple[Any, ...]
    token_id: int | None = None
    session_key: str | None = None
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class _Watcher:
    principal: Principal
    over: asyncio.Future[None]

    def end(self) -> None:
        # A loop that has closed meanwhile streams nothing any more.
        with suppress(RuntimeError):
            self.over.get_loop().call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self.over.done():
            self.over.set_result(None)


def principal(
    user: User, *, token: Token | None = None, session_key: str | None = None
) -> Principal:
    """Return the principal of a user who has just been let in."""
    account = (user.is_active, user.tier, user.password)
    return Principal(user.pk, account, token.pk if token else None, session_key)


@contextmanager
def watched(principal: Principal) -> Iterator[asyncio.Future[None]]:
    """Yield a future of this loop, done when the principal stops counting while inside."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    key = next(_keys)
    with _changed:
        _watchers[key] = _Watcher(principal, over)
        _start()
    try:
        yield over
    finally:
        with _changed:
            _watchers.pop(key, None)


_keys = count()
_changed = threading.Lock()
_watchers: dict[int, _Watcher] = {}
_thread: threading.Thread | None = None


def _start() -> None:
    global _thread
    if _thread is None:
        _thread = threading.Thread(target=_run, name="patchbay-revocation", daemon=True)
        _thread.start()


def _run() -> None:
    global _thread
    try:
        while True:
            time.sleep(ROUND_SECONDS)
            with _changed:
                if not _watchers:
                    _thread = None
                    return
                watchers = dict(_watchers)
            try:
                lost = _lost({watcher.principal for watcher in watchers.values()}, timezone.now())
            except Error as error:
                logger.warning("the revocation watcher waits for the database: %s", error)
                database.drop_connection()
                continue
            for key, watcher in watchers.items():
                if watcher.principal in lost:
                    with _changed:
                        known = _watchers.pop(key, None)
                    if known is not None:
                        known.end()
    finally:
        database.drop_connection()


def _lost(principals: set[Principal], now: datetime) -> set[Principal]:
    """Return the principals that do not count any more."""
    users = {principal.user_id for principal in principals}
    tokens = {principal.token_id for principal in principals if principal.token_id is not None}
    keys = {principal.session_key for principal in principals if principal.session_key is not None}
    rows = User.objects.filter(pk__in=users, is_active=True)
    accounts = {pk: facts for pk, *facts in rows.values_list("pk", "is_active", "tier", "password")}
    good: set[object] = {None}
    shares = {principal.share[0] for principal in principals if principal.share is not None}
    if shares:
        good |= set(Collaborator.objects.filter(pk__in=shares).values_list("pk", "role"))
    if tokens:
        found = Token.objects.filter(pk__in=tokens, revoked_at=None)
        good |= {
            pk for pk, end in found.values_list("pk", "expires_at") if end is None or end > now
        }
    if keys:
        open_ = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
        good |= set(open_.values_list("session_key", flat=True))
    return {
        principal
        for principal in principals
        if accounts.get(principal.user_id) != list(principal.account)
        or principal.token_id not in good
        or principal.session_key not in good
        or principal.share not in good
    }
