"""The rows about runners."""

from __future__ import annotations

from workflows.api.openapi.row import (
    BOOLEAN,
    DONE,
    FREE,
    INTEGER,
    NUMBER,
    STRING,
    TIME,
    UUID,
    Row,
    listed,
    nullable,
    one,
    parameter,
    ref,
)
from workflows.types import JsonObject

READ, WRITE = "`runner:read`", "`runner:write`"
_STATUS: JsonObject = {"enum": ["active", "disabled"]}
_TAGS: JsonObject = {
    "type": "array",
    "maxItems": 10,
    "items": {"type": "string", "minLength": 1, "maxLength": 64},
}
_HEADERS: JsonObject = {"type": "object", "additionalProperties": STRING, "maxProperties": 20}
_RUNNER: dict[str, JsonObject] = {
    "id": UUID,
    "name": STRING,
    "endpoint": STRING,
    "tags": listed(STRING),
    "status": _STATUS,
    "shared": BOOLEAN,
    "private": BOOLEAN,
    "mine": BOOLEAN,
    "headers": _HEADERS,
    "health": nullable(ref("RunnerHealth")),
    "lastSeenAt": nullable(TIME),
    "createdAt": TIME,
}
_WISH: dict[str, JsonObject] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"},
    "endpoint": {"type": "string", "maxLength": 2_000, "examples": ["http://192.168.1.100:8188"]},
    "headers": _HEADERS,
    "tags": _TAGS,
    "shared": BOOLEAN,
    "status": _STATUS,
}

RUNNER_SHAPES: JsonObject = {
    "Runner": one(*_RUNNER, **_RUNNER),
    "RunnerHealth": one(
        "state",
        "checkedAt",
        "version",
        "queueRemaining",
        "devices",
        "error",
        "latencyMs",
        state={"enum": ["up", "down", "unknown"]},
        checkedAt=nullable(TIME),
        version=STRING,
        queueRemaining=nullable(INTEGER),
        error=STRING,
        latencyMs=nullable(NUMBER),
        devices=listed(ref("RunnerDevice")),
    ),
    "RunnerDevice": one(
        "name",
        "vramTotal",
        "vramFree",
        name=STRING,
        vramTotal=nullable(NUMBER),
        vramFree=nullable(NUMBER),
    ),
    "NewRunner": one("name", "endpoint", **_WISH),
    "RunnerPart": one(**_WISH),
    "RunnerQueue": one(
        "running",
        "pending",
        running=listed(ref("RunnerQueueItem")),
        pending=listed(ref("RunnerQueueItem")),
    ),
    "RunnerLacking": one(
        "runner",
        "lacking",
        runner=nullable(one("id", "name", id=UUID, name=STRING)),
        lacking=nullable(ref("Lacking")),
    ),
    "Lacking": one(
        "classes",
        "options",
        classes=listed(STRING),
        options=listed(
            one(
                "node",
                "nodeType",
                "input",
                "value",
                node=STRING,
                nodeType=STRING,
                input=STRING,
                value=STRING,
            )
        ),
    ),
    "RunnerQueueItem": one("promptId", "mine", executionId=UUID, promptId=STRING, mine=BOOLEAN),
}

RUNNERS: dict[tuple[str, str], Row] = {
    ("GET", "/api/runners"): Row(
        "listRunners",
        "Runners",
        "List the runners one may use",
        {200: ("One's own, newest first, then those others share.", listed(ref("Runner")))},
        READ,
    ),
    ("POST", "/api/runners"): Row(
        "createRunner",
        "Runners",
        "Register a ComfyUI server",
        {201: ("The runner.", ref("Runner"))},
        WRITE,
        body=ref("NewRunner"),
        more="Staff only, unless the server lets everybody.",
    ),
    ("GET", "/api/runners/{id}"): Row(
        "getRunner",
        "Runners",
        "Read a runner",
        {200: ("The runner.", ref("Runner"))},
        READ,
    ),
    ("PUT", "/api/runners/{id}"): Row(
        "saveRunner",
        "Runners",
        "Change a runner",
        {200: ("The runner.", ref("Runner"))},
        WRITE,
        body=ref("RunnerPart"),
        more="A masked header keeps its value.",
    ),
    ("DELETE", "/api/runners/{id}"): Row(
        "deleteRunner",
        "Runners",
        "Forget a runner",
        DONE,
        WRITE,
        errors=(409,),
        query=(parameter("force", BOOLEAN, "Even while runs are under way on it."),),
    ),
    ("POST", "/api/runners/lacking"): Row(
        "getLacking",
        "Runners",
        "Find out what no runner has of a ComfyUI graph",
        {
            200: (
                "The runner that lacks least, if there is one, and what it lacks, if it is known.",
                ref("RunnerLacking"),
            )
        },
        READ,
        body=one("graph", graph=FREE, tags=_TAGS),
        more="Nothing is run or stored. A runner whose node types are not known is asked for them.",
    ),
    ("POST", "/api/runners/test"): Row(
        "tryRunner",
        "Runners",
        "Ask a server how it is before it is registered",
        {200: ("What it says.", ref("RunnerHealth"))},
        WRITE,
        body=one(
            "endpoint",
            id={"type": ["string", "null"]},
            **{key: _WISH[key] for key in ("endpoint", "headers")},
        ),
        errors=(404,),
        more="Nothing is stored. `id` names an own runner whose masked headers are used.",
    ),
    ("POST", "/api/runners/{id}/test"): Row(
        "testRunner",
        "Runners",
        "Ask a runner how it is, now",
        {200: ("What it says.", ref("RunnerHealth"))},
        WRITE,
    ),
    ("GET", "/api/runners/{id}/queue"): Row(
        "getRunnerQueue",
        "Runners",
        "Ask a runner what it has to do",
        {200: ("In order.", ref("RunnerQueue"))},
        READ,
        errors=(422,),
    ),
}
