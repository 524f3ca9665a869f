"""Data folders of sites that have been started once, so that a test's own start is a short one.

A first start migrates an empty database and installs the templates, which takes most of its time.
Each process of the tests does this once and copies the folder from then on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What a site holds only while it runs, and the secrets that no other site may have.
_OWN = shutil.ignore_patterns(
    "serve.lock", "*-engine", "*-migrate", "tmp", "secret_key", "encryption_key"
)


def copy_started(folder: Path) -> None:
    """Fill a folder that does not exist yet, as a first start would have."""
    shutil.copytree(_first(), folder, ignore=_OWN)
    folder.chmod(0o700)


@cache
def _first() -> Path:
    folder = Path(os.environ["DATA_DIR"]) / "started"
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    prepare = "from canvas.management.commands.serve import prepare; prepare()"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", prepare],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(folder)},
        check=True,
    )
    return folder
