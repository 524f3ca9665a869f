"""Static files in front of Django: the built frontend and our own few, kept in memory.

The built files carry a hash in their name and never change, so they are cached for ever; the rest
is revalidated. A `.br` or `.gz` beside a file is sent to those who take it. Reading the folder once
costs a few milliseconds and makes a request a dictionary look-up; a frontend built later is noticed
by its new manifest.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

#: `name-Hash123.js`, as Vite writes them.
_HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {".js": "text/javascript", ".map": "application/json", ".woff2": "font/woff2"}
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "public, max-age=0, must-revalidate"
MANIFEST = "canvas/manifest.json"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, with its precompressed forms by content encoding (`""` is the plain one)."""

    content_type: str
    etag: str
    cache_control: str
    bodies: Mapping[str, bytes] = field(default_factory=dict)


class StaticFiles:
    """Serve what lies under `root` at `url`; everything else goes to the application."""

    def __init__(self, application: Application, *, root: Path, url: str) -> None:
        self.application = application
        self.root = root
        self.url = url
        self._stamp: float | None = -1.0
        self._files: dict[str, StaticFile] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"]
        if not path.startswith(self.url) or scope["method"] not in ("GET", "HEAD"):
            await self.application(scope, receive, send)
            return
        found = self.files().get(path[len(self.url) :])
        if found is None:
            await self.application(scope, receive, send)
            return
        await _answer(found, scope, send)

    def files(self) -> dict[str, StaticFile]:
        """Return all files by path below `url`, read anew when the frontend was built again."""
        try:
            stamp = (self.root / MANIFEST).stat().st_mtime
        except OSError:
            stamp = None
        if stamp != self._stamp:
            self._files = read(self.root)
            self._stamp = stamp
        return self._files


def read(root: Path) -> dict[str, StaticFile]:
    """Read a folder of static files. Symbolic links are not followed."""
    found: dict[str, StaticFile] = {}
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix in (".br", ".gz"):
            continue
        name = path.relative_to(root).as_posix()
        body = path.read_bytes()
        bodies = {"": body}
        for encoding, suffix in _ENCODINGS:
            other = path.with_name(path.name + suffix)
            if other.is_file():
                bodies[encoding] = other.read_bytes()
        hashed = name.startswith("canvas/assets/") and _HASHED.search(path.name)
        found[name] = StaticFile(
            _content_type(path),
            f'"{hashlib.sha256(body).hexdigest()[:20]}"',
            FOREVER if hashed else REVALIDATE,
            bodies,
        )
    return found


def _content_type(path: Path) -> str:
    guess = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    guess = guess or "application/octet-stream"
    return f"{guess}; charset=utf-8" if guess.startswith("text/") else guess


async def _answer(file: StaticFile, scope: Message, send: Send) -> None:
    asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
    headers = [
        *_HEADERS,
        (b"etag", file.etag.encode()),
        (b"cache-control", file.cache_control.encode()),
        (b"vary", b"accept-encoding"),
    ]
    if file.etag in asked.get(b"if-none-match", ""):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    accepted = {part.split(";")[0].strip() for part in asked.get(b"accept-encoding", "").split(",")}
    encoding = next((name for name, _ in _ENCODINGS if name in accepted & file.bodies.keys()), "")
    body = file.bodies[encoding]
    headers.append((b"content-type", file.content_type.encode()))
    headers.append((b"content-length", str(len(body)).encode()))
    if encoding:
        headers.append((b"content-encoding", encoding.encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
