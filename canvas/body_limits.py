"""How many bytes the body of a request, or a message on a socket, may have, by its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Message = dict[str, Any]

#: The largest message on a socket that has no limit of its own.
MESSAGE_BYTES = 64 * 1024
#: Room for the boundaries and part headers of a multipart body.
MULTIPART_BYTES = 64 * 1024
#: A UUID as a segment of a path.
_ID = re.compile(r"/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?=/|$)")
#: Where visitors run a workflow, with files of theirs.
PUBLIC_RUN = re.compile(r"/api/workflows/[^/]+/public-run")


class Limits:
    """How many bytes a request's body may have, by its path.

    `others` returns the limit of paths whose larger bodies need no credential: they carry a
    permission of their own, or are open to visitors. `inner` says where the path of a request to a
    host is here. `sockets` has the largest message by the beginning of a socket's path. `refusal`
    brings the response to a body that is too large into the form of its path. In the paths of
    `uploads`, `*` is any UUID.

    Only a request with some credential may use an upload route's larger limit, so that visitors
    cannot fill the disk with temporary files.
    """

    def __init__(
        self,
        default: int,
        uploads: Mapping[str, int],
        others: Callable[[str], int | None] = lambda path: None,
        inner: Callable[[str, str], str] = lambda host, path: path,
        sockets: Mapping[str, int] | None = None,
        refusal: Callable[[str, Message], Message] = lambda path, body: body,
    ) -> None:
        self.default = default
        self.uploads = uploads
        self.others = others
        self.inner = inner
        self.sockets = sockets or {}
        self.refusal = refusal

    def of(self, path: bytes, has_credential: bool, host: bytes = b"") -> int:
        """Return the limit for a path of a host."""
        text = self.inner(host.decode("latin-1"), path.decode("latin-1"))
        larger = self.uploads.get(_ID.sub("/*", text)) if has_credential else None
        if larger is None:
            larger = self.others(text)
        return larger if larger is not None else self.default

    def of_message(self, path: str, host: bytes) -> int:
        """Return the limit for one message on the socket at a path of a host."""
        text = self.inner(host.decode("latin-1"), path)
        found = (limit for start, limit in self.sockets.items() if text.startswith(start))
        return next(found, MESSAGE_BYTES)


def default_limits() -> Limits:
    """Return the limits of this site's settings."""
    from django.conf import settings

    from workflows.compat.comfy.errors import refusal
    from workflows.compat.comfy.urls import UPLOADS
    from workflows.compat.fal.links import is_ticket_path
    from workflows.compat.fal.places import RUN, SOCKET, inner_path

    upload = settings.LIMITS["upload_bytes"] + MULTIPART_BYTES
    routes = dict.fromkeys(("/api/uploads", "/api/import", "/fal/cdn/files/upload"), upload)
    document = settings.LIMITS["document_bytes"]
    routes |= dict.fromkeys(UPLOADS, settings.LIMITS["comfy_bytes"] + MULTIPART_BYTES)
    sockets = {RUN: document, SOCKET: document}
    visitors = settings.LIMITS["public_upload_bytes"] + MULTIPART_BYTES

    def others(path: str) -> int | None:
        if is_ticket_path(path):
            return upload
        return max(visitors, document) if PUBLIC_RUN.fullmatch(path) else None

    return Limits(document, routes, others, inner_path, sockets, refusal)
