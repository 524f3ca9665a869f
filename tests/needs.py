"""Makes sure that the programs tests drive are here, or says in one sentence how to get them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.machine import (
    chromium,
    chromium_without_windows,
    headless_chromium,
    nginx,
    postgres_bin,
    systemd_analyze,
)


def missing() -> list[str]:
    """List the Debian packages whose programs were not found."""
    found = {
        "chromium": chromium(),
        "chromium-headless-shell": chromium_without_windows(),
        "postgresql": postgres_bin(),
        "nginx": nginx(),
        "systemd": systemd_analyze(),
    }
    return [package for package, path in found.items() if path is None]


def main() -> None:
    """Install what is missing where that is possible; else say so, and fail in CI."""
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=environment)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        for package in packages:  # one by one: what one Debian does not have keeps no other away
            subprocess.run([*install, package], env=environment)
        packages = missing()
    if headless_chromium():  # either will do
        packages = [package for package in packages if not package.startswith("chromium")]
    if packages:
        print(f"Not found: {', '.join(packages)}. On Debian: apt-get install {' '.join(packages)}")
        if os.environ.get("CI") == "true":
            sys.exit(1)


if __name__ == "__main__":
    main()
