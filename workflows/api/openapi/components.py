"""The shapes the description refers to by name."""

from __future__ import annotations

from workflows.api.openapi.row import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    TIME,
    UUID,
    listed,
    nullable,
    one,
    ref,
)
from workflows.types import JsonObject

_FLAGS = {
    "publicPlayground": BOOLEAN,
    "hidden": BOOLEAN,
    "archived": BOOLEAN,
    "isTemplate": BOOLEAN,
}
#: There only where somebody has set it.
_EMBED: dict[str, JsonObject] = {
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
    "cover": nullable(OBJECT),
    "thumbnail": nullable(STRING),
    "folderId": nullable(STRING),
    **_FLAGS,
    **_EMBED,
}
_SUMMARY: dict[str, JsonObject] = {
    "slug": STRING,
    "name": STRING,
    "description": STRING,
    "tags": listed(STRING),
    **_FLAGS,
    "cover": nullable(OBJECT),
    "thumbnail": nullable(STRING),
    "createdBy": STRING,
    "estimatedCreditCost": nullable(NUMBER),
    "folderId": nullable(STRING),
    "version": INTEGER,
    "formats": listed(STRING),
    "nodeCount": INTEGER,
    "lastRun": nullable(ref("LastRun")),
    "appId": STRING,
    "createdAt": TIME,
    "updatedAt": TIME,
}
_RUN: dict[str, JsonObject] = {
    "executionId": UUID,
    "requestId": nullable(STRING),
    "workflowSlug": nullable(STRING),
    "name": STRING,
    "modelIds": listed(STRING),
    "status": {"enum": ["processing", "completed", "failed", "cancelled"]},
    "state": STRING,
    "source": {"enum": ["canvas", "api", "fal", "comfy"]},
    "keyId": nullable(STRING),
    "result": ANY,
    "error": nullable(OBJECT),
    "cost": NUMBER,
    "ms": nullable(INTEGER),
    "createdAt": TIME,
    "startedAt": nullable(TIME),
    "completedAt": nullable(TIME),
}
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
    "cover": nullable(one("image", "video", image=STRING, video=nullable(STRING))),
    "fields": listed(OBJECT),
    "values": OBJECT,
}

