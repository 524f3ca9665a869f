"""Reading the settings: it writes nothing, and where data lie when nothing is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server.process import ROOT

SHOW = "from django.conf import settings; print(settings.DATA_DIR)"
USE = "from django.conf import settings; print(settings.SECRET_KEY, settings.ENCRYPTION_KEYS[0])"
SET_UP = "import django; django.setup()"


def python(*arguments: str, where: Path = ROOT, **environment: str) -> str:
    """Run Python over the settings and return what it prints."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=where,
        env={**kept, "DJANGO_SETTINGS_MODULE": "canvas.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("command", [("-c", SET_UP), ("manage.py", "check"), ("manage.py", "help")])
def test_reading_the_settings_writes_nothing(tmp_path: Path, command: tuple[str, ...]) -> None:
    folder = tmp_path / "data"
    python(*command, DATA_DIR=str(folder))
    assert not folder.exists()


def test_a_secret_is_made_when_it_is_first_needed_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = python("-c", USE, DATA_DIR=str(folder))
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "secret_key": 0o600,
        "encryption_key": 0o600,
    }
    assert first == python("-c", USE, DATA_DIR=str(folder))
    assert first.split() == [
        (folder / "secret_key").read_text(),
        (folder / "encryption_key").read_text(),
    ]


def test_a_first_command_makes_the_folder_of_its_database(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    token = ("create_token", "--user", "ci", "--capabilities", "workflow:read")
    assert python("manage.py", *token, DATA_DIR=str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_given_secret_needs_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    given: dict[str, Any] = {"SECRET_KEY": "s", "ENCRYPTION_KEYS": "a,b"}
    assert python("-c", USE, DATA_DIR=str(folder), **given) == "s a"
    assert not folder.exists()


def test_data_lie_beside_the_sources_but_never_beside_an_installed_package(tmp_path: Path) -> None:
    assert python("-c", SHOW) == str(ROOT / "var")
    packages = tmp_path / "site-packages"
    shutil.copytree(ROOT / "canvas", packages / "canvas", ignore=shutil.ignore_patterns("static"))
    shutil.copytree(
        ROOT / "workflows", packages / "workflows", ignore=shutil.ignore_patterns("samples")
    )
    home: dict[str, Any] = {"HOME": str(tmp_path), "where": packages}
    assert python("-c", SHOW, **home) == str(tmp_path / ".local/share/patchbay")
    named = python("-c", SHOW, XDG_DATA_HOME=str(tmp_path / "xdg"), **home)
    assert named == str(tmp_path / "xdg/patchbay")
