"""Every path of the fal dialect. Clients add a slash or leave it out as they please."""

from __future__ import annotations

from django.urls import path, re_path

from workflows.compat.fal import (
    errors,
    legacy,
    models,
    multipart,
    platform,
    proxy,
    running,
    storage,
    tokens,
    webhooks,
)

_REQUEST = r"^fal/queue/(?P<app>.+?)/requests/(?P<id>[^/]+)"
_IN_PARTS = "fal/cdn/files/<str:signed>/<str:name>/multipart/<str:ticket>"

urlpatterns = [
    path("v1/models", models.model_list),
    path("v1/models/pricing", models.pricing),
    path("v1/models/usage", models.usage),
    path("fal/site/api/openapi/queue/openapi.json", models.openapi),
    path("v1/workflows", platform.workflow_list),
    path("v1/workflows/<str:owner>/<str:name>", platform.workflow_detail),
    path("fal/run/<path:app>", running.run_app),
    re_path(_REQUEST + r"(?:/response)?/?$", running.request_result),
    re_path(_REQUEST + r"/status/?$", running.request_status),
    re_path(_REQUEST + r"/status/stream/?$", running.status_stream),
    re_path(_REQUEST + r"/cancel/?$", running.request_cancel),
    path("fal/queue/<path:app>", running.submit),
    re_path(r"^fal/rest/workflows/?$", legacy.workflow_list),
    path("fal/rest/workflows/<str:owner>/<str:name>", legacy.workflow_detail),
    re_path(r"^fal/rest/tokens/?$", tokens.token_create),
    path("fal/rest/.well-known/jwks.json", webhooks.jwks),
    path("fal/rest/storage/auth/token", storage.upload_token),
    path("fal/rest/storage/upload/initiate", storage.upload_initiate),
    path("fal/rest/storage/upload/initiate-multipart", storage.upload_initiate),
    path("fal/cdn/files/upload", storage.upload),
    path("fal/cdn/files/upload/multipart", multipart.begin),
    path("fal/cdn/files/<str:signed>", storage.file),
    path("fal/cdn/files/<str:signed>/<str:name>", storage.file),
    path(f"{_IN_PARTS}/complete", multipart.complete),
    path(f"{_IN_PARTS}/<int:number>", multipart.part),
    path("fal/cdn/put/<str:ticket>/<str:name>", storage.put),
    path("fal/cdn/put/<str:ticket>/<str:name>/complete", multipart.complete),
    path("fal/cdn/put/<str:ticket>/<str:name>/<int:number>", multipart.part),
    path("fal/proxy", proxy.proxy),
    re_path(r"^fal(?:/|$)", errors.nothing),
    re_path(r"^v1(?:/|$)", errors.nothing_platform),
]
