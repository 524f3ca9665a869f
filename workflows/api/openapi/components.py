"""The shapes of workflows, runs and files that the description refers to by name."""

from __future__ import annotations

from workflows.api.openapi.classes import component
from workflows.api.openapi.row import (
    ANY,
    BOOLEAN,
    FREE,
    INTEGER,
    NUMBER,
    STRING,
    TIME,
    UUID,
    listed,
    nullable,
    one,
    opened,
    ref,
)
from workflows.graph import formats
from workflows.graph.ports import Input
from workflows.models import StepStatus
from workflows.types import JsonObject

_FLAGS = {
    "publicPlayground": BOOLEAN,
    "hidden": BOOLEAN,
    "archived": BOOLEAN,
    "isTemplate": BOOLEAN,
}
#: There only where somebody has set it.
_OPENING: dict[str, JsonObject] = {
    "publicRun": BOOLEAN,
    "embedOrigins": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 20},
}
_TAGS: JsonObject = {
    "type": "array",
    "items": {"type": "string", "maxLength": 40},
    "maxItems": 50,
}
_NAME: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}
_FOLDER_NAME: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200}
_LABEL: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200}

#: What a client may send of a workflow.
_EDITABLE: dict[str, JsonObject] = {
    "name": _NAME,
    "description": nullable({"type": "string", "maxLength": 20_000}),
    "tags": nullable(_TAGS),
    "nodes": listed(ref("Node")),
    "edges": listed(ref("Edge")),
    "viewport": nullable(ref("Viewport")),
    "cover": nullable(opened(one("image", image=STRING))),
    "thumbnail": nullable(STRING),
    "folderId": nullable(STRING),
    **_FLAGS,
    **_OPENING,
}
_SUMMARY: dict[str, JsonObject] = {
    "slug": STRING,
    "name": STRING,
    "description": STRING,
    "tags": listed(STRING),
    **_FLAGS,
    "cover": nullable(opened(one(image=STRING))),
    "thumbnail": nullable(STRING),
    "createdBy": STRING,
    "estimatedCreditCost": nullable(NUMBER),
    "folderId": nullable(STRING),
    "version": INTEGER,
    "formats": listed(ref("Format")),
    "nodeCount": INTEGER,
    "lastRun": nullable(ref("LastRun")),
    "appId": STRING,
    "createdAt": TIME,
    "updatedAt": TIME,
}
_STATUS: JsonObject = {"enum": ["processing", "completed", "failed", "cancelled"]}
_RUN: dict[str, JsonObject] = {
    "executionId": UUID,
    "requestId": nullable(STRING),
    "workflowSlug": nullable(STRING),
    "name": STRING,
    "modelIds": listed(STRING),
    "status": _STATUS,
    "state": STRING,
    "source": {"enum": ["canvas", "api", "fal", "comfy"]},
    "keyId": nullable(STRING),
    "result": ANY,
    "error": nullable(ref("RunError")),
    "cost": NUMBER,
    "ms": nullable(INTEGER),
    "createdAt": TIME,
    "startedAt": nullable(TIME),
    "completedAt": nullable(TIME),
}
_NODE: dict[str, JsonObject] = {
    "id": STRING,
    "status": {"enum": ["pending", *StepStatus.values]},
    "ms": nullable(INTEGER),
    "cost": NUMBER,
    "cached": BOOLEAN,
    "error": nullable(ref("NodeFailure")),
    "outputs": nullable(FREE),
    "warnings": listed(STRING),
}
_MEDIA: dict[str, JsonObject] = {
    "asset": UUID,
    "url": STRING,
    "content_type": STRING,
    "size": INTEGER,
    "sha256": STRING,
}
#: What is not known of every file.
_MEASURES: dict[str, JsonObject] = {
    "name": STRING, "width": INTEGER, "height": INTEGER, "duration": NUMBER,
}  # fmt: skip
_MODEL_INPUT: dict[str, JsonObject] = {
    name: component(Input)["properties"][name]
    for name in (
        "name", "label", "type", "widget", "required", "default", "options", "min", "max", "step",
        "unit", "help", "many",
    )
}  # fmt: skip
_FOLDER: dict[str, JsonObject] = {
    "id": STRING,
    "name": STRING,
    "parentId": nullable(STRING),
    "workflowCount": INTEGER,
    "createdAt": TIME,
    "updatedAt": TIME,
}
_SCHEMA: dict[str, JsonObject] = {
    "name": STRING,
    "description": STRING,
    "cover": nullable(ref("Cover")),
    "fields": listed(ref("RequestField")),
    "values": FREE,
}

