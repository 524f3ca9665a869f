"""What commands do with the place of the files: try it before they begin."""

from __future__ import annotations

from django.conf import settings
from django.core.management import CommandError

from workflows.errors import Unavailable
from workflows.media import files


def check_files() -> None:
    """Raise CommandError, naming the setting, unless files can be kept and read."""
    try:
        files.store().check()
    except Unavailable as error:
        place = settings.AWS["endpoint"] or "AWS"
        raise CommandError(
            f"{error.message} MEDIA_URL is {settings.BUCKET_URL} at {place} (AWS_ENDPOINT_URL)."
        ) from error