COMPONENTS: dict[str, JsonObject] = {
    "Error": one("error", error=STRING, code=STRING, field=ANY, value=ANY, expected=ANY),
    "Node": one(
        "id", "type", "position", "data",
        id=_LABEL, type=_LABEL, position=one("x", "y", x=NUMBER, y=NUMBER), data=OBJECT,
    ),
    "Edge": one(
        "id", "source", "target",
        id=_LABEL, source=_LABEL, target=_LABEL,
        sourceHandle=nullable(STRING), targetHandle=nullable(STRING),
    ),
    "Viewport": one("x", "y", "zoom", x=NUMBER, y=NUMBER, zoom=NUMBER),
    "LastRun": one(
        "executionId", "status",
        executionId=UUID, status=STRING, ms=nullable(INTEGER), finishedAt=nullable(TIME),
        failedNode=nullable(STRING),
    ),
    "WorkflowSummary": one(*_SUMMARY, **_SUMMARY),
    "Workflow": one(
        *_SUMMARY, "nodes", "edges", "viewport", "canEdit",
        **_SUMMARY, **_EMBED, nodes=listed(ref("Node")), edges=listed(ref("Edge")),
        viewport=ref("Viewport"), canEdit=BOOLEAN, removed=listed(STRING),
    ),
    "NewWorkflow": one("name", **_EDITABLE),
    "WorkflowPart": one(**_EDITABLE),
    "Schema": one(*_SCHEMA, "estimatedCreditCost", **_SCHEMA, estimatedCreditCost=nullable(NUMBER)),
    "PublicSchema": one(*_SCHEMA, **_SCHEMA),
    "Changes": one(
        "baseVersion", "batchId", "operations",
        baseVersion={"type": "integer", "minimum": 1}, batchId=UUID,
        label={"type": "string", "maxLength": 200},
        operations={"type": "array", "items": ref("Operation"), "minItems": 1, "maxItems": 20_000},
    ),
    "Operation": one(
        "op",
        op={"enum": [
            "node.add", "node.remove", "node.set", "field.set", "edge.add", "edge.remove",
            "edge.set", "meta.set", "node.order", "edge.order",
        ]},
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
    "Inputs": one("inputs", inputs=OBJECT),
    "RunRequest": one(
        "inputs", inputs=OBJECT, force=BOOLEAN,
        maxCredits={"type": ["number", "null"], "minimum": 0},
        only={"type": ["array", "null"], "items": STRING, "minItems": 1},
        webhookUrl=nullable(STRING), webhookSigned=nullable(BOOLEAN),
        webhookSecret={"type": ["string", "null"], "minLength": 16, "maxLength": 256},
    ),
    "RunPlan": one(
        "version", "run", "cached", "passed", "skipped", "problems", "upToDate",
        version=INTEGER, run=listed(STRING), cached=listed(STRING), passed=listed(STRING),
        skipped=listed(STRING), problems=listed(OBJECT), upToDate=listed(STRING),
    ),
    "NodeResults": one(
        "version", "nodes",
        version=INTEGER,
        nodes={"type": "object", "additionalProperties": one(
            "executionId", "outputs", "ms", "cached", "finishedAt", "outdated",
            executionId=UUID, outputs=OBJECT, ms=nullable(INTEGER), cached=BOOLEAN,
            finishedAt=TIME, outdated=BOOLEAN,
        )},
    ),
    "ExecutionWorkflow": one(
        "executionId", "workflowSlug", "name", "createdAt", "inputs", "nodes", "edges",
        executionId=UUID, workflowSlug=_LABEL, name=STRING, createdAt=TIME, inputs=OBJECT,
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
        **_RUN, progress=NUMBER, inputs=OBJECT, randomized=OBJECT, lastSeq=INTEGER,
        nodes=listed(one(
            "id", "status",
            id=STRING, status=STRING, ms=nullable(INTEGER), cost=NUMBER, cached=BOOLEAN,
            error=nullable(OBJECT),
            outputs=ANY, warnings=listed(STRING),
        )),
    ),
    "PublicExecution": one(
        "executionId", "status", "result", "error", "ms", "createdAt", "completedAt",
        executionId=UUID, status=_RUN["status"], result=ANY, error=nullable(OBJECT),
        ms=nullable(INTEGER), createdAt=TIME, completedAt=nullable(TIME),
    ),
    "MediaReference": one(
        "asset", "url", "content_type", "size", "sha256", "id", "contentType", "kind",
        asset=UUID, url=STRING, content_type=STRING, size=INTEGER, sha256=STRING,
        width=nullable(INTEGER), height=nullable(INTEGER), duration=NUMBER, name=STRING,
        id=UUID, contentType=STRING, kind={"enum": ["image", "video", "audio", "file"]},
    ),
    "Model": one(
        "internalName", "name", "description", "category", "fields", "outputs", "creditCost",
        internalName=STRING, name=STRING, description=STRING, category=STRING,
        fields=listed(OBJECT), outputs=listed(OBJECT), creditCost=nullable(NUMBER),
    ),
    "Imported": one(
        "format", "name", "description", "document", "warnings", "removed",
        format={"enum": ["patchbay", "fal", "comfy"]}, name=STRING, description=STRING,
        document=one("nodes", "edges", nodes=listed(ref("Node")), edges=listed(ref("Edge"))),
        warnings=listed(STRING), removed=listed(STRING),
    ),
    "App": one(
        "id", "name", "description", "kind",
        id=STRING, name=STRING, description=STRING, kind={"enum": ["workflow", "utility"]},
        slug=STRING, fields=listed(OBJECT), outputs=listed(OBJECT),
    ),
    "Catalogue": one(
        "nodeTypes", "fieldTypes", "portTypes", "conversions",
        nodeTypes=listed(OBJECT), fieldTypes=OBJECT, portTypes=listed(STRING), conversions=OBJECT,
    ),
    "WhoAmI": one(
        "userId", "username", "email", "tier", "auth", "keyId", "capabilities",
        userId=STRING, username=STRING, email=STRING, tier=STRING,
        auth={"enum": ["session", "api-key"]}, keyId=nullable(STRING), capabilities=listed(STRING),
        credits=ref("Credits"),
    ),
}  # fmt: skip
