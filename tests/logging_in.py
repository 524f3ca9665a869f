"""Logging in to a real server by its one-time link, as a user does: open it, press the button."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def form_of(page: str) -> bytes:
    """Return the form of the link's page as the button sends it."""
    found = _FIELD.search(page)
    assert found is not None, page[:500]
    return urllib.parse.urlencode({"csrfmiddlewaretoken": found.group(1)}).encode()


def log_in(link: str) -> dict[str, str]:
    """Log in by a link and return the cookies a browser has then."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(link).read().decode()
    browser.open(link, form_of(page)).read()
    return {cookie.name: str(cookie.value) for cookie in jar}
