"""Calls what the `fal` package offers for workflows, with its own Python (see outside.py).

`python fal_package.py <name>` prints a JSON object of what each call has answered.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TypeVar

import fal.apps
from fal.workflows import create_workflow
from pydantic import BaseModel
from websockets.exceptions import InvalidMessage

T = TypeVar("T")


class Input(BaseModel):
    """What the workflow takes."""

    prompt: str


class Output(BaseModel):
    """What it gives."""

    text: str


def published(name: str) -> str:
    """Build a workflow of two steps and publish it."""
    workflow = create_workflow(name=name, input=Input, output=Output)
    first = workflow.run(
        "fal-ai/text-concat", input={"text1": workflow.input.prompt, "text2": " & more"}
    )
    second = workflow.run(
        "fal-ai/workflow-utilities/merge-text",
        input={"texts": [first.results, "ünï"], "separator": "|"},
    )
    workflow.set_output({"text": second.text})
    return workflow.publish(title="Two steps", is_public=False)


def streamed(app: str) -> list[dict]:
    """Return the events of a stream, which comes as raw lines."""
    lines = fal.apps.stream(app, {"prompt": "a"}, path="/stream")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def again(call: Callable[[], T]) -> T:
    """Call once more where a socket was not opened.

    The package reads and writes one TLS connection in two threads. On a busy machine the handshake
    does not arrive now and then, whoever the server is (13 of 4,709 at that of `websockets`), which
    closes the connection in the end.
    """
    for _ in range(3):
        try:
            return call()
        except InvalidMessage:
            continue
    return call()


def by_websocket(app: str, path: str = "") -> list:
    """Return the body of a response, or the pieces of a stream."""
    with fal.apps.ws(app, path=path) as connection:
        if path:
            connection.send({"prompt": "a"})
            return [bytes(piece).decode() for piece in connection.stream()]
        return [json.loads(connection.run({"prompt": "a"}))]


def in_real_time(app: str) -> dict:
    """Return the reply to one input."""
    with fal.apps._connect(app) as connection:
        return connection.run({"prompt": "a"})


def failure(app: str) -> str:
    """Return how a request that does not fit ends."""
    try:
        return str(fal.apps.run(app, {"unknown": 1}))
    except Exception as error:
        return str(error)


if __name__ == "__main__":
    name = published(sys.argv[1])
    app = f"workflows/{name}"
    told = {
        "name": name,
        "run": fal.apps.run(app, {"prompt": "a"}),
        "stream": streamed(app),
        "ws": again(lambda: by_websocket(app)),
        "ws stream": again(lambda: by_websocket(app, "/stream")),
        "realtime": again(lambda: in_real_time(app)),
        "failure": failure(app),
    }
    print(json.dumps(told))
