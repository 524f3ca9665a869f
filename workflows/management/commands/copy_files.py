"""`manage.py copy_files`: copy all files from MEDIA_ROOT to the bucket of MEDIA_URL, or back."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from workflows.management.stored_files import check_files
from workflows.media import files
from workflows.media.files.folder import Folder


class Command(BaseCommand):
    """Copy files between the folder and the bucket."""

    help = (
        "Copy all files from the folder MEDIA_ROOT to the bucket of MEDIA_URL, or back. "
        "Files that are there already are passed over, so it can be repeated while the site runs."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the direction."""
        parser.add_argument("direction", choices=["to-bucket", "to-folder"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy what is missing."""
        if not settings.BUCKET_URL:
            raise CommandError("MEDIA_URL is empty; set it to the bucket, s3://bucket/prefix.")
        check_files()
        bucket, folder = files.store(), Folder(Path(settings.MEDIA_ROOT))
        source: files.Store = folder if options["direction"] == "to-bucket" else bucket
        target: files.Store = bucket if source is folder else folder
        copied = passed = 0
        for found in source.list():
            if target.size(found.key) == found.size:
                passed += 1
                continue
            _copy(source, target, found.key)
            copied += 1
        self.stdout.write(f"{copied} files copied, {passed} were there already.")


def _copy(source: files.Store, target: files.Store, key: str) -> None:
    partial = files.local_folder("partial") / secrets.token_hex(16)
    try:
        with partial.open("xb") as file:
            partial.chmod(0o600)
            for chunk in source.read(key):
                file.write(chunk)
        target.put(key, partial)
    finally:
        partial.unlink(missing_ok=True)
