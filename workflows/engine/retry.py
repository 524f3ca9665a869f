"""Which failures are worth another try, and how long to wait before it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from workflows.errors import PatchbayError

TRIES = 4
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
#: A server may demand more patience than our own longest delay, but not for hours.
LONGEST_RETRY_AFTER_SECONDS = 120.0


#: Of which kinds what may be transient is.
TRANSIENT = (PatchbayError, ConnectionError, TimeoutError)


def is_transient(error: BaseException) -> bool:
    """Return whether the same call may succeed later.

    Our own errors declare it (`transient`); of foreign ones only lost connections and time-outs do.
    """
    declared = getattr(error, "transient", None)
    if isinstance(declared, bool):
        return declared
    return isinstance(error, ConnectionError | TimeoutError)


def delay(tried: int, retry_after: float | None, random: Callable[[], float]) -> float | None:
    """Return the seconds to wait after `tried` failed tries, or None to give up.

    The delay doubles from try to try and is spread over its upper half by `random` (0...1), so
    that many runs that failed together do not come back together. `retry_after` (seconds, as the
    HTTP header of that name) is a lower bound; one that is too far away means giving up.
    """
    if tried >= TRIES:
        return None
    if retry_after is not None and retry_after > LONGEST_RETRY_AFTER_SECONDS:
        return None
    full = min(FIRST_DELAY_SECONDS * 2.0 ** (tried - 1), LONGEST_DELAY_SECONDS)
    return max(full * (0.5 + 0.5 * random()), retry_after or 0.0)
