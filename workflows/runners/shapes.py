"""What a ComfyUI server returns, read with care: every fact may be missing or of any type.

Texts of a runner are shortened and freed of control characters before they are shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from workflows.types import Json, JsonObject

LONGEST_TEXT = 2_000
LONGEST_TRACEBACK = 8_000
#: Files of one run that are taken note of.
MOST_FILES = 1_000
_ERROR_FACTS = ("node_id", "node_type", "exception_type", "exception_message")
_FOLDERS = frozenset({"output", "temp", "input"})


@dataclass(frozen=True, slots=True)
class Queue:
    """Which requests a runner executes and which wait, in the order in which they will run.

    `prompts` are their graphs, as the runner returns them.
    """

    running: tuple[str, ...]
    pending: tuple[str, ...]
    prompts: dict[str, Json] = field(default_factory=dict)

    def position(self, prompt_id: str) -> int | None:
        """Return how many requests come before a waiting one; None when it does not wait."""
        if prompt_id not in self.pending:
            return None
        return self.pending.index(prompt_id) + len(self.running)


@dataclass(frozen=True, slots=True)
class File:
    """A file a node has made, as the runner names it; only `/view` is called with it."""

    filename: str
    subfolder: str
    folder: str

    @property
    def query(self) -> dict[str, str]:
        """The query that fetches it."""
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.folder}


@dataclass(frozen=True, slots=True)
class Made:
    """What one node has made."""

    files: tuple[File, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request ended: `outcome` is success, error or interrupted."""

    outcome: str
    outputs: dict[str, Made] = field(default_factory=dict)
    error: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a graph, or a part of it, was refused: `nodes` lists node, node_type, input, message."""

    message: str
    type: str
    nodes: tuple[JsonObject, ...]


def text(value: Json, limit: int = LONGEST_TEXT) -> str:
    """Return a text of a runner as it can be shown and stored; other values are no text."""
    if not isinstance(value, str):
        return ""
    cut = value[:limit].encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() or char in "\n\t" else " " for char in cut)


def number(value: Json) -> float | None:
    """Return a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def mapping(value: Json) -> JsonObject:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: Json) -> list[Json]:
    """Return a JSON list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def queue(body: Json) -> Queue | None:
    """Read `/queue`; None when it is none. The waiting items come as a heap, not in order."""
    if not isinstance(body, dict) or not isinstance(body.get("queue_pending"), list):
        return None
    waiting = [item for item in rows(body.get("queue_pending")) if _is_item(item)]
    running = [item for item in rows(body.get("queue_running")) if _is_item(item)]
    pending = sorted((number(item[0]) or 0.0, item[1]) for item in waiting)
    prompts = {item[1]: item[2] for item in (*waiting, *running) if len(item) > 2}
    return Queue(tuple(item[1] for item in running), tuple(id for _, id in pending), prompts)


def titles(prompt: Json) -> dict[str, str]:
    """Name each node of a prompt for those who watch."""
    found: dict[str, str] = {}
    for id, node in mapping(prompt).items():
        row = mapping(node)
        title = text(mapping(row.get("_meta")).get("title"), 100)
        found[id] = title or text(row.get("class_type"), 100) or id[:100]
    return found


def ended(body: Json, prompt_id: str) -> Ended | None:
    """Read `/history/<id>`; None while there is nothing of this request."""
    entry = mapping(body).get(prompt_id)
    if not isinstance(entry, dict):
        return None
    messages = {
        str(row[0]): mapping(row[1])
        for row in rows(mapping(entry.get("status")).get("messages"))
        if isinstance(row, list) and len(row) == 2 and isinstance(row[0], str)
    }
    outcome = "success"
    if mapping(entry.get("status")).get("status_str") == "error":
        outcome = "interrupted" if "execution_interrupted" in messages else "error"
    outputs = {
        str(node): _made(made)
        for node, made in list(mapping(entry.get("outputs")).items())[:MOST_FILES]
    }
    said = messages.get("execution_error", {})
    error: JsonObject = {key: text(said.get(key)).strip() for key in _ERROR_FACTS}
    lines = "".join(line for line in rows(said.get("traceback")) if isinstance(line, str))
    # Where it happened is at the end.
    if traceback := text(lines[-LONGEST_TRACEBACK:], LONGEST_TRACEBACK).rstrip():
        error["traceback"] = traceback
    return Ended(outcome, outputs, error)


def refusal(body: Json) -> Refusal:
    """Read the error of a refused `/prompt`, or the node errors of an accepted one."""
    found = mapping(body)
    error = mapping(found.get("error"))
    nodes: list[JsonObject] = []
    for node, facts in list(mapping(found.get("node_errors")).items())[:100]:
        for one in rows(mapping(facts).get("errors"))[:20]:
            extra = mapping(mapping(one).get("extra_info"))
            details = text(mapping(one).get("details"), 500)
            said = text(mapping(one).get("message"), 500)
            nodes.append(
                {
                    "node": str(node)[:200],
                    "node_type": text(mapping(facts).get("class_type"), 200),
                    "input": text(extra.get("input_name"), 200),
                    "type": text(mapping(one).get("type"), 100),
                    "message": f"{said}: {details}" if said and details else said or details,
                }
            )
    message = text(error.get("message"), 500) or text(found.get("error"), 500)
    return Refusal(message, text(error.get("type"), 100), tuple(nodes))


def stats(body: Json) -> JsonObject | None:
    """Read `/system_stats` as health shows it: version and devices; None when it is none."""
    system = mapping(body).get("system")
    if not isinstance(system, dict):
        return None
    devices = [
        {
            "name": text(device.get("name"), 200),
            "vramTotal": number(device.get("vram_total")),
            "vramFree": number(device.get("vram_free")),
        }
        for device in rows(mapping(body).get("devices"))[:64]
        if isinstance(device, dict)
    ]
    return {"version": text(system.get("comfyui_version"), 100), "devices": devices}


def _is_item(item: Json) -> bool:
    return isinstance(item, list) and len(item) >= 2 and isinstance(item[1], str)


def _made(value: Json) -> Made:
    """Gather the files and texts of one node, under whichever keys they are."""
    files: list[File] = []
    texts: list[str] = []
    for key, entries in mapping(value).items():
        for entry in rows(entries):
            if isinstance(entry, dict):
                file = _file(entry)
                if file is not None and file not in files and len(files) < MOST_FILES:
                    files.append(file)
            elif key == "text" and isinstance(entry, str) and len(texts) < MOST_FILES:
                texts.append(text(entry, 100_000))
    return Made(tuple(files), tuple(texts))


def _file(entry: JsonObject) -> File | None:
    name, folder = entry.get("filename"), entry.get("type")
    subfolder = entry.get("subfolder") or ""
    if not isinstance(name, str) or not isinstance(subfolder, str) or folder not in _FOLDERS:
        return None
    try:
        f"{name}{subfolder}".encode()
    except UnicodeEncodeError:
        return None
    return File(name[:1000], subfolder[:1000], str(folder))
