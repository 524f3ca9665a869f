"""Who is behind a WebSocket: the session cookie's user, read again whenever it matters."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists
from django.utils import timezone

from workflows import database
from workflows.errors import InvalidBody, WorkflowNotFound
from workflows.models import Role, Run, User, Workflow
from workflows.prepared import Parameter, PreparedQuery
from workflows.services.identity import sessions
from workflows.services.library import access
from workflows.services.limits import revocation
from workflows.services.limits.revocation import Principal
from workflows.types import Json, JsonObject

#: A run of an account that is as it was when its session was read, while that session is open.
_OWN_RUN = PreparedQuery(
    lambda: Run.objects.filter(
        Exists(
            Session.objects.filter(
                session_key=Parameter("key"),
                expire_date__gt=Parameter("now", Session._meta.get_field("expire_date")),
            )
        ),
        pk=Parameter("run", Run._meta.pk),
        owner=Parameter("user"),
        owner__is_active=True,
        owner__password=Parameter("password"),
    ).values_list("pk")
)


class SocketUser:
    """The user of one socket. Logging out, deactivation and a new password end it."""

    def __init__(self, cookies: Mapping[str, str]) -> None:
        self._key = cookies.get(settings.SESSION_COOKIE_NAME)
        self._user: User | None = None

    async def current(self) -> User | None:
        """Return the user as the database has them now, or None when the session is over."""
        return await database.call(sessions.session_user, key=self._key)

    async def principal(self) -> Principal | None:
        """Return what the revocation watcher looks after, or None when the session is over."""
        user = self._user = await self.current()
        return None if user is None else revocation.principal(user, session_key=self._key)

    async def may_watch(self, run_id: UUID) -> bool:
        """Return whether the session is good and the run is the user's own."""
        return self._user is not None and await database.call(self._owns, self._user, run_id)

    async def queue(self, whose: Json) -> int | None:
        """Return the account whose queue the user may follow, None for all. Raises InvalidBody."""
        user = await self.current()
        if user is not None and whose == "own":
            return user.pk
        if user is not None and whose == "all" and user.is_staff:
            return None
        raise InvalidBody(
            "This queue cannot be followed.",
            field="queue",
            value=whose if isinstance(whose, str) else None,
            expected="own, or for staff all",
        )

    async def opened(self, slug: str) -> tuple[Workflow, revocation.Share | None, JsonObject]:
        """Return the workflow whose changes the user may follow, by which share, and who it is.

        Raises WorkflowNotFound.
        """
        return await database.call(self._opened, slug)

    def _opened(self, slug: str) -> tuple[Workflow, revocation.Share | None, JsonObject]:
        user = sessions.session_user(key=self._key)
        if user is None:
            raise WorkflowNotFound()
        share = access.collaborator_of(user=user, slug=slug, role=Role.VIEW)
        if share is not None:
            facts = {"user": str(user.pk), "name": user.username, "role": share.role}
            return share.workflow, (share.pk, share.role), facts
        access.workflow_own(user=user, slug=slug)
        facts = {"user": str(user.pk), "name": user.username, "role": "owner"}
        return access.workflow_readable(user=user, slug=slug), None, facts

    def _owns(self, user: User, run_id: UUID) -> bool:
        found = _OWN_RUN.one(
            key=self._key,
            now=timezone.now(),
            run=run_id,
            user=user.pk,
            password=user.password,
        )
        return found is not None
