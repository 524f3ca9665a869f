"""A caller of the API: Django's test client with headers of its own, and JSON both ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from asgiref.sync import async_to_sync
from django.test import Client

from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Response: TypeAlias = _MonkeyPatchedWSGIResponse
else:
    from django.http import HttpResponse as Response


class Caller:
    """Sends requests as one user or token; returns the responses of Django's test client."""

    def __init__(self, headers: dict[str, str] | None = None, **options: Any) -> None:
        self.client = Client(**options)
        self.client.raise_request_exception = False
        self.headers = dict(headers or {})

    def get(self, path: str, **headers: str) -> Response:
        """Send a GET; keyword arguments are headers, `_` for `-`."""
        return self.send("GET", path, **headers)

    def delete(self, path: str, **headers: str) -> Response:
        """Send a DELETE."""
        return self.send("DELETE", path, **headers)

    def post(self, path: str, body: Json = None, **headers: str) -> Response:
        """Send a POST with a JSON body."""
        return self.send("POST", path, json.dumps({} if body is None else body), **headers)

    def put(self, path: str, body: Json, **headers: str) -> Response:
        """Send a PUT with a JSON body."""
        return self.send("PUT", path, json.dumps(body), **headers)

    def send(
        self,
        method: str,
        path: str,
        body: str | bytes = "",
        content_type: str = "application/json",
        **headers: str,
    ) -> Response:
        """Send anything."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, path, body, content_type=content_type, headers={**self.headers, **named}
        )

    def upload(self, file: Any, to: str = "/api/uploads", **fields: Any) -> Response:
        """Upload one file."""
        return self.client.post(to, {"file": file, **fields}, headers=dict(self.headers))

    def create(self, name: str = "Poster", **fields: Json) -> JsonObject:
        """Create a workflow and return it."""
        response = self.post("/api/workflows", {"name": name, **fields})
        assert response.status_code == 201, response.content
        return response.json()


def whole(response: Any) -> bytes:
    """Read a streamed answer to its end."""

    async def read() -> bytes:
        return b"".join([piece async for piece in response])

    return async_to_sync(read)()


def a_node(id: str = "a", type: str = "textBox", **data: Json) -> JsonObject:
    """Return a node."""
    return {"id": id, "type": type, "position": {"x": 0, "y": 0}, "data": data}


def an_edge(source: str, target: str, source_port: str, target_port: str) -> JsonObject:
    """Return an edge between two ports."""
    return {
        "id": f"{source}-{target}-{target_port}",
        "source": source,
        "target": target,
        "sourceHandle": f"{source_port}-out",
        "targetHandle": f"{target_port}-in",
    }


#: A workflow that answers the text it is given.
ECHO: JsonObject = {
    "nodes": [
        a_node(
            "ask",
            "requestInput",
            fields=[{"name": "text", "type": "text", "default": "hello"}],
            values={},
        ),
        a_node("say", "template", text="You said {words}"),
        a_node("end", "responseOutput"),
    ],
    "edges": [an_edge("ask", "say", "text", "words"), an_edge("say", "end", "text", "result")],
}
