"""The models of this server: the status of each, and fetching and removing their weights."""

from __future__ import annotations

from workflows.errors import LocalModelNotFound, LocalModelsForbidden
from workflows.models import User
from workflows.nodes.local import pack
from workflows.nodes.local.model import Local
from workflows.weights import fetching, store
from workflows.weights.store import Status


def local_model_list() -> list[tuple[Local, Status]]:
    """List the local models with their status."""
    return [(model, store.status(model)) for model in pack.MODELS]


def local_model_fetch(*, user: User, model_id: str) -> tuple[Local, Status]:
    """Have a model's weights fetched, from where an earlier download stopped.

    Raises LocalModelsForbidden, LocalModelNotFound and LocalModelUnfetchable.
    """
    model = _find(user, model_id)
    fetching.begin(model)
    return model, store.status(model)


def local_model_stop(*, user: User, model_id: str) -> tuple[Local, Status]:
    """Stop a download; what has come stays. Raises as `local_model_fetch` does."""
    model = _find(user, model_id)
    fetching.stop(model)
    return model, store.status(model)


def local_model_remove(*, user: User, model_id: str) -> None:
    """Remove a model's weights. Raises LocalModelsForbidden and LocalModelNotFound."""
    fetching.remove(_find(user, model_id))


def _find(user: User, model_id: str) -> Local:
    if not user.is_staff:
        raise LocalModelsForbidden()
    model = pack.by_id().get(model_id)
    if model is None:
        raise LocalModelNotFound()
    return model
