"""What ComfyUI's page does to texts before a run, which its server never sees.

In prompts, `{a|b}` is one of its alternatives and comments are left out; in names of saved files,
`%date:yyyy-MM-dd%` and `%Node.widget%` are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from random import Random

from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.catalogue import Catalogue, find
from workflows.graph.comfy_format.converted import InputId
from workflows.graph.comfy_format.grammar import is_placeholder
from workflows.types import JsonObject

#: Inputs whose texts are prompts with alternatives, where no catalogue says which are.
_DYNAMIC = {"CLIPTextEncode": frozenset({"text"})}
_FILE_NAME = "filename_prefix"
_VARIABLE = re.compile(r"%([^%\n]+)%")
_DATE = re.compile(r"yyyy|yy|MM?|dd?|hh?|mm?|ss?")
_HOSTILE = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
#: How deep alternatives may be nested.
_MAX_DEPTH = 50


class Texts:
    """Makes the texts of one prompt ready.

    `shown` are prompts that subgraphs show: ComfyUI chooses alternatives in a node's own text only.
    `now` is Unix time in milliseconds; dates are those of UTC.
    """

    def __init__(
        self,
        prompt: JsonObject,
        shown: Collection[InputId],
        catalogue: Catalogue | None,
        *,
        now: int,
        random: Random,
    ) -> None:
        self.prompt, self.shown, self.catalogue = prompt, shown, catalogue
        self.now, self.random = now, random

    def all(self, prompt: JsonObject) -> JsonObject:
        """Return a copy of a prompt with its texts made ready; placeholders stay as they are."""
        return api.map_inputs(prompt, self.one)

    def one(self, id: str, name: str, text: str) -> str:
        """Return the text of one input of a node, made ready."""
        if is_placeholder(text):
            return text
        if name == _FILE_NAME:
            return fill_name(text, self.prompt, self.now)
        dynamic = (id, name) not in self.shown and _is_dynamic(
            self.prompt[id], name, self.catalogue
        )
        return pick(text, self.random) if dynamic else text


def fill_name(text: str, prompt: JsonObject, now: int) -> str:
    """Fill the variables of a file's name; those that lead nowhere are the server's, or stay."""

    def change(match: re.Match[str]) -> str:
        name = match.group(1)
        if name.startswith("date:"):
            return _dated(name.removeprefix("date:"), now)
        node, found, widget = name.partition(".")
        value = _widget(prompt, node, widget) if found else None
        return match.group() if value is None else _HOSTILE.sub("_", value)

    return _VARIABLE.sub(change, text)


def pick(text: str, random: Random) -> str:
    r"""Choose one of each `{a|b}`, also within each other; `\{`, `\|` and `\}` are plain text."""
    return _Picker(_COMMENT.sub("", text), random).run()


class _Picker:
    """Reads a text once from the left."""

    def __init__(self, text: str, random: Random) -> None:
        self.text, self.random, self.at = text, random, 0

    def run(self) -> str:
        found = self._part("", 0)
        while self.at < len(self.text):  # a brace that closes nothing
            found += self.text[self.at]
            self.at += 1
            found += self._part("", 0)
        return found

    def _part(self, ends: str, depth: int) -> str:
        """Read up to one of the characters in `ends` or a closing brace, alternatives chosen."""
        found: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            following = self.text[self.at + 1 : self.at + 2]
            if char == "\\" and following and following in "{}|":
                found.append(following)
                self.at += 2
            elif char in ends or char == "}":
                break
            elif char == "{" and depth < _MAX_DEPTH:
                found.append(self._choice(depth))
            else:
                found.append(char)
                self.at += 1
        return "".join(found)

    def _choice(self, depth: int) -> str:
        start = self.at
        options: list[str] = []
        while self.at < len(self.text) and self.text[self.at] in "{|":
            self.at += 1
            options.append(self._part("|", depth + 1))
        if self.at >= len(self.text):  # it never closes: all of it is plain text
            self.at = len(self.text)
            return self.text[start:]
        self.at += 1
        return self.random.choice(options)


def _is_dynamic(node: JsonObject, name: str, catalogue: Catalogue | None) -> bool:
    spec = find(catalogue, node, name)
    if spec is not None:
        return spec.options.get("dynamicPrompts") is True
    return name in _DYNAMIC.get(node["class_type"], ())


def _dated(form: str, now: int) -> str:
    moment = datetime.fromtimestamp(now / 1000, UTC)
    values: Mapping[str, int] = {
        "y": moment.year,
        "M": moment.month,
        "d": moment.day,
        "h": moment.hour,
        "m": moment.minute,
        "s": moment.second,
    }

    def change(match: re.Match[str]) -> str:
        part = match.group()
        digits = f"{values[part[0]]:0{len(part)}d}"
        return digits[-2:] if part == "yy" else digits

    return _DATE.sub(change, form)


def _widget(prompt: JsonObject, node: str, widget: str) -> str | None:
    """Return the value of a node's widget, the node named by its title or its class."""
    for one in prompt.values():
        meta = one.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        if node in (title, one["class_type"]):
            value = one.get("inputs", {}).get(widget)
            if isinstance(value, str | int | float):
                return str(value)
    return None
