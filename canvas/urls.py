"""Every path of the site."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from canvas import api_docs, views

urlpatterns = [
    # The first, for most of what is requested is here.
    path("", include("workflows.api.urls")),
    path("", views.library, name="library"),
    path("app/editor/<str:slug>", views.editor, name="editor"),
    path("workflows/<str:slug>/history", views.history, name="history"),
    path("templates", views.templates_page, name="templates"),
    path("runs", views.runs_page, name="runs"),
    path("queue", views.queue_page, name="queue"),
    path("runs/<str:id>", views.run_page, name="run"),
    path("assets", views.assets_page, name="assets"),
    path("models", views.models_page, name="models"),
    path("runners", views.runners_page, name="runners"),
    path("play/<str:slug>", views.playground, name="playground"),
    path("settings", views.settings_page, name="settings"),
    path("login", views.login_page, name="login"),
    path("login/<str:key>", views.login_link, name="login_link"),
    path("invitation/<str:key>", views.invitation, name="invitation"),
    path("share/<str:key>", views.share_link, name="share_link"),
    path("logout", views.logout_page, name="logout"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics_page, name="metrics"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("api/docs", api_docs.api_docs, name="api_docs"),
    path("api/openapi.json", api_docs.openapi_json, name="openapi_json"),
    path("", include("workflows.compat.comfy.urls")),
    # The last: what no other has below /v1 is the Platform API's 404.
    path("", include("workflows.compat.fal.urls")),
]

if settings.ADMIN:
    from canvas.administration import site

    urlpatterns.append(path("admin/", site.urls))

handler400 = "canvas.views.bad_request"
handler403 = "canvas.views.forbidden"
handler404 = "canvas.views.not_found"
handler500 = "canvas.views.server_error"
