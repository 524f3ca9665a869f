"""Files and URLs that cannot be read, opened, fetched or kept."""

from __future__ import annotations

from workflows.errors.base import PatchbayError


class AssetNotFound(PatchbayError):
    """File not found"""

    code = "FILE_NOT_FOUND"
    status = 404


class MediaBusy(PatchbayError):
    """The server is busy with other media; try again later."""

    code = "MEDIA_BUSY"
    status = 503


class MediaCrashed(PatchbayError):
    """The process that worked on this has crashed; nothing else was harmed."""

    code = "MEDIA_CRASHED"
    status = 422


class MediaTimeout(PatchbayError):
    """Opening this file takes too long."""

    code = "MEDIA_TIMEOUT"
    status = 422


class MediaTooLarge(PatchbayError):
    """Working on this needs more memory than this server gives to media."""

    code = "MEDIA_TOO_LARGE"
    status = 422


class BlockedAddress(PatchbayError):
    """The URL cannot be reached from here."""

    code = "BLOCKED_ADDRESS"
    status = 400


class FetchError(PatchbayError):
    """The URL cannot be reached from here."""

    code = "UNREACHABLE"
    status = 400
    transient = True


class FetchUnsent(FetchError):
    """The URL cannot be reached; nothing has been sent."""


class FetchTimeout(FetchError):
    """The URL took too long to respond."""

    code = "FETCH_TIMEOUT"
    status = 400


class FetchTooLarge(FetchError):
    """The response is larger than this server accepts."""

    code = "FETCH_TOO_LARGE"
    status = 400
    transient = False


class FetchRefused(FetchError):
    """This URL or request cannot be used."""

    code = "FETCH_REFUSED"
    status = 400
    transient = False


class BadImage(PatchbayError):
    """This file is not an image that can be opened."""

    code = "BAD_PICTURE"
    status = 422


class BadVideo(PatchbayError):
    """This file is not a video or an audio file that can be opened."""

    code = "BAD_VIDEO"
    status = 422


class QuotaExceeded(PatchbayError):
    """This account's storage is full."""

    code = "QUOTA_EXCEEDED"
    status = 413
