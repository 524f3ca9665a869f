"""The environment of a test process; loaded before Django reads its settings.

Data lies in a temporary folder, in memory where the machine has /dev/shm: tests of durability use
processes of their own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

_shm = Path("/dev/shm")
_parent = str(_shm) if _shm.is_dir() and os.access(_shm, os.W_OK) else None
_folder = tempfile.mkdtemp(prefix="patchbay-test-", dir=_parent)
# A folder that all processes of a test run have in common: a worker of xdist inherits the variable
# of the process that has started it, and which outlives it.
os.environ["TESTS_SHARE"] = (
    os.environ["DATA_DIR"] if "PYTEST_XDIST_WORKER" in os.environ else _folder
)
os.environ["DATA_DIR"] = _folder
for name in ("SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DEBUG", "PORT", "HOST"):
    os.environ.pop(name, None)
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

# The clock never decides a test. What CI tries is the same each time; everybody else, and
# `make soak` with many more, tries new examples.
_any_speed: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("suite", max_examples=50, derandomize="CI" in os.environ, **_any_speed)
settings.register_profile("soak", max_examples=2_000, **_any_speed)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