COMPONENTS: dict[str, JsonObject] = {
    "Error": one("error", error=STRING, code=STRING, field=ANY, value=ANY, expected=ANY),
    "Cover": one("image", "video", image=STRING, video=nullable(STRING)),
    "Problem": one(
        "code", "message",
        code=STRING, message=STRING, nodeId=STRING, field=STRING, value=ANY, expected=STRING,
        edgeId=STRING,
    ),
    "RunError": opened(one(
        "message", message=STRING, code=STRING, nodeId=nullable(STRING), nodeName=nullable(STRING),
    )),
    "NodeFailure": opened(one(
        "message", message=STRING, status=INTEGER, body=opened(one("code", code=STRING)),
    )),
    "LastRun": one(
        "executionId", "status", "ms", "finishedAt", "failedNode",
        executionId=UUID, status=_STATUS, ms=nullable(INTEGER), finishedAt=nullable(TIME),
        failedNode=nullable(STRING),
    ),
    "WorkflowSummary": one(*_SUMMARY, **_SUMMARY),
    "Workflow": opened(one(
        *_SUMMARY, "nodes", "edges", "viewport", "canEdit",
        **_SUMMARY, **_OPENING, nodes=listed(ref("Node")), edges=listed(ref("Edge")),
        viewport=ref("Viewport"), canEdit=BOOLEAN, removed=listed(STRING),
    )),
    "NewWorkflow": opened(one("name", **_EDITABLE)),
    "WorkflowPart": opened(one(**_EDITABLE)),
    "Schema": one(*_SCHEMA, "estimatedCreditCost", **_SCHEMA, estimatedCreditCost=nullable(NUMBER)),
    "PublicSchema": one(*_SCHEMA, **_SCHEMA),
    "Changes": one(
        "baseVersion", "batchId", "operations",
        baseVersion={"type": "integer", "minimum": 1}, batchId=UUID,
        label={"type": "string", "maxLength": 200},
        operations={"type": "array", "items": ref("Operation"), "minItems": 1, "maxItems": 20_000},
    ),
    "Folder": one(*_FOLDER, **_FOLDER),
    "NewFolder": one("name", name=_FOLDER_NAME, parentId=nullable(STRING)),
    "FolderPart": {**one(name=_FOLDER_NAME, parentId=nullable(STRING)), "minProperties": 1},
    "Alias": one(
        "id", "app", "site", "workflow", "createdAt", id=STRING, app=STRING, site=BOOLEAN,
        workflow=nullable(one(
            "slug", "name", "owner", slug=STRING, name=STRING, owner=STRING,
        )),
        createdAt=TIME,
    ),
    "NewAlias": one(
        "app", "workflow", app={"type": "string", "minLength": 1, "maxLength": 300},
        workflow=STRING, site=BOOLEAN,
    ),
    "Inputs": one("inputs", inputs=FREE),
    "RunRequest": one(
        "inputs", inputs=FREE, force=BOOLEAN,
        maxCredits={"type": ["number", "null"], "minimum": 0},
        only={"type": ["array", "null"], "items": STRING, "minItems": 1},
        webhookUrl=nullable(STRING), webhookSigned=nullable(BOOLEAN),
        webhookSecret={"type": ["string", "null"], "minLength": 16, "maxLength": 256},
    ),
    "RunPlan": one(
        "version", "run", "cached", "passed", "skipped", "problems", "upToDate",
        version=INTEGER, run=listed(STRING), cached=listed(STRING), passed=listed(STRING),
        skipped=listed(STRING), problems=listed(ref("Problem")), upToDate=listed(STRING),
    ),
    "NodeResults": one(
        "version", "nodes",
        version=INTEGER,
        nodes={"type": "object", "additionalProperties": ref("NodeResult")},
    ),
    "NodeResult": one(
        "executionId", "outputs", "ms", "cached", "finishedAt", "outdated",
        executionId=UUID, outputs=nullable(FREE), ms=nullable(INTEGER), cached=BOOLEAN,
        finishedAt=TIME, outdated=BOOLEAN,
    ),
    "ExecutionWorkflow": one(
        "executionId", "workflowSlug", "name", "createdAt", "inputs", "nodes", "edges",
        executionId=UUID, workflowSlug=_LABEL, name=STRING, createdAt=TIME, inputs=FREE,
        nodes=listed(ref("Node")), edges=listed(ref("Edge")),
    ),
    "Result": one(
        "success", "result", "cost", "ms", "executionId",
        success={"const": True}, result=ANY, cost=NUMBER, ms=INTEGER, executionId=UUID,
    ),
    "Accepted": one(
        "_async", "executionId", "requestId", "status", "webhookDelivery", "pollUrl",
        _async={"const": True}, executionId=UUID, requestId=nullable(STRING), status=STRING,
        webhookDelivery=one("configured", configured=BOOLEAN, url=STRING), pollUrl=STRING,
    ),
    "ExecutionSummary": one(*_RUN, **_RUN),
    "Execution": one(
        *_RUN, "progress", "inputs", "randomized", "lastSeq", "nodes",
        **_RUN, progress=NUMBER, inputs=FREE, randomized=ref("Drawn"), lastSeq=INTEGER,
        nodes=listed(ref("ExecutionNode")),
    ),
    "ExecutionNode": one(*_NODE, **_NODE),
    "Drawn": {
        "type": "object",
        "description": "The random numbers a run has drawn, by node and field.",
        "additionalProperties": {"type": "object", "additionalProperties": NUMBER},
    },
    "PublicExecution": one(
        "executionId", "status", "progress", "result", "error", "ms", "createdAt", "completedAt",
        executionId=UUID, status=_STATUS, progress=NUMBER, result=ANY,
        error=nullable(one("message", message=nullable(STRING))), ms=nullable(INTEGER),
        createdAt=TIME, completedAt=nullable(TIME),
    ),
    "MediaReference": one(*_MEDIA, **_MEDIA, **_MEASURES),
    "Upload": one(
        *_MEDIA, "id", "contentType", "kind",
        **_MEDIA, **_MEASURES, id=UUID, contentType=STRING,
        kind={"enum": ["image", "video", "audio", "file"]},
    ),
    "Model": one(
        "internalName", "name", "description", "category", "fields", "outputs", "creditCost",
        internalName=STRING, name=STRING, description=STRING, category=STRING,
        fields=listed(one(*_MODEL_INPUT, **_MODEL_INPUT)), outputs=listed(ref("Output")),
        creditCost=nullable(NUMBER),
    ),
    "Format": {"enum": list(formats.NAMES)},
    "Imported": one(
        "format", "name", "description", "document", "warnings", "removed",
        format=ref("Format"), name=STRING, description=STRING,
        document=opened(
            one("nodes", "edges", nodes=listed(ref("Node")), edges=listed(ref("Edge"))),
        ),
        warnings=listed(STRING), removed=listed(STRING),
    ),
    "App": one(
        "id", "name", "description", "kind",
        id=STRING, name=STRING, description=STRING, kind={"enum": ["workflow", "utility"]},
        slug=STRING, fields=listed(ref("RequestField")), outputs=listed(ref("Output")),
    ),
    "WhoAmI": one(
        "userId", "username", "email", "tier", "auth", "keyId", "capabilities",
        userId=STRING, username=STRING, email=STRING, tier=STRING,
        auth={"enum": ["session", "api-key"]}, keyId=nullable(STRING), capabilities=listed(STRING),
        credits=ref("Credits"),
    ),
}  # fmt: skip
