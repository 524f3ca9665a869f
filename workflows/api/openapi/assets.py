"""The rows about the list of files and about collections."""

from __future__ import annotations

from workflows.api.asset_library import (
    MAX_LIMIT,
    AssetChoices,
    AssetDetails,
    AssetPage,
    AssetUse,
)
from workflows.api.collections import Collection
from workflows.api.openapi.row import (
    BINARY,
    BOOLEAN,
    DONE,
    INTEGER,
    STRING,
    TIME,
    UUID,
    Row,
    parameter,
    whole,
)
from workflows.services.library.asset_list import (
    KINDS,
    SOURCES,
    AssetFields,
    AssetIds,
    AssetsChange,
)
from workflows.services.library.collections import CollectionFields
from workflows.types import JsonObject

_TEXT: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200}
_FILTERS = (
    parameter("q", _TEXT, "Words in names, prompts and other texts that led to a file."),
    parameter("workflow", _TEXT, "The slug of the workflow that was started."),
    parameter("node", _TEXT, "The id of the node there that made it."),
    parameter("nodeType", _TEXT, "The type of the node that made it."),
    parameter("kind", {"enum": list(KINDS)}, "What it is."),
    parameter("source", {"enum": list(SOURCES)}, "Made by a run, or uploaded."),
    parameter("starred", BOOLEAN, "Only starred ones, or only others."),
    parameter("collection", _TEXT, "The id of a collection."),
    parameter("since", TIME, "Made or uploaded then or later."),
    parameter("until", TIME, "Made or uploaded before."),
    parameter(
        "id",
        {"type": "array", "items": UUID, "maxItems": 200},
        "These files, of those that the other filters let through.",
    ),
)

ASSETS: dict[tuple[str, str], Row] = {
    ("GET", "/api/assets"): Row(
        "listAssets",
        "Files",
        "List files",
        {200: ("A page of one's own, newest first.", AssetPage)},
        query=(
            *_FILTERS,
            parameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, "At most so many."
            ),
            parameter("cursor", STRING, "`next` of the page before."),
        ),
        errors=(404,),
    ),
    ("PATCH", "/api/assets"): Row(
        "changeAssets",
        "Files",
        "Star files, or change their collections",
        {200: ("How many there are.", whole(changed=INTEGER))},
        body=AssetsChange,
        errors=(404,),
        more="All of them or none. `addTo` and `removeFrom` are ids of collections.",
    ),
    ("GET", "/api/assets/choices"): Row(
        "listAssetChoices",
        "Files",
        "List what files can be filtered by",
        {200: ("Workflows and node types that have made files.", AssetChoices)},
    ),
    ("POST", "/api/assets/use"): Row(
        "findAssetUse",
        "Files",
        "Find what uses files",
        {200: ("Workflows that name them, and the number of runs.", AssetUse)},
        body=AssetIds,
        errors=(404,),
    ),
    ("POST", "/api/assets/delete"): Row(
        "deleteAssets",
        "Files",
        "Delete files",
        {200: ("How many.", whole(deleted=INTEGER))},
        body=AssetIds,
        errors=(404,),
        more="All of them or none, whatever uses them.",
    ),
    ("GET", "/api/assets/download"): Row(
        "downloadAssets",
        "Files",
        "Download files as one archive",
        {200: ("The archive, written as it is sent.", BINARY)},
        "`execution:read`",
        query=_FILTERS,
        errors=(404,),
        response_type="application/zip",
    ),
    ("GET", "/api/assets/{id}"): Row(
        "getAsset",
        "Files",
        "Read how a file was made",
        {200: ("The file, its settings, and what it has cost.", AssetDetails)},
    ),
    ("PATCH", "/api/assets/{id}"): Row(
        "changeAsset",
        "Files",
        "Star or rename a file",
        {200: ("The file.", AssetDetails)},
        body=AssetFields,
    ),
    ("DELETE", "/api/assets/{id}"): Row("deleteAsset", "Files", "Delete a file", DONE),
    ("GET", "/api/collections"): Row(
        "listCollections",
        "Files",
        "List collections",
        {200: ("All of one's own, by name.", list[Collection])},
    ),
    ("POST", "/api/collections"): Row(
        "createCollection",
        "Files",
        "Create a collection",
        {201: ("The new collection.", Collection)},
        body=CollectionFields,
        errors=(409,),
    ),
    ("PUT", "/api/collections/{id}"): Row(
        "renameCollection",
        "Files",
        "Rename a collection",
        {200: ("The collection.", Collection)},
        body=CollectionFields,
        errors=(409,),
    ),
    ("DELETE", "/api/collections/{id}"): Row(
        "deleteCollection", "Files", "Delete a collection", DONE, more="Its files stay."
    ),
}
