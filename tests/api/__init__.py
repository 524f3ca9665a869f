"""The API, one file per endpoint verb."""

from __future__ import annotations
