"""What the server offers: the node types for the palette, and who is calling."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Annotated, Literal, TypedDict

from rest_framework.response import Response

from workflows.api.base import ApiView, Request
from workflows.api.etag import matches
from workflows.api.parsers import encode
from workflows.billing.credits import Credits, account_credits
from workflows.bodies import Body, Meta
from workflows.graph import ports
from workflows.models.people import Tier
from workflows.nodes import registry
from workflows.services.execution import models, node_previews
from workflows.types import JsonObject


class WhoAmI(TypedDict):
    """Who calls, how, and what they may do."""

    userId: str
    username: str
    email: str
    tier: Tier
    auth: Literal["session", "api-key"]
    keyId: str | None
    capabilities: list[str]
    credits: Credits


#: Objects whose keys are those of the node type.
FREE = Meta(extra_json_schema={"additionalProperties": True})


class PreviewedNode(Body):
    """A node to be tried out: its fields, and what is connected to it."""

    type: str
    data: Annotated[JsonObject, FREE]
    inputs: Annotated[JsonObject, FREE] = {}


class NodePreview(TypedDict):
    """A small image as a `data:` URL."""

    url: str
    content_type: str


class NodePreviews(ApiView):
    """What a node would make, before it runs."""

    capability = {"POST": "workflow:run"}

    def post(self, request: Request) -> Response:
        """Return what the node makes, at preview size; nothing runs, is stored or costs anything.

        Only nodes that make an image on this server can be tried out.
        """
        node = self.read(request, PreviewedNode)
        body = node_previews.node_preview(
            user=request.user, type=node.type, data=node.data, inputs=node.inputs
        )
        url = f"data:image/webp;base64,{base64.b64encode(body).decode()}"
        shown: NodePreview = {"url": url, "content_type": "image/webp"}
        return Response(shown)


class NodeTypes(ApiView):
    """The catalogue of node types; the same for everybody."""

    def get(self, request: Request) -> Response:
        """Return node types, field types, and port types with their labels and conversions."""
        body, etag = catalogue()
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if matches(request.headers.get("If-None-Match"), etag):
            return Response(status=304, headers=headers)
        return Response(body, headers=headers)


class Models(ApiView):
    """The models: node types that can be run alone."""

    def get(self, request: Request) -> Response:
        """List the models with their fields and what they cost the caller."""
        return Response(models.model_list(tier=request.user.tier))


class CallerDetail(ApiView):
    """The caller."""

    def get(self, request: Request) -> Response:
        """Return who calls, how, and what they may do."""
        caller = self.caller(request)
        found: WhoAmI = {
            "userId": str(caller.user.pk),
            "username": caller.user.get_username(),
            "email": caller.user.email,
            "tier": Tier(caller.user.tier),
            "auth": "api-key" if caller.token else "session",
            "keyId": str(caller.token.pk) if caller.token else None,
            "capabilities": sorted(caller.capabilities),
            "credits": account_credits(user=caller.user),
        }
        return Response(found)


@cache
def catalogue() -> tuple[JsonObject, str]:
    """Return the catalogue as JSON and its ETag; node types never change while we run."""
    conversions: dict[str, list[str]] = {}
    for source, target in sorted(ports.AUTOMATIC):
        conversions.setdefault(source, []).append(target)
    body: JsonObject = {
        "nodeTypes": registry.catalogue(),
        "fieldTypes": dict(registry.field_types()),
        "portTypes": list(ports.TYPES),
        "portLabels": dict(ports.TYPES),
        "conversions": {
            "automatic": conversions,
            "parsedFromText": sorted(ports.PARSED),
            "media": sorted(ports.MEDIA),
        },
    }
    return body, f'"{hashlib.sha256(encode(body)).hexdigest()[:20]}"'
