"""Users at one workflow over a network that loses packets, while the server is killed.

Nothing acknowledged is lost, all replicas agree, and each user's undo takes back exactly their own
changes. The times are printed, and decide nothing.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.server.lossy import Lossy
from tests.server.people import Person, Watcher, make_people
from tests.server.tab import HiddenTab
from tests.server.test_serve import Site
from tests.waiting import wait_until
from workflows.types import JsonObject

#: How long the long one takes.
MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
#: The document of a page as it stands.
SHOWN = "JSON.stringify(__patchbay.store.document.getState().document.nodes)"


class Soak:
    """A site, a lossy way to it, and users who edit there."""

    def __init__(self, folder: Path, *, people: int, nodes: int, seed: int = 7) -> None:
        self.site = Site(folder / "data", RATES="free=100000")
        self.site.start()
        cookies = make_people(self.site, people, nodes)
        self.chance = random.Random(seed)
        self.held = ExitStack()
        self.network = self.held.enter_context(Lossy(self.site.port, seed))
        port = self.network.port
        self.people = [Person(port, one, at, people) for at, one in enumerate(cookies)]
        self.watchers = [Watcher(person) for person in self.people]
        self.threads: list[Person | Watcher] = [*self.watchers, *self.people]
        self.start = self.people[0].document
        self.cookies = cookies
        self.tab: HiddenTab | None = None

    def hide_a_tab(self, folder: Path) -> None:
        """Open the workflow in a tab that is hidden from then on."""
        origin = f"http://127.0.0.1:{self.network.port}"
        self.tab = self.held.enter_context(HiddenTab(folder, origin, self.cookies[0]))
        self.tab.open("/app/editor/shared")

    def close(self) -> None:
        for one in self.threads:
            one.over.set()
        for one in self.threads:
            if one.ident is not None:
                one.join(60)
        for person in self.people:
            person.close()
        self.held.close()
        self.site.stop()

    def count(self) -> int:
        """Return how many edits are acknowledged; nobody may have failed."""
        for one in self.threads:
            assert one.failure is None, one.failure
        return sum(len(person.acknowledged) for person in self.people)

    def edit(self, *, kills: int, seconds: float, least: int) -> None:
        """Let all edit while the server is killed at times spread over so many seconds."""
        self.network.loss = 0.05
        for one in self.threads:
            one.start()
        for _ in range(kills):
            self._wait(seconds / (kills + 1), least)
            self.site.process.kill()
            self.site.process.wait()
            self.site.start()
        self._wait(seconds / (kills + 1), least)
        for person in self.people:
            person.over.set()
        for person in self.people:
            person.join(60)

    def _wait(self, seconds: float, least: int) -> None:
        """Wait for so many more edits, and so long."""
        before, until = self.count(), time.monotonic() + seconds
        wait_until(lambda: self.count() - before >= least and time.monotonic() > until, 300)

    def agree(self) -> dict[str, JsonObject]:
        """Wait until every replica is the server's document; return its nodes by id."""
        ended = time.monotonic()
        reader = self.people[0]
        reader.catch_up()
        whole = reader.ask("GET", reader.path)[1]
        newest = {"nodes": whole["nodes"], "edges": whole["edges"]}
        wait_until(lambda: all(one.version == whole["version"] for one in self.watchers), 60)
        sockets = time.monotonic() - ended
        if self.tab is not None:
            shown = json.dumps(whole["nodes"])
            wait_until(lambda: json.dumps(json.loads(self.tab.find(SHOWN))) == shown, 60)
            assert self.tab.find("document.visibilityState") == "hidden"
        print(f"equal after {sockets:.2f} s, with the tab {time.monotonic() - ended:.2f} s")
        for person in self.people:
            person.catch_up()
        for replica in self.threads:
            assert json.dumps(replica.document) == json.dumps(newest), replica.name
        return {node["id"]: node for node in whole["nodes"]}

    def check_log(self) -> None:
        """Every edit that was acknowledged has been seen by each, once, where it was said to be."""
        for watcher in self.watchers:
            for person in self.people:
                assert person.acknowledged.keys() <= watcher.seen.keys(), watcher.name

    def undo(self, nodes: dict[str, JsonObject]) -> None:
        """Let one after the other take everything back."""
        before = {node["id"]: node for node in self.start["nodes"]}
        for person in self.people:
            count = person.undo_all()
            person.catch_up()
            found = {node["id"]: node for node in person.document["nodes"]}
            kept = {id: node for id, node in nodes.items() if not person.owns(id)}
            own = {id: node for id, node in before.items() if person.owns(id)}
            assert json.dumps(found, sort_keys=True) == json.dumps(kept | own, sort_keys=True)
            nodes = found
            print(f"{person.name} took {count} steps back")

    def report(self) -> None:
        """Print the figures."""
        times = sorted(
            each
            for watcher in self.watchers
            for person in self.people
            if watcher.person is not person
            for each in watcher.times(person.sent)
        )
        network = self.network
        print(
            f"{self.count()} edits of {len(self.people)} users; {network.lost} of "
            f"{network.packets} packets lost, {network.ended} connections with them, "
            f"{sum(person.lost for person in self.people)} requests sent again; seen after "
            f"{statistics.median(times) * 1000:.0f} ms, 95 % within "
            f"{times[int(len(times) * 0.95)] * 1000:.0f} ms ({len(times)} times)"
        )


def soak(folder: Path, *, hidden: bool, people: int, nodes: int, **edits: Any) -> None:
    made = Soak(folder, people=people, nodes=nodes)
    try:
        if hidden:
            made.hide_a_tab(folder / "chromium")
        made.edit(**edits)
        found = made.agree()
        made.check_log()
        made.report()
        made.undo(found)
        made.agree()
    finally:
        made.close()


def test_nothing_is_lost_and_each_undoes_their_own_while_the_server_is_killed(
    tmp_path: Path,
) -> None:
    soak(tmp_path, hidden=False, people=3, nodes=30, kills=3, seconds=0, least=15)


@pytest.mark.soak
@pytest.mark.browser
def test_five_users_and_a_hidden_tab_over_twenty_kills(tmp_path: Path) -> None:
    seconds = MINUTES * 60
    kills = round(2 * MINUTES)
    soak(tmp_path, hidden=True, people=5, nodes=300, kills=kills, seconds=seconds, least=50)
