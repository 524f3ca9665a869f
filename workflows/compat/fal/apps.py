"""What an app id at fal's run URLs means here, and starting its run.

`workflows/<owner>/<name>` or an alias is a workflow, `workflows/execute` one that comes in the
body, anything else a single app. `/stream` behind an id is read before; any other path behind the
id of a workflow is no app.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.http import HttpRequest

from workflows.api.auth import Caller, caller_of
from workflows.api.capabilities import require
from workflows.api.errors import NotFound
from workflows.api.parsers import read_object
from workflows.api.throttles import count_call
from workflows.bodies import Body, Meta, read
from workflows.compat.fal import tokens
from workflows.compat.fal.links import inward
from workflows.compat.fal.options import NO_OPTIONS, RunOptions, check_room, options_of
from workflows.graph.fal_format import to_document, unwrap
from workflows.models import Run, User, Webhook
from workflows.models.runs import Source
from workflows.nodes.fal import equivalents, service
from workflows.nodes.fal.arguments import NAMESPACE
from workflows.nodes.fal.provider import nowhere
from workflows.services.execution.requests import RunRequest
from workflows.services.execution.starting import run_create
from workflows.services.execution.submissions import run_document
from workflows.services.identity.credentials import has_credential
from workflows.services.library import named
from workflows.types import JsonObject

RUN = ("workflow:run", "workflow:{slug}:run")
_EXECUTE = "workflows/execute"
MAX_BODY = 8 * 1024 * 1024
#: Query parameters that are about the request and no input.
_OURS = frozenset({tokens.PARAMETER, "fal_webhook", "fal_max_queue_length", "priority"})


def start(
    request: HttpRequest, app: str, caller: Caller | None = None, webhook: Webhook | None = None
) -> Run:
    """Start the run of an app for a caller. Raises what services and checks raise.

    `caller` is one who has been identified already; `webhook` gets the end of the run.
    """
    caller = caller or caller_for(request, app)
    if request.method == "GET":
        _check_get(caller.user, app)
    options = options_of(request)
    check_room(options)
    key = request.headers.get("Idempotency-Key")
    return launch(caller, app, _body(request), key=key, webhook=webhook, options=options)


def caller_for(request: HttpRequest, app: str) -> Caller:
    """Return who wants an app to run, by a key, a session or a temporary token.

    Raises what `caller_of` raises, and Unauthorized.
    """
    temporary = request.GET.get(tokens.PARAMETER)
    if temporary is not None:
        caller = tokens.caller_by_token(temporary, app)
        count_call(request, caller.user, by_key=caller.token is not None)
        return caller
    return require(caller_of(request), None)


def launch(
    caller: Caller,
    app: str,
    arguments: JsonObject,
    *,
    key: str | None = None,
    webhook: Webhook | None = None,
    options: RunOptions = NO_OPTIONS,
) -> Run:
    """Start the run of an app with its input; a repeated idempotency key returns the first run.

    Raises what services and checks raise.
    """
    arguments = inward(arguments, caller.user.pk)
    how = _How(caller, key, webhook, options.start_seconds)
    app = app.strip("/")
    if app == _EXECUTE:
        require(caller, "workflow:run")
        return _execute(how, arguments)
    workflow = named.workflow_of_app(user=caller.user, app=app)
    if workflow is not None:
        require(caller, RUN, slug=workflow.slug)
        return run_create(
            user=caller.user,
            workflow=workflow,
            request=how.request(arguments),
            source=Source.FAL,
            idempotency_key=key,
            webhook=webhook,
            token=caller.token,
        )
    require(caller, "workflow:run")
    return _one_app(how, app, arguments)


def _check_get(user: User, app: str) -> None:
    """Refuse a GET that is no call of an app, such as of a schema: those reach anything by POST.

    Raises NotFound and WorkflowNotFound.
    """
    here = equivalents.get(app) or named.workflow_of_app(user=user, app=app)
    if not here:
        raise NotFound(field="app", value=app[:200])


class AdHoc(Body):
    """A workflow in the body of its run."""

    workflow: Annotated[JsonObject, Meta(extra={"expected": "a map of nodes"})]
    input: JsonObject = {}


@dataclass(frozen=True, slots=True)
class _How:
    """Who starts a run, and what goes for it besides its input."""

    caller: Caller
    key: str | None
    webhook: Webhook | None
    start_seconds: float | None

    def request(self, inputs: JsonObject) -> RunRequest:
        # What fal's clients send to every app (num_images, seed, …) few workflows declare.
        return RunRequest(inputs, start_seconds=self.start_seconds, ignores_unknown=True)

    def run(self, name: str, document: JsonObject, inputs: JsonObject) -> Run:
        return run_document(
            user=self.caller.user,
            name=name,
            document=document,
            request=self.request(inputs),
            idempotency_key=self.key,
            webhook=self.webhook,
            token=self.caller.token,
        )


def _execute(how: _How, body: JsonObject) -> Run:
    """Run the workflow in the body: `{"input", "workflow"}`, or `workflow_definition`."""
    # The older name of the field.
    if "workflow_definition" in body:
        body = {"workflow": body["workflow_definition"], **body}
    found = read(body, AdHoc)
    contents, _ = unwrap(found.workflow)
    name = contents.get("name")
    title = name[:200] if isinstance(name, str) and name else "Ad hoc"
    return how.run(title, to_document(contents), found.input)


def _one_app(how: _How, app: str, arguments: JsonObject) -> Run:
    """Run a single app as a workflow of one node that returns what the app returns."""
    if equivalents.find(app) is None and not _is_at_fal(app, how.caller.user):
        raise NotFound(nowhere(app[:200]).message, field="app", value=app[:200])
    at = {"x": 0, "y": 0}
    # Without sources nothing in the arguments is a reference: they are the caller's own text.
    data = {"app": app, "arguments": arguments, "sources": []}
    nodes = [
        {"id": "app", "type": "falApp", "position": at, "data": data},
        {
            "id": "output",
            "type": "falOutput",
            "position": at,
            "data": {"fields": "$app", "sources": ["app"]},
        },
    ]
    connection = {
        "id": "connection",
        "source": "app",
        "sourceHandle": "output-out",
        "target": "output",
        "targetHandle": "$app-in",
    }
    return how.run(app[:200], {"nodes": nodes, "edges": [connection]}, {})


def _is_at_fal(app: str, user: User) -> bool:
    """Return whether an app can be called at fal with a key of the user's own."""
    queue = service.origin_of(service.urls().queue)
    known = service.is_app(app) and not app.startswith(f"{NAMESPACE}/")
    return known and has_credential(user=user, provider=service.PROVIDER, origin=queue)


def _body(request: HttpRequest) -> JsonObject:
    """Read the input; none at all is an empty one, and so is a GET's, whose query is the input."""
    if request.method == "GET":
        return {name: text for name, text in request.GET.items() if name not in _OURS}
    if not request.body.strip():
        return {}
    return read_object(request.body, MAX_BODY)
