"""What a new server starts with: sample pictures and templates made of them."""

from __future__ import annotations
