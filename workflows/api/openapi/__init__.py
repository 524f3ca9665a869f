"""The description of the API in OpenAPI 3.1: `rows` describe operations, `generate` assembles them.

The assembled `openapi.json` is beside this file and is what the server shows; nothing here but
that file is read while it serves.
"""

from __future__ import annotations

from pathlib import Path

#: The committed description.
FILE = Path(__file__).with_name("openapi.json")
