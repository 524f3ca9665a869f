"""The calls of a ComfyUI server, old and new: the requests, and what the responses mean."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

from workflows.errors import FetchError, FetchRefused, FetchTooLarge
from workflows.runners import shapes
from workflows.runners.http import Http, Response, Sink
from workflows.runners.shapes import Ended, File, Queue, Refusal
from workflows.types import Json, JsonObject

#: `/system_stats` is small and fast; a server that takes longer cannot be worked with.
HEALTH_SECONDS = 5.0
UPLOAD_SECONDS = 600.0
SMALL_BYTES = 1024 * 1024
#: What a proxy returns that wants a key; ComfyUI itself asks for none.
KEY_WANTED = (401, 403)
#: How often cancelling checks whether the request is gone, and the pause between.
CANCEL_CHECKS = 3
CANCEL_PAUSE_SECONDS = 0.5


class Client:
    """One ComfyUI server, a method for each call. Every method raises as `Http.json` does."""

    def __init__(self, http: Http) -> None:
        self.http = http

    async def stats(self) -> JsonObject:
        """Return `{"version", "devices"}`. Raises FetchError when it is no ComfyUI server."""
        response = await self.http.json(
            "GET", "/system_stats", seconds=HEALTH_SECONDS, max_bytes=SMALL_BYTES
        )
        found = shapes.stats(response.body) if response.status == 200 else None
        if found is None:
            raise _unexpected(response, "/system_stats")
        return found

    async def remaining(self) -> int:
        """Return how many requests wait or run."""
        response = await self.http.json(
            "GET", "/prompt", seconds=HEALTH_SECONDS, max_bytes=SMALL_BYTES
        )
        facts = shapes.mapping(shapes.mapping(response.body).get("exec_info"))
        found = shapes.number(facts.get("queue_remaining"))
        if response.status != 200 or found is None:
            raise _unexpected(response, "/prompt")
        return max(0, int(found))

    async def object_info(self) -> JsonObject:
        """Return the node types the server has."""
        response = await self.http.json("GET", "/object_info", packed=True)
        if response.status != 200 or not isinstance(response.body, dict):
            raise _unexpected(response, "/object_info")
        return response.body

    async def queue(self) -> Queue:
        """Return what runs and what waits."""
        response = await self.http.json("GET", "/queue")
        found = shapes.queue(response.body) if response.status == 200 else None
        if found is None:
            raise _unexpected(response, "/queue")
        return found

    async def history(self, prompt_id: str) -> Ended | None:
        """Return how a request ended; None when it has not, or is not known."""
        response = await self.http.json("GET", f"/history/{prompt_id}")
        if response.status != 200 or not isinstance(response.body, dict):
            raise _unexpected(response, "/history")
        return shapes.ended(response.body, prompt_id)

    async def prompt(self, body: JsonObject) -> tuple[bool, Refusal]:
        """Hand a graph in; say whether it was taken, and what was refused of it or altogether.

        Raises FetchUnsent or FetchRefused when it certainly has not arrived, and any other
        FetchError when it is not known.
        """
        response = await self.http.json("POST", "/prompt", body=body)
        if response.status == 200 and isinstance(
            shapes.mapping(response.body).get("prompt_id"), str
        ):
            return True, shapes.refusal(response.body)
        if response.status in (400, 413):
            refusal = shapes.refusal(response.body)
            said = refusal.message or f"The runner returned {response.status}."
            return False, Refusal(said, refusal.type, refusal.nodes)
        if response.status != 429 and 300 <= response.status < 500:
            # A proxy before ComfyUI has turned it away: a wrong key, a wrong path.
            error = _unexpected(response, "/prompt")
            raise FetchRefused(error.message, **error.context)
        raise _unexpected(response, "/prompt")

    async def upload(self, name: str, folder: str, chunks: AsyncIterator[bytes], size: int) -> str:
        """Put a file among the runner's inputs; return what a graph calls it.

        Raises FetchTooLarge for one that is larger than the runner takes.
        """
        boundary = secrets.token_hex(16)
        head = _part(boundary, "subfolder", folder) + _part(boundary, "type", "input")
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()

        async def content() -> AsyncIterator[bytes]:
            yield head
            async for chunk in chunks:
                yield chunk
            yield tail

        response = await self.http.send(
            "POST",
            "/upload/image",
            content=content(),
            headers={"content-type": f"multipart/form-data; boundary={boundary}"},
            length=len(head) + size + len(tail),
            seconds=UPLOAD_SECONDS,
            max_bytes=SMALL_BYTES,
        )
        if response.status == 413:
            raise FetchTooLarge(
                "It does not accept files as large as this one.",
                value=size,
                expected="a file of at most what the runner's --max-upload-size says",
            )
        found = shapes.mapping(response.body)
        stored, subfolder = found.get("name"), found.get("subfolder")
        if response.status != 200 or not isinstance(stored, str) or not stored:
            raise _unexpected(response, "/upload/image")
        return f"{subfolder}/{stored}" if isinstance(subfolder, str) and subfolder else stored

    async def view(self, file: File, sink: Sink, seconds: float) -> int:
        """Give a file to `sink` within a time; return the status."""
        return await self.http.download("/view", file.query, sink, seconds)

    async def forget(self, prompt_id: str) -> None:
        """Delete what the server remembers of an ended request."""
        await self.http.json("POST", "/history", body={"delete": [prompt_id]})

    async def cancel(self, prompt_id: str) -> None:
        """Take a request out of the queue, or interrupt it if it is the one that runs.

        Checks a few times, because a request whose hand-in was cut off may still arrive.
        """
        for check in range(CANCEL_CHECKS):
            if check:
                await asyncio.sleep(CANCEL_PAUSE_SECONDS)
            if await self._cancel_job(prompt_id):
                return
            await self.dequeue(prompt_id)
            queue = await self.queue()
            if prompt_id in queue.running:
                # Old servers ignore the id and stop whatever runs; only now that is ours.
                await self._post("/interrupt", {"prompt_id": prompt_id})
                return
            if await self.history(prompt_id) is not None:
                return

    async def dequeue(self, prompt_id: str) -> None:
        """Take a request out of the queue, if it waits there."""
        await self._post("/queue", {"delete": [prompt_id]})

    async def _cancel_job(self, prompt_id: str) -> bool:
        """Ask a new server to cancel; False when it does not know the call, or the request."""
        response = await self._post(f"/api/jobs/{prompt_id}/cancel", {})
        return response.status == 200 and shapes.mapping(response.body).get("cancelled") is True

    async def _post(self, path: str, body: Json) -> Response:
        return await self.http.json("POST", path, body=body, max_bytes=SMALL_BYTES)


def _part(boundary: str, name: str, value: str) -> bytes:
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    ).encode()


def _unexpected(response: Response, path: str) -> FetchError:
    """Return the error of a response that is none of a ComfyUI server."""
    if response.status in (502, 503, 504):
        # A proxy's word that the server behind it has not got the request, or not responded it.
        return FetchError(f"The proxy before the runner returned {response.status}.", value=path)
    if response.status in KEY_WANTED:
        return FetchError(
            f"The proxy before the runner returned {response.status}: one of the runner's headers "
            "is missing or wrong.",
            value=path,
            expected="the headers that the proxy wants, such as Authorization",
        )
    return FetchError(
        f"The runner returned {response.status}, which is not a ComfyUI response.",
        value=path,
        expected="a ComfyUI server",
    )
