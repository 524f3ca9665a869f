"""What a new server starts with: sample images and templates made of them."""

from __future__ import annotations
