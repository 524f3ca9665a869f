"""Strict JSON: exact round trips, and a clear refusal of everything that cannot be kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import values
from workflows.errors import InvalidBody, TooLarge
from workflows.graph import strict_json
from workflows.graph.document import same

MEGABYTE = 1_000_000


def loads(body: bytes, **limits: Any) -> Any:
    return strict_json.loads(body, **{"max_bytes": 10 * MEGABYTE, **limits})


@given(values)
def test_every_json_value_survives_writing_and_reading(value: Any) -> None:
    assert same(loads(strict_json.dumps(value).encode()), value)


@given(values)
def test_text_that_is_not_escaped_is_read_the_same(value: Any) -> None:
    assert same(loads(json.dumps(value, ensure_ascii=False, indent=1).encode()), value)


pieces = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"u0000", b"ud83d", b"\\ude00", b"1", b"e9"]
)


@given(st.one_of(st.binary(max_size=40), st.lists(pieces, max_size=30).map(b"".join)))
def test_any_bytes_are_read_as_json_reads_them_or_refused(body: bytes) -> None:
    try:
        value = loads(body)
    except (InvalidBody, TooLarge) as error:
        assert error.context["field"]
        return
    assert same(json.loads(body), value)
    assert same(loads(strict_json.dumps(value).encode()), value)


def test_numbers_and_the_order_of_keys_are_exact() -> None:
    body = b'{"b":-0.0,"a":1e22,"big":1180591620717411303424,"one":1,"also":1.0}'
    value = loads(body)
    assert list(value) == ["b", "a", "big", "one", "also"]
    assert value["big"] == 2**70
    assert strict_json.dumps(value) == body.decode().replace("1e22", "1e+22")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "JSON"),
        (b"nul", "JSON"),
        (b"{} {}", "Extra data"),
        (b"[1,]", "JSON"),
        (b"// a comment\n1", "JSON"),
        (b'"a\x01b"', "control character"),
        (b"[NaN]", "a finite number"),
        (b"-Infinity", "a finite number"),
        (b"[1e400]", "below 1.8e308"),
        (b"-1e999", "below 1.8e308"),
        (b"1" * 5000, "at most 4300 digits"),
        (b'{"a":1,"b":2,"a":1}', "each key once"),
        (b'{"x":{"__proto__":1,"__proto__":1}}', "each key once"),
        (b'"a\\u0000b"', "without the NUL character"),
        (b'{"a\\u0000":1}', "without the NUL character"),
        (b'"\\ud800"', "surrogates in pairs"),
        (b'{"\\udc00":1}', "surrogates in pairs"),
        (b'"\\ude00\\ud83d"', "surrogates in pairs"),
        (b'"\\ud83d\\\\\\ude00"', "surrogates in pairs"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b'"\xff"', "UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ('{"a":1}'.encode("utf-16"), "byte order mark"),
        ('{"a":1}'.encode("utf-16-le"), "JSON"),
        ('{"a":1}'.encode("utf-32-be"), "JSON"),
        (b"[" * 65 + b"]" * 65, "at most 64 levels"),
        (b'{"a":' * 100_000, "at most 64 levels"),
        (b"[" * 200_000, "at most 64 levels"),
        (b'["]"' + b",[" * 70, "at most 64 levels"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_was_expected(body: bytes, expected: str) -> None:
    with pytest.raises(InvalidBody) as raised:
        loads(body)
    assert expected in raised.value.context["expected"]
    assert raised.value.context["field"]
    assert "value" in raised.value.context


@pytest.mark.parametrize(
    ("body", "position"),
    [(b'{"a":tru}', 5), ('{"é":tru}'.encode(), 6), (b'["x","\\ud800"]', 6), (b'["\\u0000"]', 2)],
)
def test_the_place_of_a_fault_is_its_byte_offset(body: bytes, position: int) -> None:
    with pytest.raises(InvalidBody) as raised:
        loads(body)
    assert raised.value.context["position"] == position


@pytest.mark.parametrize(
    "body",
    [
        b'"\\\\u0000"',
        b'"\\\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\\"[[[\\\\"',
        b'{"a\\"{":["\\\\","]"],"":[]}',
        b"[" * 64 + b"]" * 64,
        b'["' + b"[" * 1000 + b'"]',
        b' \r\n\t{"a" : [ ] } ',
    ],
)
def test_what_only_looks_forbidden_is_read(body: bytes) -> None:
    assert same(loads(body), json.loads(body))


def test_the_limits_hold_at_the_limit_and_break_one_above_it() -> None:
    assert loads(b"[1]", max_bytes=3) == [1]
    with pytest.raises(TooLarge) as raised:
        loads(b"[12]", max_bytes=3)
    assert raised.value.context == {"field": "body", "value": 4, "expected": "at most 3 bytes"}
    assert loads(b'{"a":1,"b":":"}', max_keys=2) == {"a": 1, "b": ":"}
    with pytest.raises(TooLarge, match="3 keys"):
        loads(b'{"a":1,"b":2,"c":3}', max_keys=2)
    with pytest.raises(TooLarge, match="3 lists and objects"):
        loads(b"[[],[]]", max_keys=2)


def test_dumps_refuses_what_json_cannot_say() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            strict_json.dumps(value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,' * MEGABYTE,
        b'["' + b"\\\\" * (4 * MEGABYTE) + b'"]',
        b'"' * (8 * MEGABYTE),
        b'["' + b"\\ud83d\\ude00" * 600_000 + b'"]',
        b"[" + b"1" * (8 * MEGABYTE) + b".5]",
        b"[" + b"[]," * 2 * MEGABYTE + b"1]",
    ],
)
def test_hostile_bodies_of_eight_megabytes_are_parsed_or_refused_with_a_reason(body: bytes) -> None:
    try:
        loads(body)
    except (InvalidBody, TooLarge) as error:
        assert error.context["expected"]
