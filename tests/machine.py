"""Finds the programs of this machine that tests drive: PostgreSQL, Chromium, nginx, systemd."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

#: Flags for a Chromium without a GPU, a sandbox or the internet.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def chromium_without_windows() -> str | None:
    """Return the path of the Chromium that has no windows to draw, or None."""
    return shutil.which("chromium-headless-shell")


def headless_chromium() -> str | None:
    """Return the path of the Chromium for tests: a page takes half the time without windows."""
    return chromium_without_windows() or chromium()


def postgres_bin() -> Path | None:
    """Return the folder that holds initdb and postgres, newest version first, or None."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
        reverse=True,
    )
    if debian:
        return debian[0].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def nginx() -> str | None:
    """Return the path of nginx, which stands where only root looks, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")


def systemd_analyze() -> str | None:
    """Return the path of the program that checks systemd units, or None."""
    return shutil.which("systemd-analyze")


def must_have_everything() -> bool:
    """Return whether a missing program is a failure (in CI) rather than a reason to skip."""
    return os.environ.get("CI") == "true"
