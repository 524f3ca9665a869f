"""Hostile files sent to a real server: it opens none itself, and goes on as if nothing was."""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from pathlib import Path

import pytest

from tests import hostile
from tests.engine.test_malformed import FORMS, document, readers, whole
from tests.engine.test_media_processes import TYPES
from tests.processes import media_processes
from tests.server.test_memory import Watched, server

__all__ = ["server"]
pytestmark = pytest.mark.slow

#: Libraries that open images, videos and sounds.
DECODERS = ("_imaging", "libav", "libwebp", "libjpeg", "libavif")
MOST_MORE = 60 * 1024 * 1024  # bytes


@pytest.mark.parametrize("each", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_uploads_and_thumbnails_of_hostile_files_do_the_server_no_harm(
    server: Watched, each: int
) -> None:
    process = server.site.process
    assert process is not None
    seen: dict[int, int] = {}
    for number, (ending, body) in enumerate(hostile.corpus(each=each)):
        answer = server.upload(body, f"{number}.{ending}")
        seen[answer.status] = seen.get(answer.status, 0) + 1
        assert answer.status in (200, 201, 422), (ending, answer.body[:300])
        if answer.status != 422:
            file = answer.json()["url"]
            shown = server.site.ask(
                "GET", f"{file}?w=320", None, Authorization=f"Bearer {server.key}"
            )
            assert shown.status in (200, 404, 422), (ending, shown.body[:300])
    print(seen)
    assert process.poll() is None
    assert server.site.ask("GET", "/healthz").status == 200
    assert server.memory - server.idle < MOST_MORE
    maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
    assert [name for name in DECODERS if name in maps] == []
    assert len(media_processes(process.pid)) <= 2, "pages have two processes"


#: What the nodes of a damaged file may answer; anything else is a fault of ours.
FAULTS = {"NODE_CRASHED", "ENGINE_FAILED", "worker_lost", "CRASHED"}


@pytest.mark.parametrize(("each", "nodes"), [(2, 1), pytest.param(30, 2, marks=pytest.mark.soak)])
def test_hostile_files_go_through_every_media_node_and_do_the_server_no_harm(
    server: Watched, each: int, nodes: int
) -> None:
    process = server.site.process
    assert process is not None
    good = {
        kind: server.send("/api/uploads", whole(kind, forms[0]), f"good.{forms[0]}")
        for kind, forms in FORMS.items()
    }
    turns = {kind: cycle(readers(kind)) for kind in FORMS}
    ended, met, most, files = Counter[str](), set[str](), 0, 0
    faults: list[object] = []
    for number, (ending, body) in enumerate(hostile.corpus(each=each)):
        answer = server.upload(body, f"{number}.{ending}")
        files += 1
        if answer.status not in (200, 201):
            ended["refused"] += 1
            continue
        # Whatever storing it has said, a document may claim that it is what it is called.
        kind, _, _ = TYPES[ending].partition("/")
        file = {**answer.json(), "content_type": TYPES[ending]}
        for _ in range(nodes):
            type, ports = next(turns[kind])
            run = server.run(document(type, ports, good | {kind: file}))
            code = (run["error"] or {}).get("code", "completed")
            if code in FAULTS:
                faults.append((type, ending, number, run["error"]))
            ended[code] += 1
            met.add(type)
        most = max(most, server.memory - server.idle)
    print(f"{files} files, {len(met)} node types, {dict(ended)}, +{most / 2**20:.0f} MB")
    assert not faults
    assert process.poll() is None
    assert most < MOST_MORE
    every = {type for kind in FORMS for type, _ in readers(kind)}
    assert nodes == 1 or met == every, every - met
