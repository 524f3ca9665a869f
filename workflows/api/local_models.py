"""/api/models/local: the models that run on this server, and their weights."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.response import Response

from workflows.api.base import ApiView, Request
from workflows.api.capabilities import SESSION_ONLY
from workflows.nodes.local.model import Local
from workflows.services import local_models
from workflows.weights.store import State, Status


class LocalModel(TypedDict):
    """A model that runs on this server; `fetched` of its `bytes` are here.

    The licenses are those of the library that runs it and of its weights.
    """

    id: str
    name: str
    task: str
    description: str
    bytes: int
    license: str
    weightsLicense: str
    source: str
    library: str
    libraryLicense: str
    state: State
    fetched: int
    message: str


class LocalModelList(ApiView):
    """The local models."""

    def get(self, request: Request) -> Response:
        """List the local models and how they stand, also while they are fetched."""
        return Response([shape(*row) for row in local_models.local_model_list()])


class LocalModelDetail(ApiView):
    """One local model."""

    capability = {"DELETE": SESSION_ONLY}

    def delete(self, request: Request, name: str) -> Response:
        """Remove a model's weights."""
        local_models.local_model_remove(user=request.user, model_id=name)
        return Response({"success": True})


class LocalModelFetch(ApiView):
    """The download of a local model."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request, name: str) -> Response:
        """Fetch a model's weights from their source, from where an earlier download stopped."""
        row = local_models.local_model_fetch(user=request.user, model_id=name)
        return Response(shape(*row), status=202)


class LocalModelStop(ApiView):
    """The end of a download."""

    capability = {"POST": SESSION_ONLY}

    def post(self, request: Request, name: str) -> Response:
        """Stop a download; what has come is kept."""
        row = local_models.local_model_stop(user=request.user, model_id=name)
        return Response(shape(*row))


def shape(model: Local, status: Status) -> LocalModel:
    """Return a local model as JSON."""
    return {
        "id": model.id,
        "name": model.name,
        "task": model.task,
        "description": model.description,
        "bytes": model.bytes,
        "license": model.license,
        "weightsLicense": model.weights_license,
        "source": model.source,
        "library": model.library.name,
        "libraryLicense": model.library.license,
        "state": status.state,
        "fetched": status.fetched,
        "message": status.message,
    }
