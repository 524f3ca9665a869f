"""Every setting is documented, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r'(?:env_(?:text|int|number|bool|choice|list|prices)|_secret)\(\s*"([A-Z_]+)"')


def settings_read() -> set[str]:
    """List the names settings.py reads from the environment."""
    source = (ROOT / "canvas" / "settings.py").read_text(encoding="utf-8")
    tiers = {f"MAX_WORKFLOWS_{tier.upper()}" for tier in settings.TIERS}
    return set(READ.findall(source)) | tiers


def settings_documented() -> set[str]:
    """List the names in the first column of docs/settings.md."""
    rows = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    cells = [row.split("|")[1] for row in rows if row.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    assert settings_documented() == settings_read()
