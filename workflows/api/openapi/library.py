"""The rows about workflows, folders and what the server offers."""

from __future__ import annotations

from workflows.api.aliases import Alias
from workflows.api.collaborators import Collaborator, PaymentTerms, SharingLink
from workflows.api.folders import Folder
from workflows.api.imports import Imported
from workflows.api.nodes import NodePreview, PreviewedNode, WhoAmI
from workflows.api.openapi.comments import COMMENTS
from workflows.api.openapi.row import (
    BINARY,
    BOOLEAN,
    DONE,
    FREE,
    IDEMPOTENCY_KEY,
    INTEGER,
    STRING,
    UUID,
    Row,
    listed,
    nullable,
    parameter,
    ref,
    whole,
)
from workflows.api.openapi.versions import VERSION, VERSIONS
from workflows.api.schemas import PublicSchema, Schema
from workflows.api.shapes import WorkflowSummary
from workflows.graph.formats import ComfyView
from workflows.services.library.aliases import NewAlias
from workflows.services.library.changes import Changes
from workflows.services.library.folders import FolderFields, NewFolder
from workflows.services.library.links import LinkFields
from workflows.services.library.paying import Payment
from workflows.services.library.sharing import Sharing
from workflows.services.library.workflows import Copy, Move
from workflows.services.runner_catalogues import ComfyGraph
from workflows.types import JsonObject

IF_MATCH = parameter(
    "If-Match",
    {**STRING, "examples": ['"v1"', "*"]},
    'Change this version only, such as `"v17"`, else 412.',
)
IF_NONE_MATCH = parameter("If-None-Match", STRING, "Return 304 when this is still the version.")
_TEXT: JsonObject = {"type": "string", "minLength": 1, "maxLength": 200}
_WHOLE = {200: ("The whole workflow.", ref("Workflow"))}
_NEW = {201: ("The whole new workflow; Location has its URL.", ref("Workflow"))}
_FOLDER_ID: JsonObject = {"type": "string", "pattern": "^([0-9]+|null)$"}


def _move(name: str, deprecated: bool = True) -> Row:
    return Row(
        name,
        "Workflows",
        "Put a workflow into a folder",
        _WHOLE,
        headers=(IF_MATCH,),
        body=Move,
        more="`null` is the root." + (" Use PUT." if deprecated else ""),
        deprecated=deprecated,
    )


