"""Live editing at two web processes: one log, seen at both, whatever is lost between them."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from websockets.exceptions import ConnectionClosed

from tests.postgres.machines import Machines, Web
from tests.server.editors import Editor
from tests.waiting import wait_until
from workflows.graph.operations import apply

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
]

EDITS = 20
#: The sessions on which processes hear each other.
LISTENERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name LIKE 'patchbay-member%' AND datname = current_database()"
)


class Follower(threading.Thread):
    """An open editor: a replica that is made of what its socket brings, and what else it hears."""

    def __init__(self, web: Web, cookies: dict[str, str], slug: str, document: Any) -> None:
        super().__init__(daemon=True)
        self.opening = web.socket(cookies)
        self.slug = slug
        self.document, self.version = document, 1
        self.others: list[Any] = []
        self.start()

    def run(self) -> None:
        with suppress(ConnectionClosed), self.opening as socket:
            self.socket = socket
            socket.send(json.dumps({"edit": self.slug, "after": self.version}))
            for text in socket:
                frame = json.loads(text)
                if frame["type"] != "changes":
                    self.others.append(frame)
                    continue
                for change in frame["changes"]:
                    # Each once, in order: otherwise this replica stays behind for good.
                    if change["version"] == self.version + 1:
                        self.document = apply(self.document, change["operations"])
                        self.version = change["version"]

    def has(self, **facts: Any) -> bool:
        """Return whether a frame with these facts has come."""
        return any(facts.items() <= frame.items() for frame in list(self.others))

    def members(self) -> dict[str, Any]:
        """Return the others who have the workflow open."""
        found: dict[str, Any] = {}
        for frame in list(self.others):
            if frame["type"] == "presence":
                found.update(frame["members"])
        return {id: shown for id, shown in found.items() if shown is not None}

    def say(self, here: dict[str, Any]) -> None:
        """Show the others where one points."""
        self.socket.send(json.dumps({"here": here}))

    def close(self) -> None:
        self.socket.close()
        self.join(60)


class Site:
    """Two web processes over one database, and a workflow of each test's own."""

    def __init__(self, machines: Machines) -> None:
        self.machines = machines
        self.webs = machines.web(RATES="pro=100000"), machines.web(RATES="pro=100000")
        self.cookies = machines.log_in(self.webs[0])

    def make(self, slug: str) -> Document:
        """Make a workflow of twenty nodes."""
        nodes = [
            {"id": f"a{at}", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {}}
            for at in range(20)
        ]
        body = {"name": slug, "slug": slug, "nodes": nodes}
        status, made = self.webs[0].ask("POST", "/api/workflows", body)
        assert status == 201, made
        return Document(self, slug, {"nodes": made["nodes"], "edges": made["edges"]})


@dataclass
class Document:
    """A workflow that is edited."""

    site: Site
    slug: str
    first: Any

    def follow(self, at: int) -> Follower:
        """Open it at the first or the second process."""
        return Follower(self.site.webs[at], self.site.cookies, self.slug, self.first)

    def read(self) -> Any:
        """Return it as the second process has it."""
        status, found = self.site.webs[1].ask("GET", f"/api/workflows/{self.slug}")
        assert status == 200, found
        return found

    def set_field(self, at: int, version: int, value: int) -> int:
        """Change it at a process; return the version that makes."""
        batch = {
            "baseVersion": version,
            "batchId": str(uuid5(NAMESPACE_URL, f"{self.slug}/{value}")),
            "operations": [{"op": "field.set", "id": "a0", "field": "f", "value": value}],
        }
        status, done = self.site.webs[at].ask("POST", f"/api/workflows/{self.slug}/changes", batch)
        assert status == 200, done
        return int(done["version"])

    def deafen(self) -> None:
        """Cut off the sessions on which the processes hear each other."""
        wait_until(lambda: self.site.machines.database.execute(LISTENERS).fetchall())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, module_url: str) -> Iterator[Site]:
    machines = Machines(tmp_path_factory.mktemp("site"), module_url)
    yield Site(machines)
    machines.close()


