"""/api/providers, /api/servers and the models of a task: what users choose models from."""

from __future__ import annotations

from collections import Counter
from typing import Literal, TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api import query
from workflows.api.base import ApiView, Request
from workflows.api.capabilities import SESSION_ONLY
from workflows.api.shapes import moment
from workflows.billing.estimate import number
from workflows.graph.work import unit_of
from workflows.services import model_choices, model_servers, providers
from workflows.services.model_choices import SHAPES, Choice
from workflows.services.providers import Account
from workflows.types import JsonObject, Time

REFRESH = "refresh"
MODEL = "model"


class ProviderKey(TypedDict):
    """The user's key of a provider, without its secret."""

    id: str
    name: str
    last4: str
    createdAt: Time


class ModelProvider(TypedDict):
    """Who runs models, and how the user is connected to them."""

    id: str
    name: str
    kind: Literal["cloud", "server"]
    origin: str
    tasks: list[str]
    state: providers.State
    credential: ProviderKey | None
    keyUrl: str
    keyHint: str


class ProviderTrial(TypedDict):
    """What a key opens: models in all, and by task."""

    ok: Literal[True]
    models: int
    tasks: dict[str, int]


class TaskModel(TypedDict):
    """A model that a task can use; `missing` says in words what it wants first.

    `price` is what its provider says, `credits` what it costs the caller here.
    """

    id: str
    name: str
    provider: str
    providerName: str
    task: str
    takes: list[str]
    gives: list[str]
    price: str
    credits: float
    creditsPer: Literal["call", "image", "second"]
    note: str
    state: model_choices.ModelState
    missing: str
    resumes: bool


class ListingProblem(TypedDict):
    """A provider that gave no list of its models."""

    provider: str
    message: str


class TaskModels(TypedDict):
    """The models of a task, those that can be used first; any other may be typed."""

    task: str
    models: list[TaskModel]
    problems: list[ListingProblem]
    freeText: Literal[True]


class ModelFields(TypedDict):
    """The fields of a model, as a node declares them."""

    task: str
    model: str
    inputs: list[JsonObject]


class ModelServer(TypedDict):
    """A server of models that staff allow here; `id` is the provider in its models' ids."""

    id: str
    name: str
    baseUrl: str
    createdAt: Time


class FoundServer(TypedDict):
    """A server that responds on this machine and is not allowed yet."""

    name: str
    baseUrl: str
    models: int


class Providers(ApiView):
    """The providers of models."""

    capability = {"GET": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """List the providers: those with a key first, then servers."""
        return Response([_provider(row) for row in providers.provider_list(user=request.user)])


class ProviderTest(ApiView):
    """A trial of a key."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request, name: str) -> Response:
        """Make one harmless call with the key in the body, or with the one that is stored."""
        trial = self.read(request, providers.Trial)
        found = model_choices.provider_test(user=request.user, provider_id=name, request=trial)
        outcome: ProviderTrial = {
            "ok": True,
            "models": len(found),
            "tasks": dict(Counter(task for model in found for task in model.tasks)),
        }
        return Response(outcome)


class ModelsOfTask(ApiView):
    """The models of a task."""

    capability = {"GET": SESSION_ONLY}

    def get(self, request: Request, task: str) -> Response:
        """List them; with `refresh` the providers are read again."""
        choices, troubles = model_choices.model_choices(
            user=request.user, task=task, refresh=bool(query.flag(request, REFRESH))
        )
        found: TaskModels = {
            "task": task,
            "models": [_model(row, request.user.tier) for row in choices],
            "problems": [{"provider": row.provider, "message": row.message} for row in troubles],
            "freeText": True,
        }
        return Response(found)


class ModelFieldsOfTask(ApiView):
    """What a model takes besides what the node of its task has."""

    capability = {"GET": SESSION_ONLY}

    def get(self, request: Request, task: str) -> Response:
        """List the fields of `model`, as a node's `data.inputs` declares them."""
        model = query.text(request, MODEL) or ""
        fields = model_choices.model_fields(user=request.user, task=task, model=model)
        found: ModelFields = {"task": task, "model": model, "inputs": fields}
        return Response(found)


class Servers(ApiView):
    """The servers of models that are allowed here."""

    capability = {"GET": SESSION_ONLY, "POST": SESSION_ONLY}

    def get(self, request: Request) -> Response:
        """List them by name."""
        return Response([_server(row) for row in model_servers.server_list()])

    def post(self, request: Request) -> Response:
        """Allow another one; staff only."""
        new = self.read(request, model_servers.NewServer)
        return Response(_server(model_servers.server_create(user=request.user, request=new)), 201)


class ServerDetail(ApiView):
    """One server."""

    capability = {"DELETE": SESSION_ONLY}

    def delete(self, request: Request, name: str) -> Response:
        """Allow it no longer; staff only."""
        model_servers.server_delete(user=request.user, slug=name)
        return Response({"success": True})


class ServerSearch(ApiView):
    """A look at the usual ports of this machine."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request) -> Response:
        """List what responds there and is not allowed yet; staff only."""
        found: list[FoundServer] = [
            {"name": row.name, "baseUrl": row.base_url, "models": row.models}
            for row in model_servers.servers_found(user=request.user)
        ]
        return Response(found)


def _provider(row: Account) -> ModelProvider:
    key, shown = row.credential, None
    if key is not None:
        shown = ProviderKey(
            id=key.public_id, name=key.name, last4=key.last4, createdAt=moment(key.created_at)
        )
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "origin": row.base,
        "tasks": list(row.tasks),
        "state": row.state,
        "credential": shown,
        "keyUrl": row.key_url,
        "keyHint": row.key_hint,
    }


def _model(row: Choice, tier: str) -> TaskModel:
    takes, gives = SHAPES[row.task]
    return {
        "id": row.id,
        "name": row.name,
        "provider": row.provider,
        "providerName": row.provider_name,
        "task": row.task,
        "takes": list(takes),
        "gives": list(gives),
        "price": row.price,
        "credits": number(row.credits(tier)),
        "creditsPer": unit_of(row.task),  # type: ignore[typeddict-item]
        "note": row.note,
        "state": row.state,
        "missing": row.missing,
        "resumes": row.resumes,
    }


def _server(row: models.ModelServer) -> ModelServer:
    return {
        "id": row.slug,
        "name": row.name,
        "baseUrl": row.base_url,
        "createdAt": moment(row.created_at),
    }
