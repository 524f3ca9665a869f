"""Keeps a step silent and sees whether fal's clients stay: `python bench/idle.py [--seconds 310]`.

A server runs one app at a stand-in for fal that says nothing for so long; `fal.stream` of
@fal-ai/client (whose fetch gives a silent answer up after 300 s), its `subscribe` over the status
stream, and `stream` of fal-client wait for the end. Prints what each of them got.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CLIENTS = ROOT / "tests" / "clients"
ANSWER = {"text": "Grüße 🦊"}


def main() -> None:
    """Start everything, wait, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=310.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="patchbay-idle-") as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"
        os.environ["DATA_DIR"] = str(Path(folder) / "unused")
        import django

        django.setup()
        _wait_for_all(Path(folder), seconds)


def _wait_for_all(folder: Path, seconds: float) -> None:
    from tests.browser.server import Server
    from tests.clients.far import Place
    from tests.fal.farside import Reply, farside

    with farside() as far:
        server = Server(folder, fal_origin=far.origin)
        server.start()
        try:
            place = Place(server, "nora")
            place.keep_key("key-of-the-stand-in", far.origin)
            far.endless = lambda number: {"status": "IN_PROGRESS", "logs": None}
            far.results = [Reply(ANSWER)] * 3
            waiting = {
                "fal.stream": _node(place, "stream"),
                "fal.subscribe": _node(place, "subscribeStreaming"),
                "fal_client.stream": _python(place),
            }
            found: dict[str, tuple[float, Any]] = {}
            threads = [
                threading.Thread(target=_time, args=(found, *item)) for item in waiting.items()
            ]
            for thread in threads:
                thread.start()
            threading.Event().wait(seconds)
            far.endless = None
            for thread in threads:
                thread.join()
        finally:
            server.stop()
    for name, (took, answer) in found.items():
        verdict = "came through" if answer == ANSWER else f"GOT {answer!r}"
        print(f"{name:18} {verdict} after {took:.0f} s, {seconds:.0f} of them silent")
    sys.exit(any(answer != ANSWER for _, answer in found.values()))


def _time(found: dict[str, tuple[float, Any]], name: str, wait: Callable[[], Any]) -> None:
    began = time.monotonic()
    answer = wait()
    found[name] = time.monotonic() - began, answer


def _node(place: Any, script: str) -> Callable[[], Any]:
    def wait() -> Any:
        done = subprocess.run(
            ["node", "client.mjs", "proxyUrl", script, "some/model", "{}"],
            cwd=CLIENTS,
            env={**os.environ, "FAL_KEY": place.key, "SITE": place.server.url},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return done.stderr[-500:]
        answer = json.loads(done.stdout)
        return answer["last"]["output"] if script == "stream" else answer["data"]

    return wait


def _python(place: Any) -> Callable[[], Any]:
    script = (
        "import json, sys\n"
        "from fal_client import client\n"
        "client.RUN_URL_FORMAT = sys.argv[1] + '/fal/run/'\n"
        "events = list(client.SyncClient(key=sys.argv[2]).stream('some/model', arguments={}))\n"
        "print(json.dumps(events[-1].get('output')))\n"
    )

    def wait() -> Any:
        done = subprocess.run(
            [sys.executable, "-c", script, place.server.url, place.key],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr[-500:] if done.returncode else json.loads(done.stdout)

    return wait


if __name__ == "__main__":
    main()
