"""Converts workflow files with comfy-cli; run by the environment that has it.

Arguments: a file with a catalogue and folders of files; answers one JSON line for each file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from comfy_cli.workflow_to_api import convert_ui_to_api


def main() -> None:
    """Print `[name, prompt]` or `[name, null, error]` for each file named."""
    catalogue = json.loads(Path(sys.argv[1]).read_text())
    for name in sys.argv[2:]:
        workflow = json.loads(Path(name).read_text())
        try:
            row = [name, convert_ui_to_api(workflow, catalogue)]
        except Exception as error:
            row = [name, None, repr(error)]
        print(json.dumps(row))


if __name__ == "__main__":
    main()
