"""Which pages may use a browser's session: those of this origin, and trusted ones by full origin.

A page of another site neither opens the socket nor sends our cookies along: a link leads here and
shows a page, and that is all. A sibling subdomain is another site: it may belong to another team,
or to who has taken it over.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host


def allowed_origin(headers: Iterable[tuple[bytes, bytes]], *, secure: bool = False) -> bool:
    """Return whether a handshake comes from a page of ours.

    The Host header must be an allowed one, which stops DNS rebinding, and Origin must be
    `http(s)://<Host>` (scheme, host and port) or stand in CSRF_TRUSTED_ORIGINS or PUBLIC_URL. A
    missing Origin is refused: the socket is for browsers only. `secure`: it came to us by https.
    """
    found = {name: value.decode("latin-1") for name, value in headers}
    host, origin = found.get(b"host", ""), found.get(b"origin", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if origin in _trusted():
        return True
    parts = urlsplit(origin)
    # The scheme the browser used is known from the site's URL: behind a proxy ours is http.
    schemes = {"https"} if secure or settings.SESSION_COOKIE_SECURE else {"http"}
    return parts.scheme in schemes and origin == f"{parts.scheme}://{host}"


def cookies_count(request: HttpRequest) -> bool:
    """Return whether the cookies of a request are its own page's to send.

    Browsers say by Sec-Fetch-Site whose page has made a request; scripts cannot forge it. What has
    none comes from an older browser or a program, and is left to SameSite and the CSRF token.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site in ("same-origin", "none") or request.headers.get("Origin") in _trusted():
        return True
    mode, shown = (request.headers.get(f"Sec-Fetch-{name}") for name in ("Mode", "Dest"))
    return request.method in ("GET", "HEAD") and (mode, shown) == ("navigate", "document")


def _trusted() -> set[str]:
    return {settings.PUBLIC_URL, *settings.CSRF_TRUSTED_ORIGINS}
