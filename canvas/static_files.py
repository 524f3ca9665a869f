"""Static files in front of Django: the built frontend and our own few.

servestatic finds, compresses and revalidates; what is ours is only which files never change. It
stands before Django as an ASGI application because as a middleware it would cost every request a
change of threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from servestatic import ServeStaticASGI

#: `canvas/assets/name-Hash1234.js`, as Vite writes them: another content has another name.
_HASHED = re.compile(r"/canvas/assets/[^/]+[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")


def static_files(
    application: Callable[..., Any],
    *,
    root: Path,
    url: str,
    more: Mapping[str, Path] | None = None,
) -> ServeStaticASGI:
    """Serve what lies under `root` at `url`; everything else goes to the application.

    `more` maps a name below `url` to another folder that is served there.
    """
    served = ServeStaticASGI(
        application,
        root=root,
        prefix=url,
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=lambda path, address: bool(_HASHED.search(address)),
        add_headers_function=_add_headers,
    )
    for name, folder in (more or {}).items():
        served.add_files(folder, f"{url}{name}")
    return served


def _add_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
