"""Slugs: what names become, and how the next candidate is made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.graph.slug import FALLBACK, MAX_LENGTH, PATTERN, candidate, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Poster Maker!", "poster-maker"),
        ("  Crème brûlée  ", "creme-brulee"),
        ("\N{FULLWIDTH LATIN SMALL LETTER F}ull ①", "full-1"),
        ("a--b__c", "a-b-c"),
        ("x" * 100, "x" * 80),
        ("a" * 79 + " b", "a" * 79),
        ("日本語", FALLBACK),
        ("", FALLBACK),
        ("../../etc/passwd", "etc-passwd"),
        ("İstanbul", "istanbul"),
    ],
)
def test_a_name_becomes_a_readable_slug(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text(max_size=200))
def test_every_name_gives_a_valid_slug_that_is_its_own_slug(name: str) -> None:
    slug = slugify(name)
    assert PATTERN.fullmatch(slug)
    assert slugify(slug) == slug


@given(st.text(max_size=200), st.integers(2, 10**6))
def test_candidates_are_distinct_and_within_the_limit(name: str, number: int) -> None:
    slug = slugify(name)
    assert candidate(slug, 1) == slug
    found = candidate(slug, number)
    assert found.endswith(f"-{number}")
    assert len(found) <= MAX_LENGTH
    assert PATTERN.fullmatch(found)
    assert found != candidate(slug, number + 1)