LIBRARY: dict[tuple[str, str], Row] = {
    ("GET", "/api/workflows"): Row(
        "listWorkflows",
        "Workflows",
        "List workflows",
        {
            200: (
                "One's own, newest first, then templates of others.",
                list[WorkflowSummary],
            )
        },
        query=(
            parameter("archived", BOOLEAN, "Only archived ones, or only others."),
            parameter("hidden", BOOLEAN, "Only hidden ones, or only others."),
            parameter("template", BOOLEAN, "Only templates, or only others."),
            parameter("folderId", _FOLDER_ID, "Those in this folder; `null`: at the root."),
            parameter("q", _TEXT, "Text in name, description, slug or tags."),
            parameter("tag", _TEXT, "One tag, exactly."),
            parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 1000},
                "At most so many; `Link` has the URL of the next page.",
            ),
            parameter("cursor", STRING, "Where the page before has ended, from its `Link`."),
        ),
    ),
    ("POST", "/api/workflows"): Row(
        "createWorkflow",
        "Workflows",
        "Create a workflow",
        _NEW,
        body=ref("NewWorkflow"),
        headers=(IDEMPOTENCY_KEY,),
        errors=(404, 422),
        more="Keys of the server's own are ignored, unknown ones are kept.",
    ),
    ("GET", "/api/workflows/{slug}"): Row(
        "getWorkflow",
        "Workflows",
        "Read a workflow",
        {**_WHOLE, 304: ("It has not changed.", None)},
        headers=(IF_NONE_MATCH,),
    ),
    ("PUT", "/api/workflows/{slug}"): Row(
        "saveWorkflow",
        "Workflows",
        "Save parts of a workflow",
        _WHOLE,
        headers=(IF_MATCH,),
        body=ref("WorkflowPart"),
        more="Each sent key replaces what was there; the slug stays.",
    ),
    ("DELETE", "/api/workflows/{slug}"): Row(
        "deleteWorkflow",
        "Workflows",
        "Delete a workflow",
        {
            200: (
                "It is gone; its runs stay.",
                whole(success={"const": True}, slug=STRING),
            )
        },
        headers=(IF_MATCH,),
    ),
    ("PUT", "/api/workflows/{slug}/move"): _move("moveWorkflow", deprecated=False),
    ("POST", "/api/workflows/{slug}/move"): _move("moveWorkflowByPost"),
    ("PATCH", "/api/workflows/{slug}/move"): _move("moveWorkflowByPatch"),
    ("POST", "/api/workflows/{slug}/duplicate"): Row(
        "duplicateWorkflow",
        "Workflows",
        "Copy a workflow or a template",
        _NEW,
        body=Copy,
        body_required=False,
        headers=(IDEMPOTENCY_KEY,),
        errors=(422,),
    ),
    ("POST", "/api/workflows/{slug}/changes"): Row(
        "changeWorkflow",
        "Workflows",
        "Apply a batch of operations",
        {
            200: (
                "The new version.",
                whole(version=INTEGER, epoch=UUID, missed=listed(ref("Change"))),
            )
        },
        body=Changes,
        errors=(409, 422),
        more="All of them or none, on top of what others have changed since `baseVersion`, which "
        "`missed` then holds, this batch included. The same `batchId` again has the same response "
        "and no effect.",
    ),
    ("GET", "/api/workflows/{slug}/changes"): Row(
        "listChanges",
        "Workflows",
        "List the changes after a version",
        {
            200: (
                "The changes; null for more than the server lists: read the workflow then.",
                whole(version=INTEGER, epoch=UUID, changes=nullable(listed(ref("Change")))),
            )
        },
        query=(parameter("since", {"type": "integer", "minimum": 0}, "The version known."),),
    ),
    ("GET", "/api/workflows/{slug}/collaborators"): Row(
        "listCollaborators",
        "Workflows",
        "List with whom a workflow is shared",
        {200: ("The users besides its owner, by name.", list[Collaborator])},
    ),
    ("POST", "/api/workflows/{slug}/collaborators"): Row(
        "shareWorkflow",
        "Workflows",
        "Share a workflow with a user",
        {200: ("The users besides its owner, by name.", list[Collaborator])},
        body=Sharing,
        errors=(404,),
        more="A role of null ends the share: the user's pages of it close within a second.",
    ),
    ("GET", "/api/workflows/{slug}/link"): Row(
        "getLink",
        "Workflows",
        "Read the link by which users join",
        {200: ("Its role and the end of its text.", SharingLink)},
    ),
    ("PUT", "/api/workflows/{slug}/link"): Row(
        "setLink",
        "Workflows",
        "Make, change or revoke the link by which users join",
        {200: ("The link; `url` where it is new.", SharingLink)},
        body=LinkFields,
        more="Who has joined stays when it is revoked.",
    ),
    ("GET", "/api/workflows/{slug}/payment"): Row(
        "getPayment",
        "Workflows",
        "Read who pays for runs by others",
        {200: ("Who pays, and what for.", PaymentTerms)},
    ),
    ("PUT", "/api/workflows/{slug}/payment"): Row(
        "setPayment",
        "Workflows",
        "Choose who pays for runs by others",
        {200: ("Who pays, and what for.", PaymentTerms)},
        body=Payment,
        more="An owner pays for the live version, if the owner has published it, within a limit.",
    ),
    **COMMENTS,
    **VERSIONS,
    ("GET", "/api/workflows/{slug}/export"): Row(
        "exportWorkflow",
        "Workflows",
        "Get a workflow as a file",
        {200: ("The file.", FREE)},
        also={"application/zip": BINARY},
        query=(
            parameter(
                "format",
                {"enum": ["patchbay", "fal", "comfy"]},
                "One of the workflow's `formats`; Patchbay's own if not given.",
            ),
            parameter("media", BOOLEAN, "An archive (ZIP) of Patchbay's own and its files."),
        ),
    ),
    ("POST", "/api/import"): Row(
        "importFile",
        "Workflows",
        "Read a workflow file",
        {200: ("What the file holds.", Imported)},
        body=whole(file=BINARY),
        body_type="multipart/form-data",
        more="Patchbay, fal or ComfyUI, as JSON or inside an image, or an archive of a "
        "workflow with its media. Nothing is stored but an archive's files; nothing is fetched.",
    ),
    ("POST", "/api/comfy/view"): Row(
        "viewComfy",
        "Workflows",
        "Lay out a ComfyUI graph for drawing",
        {
            200: (
                "Nodes, links, groups and subgraphs with their places and values.",
                ComfyView,
            )
        },
        body=ComfyGraph,
        more="API format or UI format. Nothing is stored.",
    ),
    ("POST", "/api/comfy/ports"): Row(
        "comfyPorts",
        "Workflows",
        "List what of a ComfyUI graph can be a port",
        {
            200: (
                "The input that each value can be and the output that each node can be, as the "
                "node type `comfyWorkflow` declares them.",
                ref("ComfyPorts"),
            )
        },
        body=ComfyGraph,
        more="API format or UI format. Nothing is stored.",
    ),
    ("GET", "/api/apps"): Row(
        "listApps",
        "Server",
        "Find what a step can call",
        {
            200: (
                "Workflows, then utilities; with `id` also their inputs and outputs.",
                listed(ref("App")),
            )
        },
        query=(
            parameter("q", _TEXT, "Part of an id, a name or a description."),
            parameter(
                "id",
                {"type": "array", "items": STRING, "maxItems": 50},
                "These and no others, those that are not here left out.",
            ),
        ),
    ),
    ("GET", "/api/workflows/{slug}/schema"): Row(
        "getSchema",
        "Workflows",
        "Read what a workflow asks for",
        {200: ("Its fields, their saved values, and the cost of a run.", Schema)},
        query=(VERSION,),
    ),
    ("GET", "/api/workflows/{slug}/public-schema"): Row(
        "getPublicSchema",
        "Public",
        "Read the inputs of a public workflow",
        {200: ("Its fields and their saved values.", PublicSchema)},
        more="404 unless `publicPlayground` is true.",
    ),
    ("GET", "/api/aliases"): Row(
        "listAliases",
        "Workflows",
        "List app aliases",
        {200: ("One's own and the site's, by app id.", list[Alias])},
    ),
    ("POST", "/api/aliases"): Row(
        "createAlias",
        "Workflows",
        "Let an app id run a workflow",
        {201: ("The new alias.", Alias)},
        body=NewAlias,
        errors=(404, 409),
        more="`site` makes it for every account: staff only, of a public workflow or a template.",
    ),
    ("DELETE", "/api/aliases/{id}"): Row(
        "deleteAlias",
        "Workflows",
        "Delete an app alias",
        DONE,
    ),
    ("GET", "/api/folders"): Row(
        "listFolders",
        "Folders",
        "List folders",
        {200: ("All of one's own, by name.", list[Folder])},
    ),
    ("POST", "/api/folders"): Row(
        "createFolder",
        "Folders",
        "Create a folder",
        {201: ("The new folder; Location has its URL.", Folder)},
        body=NewFolder,
        errors=(404, 409),
    ),
    ("GET", "/api/folders/{id}"): Row(
        "getFolder",
        "Folders",
        "Read a folder",
        {200: ("The folder.", Folder)},
    ),
    ("PUT", "/api/folders/{id}"): Row(
        "saveFolder",
        "Folders",
        "Rename or move a folder",
        {200: ("The folder.", Folder)},
        body=FolderFields,
        errors=(409,),
    ),
    ("DELETE", "/api/folders/{id}"): Row(
        "deleteFolder",
        "Folders",
        "Delete a folder",
        DONE,
        query=(parameter("recursive", BOOLEAN, "Delete what it holds instead of moving it up."),),
    ),
    ("GET", "/api/nodes"): Row(
        "listNodeTypes",
        "Server",
        "List node types, field types and port types",
        {200: ("The catalogue.", ref("Catalogue")), 304: ("It has not changed.", None)},
        headers=(IF_NONE_MATCH,),
    ),
    ("POST", "/api/nodes/preview"): Row(
        "previewNode",
        "Server",
        "Show what a node makes, at preview size and without a run",
        {200: ("A small image.", NodePreview)},
        body=PreviewedNode,
        errors=(400, 422),
    ),
    ("GET", "/api/whoami"): Row(
        "whoAmI",
        "Server",
        "Show the caller",
        {200: ("The caller.", WhoAmI)},
    ),
}
