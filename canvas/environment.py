"""Reading the environment: typed values by name; a malformed one stops the start with a sentence.

A secret NAME may also be read from the file NAME_FILE.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, overload

from django.utils.functional import SimpleLazyObject


def stop(name: str, value: str, expected: str) -> NoReturn:
    """End the start, saying what a value is and what it must be."""
    sys.exit(f"{name} is {value!r}; it must be {expected}.")


def env_text(name: str, default: str = "") -> str:
    """Read a text; NAME_FILE names a file that holds it."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            stop(f"{name}_FILE", path, f"a readable file ({error.strerror})")
    return os.environ.get(name, default).strip()


@overload
def env_int(name: str, default: int, *, low: int = 0) -> int: ...
@overload
def env_int(name: str, default: None, *, low: int = 0) -> int | None: ...
def env_int(name: str, default: int | None, *, low: int = 0) -> int | None:
    """Read a whole number of at least `low`; an empty value means the default."""
    text = env_text(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < low:
        stop(name, text, f"a whole number of {low} or more")
    return int(text)


def env_number(name: str, default: float) -> float:
    """Read a number greater than zero."""
    text = env_text(name)
    if not text:
        return default
    digits = text.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit() or float(text) <= 0:
        stop(name, text, "a number greater than 0")
    return float(text)


def env_bool(name: str, default: bool) -> bool:
    """Read a switch."""
    text = env_text(name).lower()
    if not text:
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text not in ("0", "false", "no", "off"):
        stop(name, text, "true or false")
    return False


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Read one of a few words."""
    text = env_text(name, default) or default
    if text not in choices:
        stop(name, text, " or ".join(choices))
    return text


def env_prices(name: str, default: str = "") -> dict[str, float]:
    """Read numbers by name: `gradient=2,outline=0.5`."""
    found: dict[str, float] = {}
    for part in env_list(name, default.split(",") if default else []):
        key, _, text = part.partition("=")
        digits = text.strip().replace(".", "", 1)
        if not key.strip() or not digits.isascii() or not digits.isdigit():
            stop(name, part, "pairs of a name and a number, such as gradient=2")
        found[key.strip()] = float(text)
    return found


def env_list(name: str, default: list[str]) -> list[str]:
    """Read a comma-separated list."""
    text = env_text(name)
    return [part.strip() for part in text.split(",") if part.strip()] if text else default


def env_secret(name: str, path: Path, make: Callable[[], str], shape: Callable[[str], Any]) -> Any:
    """Read a secret, or store a generated one at `path`, with mode 0600; `shape` reads its text.

    The file is read, and made, when it is first needed: reading the settings writes nothing.
    """
    given = env_text(name)
    return shape(given) if given else SimpleLazyObject(lambda: shape(_stored(path, make)))


def _stored(path: Path, make: Callable[[], str]) -> str:
    try:
        if not path.exists():
            _store(path, make())
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        stop("DATA_DIR", str(path.parent), f"a folder that can be written ({error.strerror})")


def _store(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="ascii")
    try:
        # link, unlike rename, leaves the secret of a process that was faster in place.
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
