"""The rows about runs, models, files, and what visitors may do."""

from __future__ import annotations

from workflows.api.assets import Writing
from workflows.api.executions import Accepted, Result, RetryPlan
from workflows.api.openapi.row import (
    BINARY,
    BOOLEAN,
    IDEMPOTENCY_KEY,
    INTEGER,
    STRING,
    TIME,
    UUID,
    Row,
    one,
    parameter,
    ref,
)
from workflows.api.openapi.versions import VERSION
from workflows.api.public import PublicExecution
from workflows.api.queue import QueueChange, RunQueue
from workflows.api.results import NodeResults, ResultHistory, RunPlan
from workflows.api.run_shapes import Execution, ExecutionSummary, ExecutionWorkflow
from workflows.media.sniff import TYPES
from workflows.services.execution.models import Model
from workflows.services.execution.public_runs import NewPublicRun
from workflows.services.execution.requests import NewRun
from workflows.services.execution.results import DiscardedResult
from workflows.services.execution.retries import Retry
from workflows.services.execution.waiting import RunChange, RunMove
from workflows.types import JsonObject

_READ = "`execution:read` or `workflow:run`"
_ASYNC = parameter("async", BOOLEAN, "Return 202 at once instead of waiting for the result.")
_STREAM = parameter(
    "stream", BOOLEAN, "Return its events, live, as text/event-stream, as `followExecution` does."
)
_SIGNED = parameter("signed", BOOLEAN, "Return URLs of files that open without a key, for a while.")
_EVENTS = {"text/event-stream": ref("RunEvent")}
_RUN = {
    200: ("The run has finished.", Result),
    202: ("The run has been submitted.", Accepted),
}
_EXECUTION = {200: ("The run with its nodes.", Execution)}
_CHANGED = {200: ("Which runs were changed, and why others were not.", QueueChange)}
_STAFF = "Staff may name runs of every account, by a session or a key that holds `*`."
_TOKEN = parameter("token", STRING, "The token from `pollUrl`.")
_WIDTH = parameter(
    "w",
    {"type": "integer", "minimum": 1, "maximum": 2048},
    "A WebP preview of an image, this many pixels wide.",
)
_RANGE = parameter("Range", STRING, "Bytes of the file, such as `bytes=0-1023`.")
_TYPES = tuple(sorted(TYPES))
_FILE = {
    200: ("The file.", BINARY),
    206: ("A part of the file.", BINARY),
    304: ("It has not changed; it never does.", None),
}
_NONE_MATCH = parameter("If-None-Match", STRING, "Return 304 when it is this file.")
_PREFER = parameter(
    "Prefer",
    STRING,
    "`respond-async`: return 202 at once while a file that is still a recipe is being written.",
)
_STATUS: JsonObject = {"enum": ["processing", "completed", "failed", "cancelled"]}
_SOURCE: JsonObject = {"enum": ["canvas", "api", "fal", "comfy"]}

