"""Keeps the project's words: finds words of `words.txt` where a better one is used.

`make lint` runs it. It prints file, line, the word and the better one, and fails when there is any.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).with_suffix(".txt")

#: A comment or a string of TypeScript; the groups hold what is between the quotes.
_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`", re.S
)
#: What stands between two tags, or between a tag and a value.
_JSX = re.compile(r"(?<!=)[>}]([^<>{}=;()|&]*[A-Za-z][^<>{}=;()|&]*)(?=[<{])")
_CODE = re.compile(r"\b(?:const|export|function|import|interface|extends|return)\b|\w: [A-Z]\w+,")
#: Where one word of a name ends and the next begins, as in `an_answer` and `anAnswer`.
_WITHIN_NAMES = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPAN = re.compile(r"`[^`]*`|\]\([^)]*\)|<!--.*?-->")


@dataclass(frozen=True, slots=True)
class Rule:
    """One word to avoid, the better one, and where the rule holds."""

    pattern: re.Pattern[str]
    better: str
    #: `text`: what users read, in sources and pages. `code`: every line, the words of names too.
    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A word that has a better one."""

    path: str
    line: int
    word: str
    better: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word!r}: write {self.better!r}"


def read_list(text: str) -> tuple[list[Rule], list[str]]:
    """Read the list: `[kind path …]` opens a section of `pattern -> better`, `[allow]` one of
    phrases that may stand.
    """
    rules: list[Rule] = []
    allowed: list[str] = []
    kind = ""
    paths: tuple[str, ...] = ()
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            kind, *rest = line.strip("[]").split()
            paths = tuple(rest)
        elif kind == "allow":
            allowed.append(line)
        else:
            pattern, better = line.split(" -> ")
            rules.append(Rule(re.compile(rf"\b(?:{pattern})\b", re.I), better, kind, paths))
    return rules, allowed


def find(path: str, source: str, rules: Iterable[Rule], allowed: Iterable[str]) -> list[Finding]:
    """Find the words of a file that have better ones."""
    mine = [rule for rule in rules if path.startswith(rule.paths)]
    found = []
    for kind, lines in (("text", texts), ("code", _lines)):
        of_kind = tuple(rule for rule in mine if rule.kind == kind)
        any_of_them = _any(of_kind)
        for number, text in lines(path, source) if of_kind else ():
            # Most texts have none.
            if not any_of_them.search(_WITHIN_NAMES.sub(" ", text) if kind == "code" else text):
                continue
            for phrase in allowed:
                text = text.replace(phrase, "")
            if kind == "code":
                text = _WITHIN_NAMES.sub(" ", text)
            for rule in of_kind:
                for match in rule.pattern.finditer(text):
                    found.append(Finding(path, number, match.group(), rule.better))
    return found


@cache
def _any(rules: tuple[Rule, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rule.pattern.pattern for rule in rules), re.I)


def texts(path: str, source: str) -> Iterator[tuple[int, str]]:
    """List what users read of a file, with the line it begins at."""
    match Path(path).suffix:
        case ".py":
            yield from _python(source)
        case ".ts" | ".tsx":
            yield from _typescript(source)
        case ".md":
            yield from _markdown(source)
        case ".json":
            for number, line in _lines(path, source):
                for value in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
                    if _is_text(value):
                        yield number, value
        case _:
            yield from _lines(path, source)


def _lines(_: str, source: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(source.splitlines(), 1)


def _is_text(value: str) -> bool:
    """Tell texts from names: a text has a space or begins with a capital letter."""
    return " " in value.strip() or value[:1].isupper()


def _python(source: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        # Words that users may type to find a node, old ones too.
        elif isinstance(node, ast.keyword) and node.arg == "aliases":
            skipped.update(id(inner) for inner in ast.walk(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in skipped:
            continue
        if isinstance(node.value, str) and _is_text(node.value):
            yield node.lineno, node.value


def _typescript(source: str) -> Iterator[tuple[int, str]]:
    found: list[tuple[int, str]] = []

    def take(match: re.Match[str]) -> str:
        value = next((group for group in match.groups() if group is not None), "")
        if _is_text(value):
            # What is put into a template is code.
            found.append((match.start(), re.sub(r"\$\{[^}]*\}", " ", value)))
        return re.sub(r"[^\n]", " ", match.group())

    # An apostrophe within a word opens no string.
    rest = _TOKEN.sub(take, re.sub(r"(?<=[a-z])'(?=[a-z]{1,2}\b)", " ", source))
    for match in _JSX.finditer(rest):
        if not _CODE.search(match.group(1)):
            found.append((match.start(1), match.group(1)))
    for at, value in sorted(found):
        yield source.count("\n", 0, at) + 1, value


def _markdown(source: str) -> Iterator[tuple[int, str]]:
    code = False
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("```"):
            code = not code
        elif not code:
            yield number, _SPAN.sub(" ", line)


def files() -> Iterator[str]:
    """List the files of the repository that are read."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for path in listed.stdout.splitlines():
        generated = path.endswith((".d.ts", "openapi.json", "package-lock.json"))
        skipped = generated or "/migrations/" in path or ".test." in path
        skipped = skipped or not (ROOT / path).is_file()
        if path.endswith((".py", ".ts", ".tsx", ".md", ".html", ".json")) and not skipped:
            yield path


def main() -> int:
    """Print every finding; fail when there is one."""
    rules, allowed = read_list(LIST.read_text(encoding="utf-8"))
    prefixes = tuple(prefix for rule in rules for prefix in rule.paths)
    found = [
        finding
        for path in files()
        if path.startswith(prefixes)
        for finding in find(path, (ROOT / path).read_text(encoding="utf-8"), rules, allowed)
    ]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
