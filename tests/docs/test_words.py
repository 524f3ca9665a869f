"""The word list of `make lint`, and the glossary."""

from __future__ import annotations

import re

import pytest

from .. import words

RULES = """
[text src/ docs/]
colours? -> color
films? -> video

[code src/old/]
purse -> budget

[allow]
method colour
"""


def _found(path: str, source: str) -> list[tuple[int, str, str]]:
    found = words.find(path, source, *words.read_list(RULES))
    return [(one.line, one.word, one.better) for one in found]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("src/a.py", 'x = 1\nlabel = "Text colour"\n'),
        ("src/a.py", 'x = 1\nlabel = f"{x} colour of it"\n'),
        ("src/a.tsx", "const x = 1\nconst label = 'Colour'.toLowerCase() // colour\n"),
        ("src/a.tsx", "return (\n<p>Choose a colour.</p>)\n"),
        ("src/a.tsx", "const x = 1\nconst label = `a colour of ${colour}`\n"),
        ("src/a.json", '{"colour": 1,\n"label": "Its colour"}\n'),
        ("docs/a.md", "Here\nis a colour.\n"),
    ],
)
def test_a_word_that_users_read_is_found_with_its_line_and_the_better_one(
    path: str, source: str
) -> None:
    [(line, word, better)] = _found(path, source)
    assert (line, word.lower(), better) == (2, "colour", "color")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("src/a.py", '"""Draws a colour."""\ncolour = "colour"  # a colour\n'),
        ("src/a.py", 'node(aliases=("text colour",), help="For the method colour.")\n'),
        ("src/a.tsx", "import { colour } from './colour'\n"),
        ("src/a.tsx", "const a: Map<string, colour> = film({ films: 'film' }) // a film\n"),
        ("docs/a.md", "```\na colour\n```\nthe field `text colour`\n"),
        ("elsewhere/a.py", 'label = "Text colour"\n'),
    ],
)
def test_names_comments_search_words_and_other_places_are_left_alone(
    path: str, source: str
) -> None:
    assert _found(path, source) == []


def test_a_word_that_is_gone_from_the_code_is_found_in_names_and_comments() -> None:
    assert _found("src/old/a.py", "import os\nMAX = purse()  # the purse\n") == [
        (2, "purse", "budget"),
        (2, "purse", "budget"),
    ]
    names = "the_purse, purseOf, MAX_PURSE, APurse, purser, expurse"
    assert [word.lower() for _, word, _ in _found("src/old/a.py", names)] == ["purse"] * 4


def test_the_glossary_is_in_alphabetical_order_and_says_each_word_once() -> None:
    text = (words.ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \*\*(.+?)\*\* \| .+\. \|$", text, re.M)
    assert len(listed) == text.count("| **") > 30
    assert listed == sorted(set(listed), key=str.lower)
