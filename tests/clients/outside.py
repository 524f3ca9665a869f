"""The environment of the outside tools (`.venv-clients`), and calling them as a user would."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv-clients" / "bin"


def tool(name: str = "python") -> Path:
    """Return a program of the environment. Raises FileNotFoundError when it was not made."""
    found = BIN / name
    if not found.exists():
        raise FileNotFoundError(f"{found} is missing; make it by `make .venv-clients/ready`.")
    return found


def call(
    *arguments: str, name: str = "python", env: Mapping[str, str], cwd: Path, seconds: float = 120
) -> str:
    """Run a program of the environment and return what it prints; it must succeed.

    It sees of our variables only PATH and those in `env`, and `cwd` is its home, so that nobody's
    own keys and settings take part.
    """
    done = subprocess.run(
        [tool(name), *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), **env},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{name} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
