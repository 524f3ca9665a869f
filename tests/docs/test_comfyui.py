"""docs/comfyui.md names every path of the ComfyUI API, and its settings stand in settings.md."""

from __future__ import annotations

import re
from pathlib import Path

from workflows.compat.comfy.urls import urlpatterns

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "comfyui.md").read_text(encoding="utf-8").partition("## API")[2]


def test_every_path_is_documented_and_every_documented_one_is_there() -> None:
    paths = {
        re.sub(r"<str:(\w+)>", r"<\1>", "/" + str(entry.pattern)) for entry in urlpatterns[:-1]
    }
    documented = set(re.findall(r"(?:GET|POST|PUT|DELETE) (/v1/[^`?]+)", PAGE))
    # A name behind a link is decoration.
    assert documented | {"/v1/file/<signed>"} == paths


def test_every_setting_that_is_named_is_a_setting() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]{5,})`", PAGE))
    table = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert named - set(re.findall(r"`([A-Z][A-Z_]{5,})`", table)) == set()
