"""Django's admin at /admin: behind our own login page, and lazily, because few ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import django.contrib.admin
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from workflows import admin

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Administration(AdminSite):
    """The admin site of Patchbay."""

    site_header = site_title = "Patchbay"
    index_title = "Administration"

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send users to the one login page, whose limits on guessing hold here too."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", "/admin/"), settings.LOGIN_URL)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Give a view of the admin its messages; no other page has any."""
        checked = super().admin_view(view, cacheable)

        def with_messages(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            messages = request._messages = default_storage(request)  # type: ignore[attr-defined]
            response = checked(request, *args, **kwargs)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            messages.update(response)
            return response

        return cast(View, update_wrapper(with_messages, checked))


def static_folders() -> dict[str, Path]:
    """Return the admin's own static files by their place."""
    return {"admin/": Path(django.contrib.admin.__file__).parent / "static" / "admin"}


site = Administration(name="admin")
admin.register(site)
