"""Django's SQLite backend with its writers in one queue."""

from __future__ import annotations
