"""Runs pytest, and then what has failed once more by itself: `again.py NAME [pytest's arguments]`.

A test that fails only beside others, or now and then, stops nobody else's work, but it is a defect
of the test or of Patchbay: it is named at the end, below the failure as pytest has printed it.
NAME keeps apart what runs at the same time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

#: So many may need a second time; when more fail, it is not chance.
MOST = 3
#: pytest's exit code when tests have failed.
FAILED = 1


def run(name: str, arguments: list[str]) -> int:
    """Run pytest in this folder, what failed a second time, and return the exit code."""
    memory = Path(".pytest_cache", name)
    # What failed in an earlier run is none of ours.
    last = memory / "v" / "cache" / "lastfailed"
    last.unlink(missing_ok=True)
    code = _pytest(memory, arguments)
    if code != FAILED or not last.exists():
        return code
    failed = list(json.loads(last.read_text()))
    if len(failed) > MOST:
        return code
    print(f"\nOnce more, by themselves: {', '.join(failed)}", flush=True)
    code = _pytest(memory, ["-q", *failed])
    if code == 0:
        print(f"UNSTEADY, passed only the second time: {', '.join(failed)}", flush=True)
    return code


def _pytest(memory: Path, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={memory}", *arguments]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1], sys.argv[2:]))
