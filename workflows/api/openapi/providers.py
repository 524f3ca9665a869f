"""The rows about providers of models."""

from __future__ import annotations

from workflows.api.openapi.row import BOOLEAN, DONE, STRING, Row, parameter
from workflows.api.providers import (
    FoundServer,
    ModelFields,
    ModelProvider,
    ModelServer,
    ProviderTrial,
    TaskModels,
)
from workflows.services.model_servers import NewServer
from workflows.services.providers import Trial

PROVIDERS: dict[tuple[str, str], Row] = {
    ("GET", "/api/providers"): Row(
        "listProviders",
        "Models",
        "List who runs models",
        {200: ("Those with a key first, then servers.", list[ModelProvider])},
    ),
    ("POST", "/api/providers/{name}/test"): Row(
        "testProvider",
        "Models",
        "Try a provider's key out",
        {200: ("What it opens.", ProviderTrial)},
        body=Trial,
        errors=(402, 422, 502, 503),
        more="One harmless call, with the key in the body or with the stored one. Nothing is kept.",
    ),
    ("GET", "/api/tasks/{task}/models"): Row(
        "listTaskModels",
        "Models",
        "List the models of a task",
        {200: ("Those that can be used first.", TaskModels)},
        query=(parameter("refresh", BOOLEAN, "Ask the providers again."),),
    ),
    ("GET", "/api/tasks/{task}/fields"): Row(
        "listModelFields",
        "Models",
        "List the fields a model has besides those of its task",
        {200: ("As a node's data.inputs declares them.", ModelFields)},
        query=(parameter("model", STRING, "The model, as provider/name."),),
        errors=(402, 422, 502, 503),
    ),
    ("GET", "/api/servers"): Row(
        "listServers",
        "Models",
        "List the servers of models that are allowed here",
        {200: ("By name.", list[ModelServer])},
    ),
    ("POST", "/api/servers"): Row(
        "allowServer",
        "Models",
        "Allow a server of models",
        {201: ("The server.", ModelServer)},
        body=NewServer,
        errors=(409,),
        more="Staff only. It may have a private address; nodes of models alone may call it.",
    ),
    ("DELETE", "/api/servers/{name}"): Row(
        "forbidServer",
        "Models",
        "Allow a server no longer",
        DONE,
    ),
    ("POST", "/api/servers/look"): Row(
        "findServers",
        "Models",
        "Look for servers of models on this machine",
        {200: ("What responds on the usual ports and is not allowed yet.", list[FoundServer])},
        more="Staff only.",
    ),
}
