"""The row of a workflow and the document it holds: one becomes the other and back.

A document is what operations apply to: nodes, edges and the metadata its owner edits, unknown keys
included. What the server decides (slug, folder, template flag, version) is not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from workflows.errors import InvalidBody
from workflows.graph import document as shape
from workflows.graph.work import of_document, same_work
from workflows.models import Workflow
from workflows.models.library import default_viewport
from workflows.nodes import registry
from workflows.types import Json, JsonObject

#: Key in the document -> column of the row.
COLUMNS: Mapping[str, str] = {
    "name": "name",
    "description": "description",
    "tags": "tags",
    "nodes": "nodes",
    "edges": "edges",
    "viewport": "viewport",
    "cover": "cover",
    "thumbnail": "thumbnail",
    "publicPlayground": "public_playground",
    "hidden": "hidden",
    "archived": "archived",
}
#: What a key means when it is left out or null (spec native C-18).
_UNSET: Mapping[str, Json] = {
    "description": "",
    "tags": [],
    "nodes": [],
    "edges": [],
    "cover": None,
    "thumbnail": None,
    "publicPlayground": False,
    "hidden": False,
    "archived": False,
}
#: Keys where null means the same as nothing.
_NULLABLE = frozenset({"description", "tags", "viewport", "cover", "thumbnail"})


def document_of(workflow: Workflow) -> JsonObject:
    """Return the document of a row; the lists are the row's own, not copies."""
    known = {key: getattr(workflow, column) for key, column in COLUMNS.items()}
    return {**known, **workflow.extra}


def document_from(body: JsonObject) -> JsonObject:
    """Return the editable part of what a client sent, null where it means "not set" filled in."""
    document: JsonObject = {}
    for key, value in body.items():
        if key in shape.READ_ONLY:
            continue
        if key == "cover" and isinstance(value, dict) and not isinstance(value.get("image"), str):
            raise InvalidBody(
                "cover needs an image.", field="cover.image", expected="the URL of an image"
            )
        document[key] = _unset(key) if value is None and key in _NULLABLE else value
    return document


def document_store(workflow: Workflow, document: JsonObject) -> None:
    """Write a checked document into its row's columns, without saving."""
    before, types = document_of(workflow), registry.node_types()
    for key, column in COLUMNS.items():
        setattr(workflow, column, document[key] if key in document else _unset(key))
    if workflow.viewport is None:
        workflow.viewport = default_viewport()
    workflow.extra = {key: value for key, value in document.items() if key not in COLUMNS}
    if not same_work(before, document, types):
        workflow.node_types = dict(shape.summary(document).types)
        workflow.work = [row.row() for row in of_document(document, types)]


def check(document: JsonObject) -> None:
    """Check a whole document within this server's limits. Raises InvalidBody, TooLarge."""
    limits = settings.LIMITS
    if "name" not in document:
        raise InvalidBody("name is missing.", field="name", expected="the workflow's name")
    shape.check(document, max_nodes=limits["nodes"], max_edges=limits["edges"])


def check_applied(document: JsonObject) -> None:
    """Check what operations may have broken in a document that was checked before: name and size.

    The rest they have checked themselves. Raises InvalidBody, TooLarge.
    """
    limits = settings.LIMITS
    sizes = [(len(document.get(key, ())), limits[key]) for key in ("nodes", "edges")]
    if "name" not in document or any(size > limit for size, limit in sizes):
        check(document)


def _unset(key: str) -> Json:
    if key == "viewport":
        return default_viewport()
    value = _UNSET[key]
    return list(value) if isinstance(value, list) else value
