"""The rows about the models that run on this server."""

from __future__ import annotations

from workflows.api.local_models import LocalModel
from workflows.api.openapi.row import DONE, Row

LOCAL_MODELS: dict[tuple[str, str], Row] = {
    ("GET", "/api/models/local"): Row(
        "listLocalModels",
        "Models",
        "List the models that run on this server",
        {200: ("By task; ask again while one is fetched.", list[LocalModel])},
    ),
    ("DELETE", "/api/models/local/{name}"): Row(
        "removeLocalModel",
        "Models",
        "Remove the weights of a local model",
        DONE,
        more="Staff only. A download ends first.",
    ),
    ("POST", "/api/models/local/{name}/fetch"): Row(
        "fetchLocalModel",
        "Models",
        "Fetch the weights of a local model",
        {202: ("Its status.", LocalModel)},
        errors=(422,),
        more="Staff only. It goes on where an earlier download stopped.",
    ),
    ("POST", "/api/models/local/{name}/stop"): Row(
        "stopLocalModel",
        "Models",
        "Stop the download of a local model",
        {200: ("Its status.", LocalModel)},
        more="Staff only. What has come is kept.",
    ),
}
