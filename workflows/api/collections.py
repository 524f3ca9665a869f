"""/api/collections: list, create, rename, delete."""

from __future__ import annotations

from typing import TypedDict

from rest_framework.response import Response

from workflows import models
from workflows.api.base import ApiView, Request
from workflows.api.shapes import moment
from workflows.services.library import collections
from workflows.types import Time


class Collection(TypedDict):
    """A collection; `assetCount` counts its files."""

    id: str
    name: str
    assetCount: int
    createdAt: Time
    updatedAt: Time


class CollectionList(ApiView):
    """The caller's collections."""

    capability = {"GET": "execution:read", "POST": "workflow:write"}

    def get(self, request: Request) -> Response:
        """List all collections, by name."""
        return Response([shape(row) for row in collections.collection_list(user=request.user)])

    def post(self, request: Request) -> Response:
        """Create a collection."""
        new = self.read(request, collections.CollectionFields)
        collection = collections.collection_create(user=request.user, request=new)
        return Response(shape(collection), status=201)


class CollectionDetail(ApiView):
    """One collection."""

    capability = {"PUT": "workflow:write", "DELETE": "workflow:write"}

    def put(self, request: Request, id: str) -> Response:
        """Rename a collection."""
        collections.collection_get(user=request.user, id=id)
        fields = self.read(request, collections.CollectionFields)
        row = collections.collection_save(user=request.user, id=id, request=fields)
        return Response(shape(row))

    def delete(self, request: Request, id: str) -> Response:
        """Delete a collection; its files stay."""
        collections.collection_delete(user=request.user, id=id)
        return Response({"success": True})


def shape(row: models.Collection) -> Collection:
    """Return a collection as JSON."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "assetCount": row.asset_count,  # type: ignore[attr-defined]  # annotated
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    }
