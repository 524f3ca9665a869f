"""One execution of the tests' ComfyUI server: which node runs when, and what is told of it."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.clients.fake_comfyui_nodes import RUN, TYPES, Blocked, Interrupted, Job

if TYPE_CHECKING:
    from tests.clients.fake_comfyui_server import Comfy


class Run:
    """One execution: nodes in order, results kept from run to run where nothing has changed."""

    def __init__(
        self,
        comfy: Comfy,
        id: str,
        prompt: Any,
        extra: Any,
        ui: dict[str, Any],
        meta: dict[str, Any],
    ) -> None:
        self.comfy, self.id, self.prompt, self.extra = comfy, id, prompt, extra
        self.client, self.ui, self.meta = extra.get("client_id"), ui, meta
        self.messages: list[Any] = []
        self.results: dict[str, Any] = {}
        self.done: list[str] = []
        self.current = ""
        #: How every node stands that has begun, which is told whole each time.
        self.states: dict[str, dict[str, Any]] = {}

    def names(self) -> dict[str, Any]:
        return {
            "node_id": self.current,
            "display_node_id": self.current,
            "parent_node_id": None,
            "real_node_id": self.current,
        }

    def where(self) -> dict[str, Any]:
        kind = self.prompt.get(self.current, {}).get("class_type")
        return {"node_id": self.current, "node_type": kind, "executed": self.done}

    async def say(self, type: str, data: dict[str, Any]) -> None:
        """Send an event that the history keeps too."""
        full = {"prompt_id": self.id, **data, "timestamp": round(time.time() * 1000)}
        self.messages.append([type, full])
        await self.comfy.send(self.client, type, full)

    def key(self, node: str) -> str:
        """Return what determines a node's result."""
        row = self.prompt[node]
        inputs = {
            name: [self.key(value[0]), value[1]] if isinstance(value, list) else value
            for name, value in row.get("inputs", {}).items()
        }
        changing = uuid.uuid4().hex if row["class_type"] in ("Hold", "Explode", "Block") else ""
        return json.dumps([row["class_type"], inputs, changing], sort_keys=True)

    def cached(self, outputs: list[str]) -> list[str]:
        return [node for node in self.prompt if self.key(node) in self.comfy.cache]

    async def node(self, node: str) -> Any:
        """Execute a node after those it needs."""
        if node in self.results:
            if self.results[node] is Blocked:
                raise Blocked
            return self.results[node]
        row = self.prompt[node]
        arguments = {}
        for name, value in row.get("inputs", {}).items():
            if isinstance(value, list):
                value = (await self.node(value[0]))[value[1]]
            arguments[name] = value
        self.check()
        self.current = self.comfy.last_node = node
        key = self.key(node)
        names = {"node": node, "display_node": node, "prompt_id": self.id}
        if key not in self.comfy.cache:
            await self.state("running", 0.0, 1.0)
            await self.comfy.send(self.client, "executing", names)
            job = Job(
                self.comfy.folder,
                self.prompt,
                self.extra,
                node,
                self.step,
                self.check,
                self.comfy.gates,
            )
            declared = TYPES[row["class_type"]]["input"]
            known = {**declared.get("required", {}), **declared.get("optional", {})}
            taken = {n: v for n, v in arguments.items() if n.partition(".")[0] in known}
            try:
                result = await RUN[row["class_type"]](job, **taken)
            except Blocked as blocked:
                self.results[node] = Blocked
                # A notice about one node, not the end, and without a time.
                await self.comfy.send(
                    self.client,
                    "execution_error",
                    {
                        "prompt_id": self.id,
                        **self.where(),
                        "exception_type": "ExecutionBlocked",
                        "exception_message": str(blocked),
                        "traceback": [],
                    },
                )
                raise
            self.comfy.cache[key] = (result, job.ui or None)
        result, ui = self.comfy.cache[key]
        if ui is not None:
            self.ui[node] = ui
            self.meta[node] = self.names()
            await self.comfy.send(self.client, "executed", {**names, "output": ui})
        if ui is not None or node in self.states:
            # One that came from the cache is told of only where it has made something.
            most = self.states.get(node, {}).get("max", 1.0)
            await self.state("finished", most, most)
        self.results[node] = result
        self.done.append(node)
        return result

    def check(self) -> None:
        if self.comfy.interrupt:
            raise Interrupted

    async def step(self, value: int, most: int, picture: Image.Image | None) -> None:
        self.check()
        data = {"value": value, "max": most, "prompt_id": self.id, "node": self.current}
        await self.state("running", value, most)
        await self.comfy.send(self.client, "progress", data)
        if picture is not None:
            await self.comfy.show(self.client, self, picture)
        await asyncio.sleep(self.comfy.step_pause)

    async def state(self, state: str, value: float, most: float) -> None:
        facts = {"value": value, "max": most, "state": state, "prompt_id": self.id, **self.names()}
        self.states[self.current] = facts
        data = {"prompt_id": self.id, "nodes": dict(self.states)}
        await self.comfy.send(self.client, "progress_state", data)
