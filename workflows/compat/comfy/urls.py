"""Every path of this API; any other path below them is a 404 of this API."""

from __future__ import annotations

from django.urls import path, re_path

from workflows.compat.comfy import errors, gallery, runners, streams, templates, workflows

urlpatterns = [
    path("v1/workflow", workflows.workflow_list),
    path("v1/workflow/<str:id>", workflows.workflow_detail),
    path("v1/workflow/<str:id>/cancel", workflows.workflow_cancel),
    path("v1/workflow/<str:id>/subscribe", streams.subscribe),
    path("v1/workflow/<str:id>/outputs", workflows.workflow_outputs),
    path("v1/workflow/<str:id>/rerun", workflows.workflow_rerun),
    path("v1/template", templates.template_list),
    path("v1/template/<str:id>", templates.template_detail),
    path("v1/template/<str:id>/parameters", templates.template_parameters),
    path("v1/template/<str:id>/run", templates.template_run),
    path("v1/runner", runners.runner_list),
    path("v1/runner/<str:id>", runners.runner_detail),
    path("v1/runner/<str:id>/test", runners.runner_test),
    path("v1/runner/<str:id>/health", runners.runner_health),
    path("v1/managed-runner", runners.managed_list),
    path("v1/managed-runner/<str:id>", runners.managed_detail),
    path("v1/user", gallery.user),
    path("v1/gallery", gallery.gallery),
    path("v1/file/<str:signed>", gallery.file),
    path("v1/file/<str:signed>/<str:name>", gallery.file),
    re_path(errors.PATHS.pattern.lstrip("/") + "$", errors.nothing),
]
#: Where bodies may be as large as MAX_COMFY_UPLOAD_MB; `*` is an id.
UPLOADS = (
    "/v1/workflow",
    "/v1/workflow/*/rerun",
    "/v1/template",
    "/v1/template/*",
    "/v1/template/*/run",
)
