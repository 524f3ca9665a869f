"""Browser sessions by their key: whose one is, as the database has them now."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from workflows.models import User


def session_user(*, key: str | None) -> User | None:
    """Return the active user of a session; None when it has ended.

    It ends by logging out, by its time, by a new password and by deactivation.
    """
    if not key:
        return None
    request = HttpRequest()
    engine: Any = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(key)
    user = get_user(request)
    return user if user.is_authenticated and user.is_active else None
