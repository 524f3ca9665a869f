"""Who is behind a WebSocket: the session cookie's user, asked again whenever it matters."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings

from workflows.models import Run, User
from workflows.services.identity import sessions
from workflows.services.limits import revocation
from workflows.services.limits.revocation import Principal


class SocketUser:
    """The user of one socket. Logging out, deactivation and a new password end it."""

    def __init__(self, cookies: Mapping[str, str]) -> None:
        self._key = cookies.get(settings.SESSION_COOKIE_NAME)

    async def current(self) -> User | None:
        """Return the user as the database has them now, or None when the session is over."""
        user: User | None = await database_sync_to_async(sessions.session_user)(key=self._key)
        return user

    async def principal(self) -> Principal | None:
        """Return what the revocation watcher looks after, or None when the session is over."""
        user = await self.current()
        return None if user is None else revocation.principal(user, session_key=self._key)

    async def may_watch(self, run_id: UUID) -> bool:
        """Return whether the session is good and the run is the user's own."""
        owns: bool = await database_sync_to_async(self._owns)(run_id)
        return owns

    def _owns(self, run_id: UUID) -> bool:
        user = sessions.session_user(key=self._key)
        return user is not None and Run.objects.filter(pk=run_id, owner=user).exists()
