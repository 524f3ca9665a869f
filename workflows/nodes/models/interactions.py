"""Google's Interactions: videos, which are made in the background, and music.

Nothing is stored at Google unless the work goes on there (`store`), and what was made is fetched at
once: its URL is short-lived.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from workflows.errors import ModelFailed, ModelRefused, NodeError
from workflows.nodes.models.client import Client, step
from workflows.nodes.models.dialect import Job
from workflows.nodes.models.fetching import decoded, fetched
from workflows.nodes.models.requests import Media, NewAudio, NewVideo
from workflows.types import Json, JsonObject

_PATH = "/v1beta/interactions"
_ENDED = {
    "failed": "it failed",
    "cancelled": "it was cancelled",
    "incomplete": "it was not finished",
    "budget_exceeded": "the budget at Google is used up",
    "requires_action": "it wants an action that is not possible here",
}
_RATIOS = ("16:9", "9:16")


async def begin(client: Client, name: str, request: NewVideo) -> str:
    """Request a video and return the interaction's id. Raises NodeError."""
    if request.ratio not in _RATIOS:
        raise ModelFailed(
            f"{client.who} makes no videos of {request.ratio}.",
            field="ratio",
            value=request.ratio,
            expected=" or ".join(_RATIOS),
        )
    frames = [one for one in (request.first, request.last) if one is not None]
    form: JsonObject = {"type": "video", "aspect_ratio": request.ratio, "delivery": "uri"}
    if request.seconds is not None:
        form["duration"] = f"{request.seconds:g}s"
    if request.resolution:
        form["resolution"] = request.resolution
    task = "image_to_video" if frames else "text_to_video"
    config: JsonObject = {"video_config": {"task": task}}
    if request.seed is not None:
        config["seed"] = request.seed
    body: JsonObject = {
        "model": name,
        "input": _input(request.prompt, frames),
        "response_format": form,
        "generation_config": config,
        # Only what is stored can be read again.
        "background": True,
        "store": True,
    }
    made = await client.json(_PATH, body=body, model=name)
    found = made.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= 200:
        raise ModelFailed(
            f"{client.who} gave no id for the video.",
            field="model",
            value=name,
            expected="an id",
            status=502,
        )
    return found


async def status(client: Client, name: str, request_id: str) -> Job:
    """Poll a video, and fetch it. Raises NodeError when it has failed."""
    body = await client.json(f"{_PATH}/{step(request_id)}", model=name, timeout_seconds=120)
    status = str(body.get("status") or "")
    if status in _ENDED:
        raise _failure(client, name, body, status)
    if status != "completed":
        waits = status == "queued"
        text = f"Waiting at {client.who}" if waits else f"Running at {client.who}"
        return Job(text=text, state="queued" if waits else "running")
    return Job((await _file(client, name, body, "video"),))


async def drop(client: Client, name: str, request_id: str) -> None:
    """Cancel an interaction; one that is done is no mistake."""
    with suppress(NodeError):
        await client.call(f"{_PATH}/{step(request_id)}/cancel", method="POST", model=name)


async def music(client: Client, name: str, request: NewAudio) -> Media:
    """Make music. Raises NodeError."""
    length = f" About {request.seconds:g} seconds long." if request.seconds is not None else ""
    body: JsonObject = {
        "model": name,
        "input": f"{request.prompt}{length}",
        "response_format": {"type": "audio", "mime_type": "audio/mp3"},
        "store": False,
    }
    made = await client.json(_PATH, body=body, model=name, timeout_seconds=600)
    if made.get("status") in _ENDED:
        raise _failure(client, name, made, str(made["status"]))
    return await _file(client, name, made, "audio")


def _input(prompt: str, files: list[Media]) -> list[Json]:
    shown: list[Json] = [
        {
            "type": "image",
            "data": base64.b64encode(one.body).decode(),
            "mime_type": one.content_type,
        }
        for one in files
    ]
    return [*shown, {"type": "text", "text": prompt}]


def _contents(body: JsonObject) -> Iterator[dict[str, Any]]:
    """Yield what the model has made, the last first."""
    for name in ("output_video", "output_audio", "output_text"):
        found = body.get(name)
        if isinstance(found, dict):
            yield {"type": name.removeprefix("output_"), **found}
    steps = body.get("steps")
    for row in reversed(steps if isinstance(steps, list) else []):
        if not isinstance(row, dict) or row.get("type") != "model_output":
            continue
        contents = row.get("content")
        yield from (one for one in reversed(contents or []) if isinstance(one, dict))


async def _file(client: Client, name: str, body: JsonObject, kind: str) -> Media:
    texts = []
    for one in _contents(body):
        if one.get("type") == "text":
            texts.append(str(one.get("text") or ""))
        if one.get("type") != kind:
            continue
        content_type = str(
            one.get("mime_type") or ("video/mp4" if kind == "video" else "audio/mpeg")
        )
        if one.get("data"):
            return Media(decoded(client, str(one["data"]), content_type), content_type, kind)
        uri = str(one.get("uri") or "")
        here, there = urlsplit(client.base), urlsplit(uri)
        if (here.scheme, here.netloc) == (there.scheme, there.netloc):
            # Google's own URL of the file wants the key.
            path = there.path + (f"?{there.query}" if there.query else "")
            origin = client.at(f"{here.scheme}://{here.netloc}")
            response = await origin.call(path, model=name, timeout_seconds=600)
            return Media(response.body, response.headers.get("content-type") or content_type, kind)
        return (await fetched(client, [uri], name))[0]
    words = " ".join(texts)[:200]
    raise ModelRefused(
        f"{client.who} has made no {kind}" + (f": {words}" if words else "."),
        field="prompt",
        value=f"{client.provider}/{name}",
        expected="another prompt or model",
    )


def _failure(client: Client, name: str, body: JsonObject, status: str) -> ModelFailed:
    rows = body.get("errors")
    steps = body.get("steps")
    said = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    for row in steps if isinstance(steps, list) else []:
        if isinstance(row, dict) and isinstance(row.get("error"), dict):
            said.append(row["error"])
    words = next((str(row["message"]) for row in said if row.get("message")), _ENDED[status])
    return ModelFailed(
        f"{client.who}: {words}"[:400],
        field="prompt",
        value=f"{client.provider}/{name}",
        expected="another prompt or model",
    )
