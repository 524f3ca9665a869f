"""A program that crashes many times over one DATA_DIR: `crashes.py COUNT`, then tells what is left.

Each crash is a process that uploads files and executes runs which make files, killed at a random
moment after its first upload has begun. What the last, undisturbed process finds and takes is
printed as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "canvas.settings"
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.engine import runs  # noqa: E402
from tests.waiting import wait_until  # noqa: E402
from workflows.engine import embedded, upkeep  # noqa: E402
from workflows.media import files, litter, memory, storage  # noqa: E402
from workflows.models import Asset, Run, User  # noqa: E402
from workflows.models.runs import UNFINISHED  # noqa: E402

#: How long a process lives at most before it is killed, once it uploads.
LIFE_SECONDS = 0.15
LATER = timedelta(days=2)


def main(count: int) -> None:
    """Crash so often and print what is left."""
    call_command("migrate", verbosity=0)
    User.objects.create_user("olga")
    chance = random.Random(count)
    for number in range(count):
        connections.close_all()
        uploads, began = os.pipe()
        child = os.fork()
        if child == 0:
            _work(number, began)
        os.close(began)
        os.read(uploads, 1)
        os.close(uploads)
        time.sleep(chance.uniform(0, LIFE_SECONDS))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(json.dumps(_left(count)))


def _work(number: int, began: int) -> None:
    """Upload and execute until the end."""
    owner = User.objects.get()
    _start_runs(owner, number)
    embedded.start()
    threading.Thread(target=_upload, args=(owner, began)).start()
    signal.pause()


def _upload(owner: User, began: int) -> None:
    """Upload one file after another; tell when the first has begun."""
    for at in range(10_000):
        storage.asset_create(owner, _pieces(began if at == 0 else None), f"{at}.bin")


def _pieces(began: int | None) -> Iterator[bytes]:
    for at in range(5):
        yield os.urandom(100_000)
        if at == 0 and began is not None:
            os.write(began, b".")


def _start_runs(owner: User, number: int) -> None:
    """Queue two runs that make a file each, unlike any other."""
    for at in range(2):
        size = 20 + 2 * number + at
        graph = runs.graph({"g": ("gradient", {"width": size, "height": 20})})
        runs.create(owner, graph, start=False)


def _left(count: int) -> dict[str, object]:
    owner = User.objects.get()
    _start_runs(owner, count)
    embedded.start()
    wait_until(lambda: not Run.objects.filter(UNFINISHED).exists(), 60)
    before = len(_files())
    later = timezone.now() + LATER
    while any(upkeep.tidy(later)):
        pass
    litter.remove(later)
    memory.image_cache().shrink(0)
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    owned = set(Asset.objects.values_list("sha256", flat=True))
    found = {
        "crashes": count,
        "litter": before - len(_files()),
        "unknown": sorted({file.name for file in _files()} - owned),
        "missing": sorted(owned - {file.name for file in _files()}),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "resident_mb": int(resident.split()[1]) // 1024,
    }
    embedded.stop()
    return found


def _files() -> list[Path]:
    """List all files but the database and the keys."""
    folders = [files.local_folder(""), Path(os.environ["DATA_DIR"]) / "tmp"]
    return [file for folder in folders for file in folder.rglob("*") if file.is_file()]


if __name__ == "__main__":
    main(int(sys.argv[1]))
