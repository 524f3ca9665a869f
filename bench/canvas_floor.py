"""Builds and serves the floor page: what a bare React Flow page makes of the same boxes."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def floor_server(folder: Path) -> Iterator[str]:
    """Build the floor page into a folder and serve it."""
    environment = {**os.environ, "FLOOR_OUT": str(folder)}
    vite = ROOT / "frontend/node_modules/vite/bin/vite.js"
    config = ROOT / "bench/canvas/floor/vite.config.mjs"
    subprocess.run(
        ["node", vite, "build", "--config", config], check=True, env=environment, cwd=ROOT
    )

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            graph_file = re.fullmatch(r"/graph\.json\?(\d+)", self.path)
            if graph_file:
                self.path = f"/graph-{graph_file.group(1)}.json"
            super().do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
