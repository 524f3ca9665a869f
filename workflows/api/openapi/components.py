"""The shapes of workflows, runs and files that the description refers to by name."""

from __future__ import annotations

from workflows.api.openapi.classes import component
from workflows.api.openapi.row import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    UUID,
    listed,
    nullable,
    one,
    opened,
    ref,
    whole,
)
from workflows.api.shapes import WorkflowSummary
from workflows.graph import formats
from workflows.services.library.workflows import Places
from workflows.types import JsonObject

_FLAGS = {"publicPlayground": BOOLEAN, "hidden": BOOLEAN, "archived": BOOLEAN}
#: There only where it is set.
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
#: What a client may send of a workflow.
_EDITABLE: dict[str, JsonObject] = {
    "name": _NAME,
    "description": nullable({"type": "string", "maxLength": 20_000}),
    "tags": nullable(_TAGS),
    "nodes": listed(ref("Node")),
    "edges": listed(ref("Edge")),
    "viewport": nullable(ref("Viewport")),
    "cover": nullable(opened(whole(image=STRING))),
    "thumbnail": nullable(STRING),
    **_FLAGS,
    **_OPENING,
    **component(Places)["properties"],
}
_SUMMARY: dict[str, JsonObject] = component(WorkflowSummary)["properties"]
_MEDIA: dict[str, JsonObject] = {
    "asset": UUID,
    "url": STRING,
    "content_type": STRING,
}
#: What is not known of every file; size and hash of a video that is no file yet.
_MEASURES: dict[str, JsonObject] = {
    "size": INTEGER,
    "sha256": STRING,
    "name": STRING,
    "width": INTEGER,
    "height": INTEGER,
    "duration": NUMBER,
}
COMPONENTS: dict[str, JsonObject] = {
    "Error": one("error", error=STRING, code=STRING, field=ANY, value=ANY, expected=ANY),
    "Problem": one(
        "code",
        "message",
        code=STRING,
        message=STRING,
        nodeId=STRING,
        field=STRING,
        value=ANY,
        expected=STRING,
        edgeId=STRING,
    ),
    "RunError": opened(
        one(
            "message",
            message=STRING,
            code=STRING,
            nodeId=nullable(STRING),
            nodeName=nullable(STRING),
        )
    ),
    "NodeFailure": opened(
        one(
            "message",
            message=STRING,
            status=INTEGER,
            body=opened(whole(code=STRING)),
        )
    ),
    "Workflow": opened(
        whole(
            "removed",
            *_OPENING,
            **_SUMMARY,
            **_OPENING,
            nodes=listed(ref("Node")),
            edges=listed(ref("Edge")),
            viewport=ref("Viewport"),
            epoch=UUID,
            canEdit=BOOLEAN,
            removed=listed(STRING),
        )
    ),
    "NewWorkflow": opened(one("name", **_EDITABLE)),
    "WorkflowPart": opened(one(**_EDITABLE)),
    "MediaReference": one(*_MEDIA, **_MEDIA, **_MEASURES),
    "Upload": whole(
        *_MEASURES,
        **_MEDIA,
        **_MEASURES,
        id=UUID,
        contentType=STRING,
        kind={"enum": ["image", "video", "audio", "file"]},
    ),
    "Format": {"enum": list(formats.NAMES)},
    "StoredCover": opened(one(image=STRING)),
    "ImportedDocument": opened(whole(nodes=listed(ref("Node")), edges=listed(ref("Edge")))),
    "App": whole(
        "slug",
        "fields",
        "outputs",
        id=STRING,
        name=STRING,
        description=STRING,
        kind={"enum": ["workflow", "utility"]},
        slug=STRING,
        fields=listed(ref("RequestField")),
        outputs=listed(ref("Output")),
    ),
}