RUNNING: dict[tuple[str, str], Row] = {
    ("POST", "/api/workflows/{slug}/run"): Row(
        "runWorkflow",
        "Runs",
        "Run a workflow",
        _RUN,
        "`workflow:run` or `workflow:<slug>:run`",
        query=(_ASYNC, _STREAM, _SIGNED, VERSION),
        headers=(IDEMPOTENCY_KEY,),
        body=NewRun,
        also=_EVENTS,
        errors=(402, 422, 500, 503, 504),
    ),
    ("POST", "/api/workflows/{slug}/plan"): Row(
        "planRun",
        "Runs",
        "Say what a run would do",
        {200: ("Nodes, by id.", RunPlan)},
        query=(VERSION,),
        body=NewRun,
        more="Nothing is started. What prevents the run is in `problems`.",
    ),
    ("GET", "/api/workflows/{slug}/results"): Row(
        "getResults",
        "Runs",
        "Read the newest result of each node",
        {200: ("Results by node id.", NodeResults)},
        query=(_SIGNED,),
        more="Over one's own runs from the canvas. `outdated`: it came of other inputs than now.",
    ),
    ("GET", "/api/workflows/{slug}/results/{node}"): Row(
        "listNodeResults",
        "Runs",
        "List the results of one node",
        {200: ("Newest first.", ResultHistory)},
        query=(
            parameter("before", {"type": "string"}, "The id of the last result shown."),
            parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 100, "default": 24},
                "Results of a page.",
            ),
            _SIGNED,
        ),
        more="Over one's own runs; one that later runs took from the cache is listed once.",
    ),
    ("PATCH", "/api/workflows/{slug}/results/{node}"): Row(
        "discardNodeResult",
        "Runs",
        "Take a result out of those of its node, or back in",
        {204: ("It is out of the list, or back in.", None)},
        body=DiscardedResult,
        more="The run shows it as before, and its files stay.",
    ),
    ("GET", "/api/executions"): Row(
        "listExecutions",
        "Runs",
        "List one's own runs",
        {200: ("Newest first.", list[ExecutionSummary])},
        errors=(404,),
        query=(
            parameter(
                "workflow",
                {"type": "string", "pattern": "^[a-z0-9-]{1,128}$"},
                "Runs of this workflow.",
            ),
            parameter("status", _STATUS, "Runs that stand so."),
            parameter("source", _SOURCE, "Runs that were started by this route."),
            parameter("keyId", STRING, "Runs that this key has started."),
            parameter(
                "before",
                {"anyOf": [UUID, TIME]},
                "Older than this time, or behind this run of the list.",
            ),
            parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100}, "How many."),
            _SIGNED,
        ),
    ),
    ("GET", "/api/executions/{id}"): Row(
        "getExecution",
        "Runs",
        "Read a run",
        _EXECUTION,
        query=(_SIGNED,),
    ),
    ("GET", "/api/executions/{id}/workflow"): Row(
        "getExecutionWorkflow",
        "Runs",
        "Read the graph of a run",
        {200: ("The workflow as it was.", ExecutionWorkflow)},
        more="404 for runs of no workflow, and when its workflow is not there to be read.",
    ),
    ("POST", "/api/executions/{id}/cancel"): Row(
        "cancelExecution",
        "Runs",
        "Cancel a run",
        _EXECUTION,
        more="One that has ended is returned unchanged.",
    ),
    ("POST", "/api/executions/{id}/pause"): Row(
        "pauseExecution",
        "Runs",
        "Pause a run",
        _EXECUTION,
        errors=(409,),
        more="One whose steps are under way is `pausing` until they are done.",
    ),
    ("POST", "/api/executions/{id}/resume"): Row(
        "resumeExecution",
        "Runs",
        "Resume a paused run",
        _EXECUTION,
        errors=(409,),
    ),
    ("GET", "/api/queue"): Row(
        "getQueue",
        "Runs",
        "List the runs that have not ended",
        {200: ("Those that run, those that wait in their order, those paused.", RunQueue)},
        _READ,
        query=(
            parameter("all", BOOLEAN, "Those of every account; staff only."),
            parameter("skip", INTEGER, "Leave out so many of the first."),
            parameter("limit", {"type": "integer", "minimum": 1, "maximum": 200}, "How many."),
        ),
    ),
    ("POST", "/api/queue/cancel"): Row(
        "cancelQueued",
        "Runs",
        "Cancel many runs",
        _CHANGED,
        "`execution:cancel` or `workflow:run`",
        body=RunChange,
        more=_STAFF,
    ),
    ("POST", "/api/queue/pause"): Row(
        "pauseQueued",
        "Runs",
        "Pause many runs",
        _CHANGED,
        "`execution:cancel` or `workflow:run`",
        body=RunChange,
        more=_STAFF,
    ),
    ("POST", "/api/queue/resume"): Row(
        "resumeQueued",
        "Runs",
        "Resume many runs",
        _CHANGED,
        body=RunChange,
        more=_STAFF,
    ),
    ("POST", "/api/queue/move"): Row(
        "moveQueued",
        "Runs",
        "Change the order in which one's runs wait",
        {204: ("They are in this order now.", None)},
        body=RunMove,
        errors=(404,),
    ),
    ("POST", "/api/executions/{id}/retry"): Row(
        "retryExecution",
        "Runs",
        "Resume a run where it failed",
        _EXECUTION,
        query=(VERSION,),
        body=Retry,
        errors=(402, 409),
        more="With `version` it goes on with that version of its workflow.",
    ),
    ("POST", "/api/executions/{id}/retry/plan"): Row(
        "planRetry",
        "Runs",
        "Say what a retry would do",
        {200: ("Nodes, by id.", RetryPlan)},
        query=(VERSION,),
        body=Retry,
        errors=(409,),
        more="Nothing is started. What prevents the retry is in `problems`.",
    ),
    ("GET", "/api/executions/{id}/events"): Row(
        "followExecution",
        "Runs",
        "Follow a run",
        {200: ("Its events, live, until its last one, each as the `data`.", ref("RunEvent"))},
        _READ,
        query=(parameter("after", INTEGER, "Begin behind this event."), _SIGNED),
        headers=(parameter("Last-Event-ID", INTEGER, "The same, as browsers send it."),),
        response_type="text/event-stream",
        errors=(503,),
    ),
    ("GET", "/api/models"): Row(
        "listModels",
        "Models",
        "List node types that run alone",
        {200: ("By name.", list[Model])},
    ),
    ("POST", "/api/models/{name}/run"): Row(
        "runModel",
        "Models",
        "Run one node type",
        _RUN,
        "`model:run` or `model:<internalName>:run`",
        query=(_ASYNC, _STREAM, _SIGNED),
        headers=(IDEMPOTENCY_KEY,),
        body=NewRun,
        also=_EVENTS,
        errors=(402, 422, 500, 503, 504),
    ),
    ("POST", "/api/workflows/{slug}/public-run"): Row(
        "runPublicly",
        "Public",
        "Run a public workflow",
        {202: ("The run has been submitted.", Accepted)},
        body=NewPublicRun,
        errors=(402, 422, 429),
        body_also={
            "multipart/form-data": {
                **one(inputs={**STRING, "contentMediaType": "application/json"}),
                "additionalProperties": BINARY,
            }
        },
        more="404 unless the owner allows it. As `multipart/form-data` with files: each in a field "
        "named as its input, the other inputs as JSON in the field `inputs`.",
    ),
    ("GET", "/api/public-executions/{id}"): Row(
        "getPublicExecution",
        "Public",
        "Read a run by its token",
        {200: ("The run.", PublicExecution)},
        query=(_TOKEN,),
    ),
    ("GET", "/api/public-executions/{id}/files/{file}"): Row(
        "getPublicFile",
        "Public",
        "Read a file of such a run",
        _FILE,
        query=(_TOKEN, _WIDTH),
        headers=(_RANGE, _NONE_MATCH),
        errors=(416, 422),
        response_type=_TYPES,
    ),
    ("POST", "/api/uploads"): Row(
        "upload",
        "Files",
        "Upload a file",
        {201: ("The file; Location has its URL.", ref("Upload"))},
        "`workflow:write` or a right to run",
        body=one("file", file=BINARY),
        body_type="multipart/form-data",
        errors=(422,),
    ),
    ("GET", "/media/{id}"): Row(
        "getFile",
        "Files",
        "Read a file",
        {**_FILE, 202: ("It is being written; ask again.", Writing)},
        "a right to read or to run",
        query=(_WIDTH, parameter("signed", STRING, "A signature, which needs no credential.")),
        headers=(_RANGE, _NONE_MATCH, _PREFER),
        errors=(416, 422),
        response_type=_TYPES,
    ),
    ("GET", "/api/workflows/{slug}/cover"): Row(
        "getCover",
        "Files",
        "Read a cover that everybody may see",
        _FILE,
        public=True,
        more="404 unless the workflow is a template, or visitors may run it.",
        query=(
            _WIDTH,
            parameter(
                "part", {"enum": ["image", "video"]}, "Which of its files; the image if not given."
            ),
        ),
        headers=(_RANGE, _NONE_MATCH),
        errors=(416, 422),
        response_type=_TYPES,
    ),
}
