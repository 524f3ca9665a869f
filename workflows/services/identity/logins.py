"""Limits on guessing passwords: five failures an account and twenty an IP address in 15 minutes.

A try takes its place before the password is checked, so that a hundred tries at once get no more
checks than five. A right password gives the places back.
"""

from __future__ import annotations

import hashlib

from workflows.services.limits import rates

WINDOW_SECONDS = 15 * 60
PER_ACCOUNT = 5
PER_ADDRESS = 20


def attempt(*, name: str, address: str) -> None:
    """Count a try of a password. Raises RateLimitExceeded instead of letting it be checked."""
    # The address first: one that is stopped there makes no counters of invented names.
    rates.take(_address(address), limit=PER_ADDRESS, seconds=WINDOW_SECONDS)
    rates.take(_account(name), limit=PER_ACCOUNT, seconds=WINDOW_SECONDS)


def succeeded(*, name: str, address: str) -> None:
    """Forget an account's failures, and this try of the address."""
    rates.clear(_account(name))
    rates.give_back(_address(address))


def _address(address: str) -> str:
    return f"login-address:{address}"


def _account(name: str) -> str:
    digest = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return f"login-account:{digest}"
