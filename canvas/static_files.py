"""Static files in front of Django: the built frontend and our own few.

servestatic finds, compresses and revalidates; what is ours is which files never change, that a file
is looked at when it is first requested, and how it is read: servestatic begins a thread for every
file and changes threads for each piece of it, which takes longer than to read a file that the
system has in memory. It is before Django as an ASGI application because as a middleware it would
cost every request a change of threads.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from servestatic import ServeStaticASGI
from servestatic.base import scantree
from servestatic.responders import StaticFile
from servestatic.utils import decode_path_info

#: The largest piece of a file that is read and sent at a time.
PIECE_BYTES = 256 * 1024
#: What a response depends on, as servestatic names it: the names of WSGI.
_NAMES = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"range": "HTTP_RANGE",
}
#: `canvas/assets/name-Hash1234.js`, as Vite writes them: another content has another name.
_HASHED = re.compile(r"/canvas/assets/[^/]+[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")


class StaticFiles(ServeStaticASGI):  # type: ignore[misc]  # it has no types
    """Serves files that were there at the start; there are hundreds, and a page needs a few."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._unseen: dict[str, tuple[str, str, dict[str, os.stat_result]]] = {}
        super().__init__(*args, **options)

    def update_files_dictionary(self, root: str, prefix: str) -> None:
        """Note the files of a folder."""
        found = dict(scantree(root))
        self._unseen.update((prefix + path[len(root) :], (path, root, found)) for path in found)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a file, or hand the request on."""
        file = self._file(decode_path_info(scope["path"])) if scope["type"] == "http" else None
        if file is None:
            await self.application(scope, receive, send)
        else:
            await _serve(file, scope, send)

    def _file(self, path: str) -> StaticFile | None:
        unseen = self._unseen.pop(path, None)
        if unseen is not None:
            self.add_file_to_dictionary(path, *unseen)
        return self.files.get(path)


async def _serve(file: StaticFile, scope: Any, send: Any) -> None:
    given = {
        _NAMES[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _NAMES
    }
    response = file.get_response(scope["method"], given)
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    with response.file or io.BytesIO() as content:
        start = {"type": "http.response.start", "status": int(response.status), "headers": headers}
        await send(start)
        more = True
        while more:
            piece = content.read(PIECE_BYTES)
            more = len(piece) == PIECE_BYTES
            await send({"type": "http.response.body", "body": piece, "more_body": more})


def static_files(
    application: Callable[..., Any],
    *,
    root: Path,
    url: str,
    more: Mapping[str, Path] | None = None,
) -> StaticFiles:
    """Serve what is under `root` at `url`; everything else goes to the application.

    `more` maps a name below `url` to another folder that is served there.
    """
    served = StaticFiles(
        application,
        root=root,
        prefix=url,
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: bool(_HASHED.search(url)),
        add_headers_function=_add_headers,
    )
    for name, folder in (more or {}).items():
        served.add_files(folder, f"{url}{name}")
    return served


def _add_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