def test_editors_at_two_processes_write_one_log_and_see_each_other(site: Site) -> None:
    document, webs = site.make("edited"), site.webs
    followers = [document.follow(at) for at in (0, 1)]
    writers = [Editor(webs[at % 2].port, webs[0].token, "edited", at, 0.02) for at in range(4)]
    for writer in writers:
        writer.start()
    wait_until(lambda: all(len(writer.acknowledged) >= EDITS for writer in writers), 120)
    for writer in writers:
        writer.over.set()
    for writer in writers:
        writer.join(60)
        assert writer.failure is None
    # Only now has the last of them written.
    for writer in writers:
        writer.catch_up()
        writer.close()
    found = document.read()
    newest = {"nodes": found["nodes"], "edges": found["edges"]}
    wait_until(lambda: all(one.version == found["version"] for one in followers))
    replicas: list[Editor | Follower] = [*writers, *followers]
    for replica in replicas:
        assert json.dumps(replica.document) == json.dumps(newest)
    versions = [version for writer in writers for version in writer.acknowledged.values()]
    assert sorted(versions) == list(range(2, found["version"] + 1))

    # One that comes late, at the other process, gets all from the log.
    late = document.follow(1)
    wait_until(lambda: late.version == found["version"])
    assert json.dumps(late.document) == json.dumps(newest)

    # A comment at one process is heard of at both, and read there.
    anchor = {"x": 1, "y": 2, "node": "a0"}
    path = "/api/workflows/edited/comments"
    status, made = webs[0].ask("POST", path, {"text": "Too large", "anchor": anchor})
    assert status == 201, made
    wait_until(lambda: all(one.has(type="comments", seq=made["seq"]) for one in followers))
    (thread,) = webs[1].ask("GET", path)[1]["threads"]
    assert thread["comments"][0]["text"] == "Too large"
    for follower in (*followers, late):
        follower.close()


def test_who_is_at_another_process_is_seen_moves_and_leaves(site: Site) -> None:
    document = site.make("seen")
    here, there = document.follow(0), document.follow(1)
    wait_until(lambda: len(here.members()) == 1 and len(there.members()) == 1)

    # Where one points is seen at the other process, and only what is newest of it has to be.
    for at in range(20):
        there.say({"at": [at, 0], "selected": ["a1"]})
    wait_until(lambda: [one.get("at") for one in here.members().values()] == [[19, 0]])
    assert all(one["selected"] == ["a1"] for one in here.members().values())

    # Those at one process see each other once, as before.
    beside = document.follow(0)
    wait_until(lambda: len(beside.members()) == 2 and len(there.members()) == 2)

    # What is said while nobody hears is said again.
    document.deafen()
    there.say({"at": [7, 7]})

    def points_there() -> bool:
        there.say({"at": [7, 7]})
        return any(one.get("at") == [7, 7] for one in here.members().values())

    wait_until(points_there)
    there.close()
    wait_until(lambda: len(here.members()) == 1)
    for follower in (here, beside):
        follower.close()


def test_what_is_lost_between_the_processes_is_read_from_the_log(site: Site) -> None:
    document = site.make("missed")
    follower = document.follow(1)
    version = document.set_field(0, 1, 1)
    wait_until(lambda: follower.version == version)
    for value in range(2, 5):
        # Nobody hears of what is saved now.
        document.deafen()
        version = document.set_field(0, version, value)
    wait_until(lambda: follower.version == version)
    assert follower.document["nodes"][0]["data"] == {"f": 4}
    follower.close()


def test_one_batch_sent_to_both_processes_at_once_is_applied_once(site: Site) -> None:
    document = site.make("sent")
    answers: list[int] = []
    for value in range(1, 11):
        both = threading.Barrier(2)

        def send(at: int, value: int = value, both: threading.Barrier = both) -> None:
            both.wait(60)
            answers.append(document.set_field(at, value, value))

        threads = [threading.Thread(target=send, args=(at,)) for at in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert answers == [version for version in range(2, 12) for _ in site.webs]
    assert document.read()["version"] == 11


# The last one: it ends one of the processes.
def test_members_of_a_killed_process_are_gone_for_the_others(site: Site) -> None:
    document = site.make("left")
    here, there = document.follow(0), document.follow(1)
    wait_until(lambda: len(here.members()) == 1)
    site.webs[1].process.send_signal(signal.SIGKILL)
    wait_until(lambda: not here.members())
    here.close()
    there.join(60)
