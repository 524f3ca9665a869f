"""Callers and a running engine, as the tests of the API have them."""

from __future__ import annotations

from tests.api.conftest import TokenCaller, engine, her_browser, hers, his, nobody, token

__all__ = ["TokenCaller", "engine", "her_browser", "hers", "his", "nobody", "token"]
