"""Leaves out, at the start of a server, what libraries import "if it is there" and we never use.

Django REST framework imports psycopg although the database is SQLite, and Twisted imports pyOpenSSL
although TLS is the proxy's work: together a fifth of the start and 13 MB. A module set to None is
one that "is not installed", which is a case these libraries provide for.
"""

from __future__ import annotations

import sys

from django.db import connection


def leave_out() -> None:
    """Mark what this process will not need as not installed; call it before anything loads it."""
    unused = ["OpenSSL"]
    if connection.vendor == "sqlite":
        unused.append("psycopg")
    for name in unused:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]
