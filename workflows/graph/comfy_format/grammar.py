"""The grammar of placeholders: `$text(key)`, `$choice(name, a, b)`, `$file(name)`, `$random()`.

    value := "$" fn "(" [args] ")"       the whole string, blanks around it aside
    fn    := text | choice | file | random | timestamp
    args  := arg *( "," arg )            commas in double quotes do not part
    arg   := bare | quoted               bare is trimmed; a quoted one knows \\" and \\\\
    key   := [A-Za-z0-9_-]{1,255}        of text, choice and file

Text with a placeholder inside it is plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.graph.comfy_format.faults import fault

Kind = Literal["text", "choice", "file", "random", "timestamp"]

#: Kind -> how many arguments it takes, and how it is written.
_KINDS: Mapping[str, tuple[int, int, str]] = {
    "text": (1, 2, "$text(key) or $text(key, default)"),
    "choice": (3, 5, "$choice(name, option, option) with 2 to 4 options"),
    "file": (1, 1, "$file(name)"),
    "random": (0, 0, "$random()"),
    "timestamp": (0, 0, "$timestamp()"),
}
_WHOLE = re.compile(r"\s*\$([A-Za-z_][A-Za-z0-9_]*)\((.*)\)\s*", re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,255}")
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder at its place: `node` is the node's id, `input` the name of its input.

    `default` is what a text falls back to (None: a value must be given), or the first option.
    """

    kind: Kind
    key: str
    default: str | None
    options: tuple[str, ...]
    node: str
    input: str

    @property
    def field(self) -> str | None:
        """The name of the form field that carries the value: `$key`, `#key`, or None."""
        if self.kind in ("text", "file"):
            return f"${self.key}"
        return f"#{self.key}" if self.kind == "choice" else None


def parse(text: str, node: str = "", input: str = "") -> Placeholder | None:
    """Return the placeholder that a whole string is, or None for plain text.

    Raises InvalidBody naming node and input for an unknown function, a wrong number of arguments,
    a key with other characters, or a quote that does not end.
    """
    match = _WHOLE.fullmatch(text)
    if match is None:
        return None
    name, inside = match.groups()
    if name not in _KINDS:
        raise _refused(
            text, "one of " + ", ".join(form for *_, form in _KINDS.values()), node, input
        )
    kind: Kind = name  # type: ignore[assignment]  # it is one of the keys
    low, high, form = _KINDS[name]
    arguments = _split(inside, 1 if name == "text" else None)
    if arguments is None or not low <= len(arguments) <= high:
        raise _refused(text, form, node, input)
    if not arguments:
        return Placeholder(kind, "", None, (), node, input)
    key, *rest = arguments
    if not _KEY.fullmatch(key):
        raise _refused(text, f"{form} with a key of 1 to 255 letters, digits, - or _", node, input)
    options = tuple(rest) if name == "choice" else ()
    return Placeholder(kind, key, rest[0] if rest else None, options, node, input)


def is_placeholder(text: str) -> bool:
    """Return whether a whole string is written as a placeholder, well-formed or not."""
    return _WHOLE.fullmatch(text) is not None


def write(placeholder: Placeholder) -> str:
    """Return the text of a placeholder; `parse` reads the same from it."""
    arguments = [placeholder.key] if placeholder.key else []
    if placeholder.kind == "choice":
        arguments += [_quote(option) for option in placeholder.options]
    elif placeholder.default is not None:
        arguments.append(_quote(placeholder.default))
    return f"${placeholder.kind}({', '.join(arguments)})"


def _split(inside: str, commas: int | None) -> list[str] | None:
    """Split arguments at commas outside quotes, at most `commas` times; None: not well-formed.

    What is left behind the last allowed comma is one argument, its own commas included.
    """
    if not inside.strip():
        return []
    found: list[str] = []
    at = 0
    while True:
        last = commas is not None and len(found) == commas
        quoted = _QUOTED.match(inside, at)
        if quoted and (quoted.end() == len(inside) or (inside[quoted.end()] == "," and not last)):
            found.append(_ESCAPE.sub(r"\1", quoted.group(1)))
            end = quoted.end()
        else:
            if not last and inside[at:].lstrip().startswith('"'):
                return None
            end = len(inside) if last else inside.find(",", at)
            end = len(inside) if end < 0 else end
            bare = inside[at:end].strip()
            if not bare and commas is None:
                return None
            found.append(bare)
        if end >= len(inside):
            return found
        at = end + 1
        if commas is None and not inside[at:].strip():
            return None


def _quote(text: str) -> str:
    plain = text and text == text.strip() and not set(text) & set(',"')
    if plain:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _refused(text: str, expected: str, node: str, input: str) -> Exception:
    where = f"Node {node}, input {input}: " if node else ""
    shown = json.dumps(text, ensure_ascii=False)
    return fault(
        f"{where}the placeholder {shown[:200]} is not understood",
        text,
        expected,
        node=node or None,
        input=input or None,
        field=None if node else "placeholder",
    )
