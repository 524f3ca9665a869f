"""What every route expects of its callers: the table behind the permission matrix.

One row per method and route. It is written by hand and apart from the code: a new route needs a
sentence here about who may use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from tests.api.client import a_node
from workflows.types import JsonObject

#: Kinds of things a route may be about.
WORKFLOW, FOLDER, RUN, FILE, NOTHING = "workflow", "folder", "run", "file", "nothing"
KEY, CREDENTIAL, RUNNER, ALIAS, DELIVERY = "key", "credential", "runner", "alias", "delivery"
COLLECTION = "collection"

#: Needs that no capability covers: a browser session, and one of staff.
SESSION, STAFF = ("a session",), ("a session of staff",)

READ = ("workflow:read",)
WRITE = ("workflow:write",)
RUNS = ("workflow:run", "workflow:<slug>:run")
SEE = ("execution:read",)
LOOK = ("execution:read", "workflow:run")
STOP = ("execution:cancel", "workflow:run")
FILES = ("workflow:read", "execution:read", "workflow:run", "workflow:<any>:run")
UPLOAD = ("workflow:write", "workflow:run", "workflow:<any>:run")
KEYS, KEYS_WRITE = ("key:read",), ("key:write",)
HOOKS, HOOKS_WRITE = ("webhook:read",), ("webhook:write",)
#: Needs that a key has only by their own name, not by `*`.
BY_NAME = (KEYS, KEYS_WRITE, HOOKS, HOOKS_WRITE)
RUNNERS, RUNNERS_WRITE = ("runner:read",), ("runner:write",)
MODELS = ("model:run", "model:gradient:run")


@dataclass(frozen=True)
class Expected:
    """`needs`: capabilities of which any will do; (): any credential; None: not even one.

    `role`: the least role of a share that suffices at a page; "": none does; "owner": none does,
    and that is 403, for the thing itself is seen.
    `templates`: other users' templates count as one's own. `ok` is the status of a call that is
    allowed. `open_if`: what a call without any credential finds, by state of the workflow.
    """

    about: str
    needs: tuple[str, ...] | None
    ok: int = 200
    body: Callable[[], JsonObject] | None = None
    templates: bool = False
    open_if: frozenset[str] = frozenset()
    query: str = ""
    role: str = ""


def _changes() -> JsonObject:
    operations = [{"op": "node.add", "node": a_node(f"new-{uuid4()}")}]
    return {"baseVersion": 1, "batchId": str(uuid4()), "label": "", "operations": operations}


def _inputs() -> JsonObject:
    return {"inputs": {}}


def _discarded() -> JsonObject:
    return {"id": "0", "discarded": True}


def _nothing() -> JsonObject:
    return {}


def _files() -> JsonObject:
    return {"ids": [str(uuid4())]}


def _stars() -> JsonObject:
    return {**_files(), "starred": True}


def _no_run() -> JsonObject:
    return {"executionIds": [str(uuid4())]}


def _credential() -> JsonObject:
    origins = ["https://api.example"]
    return {"name": "New", "provider": "p", "allowedOrigins": origins, "secret": "s" * 20}


def _server() -> JsonObject:
    return {"name": f"Server {uuid4()}", "baseUrl": "http://127.0.0.1:9/v1"}


def _graph() -> JsonObject:
    return {"1": {"class_type": "A", "inputs": {}}}


def _runner() -> JsonObject:
    return {"name": "New", "endpoint": "https://comfy.example", "tags": [], "headers": {}}


API: dict[tuple[str, str], Expected] = {
    ("GET", "/api/workflows"): Expected(NOTHING, READ),
    ("POST", "/api/workflows"): Expected(NOTHING, WRITE, 201, lambda: {"name": "New"}),
    ("GET", "/api/workflows/{slug}"): Expected(WORKFLOW, READ, templates=True, role="view"),
    ("PUT", "/api/workflows/{slug}"): Expected(WORKFLOW, WRITE, body=lambda: {"tags": ["t"]}),
    ("DELETE", "/api/workflows/{slug}"): Expected(WORKFLOW, WRITE),
    **{
        (method, "/api/workflows/{slug}/move"): Expected(
            WORKFLOW, WRITE, body=lambda: {"folderId": None}
        )
        for method in ("PUT", "POST", "PATCH")
    },
    ("POST", "/api/workflows/{slug}/duplicate"): Expected(
        WORKFLOW, WRITE, 201, _nothing, templates=True, role="view"
    ),
    ("POST", "/api/workflows/{slug}/changes"): Expected(
        WORKFLOW, WRITE, body=_changes, role="edit"
    ),
    ("GET", "/api/workflows/{slug}/changes"): Expected(WORKFLOW, READ, role="view"),
    ("GET", "/api/workflows/{slug}/collaborators"): Expected(WORKFLOW, SESSION),
    ("POST", "/api/workflows/{slug}/collaborators"): Expected(
        WORKFLOW, SESSION, body=lambda: {"user": "erin", "role": "view"}
    ),
    ("GET", "/api/comments"): Expected(NOTHING, READ),
    ("GET", "/api/workflows/{slug}/comments"): Expected(WORKFLOW, READ, role="view"),
    ("POST", "/api/workflows/{slug}/comments"): Expected(
        WORKFLOW, WRITE, 201, lambda: {"text": "New", "anchor": {"x": 0, "y": 0}}, role="run"
    ),
    ("POST", "/api/workflows/{slug}/comments/seen"): Expected(
        WORKFLOW, READ, body=lambda: {"threads": []}, role="view"
    ),
    ("POST", "/api/workflows/{slug}/comments/{thread}"): Expected(
        WORKFLOW, WRITE, 201, lambda: {"text": "Reply"}, role="run"
    ),
    ("PATCH", "/api/workflows/{slug}/comments/{thread}"): Expected(
        WORKFLOW, WRITE, body=lambda: {"resolved": True}, role="run"
    ),
    # They are the owner's, and no one else may change them.
    ("PATCH", "/api/workflows/{slug}/comments/{thread}/{number}"): Expected(
        WORKFLOW, WRITE, body=lambda: {"text": "Edited"}, role="owner"
    ),
    ("DELETE", "/api/workflows/{slug}/comments/{thread}/{number}"): Expected(
        WORKFLOW, WRITE, role="owner"
    ),
    ("GET", "/api/workflows/{slug}/link"): Expected(WORKFLOW, SESSION),
    ("PUT", "/api/workflows/{slug}/link"): Expected(
        WORKFLOW, SESSION, body=lambda: {"role": "view"}
    ),
    ("GET", "/api/workflows/{slug}/payment"): Expected(WORKFLOW, SESSION),
    ("PUT", "/api/workflows/{slug}/payment"): Expected(
        WORKFLOW, SESSION, body=lambda: {"payer": "runner", "dailyUsd": 2.5}
    ),
    ("GET", "/api/workflows/{slug}/history"): Expected(WORKFLOW, READ, role="view"),
    ("GET", "/api/workflows/{slug}/versions"): Expected(WORKFLOW, READ, role="view"),
    ("POST", "/api/workflows/{slug}/versions"): Expected(
        WORKFLOW, WRITE, 201, lambda: {"name": "Before the call", "publish": True}, role="edit"
    ),
    ("PUT", "/api/workflows/{slug}/published"): Expected(
        WORKFLOW, WRITE, body=lambda: {"number": None}, role="edit"
    ),
    ("GET", "/api/workflows/{slug}/compare"): Expected(WORKFLOW, READ, role="view"),
    ("POST", "/api/workflows/{slug}/restore"): Expected(
        WORKFLOW, WRITE, body=lambda: {"version": 1}, role="edit"
    ),
    ("GET", "/api/workflows/{slug}/template"): Expected(WORKFLOW, READ),
    ("POST", "/api/workflows/{slug}/template"): Expected(
        WORKFLOW, WRITE, body=lambda: {"number": 1, "take": True}
    ),
    ("GET", "/api/workflows/{slug}/steps"): Expected(WORKFLOW, READ, role="edit"),
    ("GET", "/api/workflows/{slug}/export"): Expected(WORKFLOW, READ, templates=True),
    ("POST", "/api/import"): Expected(NOTHING, WRITE),
    ("POST", "/api/comfy/view"): Expected(NOTHING, READ, body=lambda: {"graph": _graph()}),
    ("POST", "/api/comfy/ports"): Expected(NOTHING, READ, body=lambda: {"graph": _graph()}),
    ("GET", "/api/apps"): Expected(NOTHING, READ),
    ("POST", "/api/nodes/preview"): Expected(
        NOTHING, RUNS, body=lambda: {"type": "gradient", "data": {"width": 8, "height": 8}}
    ),
    ("GET", "/api/workflows/{slug}/schema"): Expected(WORKFLOW, READ, templates=True, role="view"),
    ("GET", "/api/workflows/{slug}/public-schema"): Expected(
        WORKFLOW, None, open_if=frozenset({"public", "open"})
    ),
    # Templates without a cover here: 404 like all the rest.
    ("GET", "/api/workflows/{slug}/cover"): Expected(WORKFLOW, None),
    ("POST", "/api/workflows/{slug}/public-run"): Expected(
        WORKFLOW, None, 202, _inputs, open_if=frozenset({"open"})
    ),
    ("POST", "/api/workflows/{slug}/plan"): Expected(
        WORKFLOW, RUNS, body=_inputs, templates=True, role="view"
    ),
    ("GET", "/api/workflows/{slug}/results"): Expected(WORKFLOW, LOOK, templates=True, role="view"),
    ("GET", "/api/workflows/{slug}/results/{node}"): Expected(
        WORKFLOW, LOOK, templates=True, role="view"
    ),
    # It has no result of this id.
    ("PATCH", "/api/workflows/{slug}/results/{node}"): Expected(
        WORKFLOW, RUNS, 400, _discarded, templates=True, role="view"
    ),
    ("POST", "/api/workflows/{slug}/run"): Expected(
        WORKFLOW, RUNS, 202, _inputs, templates=True, query="?async=true", role="run"
    ),
    ("GET", "/api/public-executions/{id}"): Expected(RUN, None),
    ("GET", "/api/public-executions/{id}/files/{file}"): Expected(RUN, None),
    ("GET", "/api/aliases"): Expected(NOTHING, READ),
    ("POST", "/api/aliases"): Expected(
        NOTHING, WRITE, 201, lambda: {"app": f"demo/{uuid4()}", "workflow": "alice-template"}
    ),
    ("DELETE", "/api/aliases/{id}"): Expected(ALIAS, WRITE),
    ("GET", "/api/folders"): Expected(NOTHING, READ),
    ("POST", "/api/folders"): Expected(NOTHING, WRITE, 201, lambda: {"name": "New"}),
    ("GET", "/api/folders/{id}"): Expected(FOLDER, READ),
    ("PUT", "/api/folders/{id}"): Expected(FOLDER, WRITE, body=lambda: {"name": "Renamed"}),
    ("DELETE", "/api/folders/{id}"): Expected(FOLDER, WRITE),
    ("GET", "/api/executions"): Expected(NOTHING, LOOK),
    ("GET", "/api/executions/{id}"): Expected(RUN, LOOK),
    ("GET", "/api/executions/{id}/events"): Expected(RUN, LOOK),
    ("POST", "/api/executions/{id}/cancel"): Expected(RUN, STOP, body=_nothing),
    # The run of this world has ended.
    ("POST", "/api/executions/{id}/pause"): Expected(RUN, STOP, 409, body=_nothing),
    ("POST", "/api/executions/{id}/resume"): Expected(RUN, ("workflow:run",), 409, body=_nothing),
    ("GET", "/api/queue"): Expected(NOTHING, LOOK),
    ("POST", "/api/queue/cancel"): Expected(NOTHING, STOP, body=_no_run),
    ("POST", "/api/queue/pause"): Expected(NOTHING, STOP, body=_no_run),
    ("POST", "/api/queue/resume"): Expected(NOTHING, ("workflow:run",), body=_no_run),
    ("POST", "/api/queue/move"): Expected(NOTHING, ("workflow:run",), 404, body=_no_run),
    ("GET", "/api/executions/{id}/workflow"): Expected(RUN, LOOK),
    ("POST", "/api/executions/{id}/retry"): Expected(RUN, ("workflow:run",), body=_nothing),
    ("POST", "/api/executions/{id}/retry/plan"): Expected(RUN, ("workflow:run",), body=_nothing),
    ("POST", "/api/uploads"): Expected(NOTHING, UPLOAD, 201),
    ("GET", "/media/{id}"): Expected(FILE, FILES),
    ("GET", "/api/assets"): Expected(NOTHING, SEE),
    # Nobody has this file.
    ("PATCH", "/api/assets"): Expected(NOTHING, WRITE, 404, _stars),
    ("GET", "/api/assets/choices"): Expected(NOTHING, SEE),
    ("POST", "/api/assets/use"): Expected(NOTHING, SEE, 404, _files),
    ("POST", "/api/assets/delete"): Expected(NOTHING, WRITE, 404, _files),
    ("GET", "/api/assets/download"): Expected(NOTHING, SEE),
    ("GET", "/api/assets/{id}"): Expected(FILE, SEE),
    ("PATCH", "/api/assets/{id}"): Expected(FILE, WRITE, body=lambda: {"starred": True}),
    ("DELETE", "/api/assets/{id}"): Expected(FILE, WRITE),
    ("GET", "/api/collections"): Expected(NOTHING, SEE),
    ("POST", "/api/collections"): Expected(NOTHING, WRITE, 201, lambda: {"name": "New"}),
    ("PUT", "/api/collections/{id}"): Expected(COLLECTION, WRITE, body=lambda: {"name": "B"}),
    ("DELETE", "/api/collections/{id}"): Expected(COLLECTION, WRITE),
    ("GET", "/api/nodes"): Expected(NOTHING, ()),
    ("GET", "/api/models"): Expected(NOTHING, ()),
    ("POST", "/api/models/{name}/run"): Expected(
        NOTHING, MODELS, 202, _inputs, query="?async=true"
    ),
    ("GET", "/api/models/local"): Expected(NOTHING, ()),
    # None is called so.
    ("GET", "/api/providers"): Expected(NOTHING, SESSION),
    ("POST", "/api/providers/{name}/test"): Expected(NOTHING, SESSION, 404, _nothing),
    ("GET", "/api/tasks/{task}/models"): Expected(NOTHING, SESSION, 404),
    ("GET", "/api/tasks/{task}/fields"): Expected(NOTHING, SESSION, 404),
    ("GET", "/api/servers"): Expected(NOTHING, SESSION),
    ("POST", "/api/servers"): Expected(NOTHING, STAFF, 201, _server),
    ("DELETE", "/api/servers/{name}"): Expected(NOTHING, STAFF, 404),
    ("POST", "/api/servers/look"): Expected(NOTHING, STAFF),
    ("DELETE", "/api/models/local/{name}"): Expected(NOTHING, STAFF, 404),
    ("POST", "/api/models/local/{name}/fetch"): Expected(NOTHING, STAFF, 404),
    ("POST", "/api/models/local/{name}/stop"): Expected(NOTHING, STAFF, 404),
    ("GET", "/api/whoami"): Expected(NOTHING, ()),
    ("GET", "/api/api-keys"): Expected(NOTHING, KEYS),
    ("POST", "/api/api-keys"): Expected(
        NOTHING, KEYS_WRITE, 201, lambda: {"name": "New", "capabilities": ["key:write"]}
    ),
    ("GET", "/api/api-keys/presets"): Expected(NOTHING, KEYS),
    ("DELETE", "/api/api-keys/{id}"): Expected(KEY, KEYS_WRITE),
    ("GET", "/api/api-keys/{id}/webhook"): Expected(KEY, HOOKS),
    ("PUT", "/api/api-keys/{id}/webhook"): Expected(
        KEY, HOOKS_WRITE, body=lambda: {"url": "https://hooks.example/b"}
    ),
    ("DELETE", "/api/api-keys/{id}/webhook"): Expected(KEY, HOOKS_WRITE),
    ("POST", "/api/api-keys/{id}/webhook/test"): Expected(KEY, HOOKS_WRITE),
    ("GET", "/api/webhooks/deliveries"): Expected(NOTHING, HOOKS),
    ("POST", "/api/webhooks/deliveries/{id}/redeliver"): Expected(DELIVERY, HOOKS_WRITE, 202),
    ("GET", "/api/credentials"): Expected(NOTHING, SESSION),
    ("POST", "/api/credentials"): Expected(NOTHING, SESSION, 201, _credential),
    ("PUT", "/api/credentials/{id}"): Expected(
        CREDENTIAL, SESSION, body=lambda: {"capPerDay": 5, "capPerMonth": None}
    ),
    ("DELETE", "/api/credentials/{id}"): Expected(CREDENTIAL, SESSION),
    ("GET", "/api/workflows/{slug}/credentials"): Expected(WORKFLOW, SESSION, templates=True),
    # The workflows have no slots.
    ("PUT", "/api/workflows/{slug}/credentials"): Expected(
        WORKFLOW, SESSION, 400, lambda: {"slot": "a/b", "credential": None}, templates=True
    ),
    ("GET", "/api/runners"): Expected(NOTHING, RUNNERS),
    ("POST", "/api/runners"): Expected(NOTHING, RUNNERS_WRITE, 201, _runner),
    ("POST", "/api/runners/lacking"): Expected(NOTHING, RUNNERS, body=lambda: {"graph": _graph()}),
    ("POST", "/api/runners/test"): Expected(NOTHING, RUNNERS_WRITE, body=_runner),
    ("GET", "/api/runners/{id}"): Expected(RUNNER, RUNNERS),
    ("PUT", "/api/runners/{id}"): Expected(RUNNER, RUNNERS_WRITE, body=lambda: {"name": "R"}),
    ("DELETE", "/api/runners/{id}"): Expected(RUNNER, RUNNERS_WRITE),
    ("POST", "/api/runners/{id}/test"): Expected(RUNNER, RUNNERS_WRITE, body=_nothing),
    # Nobody listens at these runners.
    ("GET", "/api/runners/{id}/queue"): Expected(RUNNER, RUNNERS, 422),
    ("GET", "/api/account"): Expected(NOTHING, SESSION),
    ("PUT", "/api/account"): Expected(NOTHING, SESSION, body=lambda: {"firstName": "A"}),
    ("POST", "/api/account/password"): Expected(NOTHING, SESSION, 400, _nothing),
    ("GET", "/api/account/usage"): Expected(NOTHING, SESSION),
    ("POST", "/api/invitations"): Expected(NOTHING, STAFF, 201, _nothing),
    ("GET", "/api/docs"): Expected(NOTHING, None),
    ("GET", "/api/openapi.json"): Expected(NOTHING, None),
}

#: Pages: what a visitor gets. A page that is about a workflow is 404 for whoever may not read it.
PAGES: dict[str, str] = {
    "/": "login",
    "/templates": "login",
    "/runs": "login",
    "/assets": "login",
    "/queue": "login",
    "/runs/{id}": "login",
    "/models": "login",
    "/runners": "login",
    "/settings": "login",
    "/app/editor/{slug}": "login",
    "/workflows/{slug}/history": "login",
    "/play/{slug}": "public",
    "/login": "open",
    "/login/{key}": "missing",
    "/invitation/{key}": "missing",
    "/share/{key}": "missing",
    "/logout": "not allowed",
    "/healthz": "open",
    "/metrics": "missing",
    "/favicon.ico": "redirect",
}
