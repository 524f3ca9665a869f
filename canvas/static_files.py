"""Static files in front of Django: the built frontend and our own few.

servestatic finds, compresses and revalidates; what is ours is only which files never change, and
that a file is read when it is first requested. It is before Django as an ASGI application
because as a middleware it would cost every request a change of threads.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from servestatic import ServeStaticASGI
from servestatic.base import scantree
from servestatic.utils import decode_path_info

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
        if scope["type"] == "http":
            path = decode_path_info(scope["path"])
            unseen = self._unseen.pop(path, None)
            if unseen is not None:
                self.add_file_to_dictionary(path, *unseen)
        await super().__call__(scope, receive, send)


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
