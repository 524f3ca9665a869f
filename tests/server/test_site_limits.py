"""The limits of this site: what large bodies and messages may come to, under every name we have."""

from __future__ import annotations

import pytest
from django.conf import settings

from canvas.body_limits import MESSAGE_BYTES, MULTIPART_BYTES, default_limits

DOCUMENT = settings.LIMITS["document_bytes"]
UPLOAD = settings.LIMITS["upload_bytes"] + MULTIPART_BYTES


@pytest.mark.parametrize(
    ("host", "path", "limit"),
    [
        (b"localhost", "/fal/run/workflows/a/b/realtime", DOCUMENT),
        (b"localhost", "/fal/ws/workflows/a/b", DOCUMENT),
        (b"fal.run", "/workflows/a/b/realtime", DOCUMENT),
        (b"ws.fal.run:8443", "/workflows/a/b", DOCUMENT),
        (b"localhost", "/ws/canvas", MESSAGE_BYTES),
        (b"localhost", "/workflows/a/b/realtime", MESSAGE_BYTES),
    ],
)
def test_messages_to_apps_may_be_as_large_as_documents(host: bytes, path: str, limit: int) -> None:
    assert default_limits().of_message(path, host) == limit


@pytest.mark.parametrize(
    ("host", "path", "known", "limit"),
    [
        (b"localhost", b"/fal/cdn/files/upload", True, UPLOAD),
        (b"v3.fal.media", b"/files/upload", True, UPLOAD),
        (b"v3.fal.media", b"/files/upload", False, DOCUMENT),
        (b"localhost", b"/files/upload", True, DOCUMENT),
        (b"localhost", b"/fal/cdn/put/1.x:y:z/file/1", True, DOCUMENT),
    ],
)
def test_uploads_are_known_by_whatever_name_they_come(
    host: bytes, path: bytes, known: bool, limit: int
) -> None:
    assert default_limits().of(path, known, host) == limit
