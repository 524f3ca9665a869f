"""A server that speaks as Google's Interactions and Hugging Face do; nobody else wrote one.

Of OpenAI and ElevenLabs there is what takes fields: aimock does not keep what it was sent. What is
Google's follows the types of google-genai 3.6.1 (`Interaction`, `ModelOutputStep`,
`VideoResponseFormat`, `AudioResponseFormat`), what is Hugging Face's huggingface_hub 2.4.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.models.serving import Handler, StandIn, serving

KEY = "a-key-of-the-tests"


class Others(StandIn):
    """Remembers what it was asked; a video is `in_progress` once before it ends as `ends` says."""

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__(_Handler)
        self.files = {kind: path.read_bytes() for kind, path in files.items()}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.looked: dict[str, int] = {}
        self.cancelled: list[str] = []
        self.ends = "completed"

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """Return what was sent to a path."""
        return [body for place, body in self.asked if place == path]

    def interaction(self, id: str) -> dict[str, Any]:
        """Return a video's interaction as it stands."""
        count = self.looked[id] = self.looked.get(id, 0) + 1
        if count == 1 or self.ends == "never":
            return {"id": id, "status": "queued" if count == 1 else "in_progress", "steps": []}
        if self.ends != "completed":
            errors = [{"code": "x", "message": "The prompt was blocked."}]
            return {"id": id, "status": self.ends, "errors": errors}
        video = {"type": "video", "uri": f"{self.url}/v1beta/files/{id}:download?alt=media"}
        steps = [{"type": "model_output", "content": [{"type": "text", "text": "Here."}, video]}]
        return {"id": id, "status": "completed", "steps": steps}


class _Handler(Handler):
    server: Others

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/api/models":
            # The hub's list is public.
            assert "authorization" not in self.headers
            kind = self.path.partition("pipeline_tag=")[2].partition("&")[0]
            self.answer(200, [{"id": f"ruth/{kind}", "pipeline_tag": kind}])
        elif path == "/v1/user" or (path == "/v1/models" and "xi-api-key" in self.headers):
            known = self.headers.get("xi-api-key") == KEY
            self.answer(200 if known else 401, [] if known else {"detail": "Invalid API key"})
        elif path == "/v1/models":
            self.answer(200, {"object": "list", "data": [{"id": "ruth/chat", "object": "model"}]})
        elif path == "/api/whoami-v2":
            known = self.headers.get("authorization") == f"Bearer {KEY}"
            self.answer(200 if known else 401, {"name": "ruth"} if known else {"error": "Invalid"})
        elif self.headers.get("x-goog-api-key") != KEY:
            self.answer(403, {"error": {"code": 403, "message": "API key not valid."}})
        elif path == "/v1beta/models":
            models = [
                {"name": "models/gemini-omni-1.2-flash", "supportedGenerationMethods": []},
                {"name": "models/lyria-3.5", "supportedGenerationMethods": []},
            ]
            self.answer(200, {"models": models})
        elif path.startswith("/v1beta/files/"):
            self.say(200, self.server.files["video"], "video/mp4")
        elif path.startswith("/v1beta/interactions/"):
            self.answer(200, self.server.interaction(path.rpartition("/")[2]))
        else:
            self.answer(404, {"error": {"code": 404, "message": f"{path} is not here."}})

    def do_POST(self) -> None:
        body = self.body()
        path = self.path
        self.server.asked.append((path, body))
        if path.endswith("/cancel"):
            self.server.cancelled.append(path.split("/")[-2])
            self.answer(200, {"status": "cancelled"})
        elif path == "/v1beta/interactions":
            self._create(body)
        elif path == "/v1/images/generations":
            data = base64.b64encode(self.server.files["image"]).decode()
            self.answer(200, {"data": [{"b64_json": data}]})
        elif path == "/v1/music" or path.startswith("/v1/text-to-speech/"):
            self.say(200, self.server.files["audio"], "audio/mpeg")
        elif path.startswith("/hf-inference/models/"):
            assert self.headers["authorization"] == f"Bearer {KEY}"
            self._infer(path.removeprefix("/hf-inference/models/ruth/"), body)
        else:
            self.answer(404, {"error": f"{path} is not here."})

    def _create(self, body: dict[str, Any]) -> None:
        if body["response_format"]["type"] == "video":
            assert body["background"] is True
            assert body["store"] is True
            count = len(self.server.bodies("/v1beta/interactions"))
            self.answer(200, {"id": f"v1_{count}", "status": "in_progress", "steps": []})
            return
        assert body["store"] is False
        data = base64.b64encode(self.server.files["audio"]).decode()
        music = {"type": "audio", "data": data, "mime_type": "audio/wav"}
        steps = [
            {"type": "user_input", "content": [{"type": "text", "text": body["input"]}]},
            {"type": "model_output", "content": [music]},
        ]
        self.answer(200, {"id": "v1_m", "status": "completed", "steps": steps})

    def _infer(self, name: str, body: dict[str, Any]) -> None:
        if name == "loading":
            self.answer(503, {"error": "Model ruth/loading is currently loading"})
        elif name in ("text-to-image", "image-to-image"):
            self.say(200, self.server.files["image"], "image/png")
        elif name == "text-to-speech":
            self.say(200, self.server.files["audio"], "audio/wav")
        elif name == "automatic-speech-recognition":
            chunks = [{"text": " hello", "timestamp": [0.0, 0.5]}]
            self.answer(200, {"text": " hello", "chunks": chunks})
        elif name == "feature-extraction/pipeline/feature-extraction":
            self.answer(200, [[0.25, 0.5] for _ in body["inputs"]])
        else:
            self.answer(404, {"error": f"{name} is not here."})


@contextmanager
def stand_in(files: dict[str, Path]) -> Iterator[Others]:
    """Serve for as long as the block lasts."""
    with serving(Others(files)) as server:
        yield server
