"""Every address of the API; none ends in a slash."""

from __future__ import annotations

from django.urls import path

from workflows.api import (
    account,
    assets,
    credentials,
    executions,
    folders,
    keys,
    nodes,
    public,
    schemas,
    webhooks,
    workflows,
)

urlpatterns = [
    path("api/workflows", workflows.WorkflowList.as_view()),
    path("api/workflows/<str:slug>", workflows.WorkflowDetail.as_view()),
    path("api/workflows/<str:slug>/move", workflows.WorkflowMove.as_view()),
    path("api/workflows/<str:slug>/duplicate", workflows.WorkflowDuplicate.as_view()),
    path("api/workflows/<str:slug>/changes", workflows.WorkflowChanges.as_view()),
    path("api/workflows/<str:slug>/schema", schemas.WorkflowSchema.as_view()),
    path("api/workflows/<str:slug>/public-schema", schemas.PublicSchema.as_view()),
    path("api/workflows/<str:slug>/run", executions.run_workflow),
    path("api/workflows/<str:slug>/public-run", public.PublicRun.as_view()),
    path("api/public-executions/<str:id>", public.PublicExecution.as_view()),
    path("api/public-executions/<str:id>/files/<str:file>", public.PublicFile.as_view()),
    path("api/folders", folders.FolderList.as_view()),
    path("api/folders/<str:id>", folders.FolderDetail.as_view()),
    path("api/executions", executions.ExecutionList.as_view()),
    path("api/executions/<str:id>", executions.ExecutionDetail.as_view()),
    path("api/executions/<str:id>/cancel", executions.ExecutionCancel.as_view()),
    path("api/executions/<str:id>/retry", executions.ExecutionRetry.as_view()),
    path("api/executions/<str:id>/events", executions.execution_events),
    path("api/uploads", assets.Uploads.as_view()),
    path("api/models", nodes.Models.as_view()),
    path("api/models/<str:name>/run", executions.run_model),
    path("api/nodes", nodes.NodeTypes.as_view()),
    path("api/api-keys", keys.KeyList.as_view()),
    path("api/api-keys/presets", keys.KeyPresets.as_view()),
    path("api/api-keys/<str:id>", keys.KeyDetail.as_view()),
    path("api/api-keys/<str:id>/webhook", webhooks.WebhookDetail.as_view()),
    path("api/api-keys/<str:id>/webhook/test", webhooks.WebhookTest.as_view()),
    path("api/account", account.Account.as_view()),
    path("api/account/password", account.Password.as_view()),
    path("api/account/usage", account.Usage.as_view()),
    path("api/invitations", account.Invitations.as_view()),
    path("api/credentials", credentials.CredentialList.as_view()),
    path("api/credentials/<str:id>", credentials.CredentialDetail.as_view()),
    path("api/whoami", nodes.WhoAmI.as_view()),
    path("media/<str:id>", assets.media),
]
