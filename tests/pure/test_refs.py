"""References: a closed grammar, pure data access, substituted once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import scalars, texts
from workflows.errors import NodeError
from workflows.graph.document import same
from workflows.graph.refs import Reference, find, look_up, parse, resolve

heads = st.sampled_from(["input", "n1", "node-x", "fal_ai/flux/dev_2"])
parts = st.one_of(st.integers(0, 99), st.sampled_from(["images", "url", "a-b", "__class__"]))
references = st.builds(lambda head, path: Reference(head, tuple(path)), heads, st.lists(parts))
trees = st.recursive(
    st.one_of(scalars, references.map(str)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=10,
)


@given(references)
def test_a_reference_reads_back_as_it_is_written(reference: Reference) -> None:
    assert parse(str(reference)) == reference
    assert parse(str(reference), {reference.head}) == reference


@pytest.mark.parametrize(
    "text",
    [
        "plain $input.x",
        "$input.prompt and more",
        "$n.images[0].url",
        "$",
        "$.x",
        "$$input",
        "$input.",
        "$input..x",
        "$input.-1",
        "$input.1e3",
        "$input.01",
        "$input.0.__init__()",
        "${input}",
        "{{7*7}}",
        "{0.__class__}",
        "%(x)s",
        "$input.x\n",
        "$input.²",
        "$5 off",
        "$input.9999999999",
        '","class_type":"X',
        7,
        None,
    ],
)
def test_what_is_not_wholly_a_reference_is_text(text: Any) -> None:
    assert parse(text) is None
    assert same(resolve([text], {"input": {}, "n": {}}), [text])


def test_references_are_found_with_their_places_in_order() -> None:
    value = {"a": ["$n1", {"b": "$input.x"}], "$n1": "text", "c": "$n2.images.0"}
    assert list(find(value)) == [
        (("a", 0), Reference("n1")),
        (("a", 1, "b"), Reference("input", ("x",))),
        (("c",), Reference("n2", ("images", 0))),
    ]
    assert [reference.head for _, reference in find(value, {"n2"})] == ["n2"]


def test_a_reference_is_replaced_by_the_value_itself() -> None:
    sources: dict[str, Any] = {
        "input": {"n": 3},
        "draw": {"images": [{"url": "u", "width": 512}], "0": "zero"},
    }
    value = {"w": "$draw.images.0.width", "all": ["$draw.images", "$input"], "k": "$draw.0"}
    assert same(
        resolve(value, sources),
        {"w": 512, "all": [sources["draw"]["images"], {"n": 3}], "k": "zero"},
    )
    assert value["w"] == "$draw.images.0.width", "the value was mutated"


def test_what_a_reference_brings_in_is_not_read_again() -> None:
    sources = {"a": {"x": "$b.secret"}, "b": {"secret": 1}}
    assert resolve({"v": "$a.x", "w": "$a"}, sources) == {"v": "$b.secret", "w": {"x": "$b.secret"}}


def test_ids_with_dots_are_named_by_the_longest_known_head() -> None:
    heads = {"fal_ai/v1.5/pro": {"u": 1}, "fal_ai/v1": {"5/pro": 2}}
    assert resolve("$fal_ai/v1.5/pro.u", heads) == 1
    assert resolve("$unknown.u", heads) == "$unknown.u"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$n.__class__", "one of the keys images"),
        ("$n.images.5", "an index below 1"),
        ("$n.images.x", "an index below 1"),
        ("$n.images.0.url.0", "an object or a list"),
        ("$n.images.0.none.x", "an object or a list"),
    ],
)
def test_a_path_that_leads_nowhere_is_named(text: str, expected: str) -> None:
    with pytest.raises(NodeError) as raised:
        resolve({"a": text}, {"n": {"images": [{"url": "text", "none": None}]}})
    assert raised.value.context["field"] == text
    assert expected in raised.value.context["expected"]


def test_an_unknown_head_is_refused_when_asked_to_be_strict() -> None:
    with pytest.raises(NodeError, match="expected a reference to n"):
        resolve("$m.x", {"n": 1}, strict=True)
    assert resolve("$5 off", {"n": 1}, strict=True) == "$5 off"


def test_long_paths_and_deep_values_are_walked_without_recursion() -> None:
    deep: Any = "$n"
    for _ in range(50_000):
        deep = [deep]
    resolved = resolve(deep, {"n": "found"})
    while isinstance(resolved, list):
        resolved = resolved[0]
    assert resolved == "found"
    with pytest.raises(NodeError):
        look_up({"a": 1}, Reference("n", ("a",) * 10_000))
    assert parse("$n" + ".a" * 50_000, {"n"}) is not None
    assert parse("$n" + ".a" * 50_000 + "!") is None
    assert parse("$" + "a." * 50_000, {"a"}) is None
