"""Trouble of the machine itself: memory, disk, database."""

from __future__ import annotations

import errno

from workflows.errors.base import PatchbayError


class Unavailable(PatchbayError):
    """The server cannot do this at the moment; try again in a few seconds."""

    code = "UNAVAILABLE"
    status = 503


class Unreachable(Unavailable):
    """What keeps the files does not respond; try again in a few seconds."""

    transient = True


class StorageFull(PatchbayError):
    """The server's disk is full; nothing was stored."""

    code = "STORAGE_FULL"
    status = 507


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_BROKEN = frozenset({errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE})


def trouble(error: BaseException) -> PatchbayError | None:
    """Return what to say when the machine fails us, as the system says it; None for other errors.

    Errors of a database's driver are known to what knows the database, see `api/errors.py`.
    """
    if isinstance(error, MemoryError):
        return Unavailable("The server has no memory left for this; try again later.")
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return StorageFull()
    return Unavailable("The server's disk cannot be used.") if number in _BROKEN else None
