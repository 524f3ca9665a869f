"""Calls every method of fal-client, as a user's script does: the environment says where fal is.

`python client.py <method>…` prints a JSON object of what each has answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fal_client
from fal_client import client as parts_of_fal

APP = "workflows/admin/texts"
INPUT = {"prompt": "Grüße 🦊"}
SLOW = "workflows/admin/slow"


def run() -> Any:
    return fal_client.run(APP, INPUT)


def submit() -> Any:
    handle = fal_client.submit(APP, INPUT)
    told = [type(event).__name__ for event in handle.iter_events(with_logs=True)]
    return {"last": told[-1], "output": handle.get()}


def by_id() -> Any:
    handle = fal_client.submit(APP, INPUT)
    handle.get()
    status = fal_client.status(APP, handle.request_id, with_logs=True)
    return {
        "status": type(status).__name__,
        "logs": [line["message"] for line in getattr(status, "logs", None) or []],
        "output": fal_client.result(APP, handle.request_id),
    }


def cancel() -> Any:
    handle = fal_client.submit(SLOW, {})
    fal_client.cancel(SLOW, handle.request_id)
    try:
        return handle.get()
    except fal_client.FalClientHTTPError as error:
        return [error.status_code, error.error_type]


def subscribe() -> Any:
    return fal_client.subscribe(APP, INPUT, with_logs=True, on_queue_update=lambda update: None)


def stream() -> Any:
    return [event["type"] for event in fal_client.stream(APP, INPUT)]


def execute() -> Any:
    """The workflow comes with the request."""
    node = {
        "id": "a",
        "type": "run",
        "app": "fal-ai/text-concat",
        "input": {"text1": "$input.prompt", "text2": "!"},
    }
    out = {"id": "output", "type": "display", "fields": {"text": "$a.results"}, "depends": ["a"]}
    body = {"input": {"prompt": "a"}, "workflow": {"a": node, "output": out}}
    return list(fal_client.stream("workflows/execute", body))[-1]["output"]


def realtime_by_key() -> Any:
    with fal_client.realtime(APP, use_jwt=False) as connection:
        return _twice(connection)


def realtime() -> Any:
    with fal_client.realtime(APP, max_buffering=2) as connection:
        return _twice(connection)


def realtime_error() -> Any:
    with fal_client.realtime(APP) as connection:
        connection.send({"unknown": 1})
        try:
            return connection.recv()
        except parts_of_fal.RealtimeError as error:
            return error.error


def ws_connect() -> Any:
    import msgpack

    with fal_client.ws_connect(APP) as socket:
        socket.send(msgpack.packb(INPUT))
        return msgpack.unpackb(socket.recv())


def upload() -> Any:
    return _read(fal_client.upload(b"hello", "text/plain", file_name="a b.txt"))


def upload_fallback() -> Any:
    return _read(fal_client.upload(b"hello", "text/plain", repository="fal"))


def upload_parts() -> Any:
    """Large enough for parts, with the client's own numbers made small."""
    with _small_parts():
        return _read(fal_client.upload(b"0123456789" * 3, "text/plain", file_name="large.txt"))


def upload_file() -> Any:
    with tempfile.TemporaryDirectory() as folder, _small_parts():
        path = Path(folder) / "a large file.txt"
        path.write_bytes(b"abcdefghij" * 3)
        return _read(fal_client.upload_file(path))


def asynchronous() -> Any:
    async def all_of_it() -> Any:
        # One of its own: a client belongs to the loop it was first used in.
        client = fal_client.AsyncClient()
        handle = await client.submit(APP, INPUT)
        return {
            "run": await client.run(APP, INPUT),
            "submit": await handle.get(),
            "subscribe": await client.subscribe(APP, INPUT, with_logs=True),
            "stream": [event["type"] async for event in client.stream(APP, INPUT)],
        }

    return asyncio.run(all_of_it())


def asynchronous_uploads() -> Any:
    async def all_of_it() -> Any:
        client = fal_client.AsyncClient()
        whole = await client.upload(b"hello", "text/plain")
        with _small_parts():
            parts = await client.upload(b"0123456789" * 3, "text/plain")
        async with client.realtime(APP) as connection:
            await connection.send(INPUT)
            reply = await connection.recv()
        return [_read(whole), _read(parts), reply]

    return asyncio.run(all_of_it())


def _twice(connection: Any) -> Any:
    replies = []
    for _ in range(2):
        connection.send(INPUT)
        replies.append(connection.recv())
    return replies


def _read(url: str) -> Any:
    """Read a file back by its link, over the client's own connection library."""
    import httpx

    with httpx.Client() as client:
        return client.get(url).raise_for_status().text


@contextlib.contextmanager
def _small_parts() -> Any:
    before = parts_of_fal.MULTIPART_THRESHOLD, parts_of_fal.MULTIPART_CHUNK_SIZE
    parts_of_fal.MULTIPART_THRESHOLD, parts_of_fal.MULTIPART_CHUNK_SIZE = 20, 8
    try:
        yield
    finally:
        parts_of_fal.MULTIPART_THRESHOLD, parts_of_fal.MULTIPART_CHUNK_SIZE = before


def _answer(method: Callable[[], Any]) -> Any:
    try:
        return method()
    except Exception as error:  # told to the test, which then sees the other methods too
        return {"failed": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps({name: _answer(globals()[name]) for name in sys.argv[1:]}))
