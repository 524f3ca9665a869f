"""What users call a node's value: the title its author gave, or the part it plays in the graph."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.types import JsonObject

#: Inputs that show what the conditioning that arrives there is for.
_ROLES = {"positive": "Prompt", "negative": "Negative prompt"}
#: Nodes between a text and the sampler that reads it; more is no simple graph.
_MAX_HOPS = 12
#: Names that say nothing beside a title.
_PLAIN = frozenset({"value", "text", "image", "prompt", "file", "audio", "video"})
_NO_NAME = re.compile(r"[^a-z0-9]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IN_PARENTHESES = re.compile(r"\(([^()]+)\)\s*$")


class Labels:
    """Names values of one prompt."""

    def __init__(self, prompt: JsonObject, catalogue: Catalogue | None) -> None:
        self.prompt = prompt
        self.catalogue = catalogue or {}
        self.readers = _readers(prompt)

    def title(self, id: str) -> str:
        """Return the title a user gave a node, or nothing: that of its class is none."""
        node = self.prompt[id]
        meta = node.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        if not isinstance(title, str) or not title.strip():
            return ""
        info = self.catalogue.get(node["class_type"])
        known = info.get("display_name") if isinstance(info, dict) else None
        type, words = _plain(node["class_type"]), _plain(title)
        if title == known or words in (type, f"{type}prompt"):
            return ""
        inside = _IN_PARENTHESES.search(title)
        if words.startswith(type) and inside:
            return inside.group(1).strip()
        return title.strip()

    def value(self, id: str, name: str) -> str:
        """Return what to call a value: by the node's title, else by its part, else by its name."""
        words = readable(name)
        title = self.title(id)
        if title:
            return title if name.rpartition(".")[2] in _PLAIN else f"{title}: {words.lower()}"
        role = self._role(id) if name.rpartition(".")[2] in ("text", "prompt") else None
        return role or words

    def _role(self, id: str) -> str | None:
        """Follow what a node gives to the first input that says what it is for."""
        at = [id]
        for _ in range(_MAX_HOPS):
            found = [reader for one in at for reader in self.readers.get(one, ())]
            roles = {_ROLES[name] for _, name in found if name in _ROLES}
            if roles:
                return roles.pop() if len(roles) == 1 else None
            at = list(dict.fromkeys(reader for reader, _ in found))
        return None


def readable(name: str) -> str:
    """Return the name of an input in words."""
    words = name.rpartition(".")[2].replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def spaced(type: str) -> str:
    """Return the name of a class in words."""
    return _HUMPS.sub(" ", type)


def _readers(prompt: JsonObject) -> Mapping[str, list[tuple[str, str]]]:
    """Return who reads each node: (node, input)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for id, node in prompt.items():
        for name, value in node.get("inputs", {}).items():
            source = api.link(value)
            if source is not None:
                found.setdefault(source[0], []).append((id, name))
    return found


def _plain(text: str) -> str:
    return _NO_NAME.sub("", text.lower())
