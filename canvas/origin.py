"""Which pages may open a socket: those of this very origin, and the trusted ones by full origin."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def allowed_origin(headers: Iterable[tuple[bytes, bytes]], *, secure: bool = False) -> bool:
    """Say whether a handshake comes from a page of ours.

    The Host header must be an allowed one, which stops DNS rebinding, and Origin must be
    `http(s)://<Host>` (scheme, host and port) or stand in CSRF_TRUSTED_ORIGINS or PUBLIC_URL. A
    missing Origin is refused: the socket is for browsers only. `secure`: it came to us by https.
    """
    found = {name: value.decode("latin-1") for name, value in headers}
    host, origin = found.get(b"host", ""), found.get(b"origin", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    trusted = {settings.PUBLIC_URL, *settings.CSRF_TRUSTED_ORIGINS}
    if origin in trusted:
        return True
    parts = urlsplit(origin)
    # The scheme the browser used is known from the site's address: behind a proxy ours is http.
    schemes = {"https"} if secure or settings.SESSION_COOKIE_SECURE else {"http"}
    return parts.scheme in schemes and origin == f"{parts.scheme}://{host}"
