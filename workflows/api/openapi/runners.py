"""The rows about runners."""

from __future__ import annotations

from workflows.api.openapi.row import BOOLEAN, DONE, Row, parameter
from workflows.api.runners import Runner, RunnerHealth, RunnerLacking, RunnerQueue
from workflows.services.runner_catalogues import TaggedGraph
from workflows.services.runner_fields import NewRunner, RunnerFields, RunnerTrial

RUNNERS: dict[tuple[str, str], Row] = {
    ("GET", "/api/runners"): Row(
        "listRunners",
        "Runners",
        "List the runners one may use",
        {200: ("One's own, newest first, then those others share.", list[Runner])},
    ),
    ("POST", "/api/runners"): Row(
        "createRunner",
        "Runners",
        "Register a ComfyUI server",
        {201: ("The runner.", Runner)},
        body=NewRunner,
        more="Staff only, unless the server lets everybody.",
    ),
    ("GET", "/api/runners/{id}"): Row(
        "getRunner",
        "Runners",
        "Read a runner",
        {200: ("The runner.", Runner)},
    ),
    ("PUT", "/api/runners/{id}"): Row(
        "saveRunner",
        "Runners",
        "Change a runner",
        {200: ("The runner.", Runner)},
        body=RunnerFields,
        more="A masked header keeps its value.",
    ),
    ("DELETE", "/api/runners/{id}"): Row(
        "deleteRunner",
        "Runners",
        "Forget a runner",
        DONE,
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
                RunnerLacking,
            )
        },
        body=TaggedGraph,
        more="Nothing is run or stored. A runner whose node types are not known is read for them.",
    ),
    ("POST", "/api/runners/test"): Row(
        "tryRunner",
        "Runners",
        "Ask a server how it is before it is registered",
        {200: ("What it says.", RunnerHealth)},
        body=RunnerTrial,
        errors=(404,),
        more="Nothing is stored. `id` names an own runner whose masked headers are used.",
    ),
    ("POST", "/api/runners/{id}/test"): Row(
        "testRunner",
        "Runners",
        "Ask a runner how it is, now",
        {200: ("What it says.", RunnerHealth)},
    ),
    ("GET", "/api/runners/{id}/queue"): Row(
        "getRunnerQueue",
        "Runners",
        "Ask a runner what it has to do",
        {200: ("In order.", RunnerQueue)},
        errors=(422,),
    ),
}
