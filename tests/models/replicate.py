"""A server that speaks as Replicate does, as its documentation says; nobody else wrote one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.models.serving import Handler, StandIn, serving

#: A schema as Replicate publishes it: enums stand apart, and `allOf` leads there.
SCHEMAS: dict[str, Any] = {
    "Input": {
        "type": "object",
        "required": ["prompt"],
        "properties": {
            "prompt": {"type": "string", "x-order": 0},
            "aspect_ratio": {
                "allOf": [{"$ref": "#/components/schemas/aspect_ratio"}],
                "default": "1:1",
            },
            "num_outputs": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
            "seed": {"type": "integer", "nullable": True},
            "image": {"type": "string", "format": "uri"},
            "steps": {"type": "integer", "minimum": 1, "maximum": 50, "default": 28},
            "strength": {"type": "number", "minimum": 0, "maximum": 1, "description": "How much."},
        },
    },
    "aspect_ratio": {"type": "string", "enum": ["1:1", "16:9"]},
    "Output": {"type": "array", "items": {"type": "string", "format": "uri"}},
}

#: A model that takes less.
FAST = {
    "Input": {
        "type": "object",
        "required": ["prompt"],
        "properties": {
            "prompt": SCHEMAS["Input"]["properties"]["prompt"],
            "steps": {"type": "integer", "minimum": 1, "maximum": 8},
        },
    },
    "Output": SCHEMAS["Output"],
}
MODELS = {"paint": SCHEMAS, "sketch": FAST}


class Predictions(StandIn):
    """Predictions are p1, p2, …; each is `processing` once before it ends as `ends` says."""

    def __init__(self, image: bytes) -> None:
        super().__init__(_Handler)
        self.image = image
        self.made: list[dict[str, Any]] = []
        self.looked: dict[str, int] = {}
        self.cancelled: list[str] = []
        self.ends = "succeeded"

    def state(self, id: str) -> dict[str, Any]:
        """Return a prediction as it stands."""
        count = self.looked[id] = self.looked.get(id, 0) + 1
        if self.ends == "never" or count == 1:
            return {
                "id": id,
                "status": "processing",
                "logs": " 40%|████      | 2/5",
                "output": None,
            }
        if self.ends != "succeeded":
            return {"id": id, "status": self.ends, "error": "NSFW content detected", "output": None}
        return {
            "id": id,
            "status": "succeeded",
            "output": [f"{self.url}/files/{id}.png"],
            "metrics": {"predict_time": 1.5},
        }


class _Handler(Handler):
    server: Predictions

    def do_GET(self) -> None:
        path = self.path
        if path.startswith("/files/"):
            # What was made is public, and the key is nobody else's business.
            assert "authorization" not in self.headers
            self.say(200, self.server.image, "image/png")
        elif path == "/account":
            self.answer(200, {"type": "user", "username": "ruth"})
        elif path.startswith("/models/ruth/") and (name := path.split("/")[3]) in MODELS:
            latest = {"id": "a" * 64, "openapi_schema": {"components": {"schemas": MODELS[name]}}}
            self.answer(200, {"owner": "ruth", "name": name, "latest_version": latest})
        elif path == "/collections/text-to-image":
            self.answer(200, {"models": [{"owner": "ruth", "name": name} for name in MODELS]})
        elif path.startswith("/predictions/"):
            self.answer(200, self.server.state(path.rpartition("/")[2]))
        else:
            self.answer(404, {"title": "Not found", "detail": "Not found.", "status": 404})

    def do_POST(self) -> None:
        body = self.body()
        if self.path.endswith("/cancel"):
            self.server.cancelled.append(self.path.split("/")[2])
            self.answer(200, {})
            return
        self.server.made.append(body)
        self.answer(201, {"id": f"p{len(self.server.made)}", "status": "starting"})


@contextmanager
def predictions(image: bytes) -> Iterator[Predictions]:
    """Serve for as long as the block lasts."""
    with serving(Predictions(image)) as server:
        yield server
