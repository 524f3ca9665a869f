"""What two real ComfyUI servers said, frame by frame: read by our reader, and matched by the fake.

The recordings stand in `tests/clients/comfyui_sessions`.
"""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.clients.fake_comfyui_server import Comfy
from workflows.runners import messages, shapes
from workflows.runners.messages import Message
from workflows.runners.tracker import Watch

FOLDER = Path(__file__).parent.parent / "clients" / "comfyui_sessions"
SESSIONS: dict[str, dict[str, list[dict[str, Any]]]] = {
    path.name.removesuffix(".json.gz"): json.loads(gzip.decompress(path.read_bytes()))
    for path in sorted(FOLDER.glob("*.json.gz"))
}
STORIES = [(version, story) for version, stories in SESSIONS.items() for story in stories]


def prompts(story: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the graphs that were taken, by their ids."""
    return {
        row["answer"]["prompt_id"]: row["send"]["prompt"]
        for row in story
        if row.get("http") == "POST /prompt" and row["status"] == 200
    }


def replayed(story: list[dict[str, Any]]) -> dict[str, list[tuple[Message, float | None]]]:
    """Give every frame to the reader; return, by request, each with the fraction shown after it."""
    found: dict[str, list[tuple[Message, float | None]]] = {}
    watches = {id: Watch(id, shapes.titles(graph)) for id, graph in prompts(story).items()}
    for row in story:
        if "text" not in row:
            continue
        message = messages.read(json.dumps(row["text"]))
        if isinstance(message, Message) and message.prompt_id in watches:
            watch = watches[message.prompt_id]
            watch.hear(message)
            found.setdefault(message.prompt_id, []).append((message, watch.fraction))
    return found


def true_fraction(nodes: dict[str, Any], done: set[str], graph: dict[str, Any]) -> float:
    """Work out from a `progress_state` alone how far a request is."""
    shares = {id: 1.0 for id in done} | {
        id: 1.0 if row["state"] == "finished" else row["value"] / row["max"]
        for id, row in nodes.items()
    }
    return sum(shares.values()) / len(graph)


@pytest.mark.parametrize(("version", "name"), STORIES)
def test_the_fraction_follows_what_a_real_server_says(version: str, name: str) -> None:
    story = SESSIONS[version][name]
    for id, heard in replayed(story).items():
        graph, done, last = prompts(story)[id], set[str](), 0.0
        for message, fraction in heard:
            if message.type == "execution_cached":
                done = set(message.data["nodes"])
            if message.type == "progress_state":
                assert fraction == pytest.approx(true_fraction(message.data["nodes"], done, graph))
            if fraction is not None:
                assert last <= fraction <= 1.0
                last = fraction
        if heard[-1][0].type == "executing" and heard[-2][0].type == "execution_success":
            left_out = {"9"} & graph.keys() if name == "refused" else set()
            assert last == pytest.approx(1 - len(left_out) / len(graph))


@pytest.mark.parametrize("version", SESSIONS)
def test_the_bar_moves_while_the_sampler_works(version: str) -> None:
    [heard] = replayed(SESSIONS[version]["run_with_progress_and_previews"]).values()
    shown = [round(fraction or 0, 3) for message, fraction in heard if message.type == "progress"]
    assert shown == [0.444, 0.556, 0.667]
    assert heard[-1][1] == 1.0


def test_a_server_without_states_is_believed_what_it_says_is_executing() -> None:
    watch = Watch("p", {"1": "A", "2": "B"})
    for node in ("1", "2"):
        watch.hear(Message("executing", {"node": node}, "p"))
    assert watch.fraction == 0.5


# The fake.


def kinds(frames: list[dict[str, Any]]) -> list[str]:
    """Say in short what frames tell: requests one after another, the blocks of nodes by their ids.

    `status` is left out, because it tells of the queue, whose changes fall anywhere.
    """
    found: list[str] = []
    blocks: dict[str, list[str]] = {}
    current = ""
    for frame in frames:
        if "binary" in frame:
            blocks[current].append("preview")
            continue
        type, data = frame["text"]["type"], frame["text"]["data"]
        if type in ("status", "feature_flags") or "prompt_id" not in data:
            continue
        if type in ("execution_start", "execution_cached"):
            found.append(type + (str(sorted(data["nodes"])) if "nodes" in data else ""))
            blocks = {}
        elif type == "progress_state":
            *before, current = data["nodes"]
            row = data["nodes"][current]
            block = blocks.setdefault(current, [])
            assert set(before) <= blocks.keys(), "every node that has begun is told of each time"
            block.append(f"state {row['state']} {row['value']:g}/{row['max']:g}")
        elif type == "executing" and data["node"] is None:
            found += [f"{id}: {one}" for id in sorted(blocks) for one in blocks[id]]
            found += [*blocks.pop("end", []), "over"]
        elif type in ("executing", "progress", "executed"):
            blocks.setdefault(data["node"], []).append(type)
        else:
            blocks.setdefault("end", []).append(type)
            found += blocks.pop("end")
    return found


async def answers(story: list[dict[str, Any]], mode: str) -> tuple[list[Any], list[Any]]:
    """Send a fake what a story sent, and return its answers and what it said on the socket."""
    comfy = Comfy(mode)
    comfy.previews = True
    await comfy.start()
    told: list[dict[str, Any]] = []
    replies: list[Any] = []
    ids: dict[str, str] = {}
    try:
        async with aiohttp.ClientSession(comfy.url) as http:
            socket = await http.ws_connect("/ws?clientId=c")
            reader = asyncio.create_task(_read(socket, told))
            for row in story:
                if "http" not in row:
                    continue
                if row["http"] == "POST /interrupt":
                    await _until(told, lambda frame: frame.get("binary"))
                body = _with_ids(row.get("send") or {}, ids)
                if "prompt" in body:
                    body["client_id"] = "c"
                async with http.post(row["http"].removeprefix("POST "), json=body) as reply:
                    text = await reply.text()
                    answer = json.loads(text) if text else None
                    replies.append((reply.status, answer))
                if isinstance(answer, dict) and "prompt_id" in answer:
                    ids[row["answer"]["prompt_id"]] = answer["prompt_id"]
                    if not _is_batch(story):
                        await _until(told, _is_end(answer["prompt_id"]))
            for id in ids.values():
                if id not in _deleted(story, ids):
                    await _until(told, _is_end(id))
            reader.cancel()
            await socket.close()
    finally:
        await comfy.stop()
    return replies, told


def _with_ids(body: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(copy.deepcopy(body))
    for old, new in ids.items():
        text = text.replace(old, new)
    found: dict[str, Any] = json.loads(text)
    for node in (found.get("prompt") or {}).values():
        if "pause" in node.get("inputs", {}):
            node["inputs"]["pause"] = 0.01
    return found


def _is_batch(story: list[dict[str, Any]]) -> bool:
    """Return whether requests were submitted while others ran, or were stopped."""
    return any(row.get("http") in ("POST /queue", "POST /interrupt") for row in story)


def _deleted(story: list[dict[str, Any]], ids: dict[str, str]) -> set[str]:
    gone = [row["send"].get("delete", []) for row in story if row.get("http") == "POST /queue"]
    return {ids[id] for list in gone for id in list}


def _is_end(id: str) -> Any:
    def is_end(frame: dict[str, Any]) -> bool:
        text = frame.get("text", {})
        data = text.get("data", {})
        ends = text.get("type") == "executing" and data.get("node") is None
        return bool(ends and data.get("prompt_id") == id)

    return is_end


async def _read(socket: aiohttp.ClientWebSocketResponse, told: list[dict[str, Any]]) -> None:
    async for frame in socket:
        binary = frame.type == aiohttp.WSMsgType.BINARY
        told.append({"binary": True} if binary else {"text": json.loads(frame.data)})


async def _until(told: list[dict[str, Any]], found: Any) -> None:
    async with asyncio.timeout(10):
        while not any(map(found, told)):  # noqa: ASYNC110  a list says nothing of its changes
            await asyncio.sleep(0.005)


def of_socket(story: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the frames that the sockets of the client that submitted were told."""
    return (
        row for row in story if row.get("ws") in ("a", "b") and ({"text", "binary"} & row.keys())
    )


#: Where the client was away for a while, or somebody pressed a button at some moment.
BY_CHANCE = {"socket_lost_and_opened_again", "two_sockets_of_one_client_id", "interrupted"}


@pytest.mark.parametrize(
    ("version", "name"), [(v, n) for v, n in STORIES if n not in BY_CHANCE and n != "refused"]
)
def test_the_fake_says_what_the_real_server_said(version: str, name: str) -> None:
    story = SESSIONS[version][name]
    _, told = asyncio.run(answers(story, "old"))
    assert kinds(told) == kinds(list(of_socket(story)))


@pytest.mark.parametrize("version", SESSIONS)
def test_the_fake_is_interrupted_as_the_real_server_is(version: str) -> None:
    story = SESSIONS[version]["interrupted"]
    _, told = asyncio.run(answers(story, "old"))
    real = kinds(list(of_socket(story)))
    stepless = [row for row in real if "/40" not in row and "progress" not in row]
    mine = [row for row in kinds(told) if "/40" not in row and "progress" not in row]
    assert [row for row in mine if "preview" not in row] == [
        row for row in stepless if "preview" not in row
    ]


@pytest.mark.parametrize("version", SESSIONS)
def test_the_fake_refuses_what_the_real_server_refuses(version: str) -> None:
    story = SESSIONS[version]["refused"]
    replies, _ = asyncio.run(answers(story, "old"))
    asked = [row for row in story if row.get("http") == "POST /prompt"]

    def short(status: int, body: dict[str, Any]) -> Any:
        rows = body.get("node_errors") or {}
        return (
            status,
            (body.get("error") or {}).get("type"),
            {id: [one["type"] for one in row["errors"]] for id, row in rows.items()},
        )

    assert [short(*reply) for reply in replies] == [
        short(row["status"], row["answer"]) for row in asked
    ]
