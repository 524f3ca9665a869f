"""A web server whose images come when the test says so: a run lasts exactly that long."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

from PIL import Image

#: A forgotten gate must not hold a server thread for ever.
PATIENCE_SECONDS = 60.0


def picture(width: int = 320, height: int = 200, colour: str = "#1f84f7") -> bytes:
    """Return a small PNG of one color."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


class Gate:
    """Serves `/<name>.png`; a response waits until `open(name)` was called. Takes any POST."""

    def __init__(self) -> None:
        self._gates: dict[str, threading.Event] = {}
        self._asked: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        #: What was sent here by POST, each as headers and body.
        self.reports: SimpleQueue[tuple[dict[str, str], bytes]] = SimpleQueue()
        #: Names that are not found for now.
        self.refused: set[str] = set()
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.strip("/").removesuffix(".png")
                gate._asked_for(name).release()
                gate._event(name).wait(PATIENCE_SECONDS)
                if name in gate.refused:
                    self.send_error(404)
                    return
                body = picture()
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "image/png")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked was killed meanwhile

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gate.reports.put((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def url(self, name: str) -> str:
        """Return the URL of an image that waits."""
        return f"{self.origin}/{name}.png"

    def open(self, name: str) -> None:
        """Let the response go, now and from now on."""
        self._event(name).set()

    def wait_until_asked(self, name: str, seconds: float = 20.0) -> None:
        """Return when somebody has asked for the image once more."""
        assert self._asked_for(name).acquire(timeout=seconds), f"nobody asked for {name}"

    def close(self) -> None:
        """Stop serving; whoever still waits gets a response."""
        for event in list(self._gates.values()):
            event.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _event(self, name: str) -> threading.Event:
        with self._lock:
            return self._gates.setdefault(name, threading.Event())

    def _asked_for(self, name: str) -> threading.Semaphore:
        with self._lock:
            return self._asked.setdefault(name, threading.Semaphore(0))
