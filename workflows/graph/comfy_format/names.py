"""Names of ports for what users call things: slugs, each once in a node."""

from __future__ import annotations

import re
import unicodedata

#: Keys of the node's data and ports that are there anyway.
RESERVED = frozenset({"graph", "tags", "inputs", "outputs", "label", "files", "params", "runner"})
MAX_LENGTH = 48

_OTHER = re.compile(r"[^A-Za-z0-9_]+")


class Names:
    """Gives out names; the second of a kind gets a number behind it."""

    def __init__(self) -> None:
        self.taken = set(RESERVED)

    def give(self, text: str, fallback: str = "value") -> str:
        """Return a free name `[A-Za-z_][A-Za-z0-9_]*` for a text."""
        base = slug(text) or slug(fallback) or "value"
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


def slug(text: str) -> str:
    """Return a text as a name: no accents, an underscore for all but letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text[:200])
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    found = _OTHER.sub("_", plain).strip("_")[:MAX_LENGTH].strip("_")
    return f"_{found}" if found[:1].isdigit() else found
