"""Converts workflow files with comfy-cli's converter; run by the environment that has it.

Takes a file that maps names to `[path of a workflow, catalogue]`, and writes one that maps names to
prompts, or to null where the converter failed.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from comfy_cli.workflow_to_api import convert_ui_to_api


def main(jobs: str, answers: str) -> None:
    """Convert every job and write the responses."""
    logging.disable(logging.CRITICAL)
    found: dict[str, Any] = {}
    for name, (path, catalogue) in json.loads(Path(jobs).read_text()).items():
        try:
            found[name] = convert_ui_to_api(json.loads(Path(path).read_text()), catalogue)
        except Exception:
            found[name] = None
    Path(answers).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
