"""The bounded server, driven over real sockets."""

from __future__ import annotations
