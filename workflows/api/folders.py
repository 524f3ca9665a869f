"""/api/folders: list, create, read, rename, move, delete."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api.base import ApiView, Request
from workflows.api.query import flag
from workflows.api.shapes import moment
from workflows.services.library import folders
from workflows.types import Time


class Folder(TypedDict):
    """A folder; `workflowCount` counts what is directly in it."""

    id: str
    name: str
    parentId: str | None
    workflowCount: int
    createdAt: Time
    updatedAt: Time


class FolderList(ApiView):
    """The caller's folders."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request) -> Response:
        """List all folders, whatever their place in the tree, by name."""
        return Response([shape(row) for row in folders.folder_list(user=request.user)])

    def post(self, request: Request) -> Response:
        """Make a folder."""
        new = self.read(request, folders.NewFolder)
        folder = folders.folder_create(user=request.user, request=new)
        headers = {"Location": f"/api/folders/{folder.pk}"}
        return Response(shape(folder), status=201, headers=headers)


class FolderDetail(ApiView):
    """One folder."""

    capability = {"GET": "workflow:read", "PUT": "workflow:write", "DELETE": "workflow:write"}

    def get(self, request: Request, id: str) -> Response:
        """Return a folder."""
        return Response(shape(folders.folder_get(user=request.user, folder_id=id)))

    def put(self, request: Request, id: str) -> Response:
        """Rename or move a folder."""
        folders.folder_get(user=request.user, folder_id=id)
        fields = self.read(request, folders.FolderFields)
        folder = folders.folder_save(user=request.user, folder_id=id, request=fields)
        return Response(shape(folder))

    def delete(self, request: Request, id: str) -> Response:
        """Delete a folder; `?recursive=true` deletes what it holds as well."""
        recursive = flag(request, "recursive") or False
        folders.folder_delete(user=request.user, folder_id=id, recursive=recursive)
        return Response({"success": True})


def shape(folder: models.Folder) -> Folder:
    """Return a folder as JSON."""
    return {
        "id": str(folder.pk),
        "name": folder.name,
        "parentId": None if folder.parent_id is None else str(folder.parent_id),
        "workflowCount": folder.workflow_count,  # type: ignore[attr-defined]  # annotated
        "createdAt": moment(folder.created_at),
        "updatedAt": moment(folder.updated_at),
    }
