"""What is known of one request at a runner, gathered from its events and from polling.

Events make it fast, polling makes it true: a request has ended when the history says so, and is
lost when neither queue nor history know it, however often events said otherwise.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.runners.messages import Message
from workflows.runners.shapes import Ended, mapping, number, text
from workflows.types import Json, JsonObject

#: How many reads in a row must miss a request before it counts as lost.
MISSES = 3
#: Nodes whose progress is stored; graphs have hundreds.
MOST_NODES = 10_000
MOST_NOTICES = 20
#: The type of the error that reports a node with what follows from it left out.
BLOCKED = "ExecutionBlocked"
#: Events after which it is worth reading the history at once.
ENDINGS = frozenset({"execution_success", "execution_error", "execution_interrupted"})


@dataclass(slots=True)
class Watch:
    """One request. `titles` names the nodes of its graph by id; how far it is needs all of them.

    `since` is when we began to watch, `read_at` when the run last read it. `state` is empty until
    the runner has said something, then `queued` or `running`. `ended` is there once the history has
    it; `is_lost`, `is_removed` and `away_since` say what else may have happened.
    """

    prompt_id: str
    titles: Mapping[str, str] = field(default_factory=dict)
    submitted: bool = True
    since: float = field(default_factory=time.monotonic)
    read_at: float = field(default_factory=time.monotonic)
    state: str = ""
    position: int | None = None
    fraction: float | None = None
    text: str = ""
    preview: bytes | None = None
    #: When the next preview may be taken, by the monotonic clock.
    preview_due: float = 0.0
    ended: Ended | None = None
    misses: int = 0
    #: When the runner last had it in its queue or reported it, by the monotonic clock.
    seen_at: float | None = None
    #: Whether it is gone from a runner that has not been restarted: a user has deleted it there.
    is_removed: bool = False
    away_since: float | None = None
    heard: bool = False
    #: What went wrong when it was submitted, and left open whether it has arrived.
    problem: str = ""
    reported_running: bool = False
    #: What nodes said that had everything behind them left out.
    notices: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    #: Files that are copied already, by how the runner names them.
    copied: dict[Json, Json] = field(default_factory=dict)
    _shares: dict[str, float] = field(default_factory=dict)
    _current: str = ""
    #: Whether the runner reports the state of every node; it does so before it says `executing`.
    _has_states: bool = False

    @property
    def is_lost(self) -> bool:
        """Whether the runner does not know the request."""
        return self.misses >= MISSES

    def queued(self, position: int) -> None:
        """Note that the request waits behind `position` others."""
        self._seen("queued", position)

    def running(self) -> None:
        """Note that the request is executed."""
        self._seen("running", None)

    def missed(self, *, removed: bool = False) -> None:
        """Note that a read found the request nowhere; `removed`: although nothing was restarted."""
        self.away_since, self.is_removed = None, removed
        self.misses += 1
        if self.is_lost:
            self.changed.set()

    def done(self, ended: Ended) -> None:
        """Note how the request has ended."""
        self.away_since, self.ended = None, ended
        self.changed.set()

    def away(self) -> None:
        """Note that the runner is unreachable."""
        if self.away_since is None:
            self.away_since = time.monotonic()
            self.changed.set()

    def show(self, image: bytes) -> None:
        """Keep the latest preview."""
        self.preview = image
        self.changed.set()

    def hear(self, message: Message) -> bool:
        """Take an event in; return whether it is worth reading the history now."""
        self.heard = True
        data = message.data
        if message.type == "execution_error" and data.get("exception_type") == BLOCKED:
            # About one node: all that does not follow from it runs on.
            self._note(data)
            return False
        if message.type in ENDINGS:
            return True
        if message.type == "executing" and data.get("node") is None:
            return True
        if message.type == "execution_start":
            self.running()
        elif message.type == "execution_cached":
            nodes = data.get("nodes")
            self._finish([str(node) for node in nodes] if isinstance(nodes, list) else [])
        elif message.type == "executing":
            if not self._has_states:
                # Servers without `progress_state` say only this of a node that is done.
                self._finish([self._current])
            self._go_on(str(data.get("node")), data.get("display_node"), None, None)
        elif message.type == "progress":
            value, most = number(data.get("value")), number(data.get("max"))
            self._go_on(str(data.get("node")), None, value, most)
        elif message.type == "progress_state":
            self._take(mapping(data.get("nodes")))
        elif message.type == "executed":
            self._finish([str(data.get("node"))])
        return False

    def _note(self, data: JsonObject) -> None:
        said = text(data.get("exception_message"), 500).strip() or "what follows was left out"
        who, type = text(data.get("node_id"), 200), text(data.get("node_type"), 200)
        notice = f"{type or 'A node'} ({who}): {said.rstrip('.')}."
        if notice not in self.notices and len(self.notices) < MOST_NOTICES:
            self.notices.append(notice)

    def say(self, words: str) -> None:
        """Show a text that a node of the running request shows."""
        self.text = text(words, 200)
        self.changed.set()

    def _seen(self, state: str, position: int | None) -> None:
        self.misses, self.away_since, self.seen_at = 0, None, time.monotonic()
        if self.state == "running" and state == "queued":
            return  # a response that was on its way while the request started
        if (state, position) != (self.state, self.position):
            self.state, self.position = state, position
            self.changed.set()

    def _take(self, nodes: Mapping[str, Json]) -> None:
        """Take in the state of every node that has begun."""
        self._has_states = True
        for node, facts in list(nodes.items())[:MOST_NODES]:
            found = mapping(facts)
            if found.get("state") == "finished":
                self._finish([node])
            elif found.get("state") == "running":
                value, most = number(found.get("value")), number(found.get("max"))
                self._go_on(node, found.get("display_node_id"), value, most)

    def _finish(self, nodes: list[str]) -> None:
        for node in nodes[:MOST_NODES]:
            if node:
                self._share(node, 1.0)

    def _go_on(self, node: str, shown: Json, value: float | None, most: float | None) -> None:
        if self.state != "running":
            self.running()
        self._current = node
        title = self.titles.get(str(shown)) or self.titles.get(node) or ""
        steps = value is not None and most is not None and 0 <= value <= most and most > 1
        self.text = f"{title} {value:g} of {most:g}".strip() if steps else title
        self._share(node, value / most if steps and value is not None and most else 0.0)

    def _share(self, node: str, share: float) -> None:
        known = self._shares.get(node)
        if known is None and len(self._shares) >= MOST_NODES:
            return
        self._shares[node] = max(known or 0.0, share)
        if self.titles:
            total = max(len(self.titles), len(self._shares))
            # What was said once is not taken back: events may come twice and out of order.
            self.fraction = max(self.fraction or 0.0, min(sum(self._shares.values()) / total, 1.0))
        self.changed.set()
